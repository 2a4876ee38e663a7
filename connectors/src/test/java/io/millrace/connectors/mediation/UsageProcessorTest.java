package io.millrace.connectors.mediation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.connectors.codec.CloudEventsBindings;
import io.millrace.connectors.codec.CodecSpec;
import io.millrace.connectors.codec.Payload;
import io.millrace.connectors.codec.Transport;
import io.millrace.processors.shard.Effects.Verdict;
import io.millrace.processors.shard.Reason;
import io.millrace.processors.shard.SourceCounts;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One payload, many events: what is charged, what waits, what the caller is told. */
class UsageProcessorTest {
  private static final Transport BATCH =
      new Transport("application/cloudevents-batch+json", "", List.of());
  private static final Verdicts.Each CHARGED = new Verdicts.Each(Verdict.CHARGED, null);
  private static final Verdicts.Each DUPLICATE = new Verdicts.Each(Verdict.DUPLICATE, null);

  private City city;

  @BeforeEach
  void open() throws Exception {
    city = new City(10_000).with("lamp-1", "lamp-2");
  }

  @AfterEach
  void close() {
    city.close();
  }

  private static Verdicts.Each suspended(Reason reason) {
    return new Verdicts.Each(Verdict.SUSPENDED, reason);
  }

  private static String event(String id, String lamp, String wh) {
    return """
    {"specversion":"1.0","id":"%s","source":"/city","type":"lamp.report","subject":"%s",\
    "time":"2026-11-02T10:00:00Z","data":{"wh":%s}}\
    """
        .formatted(id, lamp, wh);
  }

  private static Payload batch(String... events) {
    return new Payload(
        ("[" + String.join(",\n ", events) + "]").getBytes(StandardCharsets.UTF_8), BATCH);
  }

  @Test
  void batchWithOneBadEvent_chargesTheOthersAndTellsEach() throws Exception {
    Payload payload =
        batch(
            event("1", "lamp-1", "1.5"),
            event("2", "lamp-9", "1.5"),
            event("3", "lamp-1", "0.0001"),
            event("4", "lamp-1", "1,\"wh\":2"),
            event("1", "lamp-1", "1.5"),
            "17",
            event("5", "lamp-2", "2"));
    assertEquals(
        List.of(
            CHARGED,
            suspended(Reason.UNKNOWN_DEVICE),
            suspended(Reason.BAD_QUANTITY),
            suspended(Reason.MALFORMED),
            DUPLICATE,
            suspended(Reason.MALFORMED),
            CHARGED),
        city.send(CodecSpec.CLOUD_EVENTS, payload));
    assertEquals(new SourceCounts(0, 7, 2, 1, 4, 0), city.counts());
    assertEquals(
        List.of("bad-quantity " + event("3", "lamp-1", "0.0001")),
        city.rows(
            "select reason, convert_from(raw, 'UTF8') from suspense where reason ="
                + " 'bad-quantity'"));
    assertEquals(
        List.of(
            DUPLICATE,
            suspended(Reason.UNKNOWN_DEVICE),
            suspended(Reason.BAD_QUANTITY),
            suspended(Reason.MALFORMED),
            DUPLICATE,
            suspended(Reason.MALFORMED),
            DUPLICATE),
        city.send(CodecSpec.CLOUD_EVENTS, payload));
    assertEquals(new SourceCounts(0, 14, 2, 8, 4, 0), city.counts());
  }

  @Test
  void batchOfNone_isAcknowledgedAtOnce() throws Exception {
    assertEquals(List.of(), city.send(CodecSpec.CLOUD_EVENTS, batch()));
    assertEquals(List.of(), city.send(CodecSpec.CLOUD_EVENTS, List.of(batch(), batch())));
    assertEquals(List.of(), city.send(CodecSpec.CLOUD_EVENTS, List.of()));
    assertEquals(new SourceCounts(0, 0, 0, 0, 0, 0), city.counts());
  }

