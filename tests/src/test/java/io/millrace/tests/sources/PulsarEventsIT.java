package io.millrace.tests.sources;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.jackson.JsonFormat;
import io.cloudevents.kafka.KafkaMessageFactory;
import io.millrace.catalog.CatalogFile;
import io.millrace.connectors.shard.CrashPoints;
import io.millrace.connectors.tenant.Device;
import io.millrace.ops.embedded.EmbeddedDatabase;
import io.millrace.ops.node.CamelNode;
import io.millrace.ops.node.Node;
import io.millrace.ops.node.NodeClock;
import io.millrace.ops.node.NodeConfig;
import io.millrace.processors.shard.SourceCounts;
import io.millrace.tests.house.Repository;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.pulsar.client.api.CryptoKeyReader;
import org.apache.pulsar.client.api.EncryptionKeyInfo;
import org.apache.pulsar.client.api.Producer;
import org.apache.pulsar.client.api.TypedMessageBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Events over Pulsar through a whole node, by the example route, into charges and suspense. */
@Timeout(180)
class PulsarEventsIT {
  private static final Instant START = Instant.parse("2026-11-01T23:00:00Z");
  private static final JsonFormat JSON = new JsonFormat();
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String TOPIC = "lamps";
  private static final String LAMP = "straße 1/laterne \"ä\" 100%";

  @TempDir static Path folder;
  private static PulsarBroker broker;
  private static EmbeddedDatabase database;
  private static Node node;
  private static CamelNode camel;

  @BeforeAll
  static void start() throws Exception {
    broker = PulsarBroker.shared();
    database = EmbeddedDatabase.start(folder.resolve("database"), 0);
    Path routes = Files.createDirectories(folder.resolve("routes"));
    String route = "pulsar-lamps.camel.yaml";
    Files.copy(Repository.root().resolve("routes/examples").resolve(route), routes.resolve(route));
    byte[] text;
    try (var in = CatalogFile.class.getResourceAsStream("templates/smart-city.yaml")) {
      text = in.readAllBytes();
    }
    node =
        Node.start(
            new NodeConfig(
                "pulsar",
                "default",
                4,
                new NodeConfig.DatabaseConfig(database.url(), EmbeddedDatabase.USER, ""),
                folder.resolve("catalog.yaml"),
                Optional.empty(),
                routes,
                "127.0.0.1",
                0,
                NodeConfig.IN_FLIGHT,
                NodeConfig.LEASE_MILLIS,
                NodeConfig.CHECKPOINT_MILLIS,
                Map.of("pulsar.url", broker.url())),
            text,
            ((CatalogFile.Result.Accepted) CatalogFile.read("smart-city.yaml", text)).catalog(),
            NodeClock.simulated(START::toEpochMilli),
            CrashPoints.NONE);
    node.importDevices(List.of(new Device(LAMP, "city", "lamp", START, Optional.empty())), n -> {});
    camel = CamelNode.start(node);
    await().atMost(Duration.ofSeconds(60)).until(camel::isReady);
  }

  @AfterAll
  static void stop() throws Exception {
    camel.close();
    node.close();
    database.close();
  }

  private static CloudEvent event(String source) {
    return CloudEventBuilder.v1()
        .withId("ä 7%\"")
        .withSource(URI.create(source))
        .withType("lamp.report")
        .withSubject(LAMP)
        .withTime(OffsetDateTime.ofInstant(START.plusMillis(1), ZoneOffset.ofHours(1)))
        .withData("application/json", bytes("{\"wh\":1.5,\"lux\":1,\"fault\":0}"))
        .withExtension("camelhttpuri", "http://evil.example")
        .build();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static SourceCounts counts(String source) throws Exception {
    return camel.operator().counts().getOrDefault(source, new SourceCounts(0, 0, 0, 0, 0, 0));
  }

  /** As the official SDK writes it for Kafka, whose names Pulsar's properties take. */
  private static void send(Producer<byte[]> producer, ProducerRecord<Void, byte[]> record)
      throws Exception {
    TypedMessageBuilder<byte[]> message = producer.newMessage().value(record.value());
    record
        .headers()
        .forEach(h -> message.property(h.key(), new String(h.value(), StandardCharsets.UTF_8)));
    message.property("CamelFileName", "../evil").send();
  }

  @Test
  void bothModes_areChargedOnce() throws Exception {
    try (Producer<byte[]> producer = broker.client().newProducer().topic(TOPIC).create()) {
      for (boolean binary : List.of(true, false)) {
        String source = "/pulsar/" + (binary ? "binary" : "structured");
        var writer = KafkaMessageFactory.createWriter(TOPIC);
        ProducerRecord<Void, byte[]> record =
            binary
                ? writer.writeBinary(event(source))
                : writer.writeStructured(event(source), JsonFormat.CONTENT_TYPE);
        send(producer, record);
        send(producer, record);
        await(source).atMost(PATIENCE).until(() -> counts(source).received() == 2);
        assertEquals(1, counts(source).charged(), source);
        assertEquals(1, counts(source).duplicate(), source);
      }
    }
  }

  @Test
  void poison_waitsInSuspenseAndBlocksNothing() throws Exception {
    String source = "/pulsar/after-poison";
    try (Producer<byte[]> producer =
            broker.client().newProducer().topic(TOPIC).enableBatching(false).create();
        Producer<byte[]> secret = encrypting()) {
      producer.send(bytes("{oops"));
      producer.newMessage().key("tombstone").value(null).send();
      producer
          .newMessage()
          .property("ce_specversion", "1.0")
          .property("ce_id", "1")
          .property("content-type", "application/x-java-serialized-object")
          .value(new byte[] {(byte) 0xac, (byte) 0xed, 0, 5})
          .send();
      // Nobody here can read it: by default the client would never hand it over.
      secret.send(bytes("a secret"));
      producer.send(JSON.serialize(event(source)));
    }
    await().atMost(PATIENCE).until(() -> counts(source).charged() == 1);
    await().atMost(PATIENCE).until(() -> broker.backlog(TOPIC) == 0);
    assertEquals(Map.of("malformed", 4), suspended());
    assertEquals(0, broker.count(TOPIC, "unackedMessages"));
  }

  private static Producer<byte[]> encrypting() throws Exception {
    KeyPairGenerator keys = KeyPairGenerator.getInstance("RSA");
    keys.initialize(2_048);
    String pem =
        "-----BEGIN PUBLIC KEY-----\n"
            + Base64.getMimeEncoder()
                .encodeToString(keys.generateKeyPair().getPublic().getEncoded())
            + "\n-----END PUBLIC KEY-----\n";
    return broker
        .client()
        .newProducer()
        .topic(TOPIC)
        .addEncryptionKey("theirs")
        .cryptoKeyReader(
            new CryptoKeyReader() {
              @Override
              public EncryptionKeyInfo getPublicKey(String name, Map<String, String> meta) {
                return new EncryptionKeyInfo(bytes(pem), meta);
              }

              @Override
              public EncryptionKeyInfo getPrivateKey(String name, Map<String, String> meta) {
                throw new IllegalStateException("a producer needs none");
              }
            })
        .create();
  }

  private static Map<String, Integer> suspended() throws Exception {
    Map<String, Integer> found = new TreeMap<>();
    try (Connection c = DriverManager.getConnection(database.url(), EmbeddedDatabase.USER, "");
        ResultSet rows =
            c.createStatement()
                .executeQuery("select reason, count(*) from suspense group by reason")) {
      while (rows.next()) {
        found.put(rows.getString(1), rows.getInt(2));
      }
    }
    return found;
  }
}
