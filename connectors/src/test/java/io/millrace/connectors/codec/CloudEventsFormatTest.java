package io.millrace.connectors.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.connectors.codec.Transport.Attribute;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Modes and bindings at their edges; what they read well is {@link CloudEventsPeerTest}'s. */
class CloudEventsFormatTest {
  private static final String LAMP = CloudEventsCodecTest.LAMP;
  private static final String OK =
      "lamp.report lamp-000123 /city/lamps 1234 #4d2 2026-11-02T10:01:07Z [412]";
  private static final Transport BATCH =
      new Transport("application/cloudevents-batch+json; charset=UTF-8", "", List.of());

  private final CodecTrial trial = new CodecTrial("cloudevents");

  private List<String> decode(String payload, Transport transport) {
    return trial.decode(payload.getBytes(StandardCharsets.UTF_8), transport);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void eachBadBatch_hasItsOutcome(String what, String batch, List<String> expected) {
    assertEquals(expected, decode(batch, BATCH));
  }

  static Stream<Arguments> eachBadBatch_hasItsOutcome() {
    return Stream.of(
        row("37 none", " [ ] "),
        row("37 two", "[" + LAMP + "," + LAMP + "]", OK, OK),
        row("1 nothing", "", "malformed"),
        row("2 null", "null", "malformed"),
        row("39 one event, no batch", LAMP, "malformed"),
        row("16 garbage behind", "[" + LAMP + "] x", OK, "malformed"),
        row("17 two batches", "[" + LAMP + "][" + LAMP + "]", OK, "malformed"),
        row("a comma too many", "[" + LAMP + ",]", OK, "malformed"),
        row("no comma between", "[" + LAMP + LAMP + "]", "malformed"),
        row(
            "12 a reading twice in one",
            "[" + LAMP.replace("\"wh\"", "\"wh\":1,\"wh\"") + "," + LAMP + "]",
            "malformed",
            OK),
        row(
            "a bracket within a string",
            "[" + LAMP.replace("\"id\"", "\"x\":\"]},\\\"[\",\"id\"") + "," + LAMP + "]",
            OK,
            OK),
        row(
            "13 a lone surrogate in one",
            "[" + LAMP.replace("1234", "\\ud800") + "," + LAMP + "]",
            "malformed",
            OK),
        row(
            "a quote that does not end",
            "[" + LAMP.replace("\"1234\"", "\"1234") + "," + LAMP + "]",
            "malformed"),
        row(
            "33 another version in one",
            "[" + LAMP.replace("\"1.0\"", "\"0.3\"") + "," + LAMP + "]",
            "malformed",
            OK),
        row("4 one 10,000 deep", "[" + LAMP + "," + "[".repeat(10_000), OK, "malformed"),
        row("what begins as a header does", "[\u0001," + LAMP + "]", "malformed", OK),
        row(
            "an event over 64 KiB",
            "["
                + LAMP.replace("\"id\"", "\"x\":\"" + "y".repeat(65_400) + "\",\"id\"")
                + ","
                + LAMP
                + "]",
            "too-large",
            OK));
  }

  private static Arguments row(String what, String payload, String... expected) {
    return Arguments.of(what, payload, List.of(expected));
  }

  @Test
  void batchOverItsBounds_isTooLarge() {
    List<String> lines = decode("[" + "0,".repeat(1 << 16) + "0]", BATCH);
    assertEquals((1 << 16) + 1, lines.size());
    assertEquals("too-large", lines.getLast());
    assertEquals(List.of("too-large"), decode("[" + " ".repeat(1 << 24) + "]", BATCH));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void eachBadBinaryMessage_hasItsOutcome(
      String what, Transport transport, String data, String expected) {
    assertEquals(List.of(expected), decode(data, transport));
  }

  static Stream<Arguments> eachBadBinaryMessage_hasItsOutcome() {
    String wh = "{\"wh\":0.412}";
    Transport good = binary("application/json", "1.0", "id", "1234");
    return Stream.of(
        Arguments.of("as it should be", good, wh, OK),
        Arguments.of("no content type is JSON", binary("", "1.0", "id", "1234"), wh, OK),
        Arguments.of(
            "39 a content type that is no JSON",
            binary("text/plain", "1.0", "id", "1234"),
            wh,
            "bad-quantity"),
        Arguments.of("39 data that is no JSON", good, "wh=0.412", "malformed"),
        Arguments.of("no data", good, "", "bad-quantity"),
        Arguments.of("33 another version", binary("", "0.3", "id", "1234"), wh, "malformed"),
        Arguments.of(
            "34 an attribute in upper case", binary("", "1.0", "ID", "1234"), wh, "malformed"),
        Arguments.of("38 an id twice", binary("", "1.0", "id", "1", "id", "2"), wh, "malformed"),
        Arguments.of("15 NUL in an id", binary("", "1.0", "id", "\0"), wh, "malformed"),
        Arguments.of("an empty id", binary("", "1.0", "id", ""), wh, "malformed"),
        Arguments.of(
            "35 Camel's own words",
            binary(
                "application/json",
                "1.0",
                "id",
                "1234",
                "CamelHttpUri",
                "x",
                "camelbeanmethodname",
                "y"),
            wh,
            OK),
        Arguments.of(
            "another format than JSON",
            new Transport("application/cloudevents+avro", "", List.of()),
            wh,
            "malformed"),
        Arguments.of(
            "structured wins",
            new Transport("application/cloudevents+json", "", good.attributes()),
            LAMP,
            OK));
  }

  private static Transport binary(String contentType, String version, String... more) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "specversion",
                version,
                "source",
                "/city/lamps",
                "type",
                "lamp.report",
                "subject",
                "lamp-000123",
                "time",
                "2026-11-02T10:01:07Z"));
    all.addAll(List.of(more));
    return CloudEventsBindings.mqtt(
        "lamps",
        contentType,
        taker -> {
          for (int i = 0; i < all.size(); i += 2) {
            taker.accept(all.get(i), all.get(i + 1));
          }
        });
  }

  /** GROUND 42: what nobody reads takes no room. */
  @Test
  void floodOfProperties_isNotKept() {
    Transport flood =
        CloudEventsBindings.mqtt(
            "t",
            null,
            taker -> {
              for (int i = 0; i < 100_000; i++) {
                taker.accept("property" + i, "x".repeat(100));
                taker.accept("id", "x");
              }
            });
    assertEquals(Transport.MOST_ATTRIBUTES, flood.attributes().size());
  }

  /**
   * GROUND 52: whatever a Kafka record's headers are called, only the event's attributes are taken.
   */
  @Test
  void headersThatAreNoAttributes_goNoFurther() {
    assertEquals(
        new Transport("text/plain", "t", List.of(new Attribute("id", "1"))),
        CloudEventsBindings.kafka(
            "t",
            taker -> {
              for (String name :
                  List.of(
                      "CamelExecCommandExecutable",
                      "cAmElFileName",
                      "kafka.OVERRIDE_TOPIC",
                      "ce_CamelFileName",
                      "CE_id",
                      "id")) {
                taker.accept(name, new byte[] {'x'});
              }
              taker.accept("ce_id", new byte[] {'1'});
              taker.accept("ce_source", null);
              taker.accept("content-type", "text/plain".getBytes(StandardCharsets.UTF_8));
            }));
    assertEquals(
        Transport.NONE, CloudEventsBindings.kafka("", taker -> taker.accept("x", new byte[1])));
  }

  @Test
  void pulsarProperties_areNamedLikeKafkasHeaders() {
    assertEquals(
        new Transport("text/plain", "t", List.of(new Attribute("id", "1"))),
        CloudEventsBindings.pulsar(
            "t",
            Map.of(
                "ce_id", "1",
                "content-type", "text/plain",
                "ce_CamelFileName", "x",
                "CE_source", "x",
                "id", "x")));
    assertEquals(Transport.NONE, CloudEventsBindings.pulsar("", Map.of("x", "y")));
  }

  @Test
  void amqpProperties_comeUnderBothPrefixesAndInAnyType() {
    assertEquals(
        List.of(new Attribute("id", "7"), new Attribute("time", "2026-11-02T10:01:07Z")),
        CloudEventsBindings.amqp(
                "q",
                null,
                new java.util.TreeMap<>(
                    Map.of(
                        "cloudEvents:id",
                        7L,
                        "cloudEvents_time",
                        new Date(1_793_613_667_000L),
                        "id",
                        "x")))
            .attributes());
  }

  @Test
  void httpValues_areUnquotedAndDecodedOnce() {
    Transport said =
        CloudEventsBindings.http(
            "",
            taker -> {
              taker.accept("CE-Id", "Euro%20%E2%82%AC%2541");
              taker.accept("ce-source", "\"a \\\"b\\\"\"");
              taker.accept("ce-subject", "50%");
              taker.accept("Content-Type", "application/json");
              taker.accept("Authorization", "secret");
            });
    assertEquals(
        new Transport(
            "application/json",
            "",
            List.of(
                new Attribute("id", "Euro €%41"),
                new Attribute("source", "a \"b\""),
                new Attribute("subject", "50%"))),
        said);
  }
}