  @Test
  void listOfAllKindsOfPayloads_endsAfterTheLastOfTheirEvents() throws Exception {
    Transport binary =
        CloudEventsBindings.kafka(
            "lamps",
            taker -> {
              taker.accept("ce_specversion", bytes("1.0"));
              taker.accept("ce_id", bytes("7"));
              taker.accept("ce_source", bytes("/city"));
              taker.accept("ce_type", bytes("lamp.report"));
              taker.accept("ce_subject", bytes("lamp-2"));
              taker.accept("ce_time", bytes("2026-11-02T10:00:00Z"));
              taker.accept("ce_CamelHttpUri", bytes("http://evil/"));
              taker.accept("content-type", bytes("application/json"));
            });
    List<Object> body =
        List.of(
            event("1", "lamp-1", "1").getBytes(StandardCharsets.UTF_8),
            batch(event("2", "lamp-1", "1"), event("3", "lamp-1", "1")),
            batch(),
            new Payload(bytes("{\"wh\":3}"), binary),
            new byte[0]);
    assertEquals(
        List.of(CHARGED, CHARGED, CHARGED, CHARGED, suspended(Reason.MALFORMED)),
        city.send(CodecSpec.CLOUD_EVENTS, body));
    assertEquals(
        DUPLICATE, city.send(CodecSpec.CLOUD_EVENTS, body.get(3)).getFirst(), "binary again");
    assertEquals(
        DUPLICATE,
        city.send(CodecSpec.CLOUD_EVENTS, bytes(event("7", "lamp-2", "3"))).getFirst(),
        "the same event in structured mode");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void partOfABatchInSuspense_isChargedOnceItsDeviceIsKnown() throws Exception {
    city.send(CodecSpec.CLOUD_EVENTS, batch(event("1", "lamp-1", "1"), event("2", "lamp-3", "5")));
    Payload binary =
        new Payload(
            bytes("{\"wh\":3}"),
            CloudEventsBindings.mqtt(
                "lamps/3/report",
                "application/json",
                taker -> {
                  taker.accept("specversion", "1.0");
                  taker.accept("id", "3");
                  taker.accept("source", "/city");
                  taker.accept("type", "lamp.report");
                  taker.accept("subject", "lamp-3");
                  taker.accept("time", "2026-11-02T10:00:00Z");
                }));
    assertEquals(
        List.of(suspended(Reason.UNKNOWN_DEVICE)), city.send(CodecSpec.CLOUD_EVENTS, binary));
    city.with("lamp-3");
    Recycler.Recycled recycled = city.recycler().recycle("unknown-device", null);
    assertEquals(new Recycler.Recycled(2, 2), recycled);
    assertEquals(DUPLICATE, city.send(CodecSpec.CLOUD_EVENTS, binary).getFirst());
    assertEquals(3, city.counts().charged());
  }

  @Test
  void batchLargerThanItsRoom_waitsForCommits() throws Exception {
    try (City narrow = new City(64).with("lamp-1")) {
      String[] events =
          IntStream.range(0, 1_000)
              .mapToObj(i -> event("" + i, "lamp-1", "1"))
              .toArray(String[]::new);
      assertEquals(
          "{CHARGED=1000}",
          narrow.send(CodecSpec.CLOUD_EVENTS, batch(events)).stream()
              .collect(Collectors.groupingBy(Verdicts.Each::verdict, Collectors.counting()))
              .toString());
    }
  }

  @Test
  void eventWithoutRoom_failsItsExchangeSoThatItsSourceRepeatsIt() throws Exception {
    try (City full = new City(0).with("lamp-1")) {
      assertInstanceOf(
          IntakeFull.class,
          full.send(CodecSpec.CLOUD_EVENTS, bytes(event("1", "lamp-1", "1")), null).getException());
    }
    assertNull(
        city.send(CodecSpec.CLOUD_EVENTS, bytes(event("1", "lamp-1", "1")), null).getException());
  }

  @Test
  void batchCutShort_keepsWhatIsWhole() throws Exception {
    String whole = "[" + event("1", "lamp-1", "1") + "," + event("2", "lamp-1", "1");
    for (int cut = 1; cut < whole.length(); cut += 37) {
      List<Verdicts.Each> each =
          city.send(CodecSpec.CLOUD_EVENTS, new Payload(bytes(whole.substring(0, cut)), BATCH));
      assertEquals(Verdict.SUSPENDED, each.getLast().verdict());
      assertTrue(each.size() <= 2);
    }
    assertEquals(1, city.counts().charged());
  }
}
