package io.millrace.tests.sources;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.connectors.source.SourceCheck;
import io.millrace.connectors.source.SourceState.Phase;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.apache.qpid.protonj2.client.Client;
import org.apache.qpid.protonj2.client.Connection;
import org.apache.qpid.protonj2.client.Message;
import org.apache.qpid.protonj2.client.Sender;
import org.apache.qpid.protonj2.types.messaging.AmqpValue;
import org.apache.qpid.protonj2.types.messaging.Data;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The source against a real broker: a message is accepted after its commit, and bounded before. */
@Timeout(120)
class AmqpSourceTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration STILL = Duration.ofMillis(600);

  @TempDir Path folder;
  private EmbeddedAmqp broker;

  @BeforeEach
  void start() throws Exception {
    broker = EmbeddedAmqp.start(folder);
  }

  @AfterEach
  void stop() throws Exception {
    broker.close();
  }

  private ParkingReader reader(String options) throws Exception {
    return new ParkingReader(
        "amqp:lamps?source=lamps&drainTimeout=300&url=" + broker.url() + options);
  }

  private static void until(Callable<Boolean> outcome) {
    await().atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).until(outcome);
  }

  private static void stays(Callable<Boolean> outcome) {
    await().during(STILL).atMost(PATIENCE).until(outcome);
  }

  private static Set<String> numbers(int from, int to) {
    return new HashSet<>(IntStream.range(from, to).mapToObj(Integer::toString).toList());
  }

  @Test
  void messagesInFlight_areBoundedAndAcceptedAfterTheirCommitOnly() throws Exception {
    broker.publish(0, 2_000);
    try (ParkingReader reader = reader("&inFlight=500&leastInFlight=500")) {
      until(() -> reader.seen.size() == 500);
      stays(() -> reader.seen.size() == 500 && broker.queued() == 2_000);
      assertEquals(500, broker.delivering());
      assertEquals(500, reader.slot().inFlight());
      reader.flow();
      until(() -> broker.queued() == 0);
      assertEquals(numbers(0, 2_000), reader.seen.keySet());
      assertTrue(reader.seen.values().stream().allMatch(n -> n == 1));
      assertEquals(2_000, reader.slot().acknowledged());
    }
  }

  @Test
  void limit_followsTheLoadUpToInFlight() throws Exception {
    broker.publish(0, 2_000);
    try (ParkingReader reader = reader("&inFlight=400&leastInFlight=50")) {
      until(() -> reader.seen.size() == 100);
      stays(() -> reader.seen.size() == 100 && reader.slot().limit() == 100);
      assertEquals(100, broker.delivering());
      until(
          () -> {
            if (reader.slot().inFlight() == reader.slot().limit() && reader.slot().limit() < 400) {
              reader.completeFirst();
            }
            return reader.slot().limit() == 400 && reader.slot().inFlight() == 400;
          });
      stays(() -> reader.slot().inFlight() == 400 && broker.delivering() == 400);
      reader.flow();
      until(() -> broker.queued() == 0);
      assertEquals(numbers(0, 2_000), reader.seen.keySet());
    }
  }

  @Test
  void bytesInFlight_areBoundedWhateverCreditIsLeft() throws Exception {
    byte[] large = new byte[1 << 20];
    Arrays.fill(large, (byte) 'x');
    broker.publish(Collections.nCopies(40, large));
    try (ParkingReader reader = reader("")) {
      until(() -> reader.slot().inFlight() == 32);
      stays(() -> reader.slot().inFlight() == 32);
      broker.stop();
      until(() -> reader.source().phase() == Phase.WAITING);
      broker.restart();
      reader.flow();
      until(() -> broker.queued() == 0);
      assertEquals(40, reader.slot().acknowledged());
    }
  }

  @Test
  void test_triesTheQueueAndConsumesNothing() throws Exception {
    broker.publish(0, 100);
    try (ParkingReader reader = reader("&inFlight=10&leastInFlight=10")) {
      until(() -> reader.seen.size() == 10);
      List<SourceCheck> checks = reader.test();
      assertEquals(
          List.of("host", "login", "queue"), checks.stream().map(SourceCheck::name).toList());
      assertTrue(checks.stream().allMatch(SourceCheck::good), checks.toString());
      assertEquals(10, broker.delivering());
      assertEquals(10, reader.seen.size());
      broker.stop();
      SourceCheck host = reader.test().getLast();
      assertFalse(host.good());
      assertEquals("host", host.name());
      assertTrue(host.says().contains("is the broker up"), host.says());
    }
  }

  @Test
  void passwordFile_isReadAtEachLogin() throws Exception {
    Path file = Files.writeString(folder.resolve("password"), "old\n");
    try (EmbeddedAmqp closed = EmbeddedAmqp.start(folder.resolve("closed"), "new & secret")) {
      closed.publish(0, 10);
      String uri = "amqp:lamps?source=lamps&url=" + closed.url() + "&user=" + EmbeddedAmqp.USER;
      try (ParkingReader reader = new ParkingReader(uri + "&passwordFile=" + file)) {
        reader.open = true;
        SourceCheck login = reader.test().getLast();
        assertEquals("login", login.name());
        assertFalse(login.good());
        assertTrue(reader.seen.isEmpty());
        Files.writeString(file, "new & secret\n");
        until(() -> reader.seen.size() == 10 && closed.queued() == 0);
        assertTrue(reader.test().getLast().good());
        Files.delete(file);
        assertTrue(reader.test().getLast().says().contains("can't be read"));
      }
    }
  }

  @Test
  void stoppedWithoutCommit_comeAgain() throws Exception {
    broker.publish(0, 500);
    try (ParkingReader reader = reader("")) {
      until(() -> reader.seen.size() == 500);
    }
    assertEquals(500, broker.queued());
    try (ParkingReader reader = reader("")) {
      reader.flow();
      until(() -> broker.queued() == 0);
      assertEquals(numbers(0, 500), reader.seen.keySet());
    }
  }

  @Test
  void brokerRestartedWithMessagesInFlight_sendsThemAgainAndNoneIsAcceptedTwice() throws Exception {
    broker.publish(0, 500);
    try (ParkingReader reader = reader("&inFlight=600&leastInFlight=600")) {
      until(() -> reader.seen.size() == 500);
      broker.stop();
      until(() -> reader.source().phase() == Phase.WAITING);
      broker.restart();
      reader.flow();
      broker.publish(500, 1_500);
      until(() -> broker.queued() == 0);
      assertEquals(numbers(0, 1_500), reader.seen.keySet());
      assertEquals(500, reader.slot().staleAcknowledgements());
      assertEquals(1_500, reader.slot().acknowledged());
      assertEquals(1, reader.slot().reconnects());
      until(() -> reader.slot().inFlight() == 0);
    }
  }

  @Test
  void failedExchange_isTriedAgainInPlace() throws Exception {
    broker.publish(0, 100);
    try (ParkingReader reader = reader("")) {
      reader.failing.set(3);
      reader.open = true;
      until(() -> broker.queued() == 0);
      assertEquals(numbers(0, 100), reader.seen.keySet());
      assertEquals(3, reader.slot().failures());
    }
  }

  @Test
  void twoConnections_competeAndOneTakesOverFromTheOther() throws Exception {
    broker.publish(0, 1_000);
    try (ParkingReader stays = reader("&inFlight=300&leastInFlight=300&consumersCount=2")) {
      try (ParkingReader leaves = reader("&inFlight=300&leastInFlight=300")) {
        until(() -> stays.seen.size() == 600 && leaves.seen.size() == 300);
      }
      stays.flow();
      until(() -> broker.queued() == 0);
      assertEquals(numbers(0, 1_000), stays.seen.keySet());
    }
  }

  @Test
  void suspendedSource_takesNothingIn() throws Exception {
    try (ParkingReader reader = reader("")) {
      reader.open = true;
      until(() -> reader.source().phase() == Phase.RUNNING);
      reader.source().suspend();
      broker.publish(0, 10);
      stays(() -> reader.seen.isEmpty());
      assertEquals(Phase.SUSPENDED, reader.source().phase());
      reader.source().resume();
      until(() -> broker.queued() == 0 && reader.seen.size() == 10);
    }
  }

  @Test
  void bodiesOfAllKinds_arePayloads() throws Exception {
    try (Client client = Client.create();
        Connection connection = client.connect(broker.url().substring(7).split(":")[0], port());
        Sender sender = connection.openSender(EmbeddedAmqp.QUEUE)) {
      sender.send(Message.create("text")).awaitAccepted();
      sender.send(Message.create(42L)).awaitAccepted();
      sender
          .send(
              Message.<Object>create()
                  .toAdvancedMessage()
                  .addBodySection(new Data(bytes("two ")))
                  .addBodySection(new Data(bytes("parts"))))
          .awaitAccepted();
      sender
          .send(Message.<Object>create().toAdvancedMessage().addBodySection(new AmqpValue<>(null)))
          .awaitAccepted();
    }
    try (ParkingReader reader = reader("")) {
      reader.open = true;
      until(() -> broker.queued() == 0);
      assertEquals(Set.of("text", "42", "two parts", ""), reader.seen.keySet());
    }
  }

  private int port() {
    return Integer.parseInt(broker.url().substring(broker.url().lastIndexOf(':') + 1));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "&inFlight=0",
        "&consumersCount=65",
        "&url=tcp://x:1",
        "&user=x",
        "&password=x",
        "&autoAccept=true"
      })
  void optionThatIsWrong_isRefused(String option) {
    assertThrows(Exception.class, () -> reader(option).close());
  }
}
