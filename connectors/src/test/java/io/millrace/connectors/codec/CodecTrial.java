package io.millrace.connectors.codec;

import io.millrace.catalog.Meter.Where;
import io.millrace.connectors.codec.EventType.Reading;
import io.millrace.processors.rating.MeterValue;
import io.millrace.processors.shard.Reason;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Assertions;

/**
 * A codec as a route configured it, and what it makes of payloads, a line a part. Whatever it takes
 * must be the same event when its evidence is decoded alone by codecs that never saw its payload;
 * whatever it refuses must be refused again, for a reason.
 */
final class CodecTrial {
  static final byte[] KEY = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  static final List<EventType> TYPES =
      List.of(
          new EventType("lamp.report", List.of(new Reading("data.wh", 3, false))),
          new EventType(
              "meter.report",
              List.of(new Reading("data.wh", 0, true), new Reading("data.lux", 1, false))),
          new EventType("door.opened", List.of(new Reading("", 0, false))),
          new EventType(
              "session.end",
              List.of(
                  new Reading(
                      "data.bytes", 0, false, List.of(new Where("via", List.of("4g", "5g")))),
                  new Reading(
                      "",
                      0,
                      false,
                      List.of(
                          new Where("class", List.of("alarm")),
                          new Where("via", List.of("5g", "α\"β")))))),
          new EventType(
              "cell.seen",
              List.of(new Reading("data.cell", 0, false, true, List.of(), true, List.of()))),
          new EventType(
              "door.state",
              List.of(
                  new Reading(
                      "",
                      0,
                      false,
                      true,
                      List.of(),
                      false,
                      List.of(
                          List.of(new Where("open", List.of("true", "1"))),
                          List.of(),
                          List.of(
                              new Where("open", List.of("1", "2.5")),
                              new Where("lock", List.of("false"))))))));

  private final CodecSpecs specs = CodecSpecs.inMemory();
  private final CodecSpec spec;
  private final Codec codec;

  CodecTrial(String format, String... options) {
    Map<String, String> all = new TreeMap<>();
    for (String option : options) {
      int at = option.indexOf('=');
      all.put(option.substring(0, at), option.substring(at + 1));
    }
    spec = CodecSpec.of(format, all);
    codec = new Codecs(readings(), specs).of(spec);
  }

  static Readings readings() {
    return new Readings(TYPES, KEY, MeterValue::parse);
  }

  List<String> decode(String payload) {
    return decode(payload.getBytes(StandardCharsets.UTF_8));
  }

  List<String> decode(byte[] payload) {
    return decode(payload, Transport.NONE);
  }

  List<String> decode(byte[] payload, Transport transport) {
    List<String> lines = new ArrayList<>();
    codec.decode(
        payload,
        transport,
        new Codec.Sink() {
          @Override
          public boolean event(DecodedEvent event, byte[] bytes, int from, int length) {
            String line = line(event);
            byte[] kept = Arrays.copyOfRange(bytes, from, from + length);
            DecodedEvent again = new DecodedEvent();
            Assertions.assertNull(new Codecs(readings(), specs).decode(kept, again));
            Assertions.assertEquals(line, line(again), "its evidence alone");
            lines.add(line);
            return true;
          }

          @Override
          public boolean refused(Reason reason, byte[] bytes, int from, int length) {
            byte[] kept = Arrays.copyOfRange(bytes, from, from + length);
            Assertions.assertNotNull(
                new Codecs(readings(), specs).decode(kept, new DecodedEvent()), "what was refused");
            lines.add(reason.code());
            return true;
          }
        });
    return lines;
  }

  private static String line(DecodedEvent event) {
    return String.join(
        " ",
        event.type.toString(),
        event.subject.toString(),
        event.source.toString(),
        event.id.toString(),
        (event.numbered ? "#" : "~") + Long.toHexString(event.eventId),
        Instant.ofEpochMilli(event.occurredAt).toString(),
        Arrays.toString(Arrays.copyOf(event.values, event.valueCount)));
  }

  /** A line without the fingerprint of an id that is no number. */
  static List<String> withoutPrints(List<String> lines) {
    return lines.stream().map(l -> l.replaceAll(" [#~][0-9a-f]+ ", " ")).toList();
  }
}
