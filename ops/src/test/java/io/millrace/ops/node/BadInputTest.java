package io.millrace.ops.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.millrace.ops.embedded.BrokerSafety;
import io.millrace.ops.embedded.EmbeddedBroker;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.eclipse.paho.mqttv5.client.MqttClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.eclipse.paho.mqttv5.common.packet.UserProperty;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Bad input end to end: published to a real broker, taken in by a real source, disposed of by real
 * shards in a real database. Each row names what must become of it; nothing stops, and whatever was
 * received is charged, duplicate or suspended (I3).
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class BadInputTest {
  /** 40 days on: the lamps are older than the horizon, and so can their events be. */
  private static final long NOW = TestNode.START + 40L * 86_400_000;

  private static final String TOPIC = "lamps/lamp/report";
  @TempDir static Path folder;
  private static EmbeddedBroker broker;
  private static TestNode node;
  private static MqttClient publisher;
  private static long milliwattHours;
  private static int nextLamp = BadInputs.lamps();

  /** What became of the events so far. */
  private record Counts(long received, long charged, long duplicate, long suspended) {
    String outcomeAfter(Counts before) {
      return "%d charged, %d duplicate, %d suspended"
          .formatted(
              charged - before.charged, duplicate - before.duplicate, suspended - before.suspended);
    }
  }

  @BeforeAll
  static void start() throws Exception {
    Path routes = Files.createDirectories(folder.resolve("routes"));
    Files.writeString(routes.resolve("lamps.camel.yaml"), TestNode.ROUTE);
    broker = EmbeddedBroker.start(folder.resolve("broker"), 0, BrokerSafety.PROCESS_DEATH);
    node =
        TestNode.start(
            folder,
            TestNode.emptyDatabase(),
            BadInputs.lamps() + 20,
            Map.of("mqtt.url", broker.url()));
    node.time(NOW);
    Awaitility.await().until(() -> sourceState().equals("running"));
    publisher = new MqttClient(broker.url(), "lamps", new MemoryPersistence());
    publisher.connect();
  }

  @AfterAll
  static void stop() throws Exception {
    publisher.disconnect();
    publisher.close();
    node.close();
    broker.close();
  }

  private static List<Map<String, Object>> list(String path, String member) throws Exception {
    return TestNode.list(TestNode.tree(node.get(path)), member);
  }

  private static String sourceState() throws Exception {
    return String.valueOf(list("/ops/sources", "sources").getFirst().get("state"));
  }

  private static Counts counts() throws Exception {
    long[] sums = new long[4];
    String[] names = {"received", "charged", "duplicate", "suspended"};
    for (Map<String, Object> source : list("/ops/sources", "events")) {
      for (int i = 0; i < names.length; i++) {
        sums[i] += (long) source.getOrDefault(names[i], 0L);
      }
    }
    return new Counts(sums[0], sums[1], sums[2], sums[3]);
  }

  private static long suspendedFor(String reason) throws Exception {
    Map<?, ?> open = (Map<?, ?>) TestNode.tree(node.get("/ops/suspense?limit=1")).get("open");
    return open != null && open.get(reason) instanceof Long count ? count : 0;
  }

  private interface Publishing {
    void run() throws Exception;
  }

  /** Publishes one message, waits until it is disposed of, and compares what became of it. */
  private static void becomes(String outcome, long charged, Publishing publishing)
      throws Exception {
    Counts before = counts();
    boolean suspended = !outcome.equals("charged") && !outcome.equals("duplicate");
    long waiting = suspended ? suspendedFor(outcome) : 0;
    publishing.run();
    Awaitility.await()
        .pollInterval(Duration.ofMillis(10))
        .until(() -> counts().received() > before.received());
    Counts after = counts();
    String expected =
        "%d charged, %d duplicate, %d suspended"
            .formatted(
                outcome.equals("charged") ? 1 : 0,
                outcome.equals("duplicate") ? 1 : 0,
                suspended ? 1 : 0);
    assertEquals(expected, after.outcomeAfter(before));
    assertEquals(before.received() + 1, after.received());
    if (suspended) {
      assertEquals(waiting + 1, suspendedFor(outcome), "suspended as something else");
    }
    milliwattHours += charged;
  }

  private static void publish(byte[] payload) throws Exception {
    publisher.publish(TOPIC, new MqttMessage(payload, 1, false, null));
  }

  private static byte[] nextReport() {
    return TestNode.report(nextLamp++, 1, NOW, "0.412").getBytes(StandardCharsets.UTF_8);
  }

  /** After whatever came: the source runs, the node is ready, nothing is lost (I3). */
  @AfterEach
  void nothingHasStopped() throws Exception {
    Counts c = counts();
    assertEquals(c.received(), c.charged() + c.duplicate() + c.suspended(), "I3: " + c);
    assertEquals("running", sourceState());
    assertEquals(200, node.get("/health/ready").statusCode());
  }

  static Stream<BadInputs.Input> inputs() {
    return BadInputs.all(NOW).stream();
  }

  @ParameterizedTest
  @MethodSource("inputs")
  @Order(1)
  void input_becomes(BadInputs.Input input) throws Exception {
    becomes(input.outcome(), input.milliwattHours(), () -> publish(input.payload()));
  }

  @Test
  @Order(2)
  void floodOfUserProperties_isNotRead() throws Exception {
    MqttProperties properties = new MqttProperties();
    properties.setUserProperties(
        Stream.iterate(0, i -> i < 1_000, i -> i + 1)
            .map(i -> new UserProperty("CamelExecCommandExecutable" + i, "exit"))
            .toList());
    byte[] report = nextReport();
    becomes(
        "charged",
        412,
        () -> publisher.publish(TOPIC, new MqttMessage(report, 1, false, properties)));
  }

  @Test
  @Order(3)
  void retainedReport_isNotChargedAgainWhenTheSourceComesBack() throws Exception {
    byte[] report = nextReport();
    becomes("charged", 412, () -> publisher.publish(TOPIC, new MqttMessage(report, 1, true, null)));
    Counts before = counts();
    node.post("/ops/sources/lamps/suspend", "");
    Awaitility.await().until(() -> sourceState().equals("suspended"));
    node.post("/ops/sources/lamps/resume", "");
    Awaitility.await().until(() -> sourceState().equals("running"));
    byte[] next = nextReport();
    publish(next);
    milliwattHours += 412;
    Awaitility.await().until(() -> counts().charged() == before.charged() + 1);
    publisher.publish(TOPIC, new MqttMessage(new byte[0], 1, true, null));
    Awaitility.await().until(() -> counts().duplicate() > before.duplicate());
    assertEquals(before.charged() + 1, counts().charged());
  }

  @Test
  @Order(4)
  void reportAtQosZero_isChargedWhereItArrives() throws Exception {
    byte[] report = nextReport();
    becomes(
        "charged", 412, () -> publisher.publish(TOPIC, new MqttMessage(report, 0, false, null)));
  }

  @Test
  @Order(5)
  void reportThatExpires_isChargedWhereItArrives() throws Exception {
    MqttProperties properties = new MqttProperties();
    properties.setMessageExpiryInterval(3_600L);
    byte[] report = nextReport();
    becomes(
        "charged",
        412,
        () -> publisher.publish(TOPIC, new MqttMessage(report, 1, false, properties)));
  }

  @Test
  @Order(6)
  void willAsUsage_isChargedLikeAnyOther() throws Exception {
    byte[] report = nextReport();
    becomes(
        "charged",
        412,
        () -> {
          MqttConnectionOptions options = new MqttConnectionOptions();
          options.setWill(TOPIC, new MqttMessage(report, 1, false, null));
          MqttClient dying = new MqttClient(broker.url(), "dying", new MemoryPersistence());
          dying.connect(options);
          // Disconnected with a reason that has the broker publish the will (MQTT 5, 3.14.2.1).
          dying.disconnectForcibly(0, 1, false);
          dying.close();
        });
  }

  @Test
  @Order(7)
  void firstDeliveryThatSaysItIsARepetition_isCharged() throws Exception {
    byte[] report = nextReport();
    becomes("charged", 412, () -> raw(0x3A, TOPIC, new byte[] {0}, report));
  }

  @Test
  @Order(8)
  void packetsThatNoBrokerTakes_reachNobodyAndStopNothing() throws Exception {
    Counts before = counts();
    byte[] report = nextReport();
    raw(0x32, "lamps/#", new byte[] {0}, report);
    raw(0x32, "lamps/+/report", new byte[] {0}, report);
    raw(0x32, "lamps/\u0000/report", new byte[] {0}, report);
    raw(0x32, "", new byte[] {3, 0x23, 0x70, 0x00}, report);
    raw(0x36, TOPIC, new byte[] {0}, report);
    assertEquals(before, counts());
    becomes("charged", 412, () -> publish(report));
  }

  @Test
  @Order(9)
  void reportThatMayNotWait_isChargedOrNeverArrives() throws Exception {
    MqttProperties properties = new MqttProperties();
    properties.setMessageExpiryInterval(0L);
    Counts before = counts();
    publisher.publish(TOPIC, new MqttMessage(nextReport(), 1, false, properties));
    publish(nextReport());
    Awaitility.await().until(() -> counts().charged() > before.charged());
    publish(nextReport());
    Awaitility.await().until(() -> counts().charged() > before.charged() + 1);
    long charged = counts().charged() - before.charged();
    assertEquals(before.suspended(), counts().suspended());
    milliwattHours += 412 * charged;
  }

  @Test
  @Order(10)
  void packetOf256MiB_reachesNobodyAndStopsNothing() throws Exception {
    Counts before = counts();
    byte[] report = nextReport();
    huge(report);
    assertEquals(before, counts());
    becomes("charged", 412, () -> publish(report));
  }

  @Test
  @Order(11)
  void strangerUnderTheSourcesClientId_isPushedOutAndWhatCameMeanwhileIsCharged() throws Exception {
    Counts before = counts();
    MqttConnectionOptions options = new MqttConnectionOptions();
    options.setCleanStart(false);
    options.setSessionExpiryInterval(3_600L);
    options.setAutomaticReconnect(false);
    MqttClient stranger =
        new MqttClient(broker.url(), "default-lamps-slot-0", new MemoryPersistence());
    stranger.connect(options);
    Awaitility.await().until(() -> !stranger.isConnected());
    for (int i = 0; i < 3; i++) {
      publish(nextReport());
    }
    milliwattHours += 3 * 412;
    Awaitility.await().until(() -> counts().charged() == before.charged() + 3);
    stranger.close();
    Awaitility.await().until(() -> sourceState().equals("running"));
  }

  @Test
  @Order(12)
  void whatWasCharged_isWhatTheRowsSay() throws Exception {
    Map<String, Object> city = TestNode.tree(node.get("/v1/accounts/city"));
    long used = 0;
    for (Map<String, Object> line : list("/v1/accounts/city", "usage")) {
      if ("energy".equals(line.get("name"))) {
        used +=
            new java.math.BigDecimal(String.valueOf(line.get("quantity")))
                .movePointRight(3)
                .longValueExact();
      }
    }
    assertEquals(milliwattHours, used, city::toString);
    assertFalse(node.get("/metrics").body().contains("reason=\"refused\"} 1"));
  }

  /** Writes a PUBLISH by hand, as a client that does not know the rules, and is hung up on. */
  private static void raw(int head, String topic, byte[] properties, byte[] payload)
      throws IOException {
    try (Socket socket = connected()) {
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      byte[] name = topic.getBytes(StandardCharsets.UTF_8);
      int remaining = 2 + name.length + 2 + properties.length + payload.length;
      out.write(head);
      out.write(remaining & 0x7F | 0x80);
      out.write(remaining >>> 7);
      out.writeShort(name.length);
      out.write(name);
      out.writeShort(1);
      out.write(properties);
      out.write(payload);
      out.flush();
      // A PUBACK, a DISCONNECT or the end: in any case the broker is done with it.
      socket.getInputStream().read();
    } catch (SocketException hungUp) {
      // Before it was written to its end.
    }
  }

  /** Publishes 256 MiB less a byte, as far as the broker reads it. */
  private static void huge(byte[] start) throws IOException {
    try (Socket socket = connected()) {
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      byte[] name = TOPIC.getBytes(StandardCharsets.UTF_8);
      out.write(new byte[] {0x32, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x7F});
      out.writeShort(name.length);
      out.write(name);
      out.writeShort(1);
      out.write(0);
      out.write(start);
      byte[] more = new byte[1 << 16];
      for (int i = 0; i < 4_095; i++) {
        out.write(more);
      }
    } catch (SocketException hungUp) {
      // It need not be read to its end.
    }
  }

  private static Socket connected() throws IOException {
    URI url = URI.create(broker.url());
    Socket socket = new Socket(InetAddress.getByName(url.getHost()), url.getPort());
    socket.setSoTimeout(10_000);
    DataOutputStream out = new DataOutputStream(socket.getOutputStream());
    byte[] id = "raw".getBytes(StandardCharsets.US_ASCII);
    out.write(new byte[] {0x10, (byte) (13 + id.length), 0, 4, 'M', 'Q', 'T', 'T', 5, 2, 0, 60, 0});
    out.writeShort(id.length);
    out.write(id);
    out.flush();
    int length = socket.getInputStream().read() < 0 ? 0 : socket.getInputStream().read();
    socket.getInputStream().readNBytes(length);
    return socket;
  }
}
