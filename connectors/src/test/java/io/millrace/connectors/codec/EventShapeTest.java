package io.millrace.connectors.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.connectors.codec.EventType.Reading;
import io.millrace.processors.rating.MeterValue;
import io.millrace.processors.shard.Reason;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EventShapeTest {
  private static final String LAMP = CloudEventsCodecTest.LAMP;
  private static final String OTHER =
      "{ \"type\":\"meter.report\", \"data\": {\"power\": {\"in\": -7, \"out\":{\"total\":1.25e1}},"
          + " \"wh\":3, \"list\":[1,true,null,\"x7\"]},\"time\":\"2026-11-02T10:01:07.5+01:00\",\n"
          + " \"source\":\"urn:ä\", \"subject\":\"m 1\",\"id\":\"a-1\",\"specversion\":\"1.0\"} ";
  private static final byte[] KEY = new byte[16];
  private static final List<EventType> TYPES =
      List.of(
          new EventType("lamp.report", List.of(new Reading("data.wh", 3, false))),
          new EventType(
              "meter.report",
              List.of(
                  new Reading("data.power.in", 0, true),
                  new Reading("data.power.out.total", 2, false),
                  new Reading("data.wh", 1, true))));

  /** What follows where a byte may begin something else. */
  private static final byte[] NASTY = bytes("0123456789-+.eE\"\\{}[],: \n\ttfnu\u0000\u007Fä");

  private final CloudEventsCodec trained = codec();
  private final DecodedEvent event = new DecodedEvent();

  EventShapeTest() {
    for (String each : List.of(LAMP, OTHER, LAMP.replace("\"fault\":0", "\"fault\":0,\"x\":[]"))) {
      for (int i = 0; i < 8; i++) {
        assertNull(decode(trained, bytes(each), event));
      }
    }
  }

  private static CloudEventsCodec codec() {
    return new CloudEventsCodec(TYPES, KEY, MeterValue::parse);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static @Nullable Reason decode(CloudEventsCodec codec, byte[] json, DecodedEvent into) {
    return codec.decode(json, 0, json.length, into);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("io.millrace.connectors.codec.BadEvents#all")
  void badEventOfAKnownShape_isJudgedAsIfItWereTheFirst(
      String what, byte[] payload, @Nullable Reason expected) {
    CloudEventsCodec fresh = codec();
    assertEquals(decode(fresh, payload, new DecodedEvent()), decode(trained, payload, event));
  }

  @Test
  void eventWithAnythingChanged_isDecodedAsIfItWereTheFirst() {
    SplittableRandom random = new SplittableRandom(41);
    int taken = 0;
    int right = 0;
    for (int i = 0; i < 60_000; i++) {
      byte[] payload = changed(bytes(random.nextBoolean() ? LAMP : OTHER), random);
      DecodedEvent first = new DecodedEvent();
      Reason expected = decode(codec(), payload, first);
      String shown = new String(payload, StandardCharsets.UTF_8);
      Text guess = new Text();
      boolean guessed = trained.guessSubject(payload, guess);
      assertEquals(expected, decode(trained, payload, event), shown);
      if (expected == null) {
        taken++;
        right += guessed && guess.toString().equals(first.subject.toString()) ? 1 : 0;
        assertEquals(told(first), told(event), shown);
      }
    }
    assertTrue(taken > 5_000, taken + " could be charged");
    assertTrue(right * 3 > taken, right + " of " + taken + " subjects were guessed");
  }

  private static byte[] changed(byte[] json, SplittableRandom random) {
    byte[] changed = json;
    for (int left = 1 + random.nextInt(3); left > 0; left--) {
      int at = random.nextInt(changed.length);
      byte by = NASTY[random.nextInt(NASTY.length)];
      switch (random.nextInt(4)) {
        case 0 -> {
          changed = changed.clone();
          changed[at] = by;
        }
        case 1 -> {
          byte[] longer = Arrays.copyOf(changed, changed.length + 1);
          System.arraycopy(changed, at, longer, at + 1, changed.length - at);
          longer[at] = by;
          changed = longer;
        }
        case 2 -> {
          byte[] shorter = Arrays.copyOf(changed, changed.length - 1);
          System.arraycopy(changed, at + 1, shorter, at, shorter.length - at);
          changed = shorter;
        }
        default -> {
          if (changed[at] >= '0' && changed[at] <= '9') {
            changed = changed.clone();
            changed[at] = (byte) ('0' + random.nextInt(10));
          }
        }
      }
    }
    return changed;
  }

  private static String told(DecodedEvent e) {
    return e.id
        + "|"
        + e.source
        + "|"
        + e.subject
        + "|"
        + e.type
        + "|"
        + e.eventId
        + e.numbered
        + e.occurredAt
        + "|"
        + e.typeIndex
        + Arrays.toString(Arrays.copyOf(e.values, e.valueCount));
  }

  @Test
  void eventThatDiffersInItsTextsAndNumbersOnly_hasTheShape() {
    Readings readings = new Readings(TYPES, KEY, MeterValue::parse);
    CloudEventsCodec codec = new CloudEventsCodec(readings);
    byte[] lamp = bytes(LAMP);
    assertNull(decode(codec, lamp, event));
    EventShape shape = EventShape.of(lamp, 0, lamp.length, event, readings);
    assertNotNull(shape);
    String like = LAMP.replace("1234", "98").replace("lamp-000123", "L").replace("0.412", "-1e-3");
    assertTrue(reads(shape, like.replace("130", "0"), readings));
    assertEquals("L", event.subject.toString());
    assertFalse(reads(shape, LAMP.replace("130", "\"130\""), readings));
    assertFalse(reads(shape, LAMP.replace("lamps", "lamp2"), readings));
    assertFalse(reads(shape, LAMP.replace("1234", "12\\u0034"), readings));
    assertFalse(reads(shape, LAMP.replace("130", "013"), readings));
    assertFalse(reads(shape, LAMP.substring(0, LAMP.length() - 1), readings));
    assertFalse(reads(shape, LAMP + "}", readings));
  }

  private boolean reads(EventShape shape, String json, Readings readings) {
    byte[] payload = bytes(json);
    JsonScanner scanner = new JsonScanner();
    scanner.begin(payload, 0, payload.length);
    readings.begin();
    return shape.read(scanner, payload, event, readings);
  }
}
