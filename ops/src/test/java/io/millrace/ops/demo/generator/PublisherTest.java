package io.millrace.ops.demo.generator;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.ops.demo.manifest.Manifest;
import io.millrace.ops.demo.manifest.Terms;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The publisher against a real broker and a subscriber of another make. */
class PublisherTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path folder;
  private final int port = freePort();
  private final InetSocketAddress address =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  private EmbeddedActiveMQ broker = new EmbeddedActiveMQ();
  private final Map<String, Integer> payloads = new ConcurrentHashMap<>();
  private final AtomicLong received = new AtomicLong();

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @BeforeEach
  void startBroker() throws Exception {
    ConfigurationImpl config = new ConfigurationImpl();
    config.setPersistenceEnabled(true);
    config.setSecurityEnabled(false);
    config.setJMXManagementEnabled(false);
    config.setJournalDirectory(folder.resolve("journal").toString());
    config.setBindingsDirectory(folder.resolve("bindings").toString());
    config.setLargeMessagesDirectory(folder.resolve("large").toString());
    config.setPagingDirectory(folder.resolve("paging").toString());
    config.addAcceptorConfiguration("mqtt", "tcp://127.0.0.1:" + port + "?protocols=MQTT");
    config.addAddressSetting("#", new AddressSettings().setMaxSizeBytes(256 << 20));
    broker = new EmbeddedActiveMQ();
    broker.setConfiguration(config);
    broker.start();
  }

  @AfterEach
  void stopBroker() throws Exception {
    broker.stop();
  }

  private MqttAsyncClient subscriber() throws MqttException {
    MqttAsyncClient client =
        new MqttAsyncClient("tcp://127.0.0.1:" + port, "gateway", new MemoryPersistence());
    client.setCallback(
        new MqttCallback() {
          @Override
          public void messageArrived(String topic, MqttMessage message) {
            payloads.merge(
                topic + ' ' + new String(message.getPayload(), StandardCharsets.US_ASCII),
                1,
                Integer::sum);
            received.incrementAndGet();
          }

          @Override
          public void disconnected(MqttDisconnectResponse response) {}

          @Override
          public void mqttErrorOccurred(MqttException exception) {}

          @Override
          public void deliveryComplete(IMqttToken token) {}

          @Override
          public void connectComplete(boolean reconnect, String uri) {}

          @Override
          public void authPacketArrived(int reason, MqttProperties properties) {}
        });
    MqttConnectionOptions options = new MqttConnectionOptions();
    options.setCleanStart(false);
    options.setSessionExpiryInterval(3600L);
    options.setAutomaticReconnect(true);
    options.setAutomaticReconnectDelay(1, 1);
    options.setReceiveMaximum(1000);
    client.connect(options).waitForCompletion(PATIENCE.toMillis());
    client.subscribe("lamps/+/report", 1).waitForCompletion(PATIENCE.toMillis());
    return client;
  }

  private static Manifest manifest(Load load) {
    return new Manifest(load.lamps(), load.start(), load.length(), Terms.SMART_CITY);
  }

  /** What must have arrived, by topic and payload. */
  private static Map<String, Integer> expected(Load load) {
    Lamps lamps = new Lamps(load.seed(), Household.load());
    ReportWriter writer = new ReportWriter(load, lamps);
    byte[] buffer = new byte[ReportWriter.MAX_BYTES];
    Map<String, Integer> expected = new HashMap<>();
    for (int c = 0; c < load.connections(); c++) {
      Feed feed = new Feed(load, lamps, c, manifest(load));
      while (!feed.done()) {
        long key = feed.next();
        if (key != EventKey.NONE) {
          int topic = writer.topic(key, buffer, 0);
          buffer[topic] = ' ';
          int end = writer.payload(key, buffer, topic + 1);
          expected.merge(new String(buffer, 0, end, StandardCharsets.US_ASCII), 1, Integer::sum);
        }
      }
    }
    return expected;
  }

  @Test
  void aRun_arrivesWholeAndMovesTheClockToItsEnd() throws Exception {
    Load load = new Load(100, 2, 3, Load.SMART_CITY_DAY);
    SimulatedClock clock = new SimulatedClock(load.start());
    Manifest manifest = manifest(load);
    MqttAsyncClient gateway = subscriber();
    try (Publisher publisher = new Publisher(load, address, manifest, clock, received::get)) {
      assertEquals(load.start().toEpochMilli(), clock.now());
      publisher.start();
      Publisher.Progress end = publisher.await(PATIENCE);
      assertEquals(manifest.expected().received(), end.published());
      assertEquals(end.published(), end.acknowledged());
      assertEquals(0, end.resent(), end.trouble());
      assertEquals(120, end.minutes());
      assertEquals(load.start().plus(load.length()).toEpochMilli(), clock.now());
      await().atMost(PATIENCE).until(() -> received.get() >= end.published());
      assertEquals(expected(load), payloads);
    } finally {
      gateway.disconnectForcibly(0, 1000, false);
      gateway.close();
    }
  }

  @Test
  void aBrokerThatComesBack_getsAgainWhatItDidNotAcknowledge() throws Exception {
    Load load = new Load(60, 6, 3, Load.SMART_CITY_DAY);
    SimulatedClock clock = new SimulatedClock(load.start());
    Manifest manifest = manifest(load);
    MqttAsyncClient gateway = subscriber();
    try (Publisher publisher = new Publisher(load, address, manifest, clock, received::get)) {
      publisher.start();
      await().atMost(PATIENCE).until(() -> publisher.progress().acknowledged() > 5_000);
      broker.stop();
      broker.start();
      Publisher.Progress end = publisher.await(PATIENCE);
      assertEquals(manifest.expected().received(), end.published());
      Set<String> expected = expected(load).keySet();
      await().atMost(PATIENCE).until(() -> payloads.size() >= expected.size());
      assertEquals(expected, new HashSet<>(payloads.keySet()));
    } finally {
      gateway.disconnectForcibly(0, 1000, false);
      gateway.close();
    }
  }

  @Test
  void aSlowGateway_holdsThePublisherBack() throws Exception {
    Load load = new Load(10, 24, 3, Load.SMART_CITY_DAY);
    SimulatedClock clock = new SimulatedClock(load.start());
    AtomicLong taken = new AtomicLong();
    MqttAsyncClient gateway = subscriber();
    try (Publisher publisher = new Publisher(load, address, manifest(load), clock, taken::get)) {
      publisher.start();
      await().atMost(PATIENCE).until(() -> publisher.progress().acknowledged() == 100);
      taken.set(1000);
      await().atMost(PATIENCE).until(() -> publisher.progress().acknowledged() == 1100);
      assertEquals(1100, publisher.progress().published());
      assertTrue(clock.minutes() > 90 && clock.minutes() < 120);
    } finally {
      gateway.disconnectForcibly(0, 1000, false);
      gateway.close();
    }
  }

  @Test
  void closedBeforeTheEnd_itFailsAndStops() {
    Load load = new Load(10, 24, 3, Load.SMART_CITY_DAY);
    Publisher publisher =
        new Publisher(load, address, manifest(load), new SimulatedClock(load.start()), () -> 0);
    publisher.start();
    publisher.close();
    IOException stopped = assertThrows(IOException.class, () -> publisher.await(PATIENCE));
    assertEquals("the publisher was stopped", stopped.getMessage());
  }
}
