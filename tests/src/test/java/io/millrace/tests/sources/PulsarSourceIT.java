package io.millrace.tests.sources;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.connectors.source.SourceCheck;
import io.millrace.connectors.source.SourceState.Phase;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.apache.pulsar.client.api.BatcherBuilder;
import org.apache.pulsar.client.api.Producer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The source against a real broker, with a topic for each test: a message is acknowledged after its
 * commit, each of a batch for itself, and what is not comes again.
 */
@Timeout(120)
class PulsarSourceIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration STILL = Duration.ofMillis(600);

  private static PulsarBroker broker;
  private String topic;

  @BeforeAll
  static void start() throws Exception {
    broker = PulsarBroker.shared();
  }

  @BeforeEach
  void name(TestInfo test) {
    topic = test.getTestMethod().orElseThrow().getName();
  }

  private ParkingReader reader(String options) throws Exception {
    return new ParkingReader(
        "pulsar:" + topic + "?source=lamps&drainTimeout=300&url=" + broker.url() + options);
  }

  /** Subscribes as the source does, so that the topic keeps what is published from now on. */
  private void subscribe() throws Exception {
    try (ParkingReader reader = reader("")) {
      until(() -> reader.source().phase() == Phase.RUNNING);
    }
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

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void messagesInFlight_areBoundedAndAcknowledgedAfterTheirCommitOnly() throws Exception {
    subscribe();
    broker.publish(topic, 0, 2_000);
    long entries = broker.backlog(topic);
    try (ParkingReader reader = reader("&inFlight=500&leastInFlight=500")) {
      until(() -> reader.seen.size() == 500);
      stays(() -> reader.seen.size() == 500 && broker.backlog(topic) == entries);
      assertEquals(500, reader.slot().inFlight());
      assertEquals(0, reader.slot().acknowledged());
      assertTrue(reader.slot().oldestMillis() > 0);
      reader.flow();
      until(() -> broker.backlog(topic) == 0);
      assertEquals(numbers(0, 2_000), reader.seen.keySet());
      assertTrue(reader.seen.values().stream().allMatch(n -> n == 1));
      until(() -> reader.slot().acknowledged() == 2_000 && reader.slot().inFlight() == 0);
    }
  }

  @Test
  void partOfABatchThatIsCommitted_onlyTheRestComesAgain() throws Exception {
    subscribe();
    broker.publish(topic, 0, 100);
    assertEquals(1, broker.backlog(topic), "not sent as one batch");
    Set<String> first;
    try (ParkingReader reader = reader("&inFlight=40&leastInFlight=40")) {
      until(() -> reader.messagesParked() == 40);
      first = Set.copyOf(reader.seen.keySet());
      assertEquals(40, first.size());
      // Those and no others, as what is completed makes room for more.
      for (int left = reader.parked(); left > 0; left--) {
        reader.completeFirst();
      }
      until(() -> reader.slot().acknowledged() == 40 && reader.parked() > 0);
    }
    try (ParkingReader reader = reader("")) {
      reader.flow();
      until(() -> broker.backlog(topic) == 0);
      Set<String> rest = numbers(0, 100);
      rest.removeAll(first);
      assertEquals(rest, reader.seen.keySet());
    }
  }

  @Test
  void brokerKilledWithMessagesInFlight_readsOnAndAcknowledgesThem() throws Exception {
    subscribe();
    broker.publish(topic, 0, 500);
    try (ParkingReader reader = reader("&inFlight=600&leastInFlight=600")) {
      until(() -> reader.seen.size() == 500);
      broker.kill();
      until(() -> reader.source().phase() == Phase.WAITING);
      reader.flow();
      broker.restart();
      broker.publish(topic, 500, 1_500);
      until(() -> reader.seen.size() == 1_500 && broker.backlog(topic) == 0);
      assertEquals(numbers(0, 1_500), reader.seen.keySet());
      assertEquals(1, reader.slot().reconnects());
      until(() -> reader.slot().inFlight() == 0);
      assertEquals(Phase.RUNNING, reader.source().phase());
    }
  }

  @Test
  void stoppedWithoutCommit_comeAgain() throws Exception {
    subscribe();
    broker.publish(topic, 0, 500);
    try (ParkingReader reader = reader("")) {
      until(() -> reader.seen.size() == 500);
    }
    try (ParkingReader reader = reader("")) {
      reader.flow();
      until(() -> broker.backlog(topic) == 0);
      assertEquals(numbers(0, 500), reader.seen.keySet());
    }
  }

  @Test
  void failedExchange_isTriedAgainInPlace() throws Exception {
    subscribe();
    broker.publish(topic, 0, 100);
    try (ParkingReader reader = reader("")) {
      reader.failing.set(3);
      reader.open = true;
      until(() -> broker.backlog(topic) == 0);
      assertEquals(numbers(0, 100), reader.seen.keySet());
      assertEquals(3, reader.slot().failures());
    }
  }

  @Test
  void exchangeThatEndsBeforeAnEarlierOne_isAcknowledgedByItself() throws Exception {
    subscribe();
    try (Producer<byte[]> producer =
        broker.client().newProducer().topic(topic).enableBatching(false).create()) {
      producer.send(bytes("first"));
      try (ParkingReader reader = reader("")) {
        until(() -> reader.parked() == 1);
        producer.send(bytes("second"));
        until(() -> reader.parked() == 2);
        reader.completeAllButFirst();
        until(() -> broker.backlog(topic) == 1);
        reader.completeFirst();
        until(() -> broker.backlog(topic) == 0);
      }
    }
  }

  @Test
  void twoNodes_shareAndOneTakesOverFromTheOther() throws Exception {
    subscribe();
    try (ParkingReader stays = reader("&inFlight=300&leastInFlight=300&consumersCount=2");
        Producer<byte[]> producer =
            broker.client().newProducer().topic(topic).enableBatching(false).create()) {
      try (ParkingReader leaves = reader("&inFlight=300&leastInFlight=300")) {
        until(() -> leaves.source().phase() == Phase.RUNNING);
        until(() -> stays.source().slots().stream().allMatch(s -> s.connected()));
        for (int i = 0; i < 600; i++) {
          producer.sendAsync(bytes(Integer.toString(i)));
        }
        producer.flush();
        until(() -> !leaves.seen.isEmpty() && !stays.seen.isEmpty());
      }
      stays.flow();
      until(() -> broker.backlog(topic) == 0);
      assertEquals(numbers(0, 600), stays.seen.keySet());
    }
  }

  @Test
  void twoNodesThatShareKeys_neverReadOneKeyBoth() throws Exception {
    subscribeWith("&sharing=key-shared");
    try (ParkingReader one = reader("&sharing=key-shared");
        ParkingReader other = reader("&sharing=key-shared");
        Producer<byte[]> producer =
            broker
                .client()
                .newProducer()
                .topic(topic)
                .batcherBuilder(BatcherBuilder.KEY_BASED)
                .create()) {
      one.open = true;
      other.open = true;
      until(() -> one.source().phase() == Phase.RUNNING);
      until(() -> other.source().phase() == Phase.RUNNING);
      for (int i = 0; i < 2_000; i++) {
        String key = "lamp-" + i % 50;
        producer.newMessage().key(key).value(bytes(key + ' ' + i)).sendAsync();
      }
      producer.flush();
      until(() -> one.seen.size() + other.seen.size() == 2_000 && broker.backlog(topic) == 0);
      Set<String> both = keys(one.seen);
      assertFalse(both.isEmpty());
      assertFalse(keys(other.seen).isEmpty());
      both.retainAll(keys(other.seen));
      assertEquals(Set.of(), both);
    }
  }

  private void subscribeWith(String options) throws Exception {
    try (ParkingReader reader = reader(options)) {
      until(() -> reader.source().phase() == Phase.RUNNING);
    }
  }

  private static Set<String> keys(Map<String, Integer> seen) {
    Set<String> keys = new HashSet<>();
    seen.keySet().forEach(each -> keys.add(each.substring(0, each.indexOf(' '))));
    return keys;
  }

  @Test
  void partitions_areAllRead() throws Exception {
    broker.createPartitions(topic, 3);
    subscribe();
    broker.publish(topic, 0, 900);
    // Its kind is that of its consumers, and can be another one when all have gone.
    try (ParkingReader reader = reader("&sharing=failover")) {
      reader.open = true;
      until(() -> reader.seen.size() == 900 && reader.slot().acknowledged() == 900);
      assertTrue(reader.test().getLast().says().contains("3 partitions"));
    }
  }

  @Test
  void suspendedSource_takesNothingIn() throws Exception {
    try (ParkingReader reader = reader("")) {
      reader.open = true;
      until(() -> reader.source().phase() == Phase.RUNNING);
      reader.source().suspend();
      assertEquals(Phase.SUSPENDED, reader.source().phase());
      broker.publish(topic, 0, 10);
      stays(() -> reader.seen.isEmpty());
      reader.source().resume();
      until(() -> broker.backlog(topic) == 0 && reader.seen.size() == 10);
    }
  }

  @Test
  void test_triesTheTopicAndConsumesNothing() throws Exception {
    subscribe();
    broker.publish(topic, 0, 100);
    try (ParkingReader reader = reader("&inFlight=10&leastInFlight=10")) {
      until(() -> reader.seen.size() == 10);
      List<SourceCheck> checks = reader.test();
      assertEquals(
          List.of("host", "login", "topic"), checks.stream().map(SourceCheck::name).toList());
      assertTrue(checks.stream().allMatch(SourceCheck::good), checks.toString());
      assertEquals(10, reader.seen.size());
      assertEquals(1, broker.backlog(topic));
    }
  }

  @Test
  void topicThatIsNotThere_isToldAndNotMadeByATest() throws Exception {
    try (ParkingReader reader =
        new ParkingReader(
            "pulsar:no-tenant/no-namespace/x?source=lamps&drainTimeout=300&url=" + broker.url())) {
      SourceCheck topic = reader.test().getLast();
      assertEquals("topic", topic.name());
      assertFalse(topic.good(), topic.says());
      assertEquals(Phase.WAITING, reader.source().phase());
    }
  }

  @Test
  void bodiesOfAllKinds_arePayloads() throws Exception {
    subscribe();
    byte[] large = new byte[6 << 20];
    Arrays.fill(large, (byte) 'x');
    try (Producer<byte[]> producer =
        broker
            .client()
            .newProducer()
            .topic(topic)
            .enableBatching(false)
            .enableChunking(true)
            .create()) {
      producer.send(bytes("text"));
      producer.newMessage().key("tombstone").value(null).send();
      producer.send(large);
    }
    try (ParkingReader reader = reader("")) {
      reader.open = true;
      until(() -> broker.backlog(topic) == 0 && reader.seen.size() == 3);
      assertEquals(
          Set.of("text", "", new String(large, StandardCharsets.UTF_8)), reader.seen.keySet());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pulsar://x:1&inFlight=0",
        "pulsar://x:1&consumersCount=65",
        "tcp://x:1",
        "pulsar://user:secret@x:1",
        "pulsar+ssl://10.1.2.3",
        "pulsar+ssl://x:1,10.1.2.3:2",
        "pulsar+ssl://[::1]:1",
        "pulsar://x:1&sharing=exclusive",
        "pulsar://x:1&ackTimeoutMillis=10000"
      })
  void optionThatIsWrong_isRefused(String options) {
    Exception refused =
        assertThrows(
            Exception.class,
            () -> new ParkingReader("pulsar:" + topic + "?source=lamps&url=" + options).close());
    assertFalse(refused.getMessage().contains("secret"), refused.getMessage());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"pulsar://10.1.2.3:1", "pulsar+ssl://4.example.com", "pulsar://[::1]:1,y:2/"})
  void urlOfABroker_isTaken(String url) throws Exception {
    try (ParkingReader reader =
        new ParkingReader("pulsar:" + topic + "?source=lamps&drainTimeout=0&url=" + url)) {
      assertEquals(Phase.WAITING, reader.source().phase());
    }
  }
}
