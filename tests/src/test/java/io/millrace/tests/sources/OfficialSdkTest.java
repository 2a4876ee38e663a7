package io.millrace.tests.sources;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cloudevents.CloudEvent;
import io.cloudevents.CloudEventData;
import io.cloudevents.amqp.ProtonAmqpMessageFactory;
import io.cloudevents.core.CloudEventUtils;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.core.format.EventFormat;
import io.cloudevents.core.message.Encoding;
import io.cloudevents.http.HttpMessageFactory;
import io.cloudevents.jackson.JsonFormat;
import io.cloudevents.kafka.CloudEventSerializer;
import io.cloudevents.rw.CloudEventWriter;
import io.millrace.catalog.CatalogFile;
import io.millrace.connectors.shard.CrashPoints;
import io.millrace.connectors.tenant.Device;
import io.millrace.ops.embedded.BrokerSafety;
import io.millrace.ops.embedded.EmbeddedBroker;
import io.millrace.ops.embedded.EmbeddedDatabase;
import io.millrace.ops.node.CamelNode;
import io.millrace.ops.node.Node;
import io.millrace.ops.node.NodeClock;
import io.millrace.ops.node.NodeConfig;
import io.millrace.processors.shard.SourceCounts;
import io.millrace.tests.house.Repository;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.qpid.proton.amqp.messaging.Data;
import org.apache.qpid.protonj2.client.Client;
import org.apache.qpid.protonj2.client.Connection;
import org.apache.qpid.protonj2.client.Message;
import org.apache.qpid.protonj2.client.Sender;
import org.eclipse.paho.mqttv5.client.MqttClient;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.eclipse.paho.mqttv5.common.packet.UserProperty;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Events that the official SDK of CloudEvents writes, in binary and structured mode, through real
 * brokers into charges. The SDK has no MQTT binding that could be had: for it, the SDK says the
 * attributes, and the test puts them where the binding's specification does.
 */
@Timeout(180)
class OfficialSdkTest {
  private static final Instant START = Instant.parse("2026-11-01T23:00:00Z");
  private static final JsonFormat JSON = new JsonFormat();

  /** In a subject and an id what headers and JSON write differently. */
  private static final String LAMP = "straße 1/laterne \"ä\" 100%";

  @TempDir static Path folder;
  private static EmbeddedDatabase database;
  private static EmbeddedKafka kafka;
  private static EmbeddedAmqp amqp;
  private static EmbeddedBroker mqtt;
  private static Node node;
  private static CamelNode camel;

  @BeforeAll
  static void start() throws Exception {
    database = EmbeddedDatabase.start(folder.resolve("database"), 0);
    kafka = EmbeddedKafka.start(folder.resolve("kafka"));
    kafka.createTopic("lamps", 1);
    amqp = EmbeddedAmqp.start(folder.resolve("amqp"));
    mqtt = EmbeddedBroker.start(folder.resolve("mqtt"), 0, BrokerSafety.PROCESS_DEATH);
    Path routes = Files.createDirectories(folder.resolve("routes"));
    Path house = Repository.root().resolve("routes");
    for (String file :
        List.of(
            "sources/http.camel.yaml",
            "sources/lamps.camel.yaml",
            "examples/kafka-lamps.camel.yaml",
            "examples/amqp-lamps.camel.yaml")) {
      Path from = house.resolve(file);
      String name = from.getFileName().toString();
      // The examples all name their source lamps, and a node has one of a name.
      Files.writeString(
          routes.resolve(name),
          Files.readString(from).replace("source: lamps,", "source: " + name.split("-")[0] + ","));
    }
    node = node(routes);
    node.importDevices(List.of(new Device(LAMP, "city", "lamp", START, Optional.empty())), n -> {});
    camel = CamelNode.start(node);
    await().atMost(Duration.ofSeconds(60)).until(camel::isReady);
  }

