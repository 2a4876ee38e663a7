package io.millrace.tests.badinput;

import io.millrace.ops.embedded.BrokerSafety;
import io.millrace.ops.embedded.EmbeddedBroker;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.eclipse.paho.mqttv5.client.MqttClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.eclipse.paho.mqttv5.common.packet.UserProperty;

/** Devices on an MQTT 5 broker, and strangers. */
final class HostileMqtt extends Hostile {
  private static final String TOPIC = "lamps/lamp/report";
  private static final byte[] NO_PROPERTIES = {0};

  private final EmbeddedBroker broker;
  private final MqttClient publisher;
  private final RawMqtt raw;

  HostileMqtt(Path folder, Lamps lamps) throws Exception {
    super(lamps);
    broker = EmbeddedBroker.start(folder, 0, BrokerSafety.PROCESS_DEATH);
    raw = new RawMqtt(broker.url());
    publisher = new MqttClient(broker.url(), "lamps", new MemoryPersistence());
    publisher.connect();
  }

  @Override
  String name() {
    return "mqtt";
  }

  @Override
  String route() {
    return """
    - route:
        id: mqtt
        from:
          id: mqtt-from
          uri: kamelet:mqtt-source
          parameters: {source: mqtt, topic: lamps/+/report, url: "{{mqtt.url}}"}
          steps:
            - to: {id: mqtt-usage, uri: "direct:usage"}
    """;
  }

  @Override
  Map<String, String> properties() {
    return Map.of("mqtt.url", broker.url());
  }

  @Override
  String send(byte[] payload) throws Exception {
    publish(payload, new MqttProperties());
    return "";
  }

  private void publish(byte[] payload, MqttProperties properties) throws Exception {
    publisher.publish(TOPIC, new MqttMessage(payload, 1, false, properties));
  }

  @Override
  Map<String, String> otherOutcomes() {
    return Map.of();
  }

  @Override
  Map<Integer, String> excused() {
    return excuses(
        50, 57, "a payload is bytes, and no transaction's", 58, 64, "there are no files");
  }

  private House house;

  @Override
  void connect(House node) {
    house = node;
  }

  @Override
  void ownRows() {
    add("37 a batch of two", "charged charged", () -> publish(batch(), typed(BATCH)));
    add("37 a batch of none", "", () -> publish(bytes("[]"), typed(BATCH)));
    add("38 an id twice", "malformed", () -> publish(bytes("{\"wh\":1}"), binary("id", "id")));
    add("39 text that is none", "charged", () -> publish(lamps().report(), typed("image/png")));
    add("40 topics that are filters or hold NUL", "", this::topicsThatAreNone);
    add("41 256 MiB", "", () -> raw.publishHuge(TOPIC, lamps().report()));
    add("42 a flood of user properties", "charged", this::flood);
    add("43 a retained report, and the source comes back", "charged charged duplicate", this::kept);
    add("44 a first delivery that says it is none", "charged", () -> raw(0x3A, NO_PROPERTIES));
    add("45 QoS 0", "charged", () -> publisher.publish(TOPIC, lamps().report(), 0, false));
    add("45 QoS 3", "", () -> raw(0x36, NO_PROPERTIES));
    add("46 a report that expires", "charged", () -> publish(lamps().report(), expiring(3_600)));
    add("46 a report that may not wait", "charged|", () -> publish(lamps().report(), expiring(0)));
    add("47 a topic alias nobody made", "", () -> raw(0x32, "", new byte[] {3, 0x23, 0x70, 0}));
    add("48 a stranger by the source's client id", "charged charged charged", this::stranger);
    add("49 a will", "charged", this::will);
  }

  private static final String BATCH = "application/cloudevents-batch+json";

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private byte[] batch() {
    String one = new String(lamps().report(), StandardCharsets.UTF_8);
    return bytes("[" + one + "," + new String(lamps().report(), StandardCharsets.UTF_8) + "]");
  }

  private static MqttProperties typed(String contentType) {
    MqttProperties properties = new MqttProperties();
    properties.setContentType(contentType);
    return properties;
  }

  private MqttProperties binary(String... idNames) {
    MqttProperties properties = typed("application/json");
    properties.setUserProperties(
        Stream.concat(
                Stream.of(
                    new UserProperty("specversion", "1.0"),
                    new UserProperty("source", "/city/lamps"),
                    new UserProperty("type", "lamp.report"),
                    new UserProperty("subject", Lamps.subject(lamps().lamp(1)))),
                Stream.of(idNames).map(name -> new UserProperty(name, "7")))
            .toList());
    return properties;
  }

  private static MqttProperties expiring(long seconds) {
    MqttProperties properties = new MqttProperties();
    properties.setMessageExpiryInterval(seconds);
    return properties;
  }

  private void raw(int head, byte[] properties) throws Exception {
    raw(head, TOPIC, properties);
  }

  private void raw(int head, String topic, byte[] properties) throws Exception {
    raw.publish(head, topic, properties, lamps().report());
  }

  private void topicsThatAreNone() throws Exception {
    for (String topic :
        List.of("lamps/#", "lamps/+/report", "lamps/\u0000/report", "$SYS/lamps/report")) {
      raw(0x32, topic, NO_PROPERTIES);
    }
    raw(0x32, "/x".repeat(4_000), NO_PROPERTIES);
  }

  private void flood() throws Exception {
    MqttProperties properties = new MqttProperties();
    properties.setUserProperties(
        IntStream.range(0, 1_000)
            .mapToObj(i -> new UserProperty("CamelExecCommandExecutable" + i, "exit"))
            .toList());
    publish(lamps().report(), properties);
  }

  private void kept() throws Exception {
    long received = house.counts().received();
    publisher.publish(TOPIC, new MqttMessage(lamps().report(), 1, true, null));
    Awaitility.await().until(() -> house.counts().received() > received);
    house.post("/ops/sources/mqtt/suspend");
    Awaitility.await().until(() -> house.source("mqtt").get("state").equals("suspended"));
    house.post("/ops/sources/mqtt/resume");
    isRunning();
    publish(lamps().report(), new MqttProperties());
    // Takes it back; as a message, it is the empty one that is in suspense already.
    publisher.publish(TOPIC, new MqttMessage(new byte[0], 1, true, null));
  }

  private void isRunning() {
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> house.source("mqtt").get("state").equals("running"));
  }

  private void stranger() throws Exception {
    MqttConnectionOptions options = new MqttConnectionOptions();
    options.setCleanStart(false);
    options.setSessionExpiryInterval(3_600L);
    options.setAutomaticReconnect(false);
    MqttClient stranger =
        new MqttClient(broker.url(), "default-mqtt-slot-0", new MemoryPersistence());
    stranger.connect(options);
    Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> !stranger.isConnected());
    for (int i = 0; i < 3; i++) {
      publish(lamps().report(), new MqttProperties());
    }
    stranger.close();
    isRunning();
  }

  private void will() throws Exception {
    MqttConnectionOptions options = new MqttConnectionOptions();
    options.setWill(TOPIC, new MqttMessage(lamps().report(), 1, false, null));
    MqttClient dying = new MqttClient(broker.url(), "dying", new MemoryPersistence());
    dying.connect(options);
    // Disconnected with a reason that has the broker publish the will (MQTT 5, 3.14.2.1).
    dying.disconnectForcibly(0, 1, false);
    dying.close();
  }

  @Override
  public void close() throws Exception {
    publisher.disconnect();
    publisher.close();
    broker.close();
  }
}
