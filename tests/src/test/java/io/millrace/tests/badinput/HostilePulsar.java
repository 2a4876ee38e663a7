package io.millrace.tests.badinput;

import io.millrace.tests.sources.PulsarBroker;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.pulsar.client.api.CompressionType;
import org.apache.pulsar.client.api.Producer;
import org.apache.pulsar.client.api.ProducerBuilder;
import org.apache.pulsar.client.api.TypedMessageBuilder;

/** Producers of a Pulsar topic; a message over 5 MB goes in chunks. */
final class HostilePulsar extends Hostile {
  private static final String TOPIC = "bad-input";
  private static final String BATCH = "application/cloudevents-batch+json";

  private final PulsarBroker broker;
  private final Producer<byte[]> producer;

  HostilePulsar(Lamps lamps) throws Exception {
    super(lamps);
    broker = PulsarBroker.shared();
    producer = topic().enableChunking(true).create();
  }

  private ProducerBuilder<byte[]> topic() {
    return broker.client().newProducer().topic(TOPIC).enableBatching(false);
  }

  @Override
  String name() {
    return "pulsar";
  }

  @Override
  String route() {
    return """
    - route:
        id: pulsar
        from:
          id: pulsar-from
          uri: kamelet:pulsar-source
          parameters: {source: pulsar, topic: bad-input, url: "{{pulsar.url}}"}
          steps:
            - to: {id: pulsar-usage, uri: "direct:usage"}
    """;
  }

  @Override
  Map<String, String> properties() {
    return Map.of("pulsar.url", broker.url());
  }

  @Override
  String send(byte[] payload) throws Exception {
    producer.send(payload);
    return "";
  }

  @Override
  Map<String, String> otherOutcomes() {
    return Map.of();
  }

  @Override
  Map<Integer, String> excused() {
    return excuses(
        38,
        38,
        "a property has one value",
        40,
        49,
        "a matter of MQTT",
        51,
        51,
        "a value is bytes",
        55,
        55,
        "this broker has no transactions",
        57,
        57,
        "a matter of JMS",
        58,
        64,
        "there are no files");
  }

  @Override
  void ownRows() {
    add("37 a batch of two", "charged charged", () -> typed(BATCH).value(batch()).send());
    add("37 a batch of none", "", () -> typed(BATCH).value(bytes("[]")).send());
    add("39 text that is none", "charged", () -> typed("image/png").value(report()).send());
    add(
        "50 a serialized object",
        "malformed",
        () -> typed("application/x-java-serialized-object").value(Serialized.MAP).send());
    add(
        "52 properties that mean something elsewhere",
        "charged",
        () ->
            producer
                .newMessage()
                .property("CamelExecCommandExecutable", "exit")
                .property("cAmElFileName", "../x")
                .property("REAL_TOPIC", "other")
                .value(report())
                .send());
    add("53 a tombstone", "duplicate", () -> producer.newMessage().key("x").value(null).send());
    add("53 no value, no key", "duplicate", () -> producer.newMessage().value(null).send());
    add("54 10 MB packed in a thousandth", "too-large", this::bomb);
    add(
        "56 a message of 1970, by its own clock",
        "charged",
        () -> producer.newMessage().eventTime(1).value(report()).send());
  }

  private TypedMessageBuilder<byte[]> typed(String contentType) {
    return producer.newMessage().property("content-type", contentType);
  }

  private byte[] report() {
    return lamps().report();
  }

  private byte[] batch() {
    String first = new String(report(), StandardCharsets.UTF_8);
    return bytes("[" + first + "," + new String(report(), StandardCharsets.UTF_8) + "]");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private void bomb() throws Exception {
    try (Producer<byte[]> packing =
        topic().enableChunking(true).compressionType(CompressionType.ZSTD).create()) {
      packing.send(bytes(" ".repeat(10_000_000)));
    }
  }

  @Override
  public void close() throws Exception {
    producer.close();
  }
}
