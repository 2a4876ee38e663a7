package io.millrace.ops.embedded;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.connectors.source.SlotLeases;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the broker has acknowledged to a publisher outlives the broker. */
class BrokerCrashTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path folder;

  @Test
  void brokerKilledWithMessagesInFlightAndQueued_losesNone() throws Exception {
    int port;
    try (BrokerProcess first = new BrokerProcess(folder, 0);
        ParkingGateway gateway =
            new ParkingGateway(SlotLeases.alone(), first.url(), "&receiveMaximum=100").start()) {
      port = first.port();
      TestPublisher publisher = new TestPublisher(first.url());
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                publisher.publish(0, 1);
                return gateway.parked() > 0;
              });
      publisher.publish(1, 301);
      await().atMost(PATIENCE).until(() -> gateway.slot().inFlight() == 100);
      first.kill();
      try (BrokerProcess second = new BrokerProcess(folder, port)) {
        await()
            .atMost(PATIENCE)
            .until(
                () -> {
                  gateway.flow();
                  return gateway.bodies().size() == 301 && gateway.slot().inFlight() == 0;
                });
        assertEquals(0, gateway.slot().sessionsLost());
        assertTrue(gateway.slot().staleAcknowledgements() >= 100);
        second.kill();
      }
    }
  }

  @Test
  void moreThanFitsInMemory_isPagedAndComesBackInFull() throws Exception {
    int size = 256 << 10;
    int count = (int) (EmbeddedBroker.MAXIMUM_MEMORY / size) + 100;
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder, 0, BrokerSafety.PROCESS_DEATH);
        TestPublisher publisher = new TestPublisher(broker.url());
        ParkingGateway gateway =
            new ParkingGateway(SlotLeases.alone(), broker.url(), "&receiveMaximum=10").start()) {
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                publisher.publish(0, 1);
                return gateway.parked() > 0;
              });
      long before = gateway.slot().received();
      for (int i = 0; i < count; i++) {
        publisher.publish(new byte[size + i]);
      }
      assertTrue(broker.isPaging(), "the backlog was held in memory");
      gateway.flow();
      await().atMost(PATIENCE).until(() -> gateway.bodies().size() == count + 1);
      assertTrue(before <= 10);
    }
  }

  @Test
  void portTaken_isRefusedWithItsNumber() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      int port = taken.getLocalPort();
      IOException why =
          assertThrows(
              IOException.class,
              () -> EmbeddedBroker.start(folder, port, BrokerSafety.POWER_CUT).close());
      assertTrue(why.getMessage().contains("port " + port), why.getMessage());
    }
  }
}