  private static Node node(Path routes) throws Exception {
    byte[] text;
    try (var in = CatalogFile.class.getResourceAsStream("templates/smart-city.yaml")) {
      text = in.readAllBytes();
    }
    return Node.start(
        new NodeConfig(
            "sdk",
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
            Map.of(
                "kafka.brokers", kafka.brokers(),
                "amqp.url", amqp.url(),
                "mqtt.url", mqtt.url())),
        text,
        ((CatalogFile.Result.Accepted) CatalogFile.read("smart-city.yaml", text)).catalog(),
        NodeClock.simulated(START::toEpochMilli),
        CrashPoints.NONE);
  }

  @AfterAll
  static void stop() throws Exception {
    camel.close();
    node.close();
    mqtt.close();
    amqp.close();
    kafka.close();
    database.close();
  }

  /** One event, told from all others by its source; and with what must go no further. */
  private static CloudEvent event(String source) {
    return CloudEventBuilder.v1()
        .withId("ä 7%\"")
        .withSource(URI.create(source))
        .withType("lamp.report")
        .withSubject(LAMP)
        .withTime(OffsetDateTime.ofInstant(START.plusMillis(1), ZoneOffset.ofHours(1)))
        .withData(
            "application/json",
            "{\"wh\":1.5,\"lux\":1,\"fault\":0}".getBytes(StandardCharsets.UTF_8))
        .withExtension("camelhttpuri", "http://evil.example")
        .withExtension("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
        .build();
  }

  private static SourceCounts counts(String source) throws Exception {
    return camel.operator().counts().getOrDefault(source, new SourceCounts(0, 0, 0, 0, 0, 0));
  }

  private static void isChargedOnce(String source) throws Exception {
    await(source).atMost(Duration.ofSeconds(30)).until(() -> counts(source).received() == 2);
    assertEquals(1, counts(source).charged(), source);
    assertEquals(1, counts(source).duplicate(), source);
  }

  @Test
  void kafka_bothModes() throws Exception {
    for (Encoding mode : List.of(Encoding.BINARY, Encoding.STRUCTURED)) {
      String source = "/kafka/" + mode;
      try (KafkaProducer<String, CloudEvent> producer =
          new KafkaProducer<>(
              Map.of("bootstrap.servers", kafka.brokers(), "acks", "all"),
              new StringSerializer(),
              configured(mode))) {
        producer.send(new ProducerRecord<>("lamps", event(source))).get();
        producer.send(new ProducerRecord<>("lamps", event(source))).get();
      }
      isChargedOnce(source);
    }
  }

  private static CloudEventSerializer configured(Encoding mode) {
    CloudEventSerializer serializer = new CloudEventSerializer();
    serializer.configure(
        mode == Encoding.BINARY
            ? Map.of(CloudEventSerializer.ENCODING_CONFIG, mode)
            : Map.of(
                CloudEventSerializer.ENCODING_CONFIG,
                mode,
                CloudEventSerializer.EVENT_FORMAT_CONFIG,
                JSON),
        false);
    return serializer;
  }

  @Test
  void amqp_bothModes() throws Exception {
    try (Client client = Client.create();
        Connection connection = client.connect("127.0.0.1", URI.create(amqp.url()).getPort());
        Sender sender = connection.openSender(EmbeddedAmqp.QUEUE)) {
      for (boolean binary : List.of(true, false)) {
        String source = "/amqp/" + (binary ? "binary" : "structured");
        var writer = ProtonAmqpMessageFactory.createWriter();
        org.apache.qpid.proton.message.Message written =
            binary
                ? writer.writeBinary(event(source))
                : writer.writeStructured(event(source), (EventFormat) JSON);
        sender.send(ofProton(written)).awaitAccepted();
        sender.send(ofProton(written)).awaitAccepted();
        isChargedOnce(source);
      }
    }
  }

  /** What the SDK wrote for one client library, for the other one. */
  private static Message<byte[]> ofProton(org.apache.qpid.proton.message.Message written)
      throws Exception {
    var binary = ((Data) written.getBody()).getValue();
    byte[] body = new byte[binary.getLength()];
    System.arraycopy(binary.getArray(), binary.getArrayOffset(), body, 0, body.length);
    Message<byte[]> message = Message.create(body).contentType(written.getContentType());
    if (written.getApplicationProperties() != null) {
      for (Map.Entry<?, ?> each : written.getApplicationProperties().getValue().entrySet()) {
        message.property(String.valueOf(each.getKey()), each.getValue());
      }
    }
    return message;
  }

  @Test
  void mqtt_bothModes() throws Exception {
    MqttClient client = new MqttClient(mqtt.url(), "sdk", new MemoryPersistence());
    client.connect();
    for (boolean binary : List.of(true, false)) {
      String source = "/mqtt/" + (binary ? "binary" : "structured");
      MqttMessage message =
          binary
              ? CloudEventUtils.toReader(event(source))
                  .read(version -> new MqttBinary(version.toString()))
              : structured(source);
      message.setQos(1);
      client.publish("lamps/1/report", message);
      client.publish("lamps/1/report", message);
      isChargedOnce(source);
    }
    client.disconnect();
    client.close();
  }

  private static MqttMessage structured(String source) {
    MqttMessage message = new MqttMessage(JSON.serialize(event(source)));
    MqttProperties properties = new MqttProperties();
    properties.setContentType(JsonFormat.CONTENT_TYPE);
    message.setProperties(properties);
    return message;
  }

  /** CloudEvents MQTT binding 1.0.2, 3.1: attributes as user properties, data as the payload. */
  private static final class MqttBinary implements CloudEventWriter<MqttMessage> {
    private final List<UserProperty> attributes = new ArrayList<>();
    private final MqttProperties properties = new MqttProperties();

    MqttBinary(String version) {
      attributes.add(new UserProperty("specversion", version));
    }

    @Override
    public MqttBinary withContextAttribute(String name, String value) {
      if (name.equals("datacontenttype")) {
        properties.setContentType(value);
      } else {
        attributes.add(new UserProperty(name, value));
      }
      return this;
    }

    @Override
    public MqttMessage end(CloudEventData data) {
      MqttMessage message = new MqttMessage(data.toBytes());
      properties.setUserProperties(attributes);
      message.setProperties(properties);
      return message;
    }

    @Override
    public MqttMessage end() {
      throw new AssertionError("the event has data");
    }
  }

  @Test
  void http_allModes() throws Exception {
    for (boolean binary : List.of(true, false)) {
      String source = "/http/" + (binary ? "binary" : "structured");
      for (int time = 0; time < 2; time++) {
        HttpRequest.Builder request = post();
        AtomicReference<byte[]> body = new AtomicReference<>();
        var writer =
            HttpMessageFactory.createWriter(
                (name, value) -> request.header(name, encoded(value)), body::set);
        if (binary) {
          writer.writeBinary(event(source));
        } else {
          writer.writeStructured(event(source), (EventFormat) JSON);
        }
        send(request, body.get());
      }
      isChargedOnce(source);
    }
    String source = "/http/batch";
    byte[] one = JSON.serialize(event(source));
    String batch = "[" + new String(one, StandardCharsets.UTF_8) + "]";
    for (int time = 0; time < 2; time++) {
      send(
          post().header("Content-Type", "application/cloudevents-batch+json"),
          batch.getBytes(StandardCharsets.UTF_8));
    }
    isChargedOnce(source);
  }

  /** HTTP binding 1.0.2, 3.1.3.2, which the SDK leaves to whoever writes its headers. */
  private static String encoded(String value) {
    StringBuilder text = new StringBuilder();
    for (byte b : value.getBytes(StandardCharsets.UTF_8)) {
      if (b <= ' ' || b > '~' || b == '"' || b == '%') {
        text.append(String.format(Locale.ROOT, "%%%02X", b));
      } else {
        text.append((char) b);
      }
    }
    return text.toString();
  }

  private static HttpRequest.Builder post() {
    return HttpRequest.newBuilder(URI.create(camel.url() + "/v1/usage"));
  }

  private static void send(HttpRequest.Builder request, byte[] body)
      throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          client.send(
              request.POST(HttpRequest.BodyPublishers.ofByteArray(body)).build(),
              HttpResponse.BodyHandlers.ofString());
      assertEquals(200, answer.statusCode(), answer::body);
    }
  }
}
