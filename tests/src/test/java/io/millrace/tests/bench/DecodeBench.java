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
import io.millrace.processors.rating.MeterValue;
import io.millrace.processors.usage.UsageBatch;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/**
 * What an event costs from its bytes to a row: decode alone, decode with the look-up among 200,000
 * devices, both and the append; beside Jackson doing nothing but its tokens, in the same run, with
 * and without its check for names that come twice. Processor time of the best of forty rounds each.
 */
public final class DecodeBench {

  private static final PrintStream OUT = System.out;
  private static final int EVENTS = 32_000;
  private static final int ROUNDS = 40;

  private DecodeBench() {}

  /** Prints nanoseconds an event, and events a second of one core. */
  public static void main(String[] arguments) throws IOException {
    UsageBatch events = new LampCommits(1).next(EVENTS, 500_000).usage();
    print("Jackson, tokens only", best(() -> jackson(events, factory(false))));
    print("Jackson, names checked", best(() -> jackson(events, factory(true))));
    CloudEventsCodec codec = codec();
    DecodedEvent event = new DecodedEvent();
    print("decode", best(() -> decode(events, codec, event)));
    DirectoryView devices = directory().view();
    print("decode, look up", best(() -> lookUp(events, codec, event, devices)));
    UsageBatch rows = new UsageBatch(EVENTS);
    print("decode, look up, append", best(() -> append(events, codec, event, devices, rows)));
  }

  private static long decode(UsageBatch events, CloudEventsCodec codec, DecodedEvent event) {
    long sum = 0;
    for (int i = 0; i < EVENTS; i++) {
      int from = events.rawFrom[i];
      check(codec.decode(events.raw, from, events.rawFrom[i + 1] - from, event) == null);
      sum += event.values[0];
    }
    return sum;
  }

  private static long lookUp(
      UsageBatch events, CloudEventsCodec codec, DecodedEvent event, DirectoryView devices) {
    long sum = 0;
    for (int i = 0; i < EVENTS; i++) {
      int from = events.rawFrom[i];
      check(codec.decode(events.raw, from, events.rawFrom[i + 1] - from, event) == null);
      int device = find(event, devices);
      sum += devices.subscription(device);
    }
    return sum;
  }

  private static long append(
      UsageBatch events,
      CloudEventsCodec codec,
      DecodedEvent event,
      DirectoryView devices,
      UsageBatch rows) {
    rows.clear();
    for (int i = 0; i < EVENTS; i++) {
      int from = events.rawFrom[i];
      int length = events.rawFrom[i + 1] - from;
      check(codec.decode(events.raw, from, length, event) == null);
      int device = find(event, devices);
      rows.add(
          devices.shard(device),
          devices.subscription(device),
          1,
          event.eventId,
          event.numbered,
          event.occurredAt,
          LampCommits.START,
          event.typeIndex,
          event.values,
          event.valueCount,
          events.raw,
          from,
          length);
    }
    return rows.size();
  }

  private static int find(DecodedEvent event, DirectoryView devices) {
    int device =
        devices.find(
            event.subject.bytes, event.subject.from, event.subject.length, event.occurredAt);
    check(device >= 0);
    return device;
  }

  private static long jackson(UsageBatch events, JsonFactory factory) throws IOException {
    long sum = 0;
    for (int i = 0; i < EVENTS; i++) {
      int from = events.rawFrom[i];
      try (JsonParser parser =
          factory.createParser(events.raw, from, events.rawFrom[i + 1] - from)) {
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

  private static CloudEventsCodec codec() {
    EventType lamp =
        new EventType("lamp.report", List.of(new EventType.Reading("data.wh", 3, false)));
    return new CloudEventsCodec(List.of(lamp), new byte[16], MeterValue::parse);
  }

  private static Directory directory() {
    List<Interval> devices = new ArrayList<>();
    for (int i = 0; i < LampCommits.LAMPS; i++) {
      String lamp = "lamp-" + Integer.toString(1_000_000 + i).substring(1);
      devices.add(new Interval(lamp, i, i % LampCommits.SHARDS, 1, 0, 0, Long.MAX_VALUE));
    }
    Directory directory = new Directory();
    directory.add(devices);
    return directory;
  }

  private static long best(Run run) throws IOException {
    long best = Long.MAX_VALUE;
    long first = run.once();
    for (int round = 0; round < ROUNDS; round++) {
      long start = CpuTime.nanos();
      check(run.once() == first);
      best = Math.min(best, CpuTime.nanos() - start);
    }
    return best;
  }

  private static void print(String what, long nanos) {
    OUT.printf(
        "%-26s %5d ns %,12d events/s%n", what, nanos / EVENTS, EVENTS * 1_000_000_000L / nanos);
  }

  private static void check(boolean holds) {
    if (!holds) {
      throw new AssertionError("the bench does not do what it measures");
    }
  }

  private interface Run {
    long once() throws IOException;
  }
}
