package io.millrace.connectors.codec;

import io.millrace.connectors.codec.Births.Declared;
import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import io.millrace.processors.shard.Reason;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * {@code usage:sparkplug}: Sparkplug B payloads, a metric an event; births and data, told apart by
 * the MQTT topic. Options:
 *
 * <ul>
 *   <li>{@code source}: the events' source; required
 *   <li>{@code types}: {@code metric=type/member} with semicolons between them; required. The
 *       metric's value is what a meter of that type reads as {@code data.member}
 *   <li>{@code subject}: {@code path}, {@code group/edge/device}, or {@code device} alone, the edge
 *       node where a message has none; {@code path} where absent
 *   <li>{@code others}: {@code suspend} or {@code ignore} the metrics that {@code types} lacks;
 *       {@code ignore} where absent, since every node has some of its own
 * </ul>
 *
 * <p>An event's id is its metric's name and time, the metric's own or else the payload's. An alias
 * that no birth explains is {@code unknown-alias}: the metric waits in suspense, it is noted that
 * the edge node should be asked for a rebirth, and the metric is charged when it is recycled after
 * a birth that is not later than it. Sequence numbers that skip are noted in the same way.
 */
final class SparkplugCodec implements Codec {
  private static final int MAX_PAYLOAD = 1 << 20;
  private static final int MOST_EDGES = 10_000;

  private final CodecSpec spec;
  private final long key;
  private final Readings readings;
  private final Births births;
  private final byte[] source;
  private final Map<String, Measure> measures;
  private final boolean isPath;
  private final boolean ignoresOthers;

