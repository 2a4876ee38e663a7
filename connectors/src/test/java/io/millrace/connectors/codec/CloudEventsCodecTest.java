package io.millrace.connectors.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.millrace.connectors.codec.EventType.Reading;
import io.millrace.processors.rating.MeterValue;
import io.millrace.processors.shard.Reason;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CloudEventsCodecTest {

  private static final byte[] KEY = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  static final String LAMP =
      "{\"specversion\":\"1.0\",\"id\":\"1234\",\"source\":\"/city/lamps\","
          + "\"type\":\"lamp.report\",\"subject\":\"lamp-000123\","
          + "\"time\":\"2026-11-02T10:01:07Z\","
          + "\"datacontenttype\":\"application/json\","
          + "\"data\":{\"wh\":0.412,\"lux\":130,\"fault\":0}}";

  private final CloudEventsCodec codec = codec();
  private final DecodedEvent event = new DecodedEvent();

  private static CloudEventsCodec codec() {
    return new CloudEventsCodec(
        List.of(
            new EventType("lamp.report", List.of(new Reading("data.wh", 3, false))),
            new EventType(
                "meter.report",
                List.of(
                    new Reading("data.power.in", 0, true),
                    new Reading("", 0, false),
                    new Reading("data.power.out.total", 2, false),
                    new Reading("data.wh", 1, true)))),
        KEY,
        MeterValue::parse);
  }

  private Reason decode(String json) {
    return decode(json.getBytes(StandardCharsets.UTF_8));
  }

  private Reason decode(byte[] json) {
    return codec.decode(json, 0, json.length, event);
  }

  @Test
  void a_lamp_report_is_decoded_whole() {
    byte[] json = ("xx" + LAMP + "}").getBytes(StandardCharsets.UTF_8);
    assertNull(codec.decode(json, 2, json.length - 3, event));
    assertEquals("1234", event.id.toString());
    assertEquals("/city/lamps", event.source.toString());
    assertEquals("lamp-000123", event.subject.toString());
    assertEquals("lamp.report", event.type.toString());
    assertTrue(event.numbered);
    assertEquals(1234, event.eventId);
    assertEquals(1_793_613_667_000L, event.occurredAt);
    assertEquals(0, event.typeIndex);
    assertEquals(1, event.valueCount);
    assertEquals(412, event.values[0]);
  }

  @Test
  void members_in_any_order_and_escapes_make_the_same_event() {
    assertNull(
        decode(
            " {\"data\" : {\"lux\":[1,{\"wh\":7}], \"\\u0077h\":412e-3 },\r\n"
                + "\"\\u0069d\":\"12\\u00334\","
                + "\"type\":\"lamp\\u002ereport\",\"time\":\"2026-11-02T11:01:07.000+01:00\","
                + "\"subject\":\"lamp-\\u0030\\u00300123\",\"source\":\"\\/city\\/lamps\","
                + "\"specversion\":\"1\\u002e0\"}"
                + "\t"));
    assertEquals("1234", event.id.toString());
    assertEquals("/city/lamps", event.source.toString());
    assertEquals("lamp-000123", event.subject.toString());
    assertEquals(1234, event.eventId);
    assertEquals(1_793_613_667_000L, event.occurredAt);
    assertEquals(412, event.values[0]);
  }

  @Test
  void nested_counted_and_rounded_readings_come_in_the_rules_order() {
    assertNull(
        decode(
            LAMP.replace("lamp.report", "meter.report")
                .replace(
                    "\"lux\"",
                    "\"power\":{\"in\":41.5,\"out\":{\"total\":-2.25,\"in\":9}},\"lux\"")));
    assertEquals(1, event.typeIndex);
    assertArrayEquals(new long[] {42, 1, -225, 4}, Arrays.copyOf(event.values, event.valueCount));
  }

  @Test
  void a_reading_of_the_event_before_is_never_taken_over() {
    assertNull(decode(LAMP));
    assertEquals(Reason.BAD_QUANTITY, decode(LAMP.replace("\"wh\"", "\"w\"")));
    assertEquals(Reason.UNKNOWN_DEVICE, decode(LAMP.replace("\"subject\"", "\"subjects\"")));
  }

  @ParameterizedTest
  @MethodSource
  void an_id_is_a_number_only_as_a_counter_writes_it(String id, long number) {
    assertNull(decode(LAMP.replace("\"1234\"", "\"" + id + "\"")));
    assertEquals(number >= 0, event.numbered);
    byte[] text = id.getBytes(StandardCharsets.UTF_8);
    assertEquals(number >= 0 ? number : new SipHash(KEY).of(text, 0, text.length), event.eventId);
  }

  static Stream<Arguments> an_id_is_a_number_only_as_a_counter_writes_it() {
    return Stream.of(
        Arguments.of("0", 0L),
        Arguments.of("7", 7L),
        Arguments.of("999999999999999999", 999_999_999_999_999_999L),
        Arguments.of("1000000000000000000", -1L),
        Arguments.of("007", -1L),
        Arguments.of("00", -1L),
        Arguments.of("-1", -1L),
        Arguments.of("+1", -1L),
        Arguments.of("1.0", -1L),
        Arguments.of("1e3", -1L),
        Arguments.of(" 1", -1L),
        Arguments.of("1 ", -1L),
        Arguments.of("٣", -1L),
        Arguments.of("a3f0c2d4-0000-4000-8000-000000000001", -1L));
  }

  /** GROUND C.5 item 25: what looks alike is not the same id. */
  @Test
  void ids_that_differ_by_case_normalisation_or_a_space_have_other_fingerprints() {
    long[] seen = new long[6];
    String[] ids = {"Ab", "ab", "ab ", "caf\u00e9", "cafe\u0301", "007"};
    for (int i = 0; i < ids.length; i++) {
      assertNull(decode(LAMP.replace("\"1234\"", "\"" + ids[i] + "\"")));
      assertFalse(event.numbered);
      seen[i] = event.eventId;
    }
    assertEquals(6, Arrays.stream(seen).distinct().count());
    DecodedEvent other = new DecodedEvent();
    byte[] json = LAMP.replace("\"1234\"", "\"007\"").getBytes(StandardCharsets.UTF_8);
    byte[] key = KEY.clone();
    key[0]++;
    assertNull(
        new CloudEventsCodec(
                List.of(new EventType("lamp.report", List.of())), key, MeterValue::parse)
            .decode(json, 0, json.length, other));
    assertNotEquals(event.eventId, other.eventId);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("io.millrace.connectors.codec.BadEvents#all")
  void each_bad_input_has_its_reason(String what, byte[] payload, Reason expected) {
    assertEquals(expected, decode(payload));
    assertNull(decode(LAMP), "the next event");
  }

  @Test
  void a_payload_is_refused_over_1_mib_and_only_there() {
    String filler = "\"f\":[" + "\"%s\",".formatted("x".repeat(60_000)).repeat(17) + "0],";
    String json = LAMP.replace("\"id\"", filler + "\"id\"");
    int spaces = CloudEventsCodec.MAX_PAYLOAD - json.length();
    assertNull(decode(json + " ".repeat(spaces)));
    assertEquals(Reason.TOO_LARGE, decode(json + " ".repeat(spaces + 1)));
  }

  /**
   * However an event is bent, the codec answers, and what it lets through is what Jackson reads.
   */
  @Property(tries = 5_000)
  void a_bent_event_never_throws(@ForAll long seed) {
    Random random = new Random(seed);
    byte[] json = LAMP.getBytes(StandardCharsets.UTF_8);
    for (int i = random.nextInt(4); i >= 0; i--) {
      json[random.nextInt(json.length)] = (byte) random.nextInt(256);
    }
    int length = random.nextInt(5) == 0 ? random.nextInt(json.length) : json.length;
    CloudEventsCodec fresh = codec();
    DecodedEvent into = new DecodedEvent();
    Reason reason = fresh.decode(json, 0, length, into);
    if (reason == null) {
      assertTrue(into.id.length > 0 && into.subject.length > 0);
      assertEquals(1, into.valueCount);
    }
  }

  @Test
  void decoding_allocates_nothing_per_event() {
    byte[] json = LAMP.replace("\"1234\"", "\"a3f0\"").getBytes(StandardCharsets.UTF_8);
    CloudEventsCodec warm =
        new CloudEventsCodec(
            List.of(new EventType("lamp.report", List.of(new Reading("data.wh", 3, false)))),
            KEY,
            MeterValue::parse);
    for (int i = 0; i < 20_000; i++) {
      warm.decode(json, 0, json.length, event);
    }
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < 10_000; i++) {
      warm.decode(json, 0, json.length, event);
    }
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    assertTrue(allocated < 10_000, allocated + " bytes for 10,000 events");
  }

  @Test
  void rules_that_make_no_sense_are_refused() {
    EventType twice = new EventType("a", List.of());
    assertThrows(
        IllegalArgumentException.class,
        () -> new CloudEventsCodec(List.of(twice, twice), KEY, MeterValue::parse));
    EventType outside = new EventType("a", List.of(new Reading("wh", 0, false)));
    assertThrows(
        IllegalArgumentException.class,
        () -> new CloudEventsCodec(List.of(outside), KEY, MeterValue::parse));
  }
}
