package io.millrace.tests.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.millrace.connectors.codec.CloudEventsCodec;
import io.millrace.connectors.codec.DecodedEvent;
import io.millrace.connectors.codec.EventType;
import io.millrace.connectors.directory.Directory;
import io.millrace.connectors.directory.DirectoryView;
import io.millrace.connectors.directory.Interval;
import io.millrace.connectors.tenant.Device;
import io.millrace.ops.node.NodeConfig;
import io.millrace.processors.rating.MeterValue;
import io.millrace.processors.usage.UsageBatch;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What an event costs from its bytes to a row: decode alone, decode with the look-up among all
 * devices, both and the append; beside Jackson doing nothing but its tokens, with and without its
 * check for names that come twice. CPU time of one thread.
 */
final class DecodeBench implements Step {
  private static final Instant START = Instant.parse("2026-11-02T10:00:00Z");
  private static final int EVENTS = 32_000;
  private static final int ROUNDS = 10;
  private static final int WARM_RUNS = 2;

  private final CloudEventsCodec codec =
      new CloudEventsCodec(
          List.of(
              new EventType("lamp.report", List.of(new EventType.Reading("data.wh", 3, false)))),
          new byte[16],
          MeterValue::parse);
  private final DecodedEvent event = new DecodedEvent();

  @Override
  public String name() {
    return "decode";
  }

  @Override
  public String what() {
    return "an event from its bytes to a row, beside Jackson's tokens";
  }

  @Override
  public void measure(Site site, Figures figures) throws IOException {
    LampEvents lamps = new LampEvents(site.scale().devices(), START, 1);
    DirectoryView devices = directory(lamps.devices(1));
    lamps.next(1);
    byte[][] events = new byte[Math.min(EVENTS, lamps.size())][];
    for (int i = 0; i < events.length; i++) {
      events[i] = lamps.payload(i);
    }
    UsageBatch rows = new UsageBatch(events.length);
    List<CodecBench> codecs = CodecBench.all();
    JsonFactory plain = factory(false);
    JsonFactory checked = factory(true);
    for (int run = -WARM_RUNS; run < site.scale().runs(); run++) {
      double tokens = nanos(events, () -> jackson(events, plain));
      double names = nanos(events, () -> jackson(events, checked));
      double decode = nanos(events, () -> decode(events));
      double found = nanos(events, () -> lookUp(events, devices));
      double appended = nanos(events, () -> append(events, devices, rows));
      for (CodecBench codec : codecs) {
        double event = codec.nanos(ROUNDS);
        if (run >= 0) {
          figures.note("decode, " + codec.name(), "ns/event", event);
        }
      }
      if (run >= 0) {
        figures.note("Jackson, tokens only", "ns/event", tokens);
        figures.note("Jackson, names checked", "ns/event", names);
        figures.note("decode", "ns/event", decode);
        figures.note("decode, look up", "ns/event", found);
        figures.note("decode, look up, append", "ns/event", appended);
        figures.note("decode to Jackson, tokens only", "×", decode / tokens);
      }
    }
  }

  private long decode(byte[][] events) {
    long sum = 0;
    for (byte[] raw : events) {
      check(codec.decode(raw, 0, raw.length, event) == null);
      sum += event.values[0];
    }
    return sum;
  }

  private long lookUp(byte[][] events, DirectoryView devices) {
    long sum = 0;
    for (byte[] raw : events) {
      check(codec.decode(raw, 0, raw.length, event) == null);
      sum += devices.subscription(find(devices));
    }
    return sum;
  }

  private long append(byte[][] events, DirectoryView devices, UsageBatch rows) {
    rows.clear();
    for (byte[] raw : events) {
      check(codec.decode(raw, 0, raw.length, event) == null);
      int device = find(devices);
      rows.add(
          devices.shard(device),
          devices.subscription(device),
          1,
          event.eventId,
          event.numbered,
          event.occurredAt,
          START.toEpochMilli(),
          event.typeIndex,
          event.values,
          event.valueCount,
          raw,
          0,
          raw.length);
    }
    return rows.size();
  }

  private int find(DirectoryView devices) {
    int device =
        devices.find(
            event.subject.bytes, event.subject.from, event.subject.length, event.occurredAt);
    check(device >= 0);
    return device;
  }

  private static long jackson(byte[][] events, JsonFactory factory) throws IOException {
    long sum = 0;
    for (byte[] raw : events) {
      try (JsonParser parser = factory.createParser(raw)) {
        for (JsonToken token; (token = parser.nextToken()) != null; ) {
          if (token == JsonToken.VALUE_STRING) {
            sum += parser.getTextLength();
          }
        }
      }
    }
    return sum;
  }

  private static JsonFactory factory(boolean namesChecked) {
    return JsonFactory.builder()
        .streamReadConstraints(
            StreamReadConstraints.builder().maxNestingDepth(64).maxNumberLength(64).build())
        .configure(StreamReadFeature.STRICT_DUPLICATE_DETECTION, namesChecked)
        .build();
  }

  private static DirectoryView directory(List<Device> lamps) {
    List<Interval> devices = new ArrayList<>();
    for (int i = 0; i < lamps.size(); i++) {
      devices.add(
          new Interval(lamps.get(i).subject(), i, i % NodeConfig.SHARDS, 1, 0, 0, Long.MAX_VALUE));
    }
    Directory directory = new Directory();
    directory.add(devices);
    return directory.view();
  }

  /** A way through all events; what it gives is the same each time. */
  private interface Pass {
    long once() throws IOException;
  }

  private static double nanos(byte[][] events, Pass pass) throws IOException {
    long first = pass.once();
    long start = CpuClock.threadNanos();
    for (int round = 0; round < ROUNDS; round++) {
      check(pass.once() == first);
    }
    return (double) (CpuClock.threadNanos() - start) / ROUNDS / events.length;
  }

  private static void check(boolean holds) {
    if (!holds) {
      throw new AssertionError("the bench does not do what it measures");
    }
  }
}
