package io.millrace.tests.badinput;

import io.millrace.tests.sources.EmbeddedKafka;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Producers of a Kafka topic that takes records of 20 MB. */
final class HostileKafka extends Hostile {
  private static final String TOPIC = "lamps";
  private static final int LARGEST = 20_000_000;

  private final EmbeddedKafka broker;
  private final KafkaProducer<byte[], byte[]> producer;

  HostileKafka(Path folder, Lamps lamps) throws Exception {
    super(lamps);
    broker = EmbeddedKafka.start(folder);
    try (Admin admin = broker.admin()) {
      NewTopic topic = new NewTopic(TOPIC, 1, (short) 1);
      admin
          .createTopics(
              List.of(topic.configs(Map.of("max.message.bytes", Integer.toString(LARGEST)))))
          .all()
          .get();
    }
    producer = producer(Map.of());
  }

  private KafkaProducer<byte[], byte[]> producer(Map<String, Object> more) {
    Map<String, Object> all = new HashMap<>(more);
    all.put("bootstrap.servers", broker.brokers());
    all.put("acks", "all");
    all.put("max.request.size", LARGEST);
    return new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer());
  }

  @Override
  String name() {
    return "kafka";
  }

  @Override
  String route() {
    return """
    - route:
        id: kafka
        from:
          id: kafka-from
          uri: kamelet:kafka-source
          parameters: {source: kafka, topic: lamps, brokers: "{{kafka.brokers}}", begin: earliest}
          steps:
            - to: {id: kafka-usage, uri: "direct:usage"}
    """;
  }

  @Override
  Map<String, String> properties() {
    return Map.of("kafka.brokers", broker.brokers());
  }

  @Override
  String send(byte[] payload) throws Exception {
    return send(producer, new ProducerRecord<>(TOPIC, payload));
  }

  private static String send(
      KafkaProducer<byte[], byte[]> by, ProducerRecord<byte[], byte[]> record) throws Exception {
    by.send(record).get();
    return "";
  }

  @Override
  Map<String, String> otherOutcomes() {
    return Map.of();
  }

  @Override
  Map<Integer, String> excused() {
    return excuses(
        40,
        49,
        "a matter of MQTT",
        51,
        51,
        "a value is bytes",
        57,
        57,
        "a matter of JMS",
        58,
        64,
        "there are no files");
  }

  @Override
  void ownRows() {
    add(
        "37 a batch of two",
        "charged charged",
        () -> send(headers(record(batch()), "content-type", BATCH)));
    add("37 a batch of none", "", () -> send(headers(record("[]"), "content-type", BATCH)));
    add("38 an id twice", "malformed", () -> send(binary("ce_id", "7", "ce_id", "8")));
    add("38 an id in capitals is none", "malformed", () -> send(binary("ce_ID", "7")));
    add(
        "39 text that is none",
        "charged",
        () -> send(headers(record(), "content-type", "image/png")));
    add(
        "50 a serialized object",
        "malformed",
        () -> send(headers(object(), "content-type", "application/x-java-serialized-object")));
    add(
        "52 headers that mean something elsewhere",
        "charged",
        () ->
            send(
                headers(
                    record(),
                    "CamelExecCommandExecutable",
                    "exit",
                    "cAmElFileName",
                    "../x",
                    "kafka.OVERRIDE_TOPIC",
                    "other")));
    add("53 a tombstone", "duplicate", () -> send(new ProducerRecord<>(TOPIC, new byte[1], null)));
    add("53 no value, no key", "duplicate", () -> send(new ProducerRecord<>(TOPIC, null, null)));
    add("54 10 MB packed in a thousandth", "too-large", this::bomb);
    add("55 an aborted transaction", "", this::aborted);
    add("56 a record of 1970, by its own clock", "charged", () -> send(at(0L)));
  }

  private static final String BATCH = "application/cloudevents-batch+json";

  private void send(ProducerRecord<byte[], byte[]> record) throws Exception {
    send(producer, record);
  }

  private String batch() {
    return "["
        + new String(lamps().report(), StandardCharsets.UTF_8)
        + ","
        + new String(lamps().report(), StandardCharsets.UTF_8)
        + "]";
  }

  private ProducerRecord<byte[], byte[]> record() {
    return new ProducerRecord<>(TOPIC, lamps().report());
  }

  private static ProducerRecord<byte[], byte[]> record(String value) {
    return new ProducerRecord<>(TOPIC, value.getBytes(StandardCharsets.UTF_8));
  }

  private ProducerRecord<byte[], byte[]> at(long timestamp) {
    return new ProducerRecord<>(TOPIC, 0, timestamp, null, lamps().report());
  }

  private static ProducerRecord<byte[], byte[]> headers(
      ProducerRecord<byte[], byte[]> record, String... namesAndValues) {
    for (int i = 0; i < namesAndValues.length; i += 2) {
      record
          .headers()
          .add(namesAndValues[i], namesAndValues[i + 1].getBytes(StandardCharsets.UTF_8));
    }
    return record;
  }

  private ProducerRecord<byte[], byte[]> binary(String... more) {
    return headers(
        headers(
            record("{\"wh\":1," + "\"n\":\"" + more[0] + more.length + "\"}"),
            "content-type",
            "application/json",
            "ce_specversion",
            "1.0",
            "ce_source",
            "/city/lamps",
            "ce_type",
            "lamp.report",
            "ce_subject",
            Lamps.subject(lamps().lamp(1))),
        more);
  }

  private static ProducerRecord<byte[], byte[]> object() throws Exception {
    return new ProducerRecord<>(TOPIC, Serialized.MAP);
  }

  private void bomb() throws Exception {
    try (KafkaProducer<byte[], byte[]> packing = producer(Map.of("compression.type", "zstd"))) {
      send(packing, record(" ".repeat(10_000_000)));
    }
  }

  private void aborted() throws Exception {
    try (KafkaProducer<byte[], byte[]> transacting = producer(Map.of("transactional.id", "t"))) {
      transacting.initTransactions();
      transacting.beginTransaction();
      transacting.send(record()).get();
      transacting.abortTransaction();
    }
  }

  @Override
  public void close() {
    producer.close();
    broker.close();
  }
}
