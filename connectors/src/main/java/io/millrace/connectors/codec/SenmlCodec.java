package io.millrace.connectors.codec;

import io.millrace.processors.codec.ByteWriter;
import io.millrace.processors.shard.Reason;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code usage:senml}: SenML packs (RFC 8428) in JSON or CBOR, a record an event. Options:
 *
 * <ul>
 *   <li>{@code source}: the events' source; required
 *   <li>{@code types}: {@code measurement=type/member/unit} with semicolons between them; required.
 *       The record's value is what a meter of that type reads as {@code data.member}; {@code
 *       s:measurement} reads its sum; a unit that is given must be the record's
 *   <li>{@code subject}: {@code split} where the resolved name up to its last {@code :} or {@code
 *       /} is the device and the rest the measurement, {@code base} where the base name is the
 *       device; {@code split} where absent
 *   <li>{@code others}: {@code suspend} or {@code ignore} the measurements that {@code types}
 *       lacks; {@code suspend} where absent
 *   <li>{@code encoding}: {@code json}, {@code cbor}, or {@code auto}, by the content type, else by
 *       the first byte; {@code auto} where absent
 * </ul>
 *
 * <p>An event's id is its measurement and time: SenML has no other. So a time that is relative (RFC
 * 8428, 4.5.3), or absent, is {@code no-time}: resolved at receipt it would make another id of each
 * redelivery. A record depends on those before it, so a pack that is malformed anywhere, of another
 * version, or with a label that must be understood and is not, is refused whole.
 */
final class SenmlCodec implements Codec {
  private static final BigDecimal FIRST_ABSOLUTE = BigDecimal.valueOf(1L << 28);
  private static final int LONGEST_NAME = 1_024;

  private final CodecSpec spec;
  private final long key;
  private final Readings readings;
  private final byte[] source;
  private final Map<String, Measure> measures;
  private final boolean splitsName;
  private final boolean ignoresOthers;
  private final String encoding;
  private final SenmlReader json = new SenmlJson();
  private final SenmlReader cbor = new SenmlCbor();
  private final SenmlRecord record = new SenmlRecord();
  private final SenmlBases bases = new SenmlBases();
  private final DecodedEvent event = new DecodedEvent();
  private final ByteWriter context = new ByteWriter();
  private final ByteWriter evidence = new ByteWriter();

  SenmlCodec(CodecSpec spec, Readings readings) {
    this.spec = spec;
    this.key = spec.key();
    this.readings = readings;
    Options options = new Options(spec);
    byte[] constant = options.constant("source");
    if (constant == null) {
      throw options.refused("lacks `source`: the text that names where its events come from");
    }
    source = constant;
    measures = Measure.of(options, readings, true);
    splitsName = options.oneOf("subject", "split", List.of("split", "base")).equals("split");
    ignoresOthers =
        options.oneOf("others", "suspend", List.of("suspend", "ignore")).equals("ignore");
    encoding = options.oneOf("encoding", "auto", List.of("auto", "json", "cbor"));
    options.end();
  }

  @Override
  public CodecSpec spec() {
    return spec;
  }

  @Override
  public void decode(byte[] payload, Transport transport, Sink sink) {
    SenmlReader reader = isCbor(payload, transport) ? cbor : json;
    Reason reason =
        payload.length > CloudEventsFormat.MAX_BATCH ? Reason.TOO_LARGE : judged(reader, payload);
    if (reason != null) {
      byte[] whole = Evidence.ofPayload(spec, transport, payload);
      sink.refused(reason, whole, 0, whole.length);
      return;
    }
    bases.clear();
    reader.begin(payload, 0, payload.length);
    boolean goOn = true;
    while (goOn && reader.hasNext()) {
      int from = reader.position();
      reader.next(record);
      context.clear();
      bases.write(context);
      bases.apply(record);
      goOn = isNoUsage() || take(payload, from, reader.position() - from, sink);
    }
  }

  private boolean isCbor(byte[] payload, Transport transport) {
    String said = encoding.equals("auto") ? transport.mediaType() : encoding;
    if (said.endsWith("cbor") || said.endsWith("json")) {
      return said.endsWith("cbor");
    }
    return payload.length > 0 && (payload[0] & 0xE0) == 0x80;
  }

  /** Looks at all of a pack before any of it is taken. */
  private @Nullable Reason judged(SenmlReader reader, byte[] payload) {
    int records = 0;
    int version = SenmlRecord.VERSION;
    if (!reader.begin(payload, 0, payload.length)) {
      return Reason.MALFORMED;
    }
    while (reader.hasNext()) {
      if (++records > CloudEventsFormat.MAX_EVENTS) {
        return Reason.TOO_LARGE;
      }
      if (!reader.next(record) || !isUnderstood()) {
        return Reason.MALFORMED;
      }
      boolean saysVersion = record.version > 0;
      if (saysVersion && records > 1 && record.version != version) {
        return Reason.MALFORMED;
      }
      version = saysVersion ? record.version : version;
    }
    return records > 0 && reader.hasEnded() ? null : Reason.MALFORMED;
  }

