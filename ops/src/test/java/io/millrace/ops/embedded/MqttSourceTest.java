package io.millrace.ops.embedded;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.connectors.mediation.UsageProcessor;
import io.millrace.connectors.source.SlotLeases;
import io.millrace.connectors.source.SourceState.Phase;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.apache.camel.Exchange;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.eclipse.paho.mqttv5.common.packet.UserProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The source against a real broker: whatever is cut, killed or taken over, nothing is lost. */
class MqttSourceTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration STILL = Duration.ofMillis(400);

  @TempDir Path folder;
  private final SlotLeases leases = SlotLeases.alone();
  private EmbeddedBroker broker;
  private TestPublisher publisher;

  @BeforeEach
  void start() throws Exception {
    broker = EmbeddedBroker.start(folder, 0, BrokerSafety.PROCESS_DEATH);
    publisher = new TestPublisher(broker.url());
  }

  @AfterEach
  void stop() throws Exception {
    try (EmbeddedBroker last = broker) {
      publisher.close();
    }
  }

  private ParkingGateway gateway(String options) throws Exception {
    return gateway(leases, broker.url(), options);
  }

  private static ParkingGateway gateway(SlotLeases leases, String url, String options)
      throws Exception {
    ParkingGateway gateway = new ParkingGateway(leases, url, options).start();
    await().atMost(PATIENCE).until(() -> gateway.slot().connected());
    return gateway;
  }

  /** A subscription is asked for after the connection is there, so wait for a message to pass. */
  private void settle(ParkingGateway gateway) {
    gateway.open = true;
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              publisher.publish("settle".getBytes(StandardCharsets.UTF_8));
              return gateway.bodies().contains("settle");
            });
    await().atMost(PATIENCE).until(() -> gateway.slot().inFlight() == 0);
    gateway.bodies().clear();
    gateway.open = false;
  }

  private static void awaitBodies(ParkingGateway gateway, int count) {
    await().atMost(PATIENCE).until(() -> gateway.bodies().size() == count);
  }

  private static void awaitAllAcknowledged(ParkingGateway gateway) {
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              gateway.flow();
              return gateway.slot().inFlight() == 0;
            });
  }

  private static void awaitParked(ParkingGateway gateway, int count) {
    await().atMost(PATIENCE).until(() -> gateway.parked() == count);
  }

  @Test
  void messagesQueuedWhileStopped_arriveAtTheStart() throws Exception {
    try (ParkingGateway before = gateway("")) {
      settle(before);
    }
    publisher.publish(0, 500);
    try (ParkingGateway after = gateway("")) {
      awaitBodies(after, 500);
      assertEquals(0, after.slot().acknowledged());
      after.flow();
      await().atMost(PATIENCE).until(() -> after.slot().acknowledged() == 500);
      assertEquals(0, after.slot().sessionsLost());
    }
  }

  @Test
  void resumedSessionOfUnknownSubscription_subscribesAgainAndLosesNothing() throws Exception {
    try (ParkingGateway before = gateway("")) {
      settle(before);
    }
    publisher.publish(0, 500);
    try (ParkingGateway after = gateway(SlotLeases.alone(), broker.url(), "")) {
      awaitBodies(after, 500);
      publisher.publish(500, 600);
      awaitBodies(after, 600);
      awaitAllAcknowledged(after);
    }
    try (ParkingGateway last = gateway("")) {
      await().during(STILL).atMost(PATIENCE).until(() -> last.bodies().isEmpty());
    }
  }

  @Test
  void connectionCutWith500Unacknowledged_redeliversThemAndDropsTheOldAcknowledgements()
      throws Exception {
    try (CutProxy proxy = new CutProxy(broker.port());
        ParkingGateway gateway = gateway(leases, proxy.url(), "")) {
      settle(gateway);
      long done = gateway.slot().acknowledged();
      publisher.publish(0, 500);
      awaitParked(gateway, 500);
      proxy.cut();
      awaitParked(gateway, 1_000);
      assertEquals(1, gateway.slot().reconnects());

      assertEquals(500, gateway.complete(500));
      assertEquals(500, gateway.slot().staleAcknowledgements());
      assertEquals(500, gateway.slot().inFlight(), "a stale acknowledgement reached the broker");

      gateway.complete(500);
      await().atMost(PATIENCE).until(() -> gateway.slot().inFlight() == 0);
      assertEquals(done + 500, gateway.slot().acknowledged());
      proxy.cut();
      await().atMost(PATIENCE).until(() -> gateway.slot().reconnects() == 2);
      await().during(STILL).atMost(PATIENCE).until(() -> gateway.parked() == 0);
    }
  }

  @Test
  void failedExchange_isTriedAgainUntilItCompletes() throws Exception {
    try (ParkingGateway gateway = gateway("")) {
      settle(gateway);
      long done = gateway.slot().acknowledged();
      gateway.failFirst("1", 3);
      gateway.open = true;
      publisher.publish(0, 3);
      awaitBodies(gateway, 3);
      await().atMost(PATIENCE).until(() -> gateway.slot().acknowledged() == done + 3);
      assertEquals(3, gateway.slot().failures());
      assertEquals(0, gateway.slot().inFlight());
    }
  }

  @Test
  void moreMessagesThanTheBound_stayWithTheBroker() throws Exception {
    try (ParkingGateway gateway = gateway("&receiveMaximum=50")) {
      settle(gateway);
      publisher.publish(0, 200);
      awaitParked(gateway, 50);
      await().during(STILL).atMost(PATIENCE).until(() -> gateway.parked() == 50);
      assertEquals(50, gateway.slot().inFlight());
      assertTrue(gateway.slot().oldestMillis() >= STILL.toMillis());

      gateway.complete(10);
      await().atMost(PATIENCE).until(() -> gateway.bodies().size() == 60);
      await().during(STILL).atMost(PATIENCE).until(() -> gateway.parked() == 50);
      gateway.flow();
      awaitBodies(gateway, 200);
    }
  }

  @Test
  void slotTakenOver_putsTheOldHolderOffAndLosesNothing() throws Exception {
    TestLeases shared = new TestLeases();
    shared.give("a");
    try (ParkingGateway a = gateway(shared.of("a"), broker.url(), "")) {
      settle(a);
      publisher.publish(0, 100);
      awaitParked(a, 100);
      shared.give("b");
      try (ParkingGateway b = gateway(shared.of("b"), broker.url(), "")) {
        awaitParked(b, 100);
        await().atMost(PATIENCE).until(() -> !a.slot().connected());
        a.complete(100);
        assertEquals(100, a.slot().staleAcknowledgements());
        await()
            .during(SlotLeases.RENEWAL.plusMillis(500))
            .atMost(PATIENCE)
            .until(() -> b.slot().connected() && !a.slot().connected());
        assertEquals(Phase.WAITING, a.source().phase());
        assertEquals(100, b.slot().inFlight());
        b.flow();
        await().atMost(PATIENCE).until(() -> b.slot().acknowledged() == 100);
      }
    }
  }

  @Test
  void suspendedSource_leavesMessagesWithTheBrokerUntilItResumes() throws Exception {
    try (ParkingGateway gateway = gateway("")) {
      settle(gateway);
      assertEquals(Phase.RUNNING, gateway.source().phase());
      gateway.source().suspend();
      assertEquals(Phase.SUSPENDED, gateway.source().phase());
      assertFalse(gateway.slot().connected());
      publisher.publish(0, 20);
      await().during(STILL).atMost(PATIENCE).until(() -> gateway.bodies().isEmpty());
      gateway.source().resume();
      awaitBodies(gateway, 20);
      assertEquals(Phase.RUNNING, gateway.source().phase());
      assertEquals(0, gateway.slot().sessionsLost());
    }
  }

  @Test
  void stoppedSource_acknowledgesWhatIsInFlightFirst() throws Exception {
    ParkingGateway gateway = gateway("");
    settle(gateway);
    publisher.publish(0, 100);
    awaitParked(gateway, 100);
    Thread stop = Thread.ofPlatform().start(gateway::close);
    await().during(STILL).atMost(PATIENCE).until(stop::isAlive);
    assertEquals(100, gateway.complete(100));
    stop.join(PATIENCE);
    try (ParkingGateway next = gateway("")) {
      await().during(STILL).atMost(PATIENCE).until(() -> next.bodies().isEmpty());
    }
  }

  @Test
  void sessionForgottenByTheBroker_isCounted() throws Exception {
    try (ParkingGateway gateway = gateway("")) {
      settle(gateway);
    }
    publisher.close();
    broker.close();
    broker = EmbeddedBroker.start(folder.resolve("empty"), 0, BrokerSafety.PROCESS_DEATH);
    publisher = new TestPublisher(broker.url());
    try (ParkingGateway gateway = gateway("")) {
      await().atMost(PATIENCE).until(() -> gateway.slot().sessionsLost() == 1);
      settle(gateway);
    }
  }

  @Test
  void messageWithHostileProperties_bringsNothingButBodyAndTopic() throws Exception {
    try (ParkingGateway gateway = gateway("")) {
      settle(gateway);
      MqttProperties properties = new MqttProperties();
      properties.setUserProperties(
          List.of(new UserProperty("CamelHttpUri", "http://evil"), new UserProperty("x", "y")));
      publisher.publish(new MqttMessage(new byte[] {'1'}, 1, false, properties));
      Exchange exchange = gateway.first();
      assertEquals(Set.of("CamelMqttTopic"), exchange.getIn().getHeaders().keySet());
      assertEquals("lamps/lamp-1/report", exchange.getIn().getHeader("CamelMqttTopic"));
      assertEquals("lamps", exchange.getProperty(UsageProcessor.SOURCE));
    }
  }

  @Test
  void messageOfTenMegabytes_reachesTheRoute() throws Exception {
    try (ParkingGateway gateway = gateway("")) {
      settle(gateway);
      publisher.publish(new byte[10 << 20]);
      await().atMost(PATIENCE).until(() -> gateway.bodies().contains((10 << 20) + " bytes"));
    }
  }

  @Test
  void retainedMessage_isNotSentAgainAtASubscription() throws Exception {
    publisher.publish(new MqttMessage(new byte[] {'r'}, 1, true, null));
    try (ParkingGateway gateway = gateway("")) {
      settle(gateway);
      await().during(STILL).atMost(PATIENCE).until(() -> gateway.bodies().isEmpty());
    }
  }

  @Test
  void twoSlots_shareTheMessages() throws Exception {
    try (ParkingGateway gateway = gateway("&slots=2")) {
      await()
          .atMost(PATIENCE)
          .until(() -> gateway.source().slots().stream().allMatch(s -> s.connected()));
      gateway.open = true;
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                publisher.publish(0, 10);
                return gateway.source().slots().stream().allMatch(s -> s.acknowledged() > 0);
              });
    }
  }

  @Test
  void optionsThatWouldLoseMessages_areRefused() {
    for (String options :
        List.of(
            "&cleanStart=true",
            "&qos=0",
            "&receiveMaximum=40000",
            "&sessionExpiryInterval=0",
            "&slots=0")) {
      assertThrows(
          Exception.class,
          () -> new ParkingGateway(leases, broker.url(), options).start().close(),
          options);
    }
  }
}