  /** The last sequence number of each edge node that this thread has read. */
  private final Map<String, Long> sequences =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
          return size() > MOST_EDGES;
        }
      };

  private final ProtoScanner scanner = new ProtoScanner();
  private final SparkplugMetric metric = new SparkplugMetric();
  private final DecodedEvent event = new DecodedEvent();
  private final ByteWriter context = new ByteWriter();
  private final ByteWriter evidence = new ByteWriter();

  /** What a payload holds beside its metrics. */
  private long timestamp;

  private long sequence;
  private final List<int[]> metrics = new ArrayList<>();

  SparkplugCodec(CodecSpec spec, Readings readings, Births births) {
    this.spec = spec;
    this.key = spec.key();
    this.readings = readings;
    this.births = births;
    Options options = new Options(spec);
    byte[] constant = options.constant("source");
    if (constant == null) {
      throw options.refused("lacks `source`: the text that names where its events come from");
    }
    source = constant;
    measures = Measure.of(options, readings, false);
    isPath = options.oneOf("subject", "path", List.of("path", "device")).equals("path");
    ignoresOthers =
        options.oneOf("others", "ignore", List.of("suspend", "ignore")).equals("ignore");
    options.end();
  }

  @Override
  public CodecSpec spec() {
    return spec;
  }

  @Override
  public void decode(byte[] payload, Transport transport, Sink sink) {
    SparkplugTopic topic = SparkplugTopic.of(transport.address());
    if (topic != null && topic.type() == SparkplugTopic.Type.NO_USE) {
      return;
    }
    if (topic == null || payload.length > MAX_PAYLOAD || !read(payload)) {
      byte[] whole = Evidence.ofPayload(spec, transport, payload);
      sink.refused(
          payload.length > MAX_PAYLOAD ? Reason.TOO_LARGE : Reason.MALFORMED,
          whole,
          0,
          whole.length);
      return;
    }
    if (topic.isBirth()) {
      born(topic, payload);
    }
    follow(topic);
    for (int[] slice : metrics) {
      if (!take(topic, payload, slice[0], slice[1], sink)) {
        return;
      }
    }
  }

  /** Finds the metrics of a payload; false where it is malformed anywhere. */
  private boolean read(byte[] payload) {
    metrics.clear();
    timestamp = -1;
    sequence = -1;
    boolean good = true;
    scanner.begin(payload, 0, payload.length);
    while (good && scanner.next()) {
      switch (scanner.field) {
        case 1 -> {
          good = scanner.type == ProtoScanner.VARINT;
          timestamp = scanner.number;
        }
        case 2 -> {
          good =
              scanner.type == ProtoScanner.BYTES
                  && metric.read(payload, scanner.from, scanner.length);
          metrics.add(new int[] {scanner.from, scanner.length});
        }
        case 3 -> {
          good = scanner.type == ProtoScanner.VARINT && scanner.number >= 0 && scanner.number < 256;
          sequence = scanner.number;
        }
        default -> {
          // A uuid or a body of its own say nothing about use.
        }
      }
    }
    return good && scanner.isGood();
  }

  private void born(SparkplugTopic topic, byte[] payload) {
    List<Declared> declared = new ArrayList<>();
    for (int[] slice : metrics) {
      metric.read(payload, slice[0], slice[1]);
      String name = metric.name;
      if (name != null) {
        declared.add(new Declared(name, metric.alias, metric.datatype));
      }
    }
    births.born(topic.node(), timestamp, declared);
  }

  /** Notes where numbers are missing between this message and the one before it. */
  private void follow(SparkplugTopic topic) {
    if (sequence < 0) {
      return;
    }
    Long before = sequences.put(topic.edge(), sequence);
    boolean follows = before == null || sequence == (before + 1) % 256 || sequence == before;
    if (!follows && topic.type() != SparkplugTopic.Type.NBIRTH) {
      births.rebirthWanted(topic.edge());
    }
  }

  private boolean take(SparkplugTopic topic, byte[] payload, int from, int length, Sink sink) {
    metric.read(payload, from, length);
    long at = metric.time >= 0 ? metric.time : timestamp;
    Optional<Declared> declared = declared(topic.node(), at);
    String said = metric.name;
    String name = said == null ? declared.map(Declared::name).orElse("") : said;
    if (!name.isEmpty() && ignoresOthers && !measures.containsKey(name)) {
      return true;
    }
    int type = metric.datatype > 0 ? metric.datatype : declared.map(Declared::datatype).orElse(0);
    String subject = isPath ? topic.node() : topic.subject();
    context.clear();
    context.string(topic.node());
    context.string(subject);
    context.string(name);
    context.varint(type);
    context.zigzag(timestamp);
    Evidence.begin(evidence, key, context.array(), context.size());
    evidence.raw(payload, from, length);
    Reason reason =
        evidence.size() > CloudEventsFormat.MAX_EVENT
            ? Reason.TOO_LARGE
            : event(subject, name, type, at, event);
    if (reason == Reason.UNKNOWN_ALIAS) {
      births.rebirthWanted(topic.edge());
    }
    return reason == null
        ? sink.event(event, evidence.array(), 0, evidence.size())
        : sink.refused(reason, evidence.array(), 0, evidence.size());
  }

  private Optional<Declared> declared(String node, long at) {
    String name = metric.name;
    if (name != null) {
      return metric.datatype > 0 ? Optional.empty() : births.byName(node, name, at);
    }
    return metric.alias < 0 ? Optional.empty() : births.byAlias(node, metric.alias, at);
  }

  private @Nullable Reason event(
      String subject, String name, int type, long at, DecodedEvent into) {
    if (name.isEmpty()) {
      return metric.alias < 0 ? Reason.MALFORMED : Reason.UNKNOWN_ALIAS;
    }
    readings.begin();
    Measure measure = measures.get(name);
    if (measure == null) {
      return Reason.NO_OFFER;
    }
    text(into.subject, subject);
    text(into.id, name + '@' + at);
    into.source.point(source, 0, source.length);
    into.type.point(measure.type(), 0, measure.type().length);
    into.occurredAt = at;
    BigDecimal number = metric.number(type);
    if (number != null && measure.slot() >= 0) {
      byte[] plain = Decimals.plain(number);
      if (plain.length <= JsonScanner.MAX_NUMBER) {
        readings.put(measure.slot(), plain, 0, plain.length);
      }
    }
    boolean isTime = TimeReading.MS.millis(BigDecimal.valueOf(at)) == at;
    return at >= 0 && !isTime ? Reason.MALFORMED : readings.complete(into, at >= 0);
  }

  private static void text(Text into, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    into.keep(bytes, 0, bytes.length);
  }

  @Override
  public @Nullable Reason decode(Evidence kept, DecodedEvent into) {
    ByteReader in = kept.context();
    String node = in.string();
    String subject = in.string();
    String name = in.string();
    int type = in.count(Integer.MAX_VALUE);
    long said = in.zigzag();
    if (!metric.read(kept.bytes(), kept.from(), kept.length())) {
      return Reason.MALFORMED;
    }
    long at = metric.time >= 0 ? metric.time : said;
    if (name.isEmpty()) {
      Optional<Declared> declared = declared(node, at);
      name = declared.map(Declared::name).orElse("");
      type = type > 0 ? type : declared.map(Declared::datatype).orElse(0);
    }
    return event(subject, name, type, at, into);
  }
}