  /** A base that can't be read would be wrong in every record behind it. */
  private boolean isUnderstood() {
    String name = record.baseName;
    String unit = record.baseUnit;
    return !record.isForeign
        && record.version <= SenmlRecord.VERSION
        && !record.hasBadBase
        && (name == null || name.length() <= LONGEST_NAME)
        && (unit == null || unit.length() <= LONGEST_NAME);
  }

  /** Whether a record only sets bases, or measures what the route has nothing to do with. */
  private boolean isNoUsage() {
    boolean hasValue = record.hasNumber || record.hasOtherValue;
    return !hasValue && record.name == null
        || ignoresOthers && hasValue && !measures.containsKey(measurement());
  }

  private boolean take(byte[] payload, int from, int length, Sink sink) {
    Reason reason = length > CloudEventsFormat.MAX_EVENT ? Reason.TOO_LARGE : event(event);
    Evidence.begin(evidence, key, context.array(), context.size());
    evidence.raw(payload, from, length);
    if (evidence.size() > CloudEventsFormat.MAX_EVENT) {
      reason = Reason.TOO_LARGE;
    }
    return reason == null
        ? sink.event(event, evidence.array(), 0, evidence.size())
        : sink.refused(reason, evidence.array(), 0, evidence.size());
  }

  @Override
  public @Nullable Reason decode(Evidence kept, DecodedEvent into) {
    boolean isCbor = kept.length() > 0 && (kept.bytes()[kept.from()] & 0xE0) == 0xA0;
    bases.read(kept.context());
    SenmlReader reader = isCbor ? cbor : json;
    if (!reader.alone(kept.bytes(), kept.from(), kept.length(), record) || !isUnderstood()) {
      return Reason.MALFORMED;
    }
    bases.apply(record);
    return event(into);
  }

  private String resolvedName() {
    String name = record.name;
    return name == null ? bases.name : bases.name + name;
  }

  private int split(String name) {
    return Math.max(name.lastIndexOf(':'), name.lastIndexOf('/'));
  }

  private String measurement() {
    if (splitsName) {
      String name = resolvedName();
      return name.substring(split(name) + 1);
    }
    String name = record.name;
    return name == null ? "" : name.replaceFirst("^[:/]+", "");
  }

  private String subject() {
    if (splitsName) {
      String name = resolvedName();
      return name.substring(0, Math.max(split(name), 0));
    }
    return bases.name.replaceFirst("[:/]+$", "");
  }

  /** Takes the event out of a record under its bases. */
  private @Nullable Reason event(DecodedEvent into) {
    String name = resolvedName();
    boolean hasValue = record.hasNumber || record.hasOtherValue;
    if (!hasValue || record.hasBadTime || !isName(name)) {
      return Reason.MALFORMED;
    }
    readings.begin();
    Measure measure = measures.get(measurement());
    BigDecimal time =
        SenmlBases.resolved(bases.time, record.time == null ? BigDecimal.ZERO : record.time);
    boolean hasTime = time != null && time.compareTo(FIRST_ABSOLUTE) >= 0;
    text(into.subject, subject());
    text(into.id, measurement() + '@' + (time == null ? "" : ascii(Decimals.plain(time))));
    into.source.point(source, 0, source.length);
    if (measure == null) {
      return into.subject.length == 0 ? Reason.UNKNOWN_DEVICE : Reason.NO_OFFER;
    }
    into.type.point(measure.type(), 0, measure.type().length);
    if (hasTime) {
      into.occurredAt = TimeReading.S.millisOf(time);
      if (into.occurredAt == Rfc3339.NOT_A_TIME) {
        return Reason.MALFORMED;
      }
    }
    number(measure);
    return readings.complete(into, hasTime);
  }

  private void number(Measure measure) {
    BigDecimal number =
        measure.isSum()
            ? SenmlBases.resolved(bases.sum, record.sum)
            : SenmlBases.resolved(bases.value, record.value);
    String said = record.unit;
    String unit = said == null ? bases.unit : said;
    if (number != null
        && measure.slot() >= 0
        && (measure.unit().isEmpty() || measure.unit().equals(unit))) {
      byte[] plain = Decimals.plain(number);
      if (plain.length <= JsonScanner.MAX_NUMBER) {
        readings.put(measure.slot(), plain, 0, plain.length);
      }
    }
  }

  private static void text(Text into, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    into.keep(bytes, 0, bytes.length);
  }

  private static String ascii(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  /** The characters that a resolved name may have (RFC 8428, 4.3). */
  private static boolean isName(String name) {
    boolean good =
        !name.isEmpty() && name.length() <= LONGEST_NAME && isAlphanumeric(name.charAt(0));
    for (int i = 1; i < name.length() && good; i++) {
      char c = name.charAt(i);
      good = isAlphanumeric(c) || "-:./_".indexOf(c) >= 0;
    }
    return good;
  }

  private static boolean isAlphanumeric(char c) {
    return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
  }
}
