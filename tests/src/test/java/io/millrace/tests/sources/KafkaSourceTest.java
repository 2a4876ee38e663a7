package io.millrace.tests.sources;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.connectors.source.Lag;
import io.millrace.connectors.source.SourceCheck;
import io.millrace.connectors.source.SourceState.Phase;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The source against a real broker: an offset follows its events, and nothing is skipped. */
@Timeout(120)
class KafkaSourceTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration STILL = Duration.ofMillis(600);
  private static final String TOPIC = "lamps";
  private static final String GROUP = "millrace-city-lamps";
  private static final int PARTITIONS = 4;
  private static final String EARLIEST = "&begin=earliest";

  @TempDir Path folder;
  private EmbeddedKafka broker;

  @BeforeEach
  void start() throws Exception {
    broker = EmbeddedKafka.start(folder);
    broker.createTopic(TOPIC, PARTITIONS);
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  @Test
  void test_triesTheTopicAndConsumesNothing() throws Exception {
    broker.publish(TOPIC, PARTITIONS, 0, 10);
    try (ParkingReader reader = reader("")) {
      List<SourceCheck> checks = reader.test();
      assertEquals(
          List.of("host", "login", "topic"), checks.stream().map(SourceCheck::name).toList());
      assertTrue(checks.stream().allMatch(SourceCheck::good), checks.toString());
      assertTrue(checks.getLast().says().contains(PARTITIONS + " partitions"), checks.toString());
      assertEquals(Map.of(), reader.seen, "read without a place to begin");
    }
    try (ParkingReader reader =
        new ParkingReader("kafka:nowhere?source=lamps&brokers=" + broker.brokers())) {
      SourceCheck topic = reader.test().getLast();
      assertFalse(topic.good());
      assertEquals("topic", topic.name());
    }
  }

  private ParkingReader reader(String options) throws Exception {
    return new ParkingReader(
        "kafka:lamps?source=lamps&drainTimeout=300&sessionTimeoutMs=3000&heartbeatIntervalMs=300"
            + "&brokers="
            + broker.brokers()
            + options);
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

  private long committed() throws Exception {
    return broker.committed(GROUP, TOPIC);
  }

  @Test
  void eventsOfUncommittedExchanges_areNotAcknowledgedAndComeAgain() throws Exception {
    broker.publish(TOPIC, PARTITIONS, 0, 3_000);
    try (ParkingReader reader = reader(EARLIEST + "&maxPollRecords=100")) {
      until(() -> reader.seen.size() == 3_000);
      stays(() -> committed() == 0);
      assertEquals(3_000, reader.slot().inFlight());
      assertTrue(reader.slot().oldestMillis() > 0);
    }
    assertEquals(0, committed());
    try (ParkingReader reader = reader(EARLIEST)) {
      until(() -> reader.seen.size() == 3_000);
      reader.flow();
      until(() -> committed() == 3_000);
      assertEquals(3_000, reader.slot().acknowledged());
    }
    try (ParkingReader reader = reader("")) {
      broker.publish(TOPIC, PARTITIONS, 3_000, 3_001);
      until(() -> reader.seen.containsKey("3000"));
      assertEquals(Set.of("3000"), reader.seen.keySet());
    }
  }

  @Test
  void exchangeThatEndsBeforeAnEarlierOne_commitsNothing() throws Exception {
    broker.publish(TOPIC, 1, 0, 1_000);
    try (ParkingReader reader = reader(EARLIEST + "&maxPollRecords=100")) {
      until(() -> reader.parked() == 10);
      reader.completeAllButFirst();
      stays(() -> committed() == 0);
      reader.completeFirst();
      until(() -> committed() == 1_000);
    }
  }

  @Test
  void fullReader_stopsReadingAndKeepsItsPlace() throws Exception {
    broker.publish(TOPIC, PARTITIONS, 0, 5_000);
    try (ParkingReader reader =
        reader(EARLIEST + "&inFlight=1000&leastInFlight=1000&maxPollRecords=100")) {
      until(() -> reader.slot().inFlight() >= 1_000);
      // Longer than the session: only a member that polls keeps its partitions.
      await()
          .during(Duration.ofSeconds(4))
          .atMost(PATIENCE)
          .until(() -> reader.seen.size() < 1_100);
      reader.flow();
      until(() -> committed() == 5_000);
      assertTrue(reader.seen.values().stream().allMatch(n -> n == 1));
    }
  }

  @Test
  void failedExchange_isTriedAgainInPlaceBeforeItsOffsetIsCommitted() throws Exception {
    broker.publish(TOPIC, PARTITIONS, 0, 100);
    try (ParkingReader reader = reader(EARLIEST)) {
      reader.failing.set(3);
      reader.open = true;
      until(() -> committed() == 100);
      assertEquals(numbers(0, 100), reader.seen.keySet());
      assertEquals(3, reader.slot().failures());
    }
  }

  @Test
  void groupThatHasReadNothing_waitsUntilTheRouteSaysWhereToBegin() throws Exception {
    broker.publish(TOPIC, PARTITIONS, 0, 10);
    try (ParkingReader reader = reader("")) {
      stays(() -> reader.source().phase() == Phase.WAITING && reader.seen.isEmpty());
    }
    Instant between = Instant.now();
    until(() -> Instant.now().toEpochMilli() > between.toEpochMilli() + 1);
    broker.publish(TOPIC, PARTITIONS, 10, 20);
    try (ParkingReader reader = reader("&begin=" + between.plusMillis(1))) {
      reader.open = true;
      until(() -> reader.seen.size() == 10);
      assertEquals(numbers(10, 20), reader.seen.keySet());
      assertEquals(Phase.RUNNING, reader.source().phase());
    }
  }

  @Test
  void partitionsThatAreAdded_areReadFromTheirFirstEvent() throws Exception {
    broker.publish(TOPIC, PARTITIONS, 0, 8);
    try (ParkingReader reader = reader(EARLIEST)) {
      reader.flow();
      until(() -> committed() == 8);
    }
    try (Admin admin = broker.admin()) {
      admin.createPartitions(Map.of(TOPIC, NewPartitions.increaseTo(8))).all().get();
    }
    broker.publish(TOPIC, 8, 8, 16);
    try (ParkingReader reader = reader("")) {
      reader.flow();
      until(() -> reader.seen.size() == 8);
      assertEquals(numbers(8, 16), reader.seen.keySet());
    }
  }

  @Test
  void eventsDeletedBeforeTheyWereRead_areCountedAndTheRestIsRead() throws Exception {
    broker.publish(TOPIC, 1, 0, 10);
    try (ParkingReader reader = reader(EARLIEST)) {
      reader.flow();
      until(() -> committed() == 10);
    }
    broker.publish(TOPIC, 1, 10, 30);
    try (Admin admin = broker.admin()) {
      admin
          .deleteRecords(Map.of(new TopicPartition(TOPIC, 0), RecordsToDelete.beforeOffset(20)))
          .all()
          .get();
    }
    try (ParkingReader reader = reader("")) {
      reader.flow();
      until(() -> reader.seen.size() == 10);
      assertEquals(numbers(20, 30), reader.seen.keySet());
      assertEquals(1, reader.slot().sessionsLost());
    }
  }

  @Test
  void brokerRestarted_readsOnAndSkipsNothing() throws Exception {
    broker.publish(TOPIC, PARTITIONS, 0, 1_000);
    try (ParkingReader reader = reader(EARLIEST)) {
      until(() -> reader.seen.size() == 1_000);
      broker.stop();
      until(() -> reader.source().phase() == Phase.WAITING);
      reader.flow();
      broker.restart();
      broker.publish(TOPIC, PARTITIONS, 1_000, 2_000);
      until(() -> committed() == 2_000);
      assertEquals(numbers(0, 2_000), reader.seen.keySet());
      assertEquals(1, reader.slot().reconnects());
    }
  }

  @Test
  void memberThatComesAndDiesWithoutCommit_onlyHasItsEventsComeAgain() throws Exception {
    broker.publish(TOPIC, PARTITIONS, 0, 1_000);
    try (ParkingReader reader = reader(EARLIEST + "&consumersCount=2")) {
      until(() -> reader.seen.size() == 1_000);
      try (KafkaConsumer<byte[], byte[]> other = other()) {
        until(
            () -> {
              other.poll(Duration.ofMillis(50));
              return !other.assignment().isEmpty();
            });
        broker.publish(TOPIC, PARTITIONS, 1_000, 2_000);
        until(() -> !other.poll(Duration.ofMillis(50)).isEmpty());
      }
      reader.flow();
      until(() -> committed() == 2_000);
      assertEquals(numbers(0, 2_000), reader.seen.keySet());
      // The partitions that changed hands were parked: their completions came too late to count.
      assertTrue(
          reader.source().slots().stream().mapToLong(s -> s.staleAcknowledgements()).sum() > 0);
    }
  }

  private KafkaConsumer<byte[], byte[]> other() {
    KafkaConsumer<byte[], byte[]> other =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                broker.brokers(),
                "group.id",
                GROUP,
                "enable.auto.commit",
                false,
                "auto.offset.reset",
                "earliest",
                "partition.assignment.strategy",
                "org.apache.kafka.clients.consumer.CooperativeStickyAssignor"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    other.subscribe(List.of(TOPIC));
    return other;
  }

  @Test
  void eventsOfAnAbortedTransaction_areNeverRead() throws Exception {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", broker.brokers(), "transactional.id", "t"),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      producer.initTransactions();
      producer.beginTransaction();
      producer.send(new ProducerRecord<>(TOPIC, 0, null, new byte[] {'a'})).get();
      producer.abortTransaction();
      producer.beginTransaction();
      producer.send(new ProducerRecord<>(TOPIC, 0, null, new byte[] {'b'})).get();
      producer.commitTransaction();
    }
    try (ParkingReader reader = reader(EARLIEST)) {
      reader.flow();
      until(() -> reader.seen.containsKey("b"));
      stays(() -> reader.seen.keySet().equals(Set.of("b")));
    }
  }

  @Test
  void lag_isWhatIsNotCommittedAlsoWhileNothingIsFetched() throws Exception {
    broker.publish(TOPIC, PARTITIONS, 0, 1_000);
    try (ParkingReader reader = reader(EARLIEST + "&inFlight=10&leastInFlight=10")) {
      until(() -> reader.source().lag().equals(Optional.of(Lag.of(1_000, Lag.Unit.EVENTS))));
      broker.publish(TOPIC, PARTITIONS, 1_000, 1_500);
      until(() -> reader.source().lag().equals(Optional.of(Lag.of(1_500, Lag.Unit.EVENTS))));
      assertTrue(reader.seen.size() < 1_500, "it was to be full");
      reader.flow();
      until(() -> reader.source().lag().equals(Optional.of(Lag.of(0, Lag.Unit.EVENTS))));
      assertEquals(1_500, committed());
      broker.stop();
      until(() -> reader.source().lag().isEmpty());
    }
  }

  @Test
  void suspendedSource_leavesTheGroupAndReadsOnWhereItWas() throws Exception {
    broker.publish(TOPIC, PARTITIONS, 0, 100);
    try (ParkingReader reader = reader(EARLIEST)) {
      reader.flow();
      until(() -> committed() == 100);
      reader.source().suspend();
      assertEquals(Phase.SUSPENDED, reader.source().phase());
      broker.publish(TOPIC, PARTITIONS, 100, 200);
      stays(() -> reader.seen.size() == 100);
      reader.source().resume();
      until(() -> committed() == 200);
      assertTrue(reader.seen.values().stream().allMatch(n -> n == 1));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "autoOffsetReset=latest",
        "autoCommitEnable=true",
        "batching=true",
        "isolationLevel=read_uncommitted",
        "begin=latest",
        "consumersCount=0",
        "inFlight=0"
      })
  void optionThatWouldLoseEvents_isRefused(String option) {
    Throwable refusal = assertThrows(Exception.class, () -> reader("&" + option).close());
    while (refusal.getCause() != null && !(refusal instanceof IllegalArgumentException)) {
      refusal = refusal.getCause();
    }
    String word = option.substring(0, option.indexOf('='));
    assertTrue(
        refusal instanceof IllegalArgumentException && refusal.getMessage().contains(word),
        refusal.toString());
  }
}
