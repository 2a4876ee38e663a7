package io.millrace.tests.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.connectors.shard.CrashPoints;
import io.millrace.ops.demo.generator.LoadEvents;
import io.millrace.ops.demo.manifest.Proof;
import io.millrace.tests.house.Repository;
import io.millrace.tests.kafka.EmbeddedKafka;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Ten thousand events with duplicates, poison and late ones over Kafka: the gateway dies between
 * its commit and the broker's, before its commit, and at any time; the broker goes and comes back;
 * a member of the group that nobody knows comes and dies. Each event counts once.
 */
class KafkaIT {
  private static final long SEED = Long.getLong("crash.seed", 20_261_123);
  private static final Path FOLDER = Path.of("target/crash/kafka");
  private static final String TOPIC = "lamps";
  private static final String GROUP = "millrace-city-lamps";
  private static final int PARTITIONS = 4;
  private static final int LAMPS = 84;
  private static final int HOURS = 2;
  private static final int STEP = 2_500;
  private static final Duration WITHIN = Duration.ofSeconds(60);

  @Test
  @Timeout(300)
  void gatewayAndBrokerDieAtWork_eachEventCountsOnce() throws Exception {
    try (City city = new City(FOLDER, LAMPS, HOURS, SEED, 1);
        EmbeddedKafka broker = EmbeddedKafka.start(FOLDER.resolve("kafka"))) {
      try {
        broker.createTopic(TOPIC, PARTITIONS);
        run(city, broker);
      } catch (Throwable e) {
        System.err.println("seed " + SEED + ", logs in " + FOLDER);
        System.err.println(city.complaints());
        throw e;
      }
    }
  }

  private static void run(City city, EmbeddedKafka broker) throws Exception {
    Path routes = Files.createDirectories(FOLDER.resolve("routes"));
    Files.copy(
        Repository.root().resolve("routes/examples/kafka-lamps.camel.yaml"),
        routes.resolve("kafka-lamps.camel.yaml"));
    city.readFrom(routes.toAbsolutePath(), "kafka.brokers", broker.brokers());
    LoadEvents events = city.events();
    long sent = publish(broker, events, STEP);
    for (String point : List.of(CrashPoints.AFTER_COMMIT + ":1", CrashPoints.AFTER_READ + ":2")) {
      Gateway dies = city.startGateway("gateway", point);
      dies.awaitReadyOrEnd();
      sent += publish(broker, events, STEP / 2);
      assertTrue(dies.process().endsWithin(WITHIN), () -> point + " was not come to");
      assertEquals(Child.KILLED, dies.process().exitCode(), () -> dies.process().printed());
    }
    Gateway gateway = city.startGateway("gateway", "");
    gateway.awaitReady();
    JournalAudit audit = city.audit();
    long before = audit.advance().counts().received();
    sent += publish(broker, events, STEP / 2);
    await("the gateway is at work", () -> audit.advance().counts().received() > before);
    broker.stop();
    await("the gateway misses the broker", () -> !gateway.isReady());
    broker.restart();
    gateway.awaitReady();
    sent += publish(broker, events, STEP / 2);
    comeAndDie(broker);
    gateway.process().kill();

    Gateway last = city.startGateway("gateway", "");
    sent += publish(broker, events, Integer.MAX_VALUE);
    last.awaitReady();
    city.awaitDrained(audit, Duration.ofSeconds(30));
    long all = sent;
    await("every offset is committed", () -> broker.committed(GROUP, TOPIC) == all);
    assertEquals(200, last.close(0));
    await("all is delivered", () -> city.erpBooks().entries() == 3);
    last.process().kill();

    // Each death may have had all that was sent until then come once more.
    Proof proof = city.proof(audit.advance(), 5 * sent);
    assertTrue(proof.holds(), () -> "the proof does not hold: " + City.wrong(proof));
    assertEquals(sent, city.manifest().expected().received());
    assertEquals(List.of(), city.violations());
    audit.judge();
    assertTrue(
        audit.counts().duplicate() > city.manifest().expected().duplicates(),
        "no death fell between a commit and its offset");
  }

  private static long publish(EmbeddedKafka broker, LoadEvents events, int most) {
    int sent = 0;
    try (KafkaProducer<byte[], byte[]> producer = broker.producer()) {
      byte[] payload;
      while (sent < most && (payload = events.next()) != null) {
        producer.send(new ProducerRecord<>(TOPIC, sent % PARTITIONS, null, payload));
        sent++;
      }
    }
    return sent;
  }

  /** A member that takes partitions over, reads, and ends without a commit. */
  private static void comeAndDie(EmbeddedKafka broker) {
    try (KafkaConsumer<byte[], byte[]> member =
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
            new ByteArrayDeserializer())) {
      member.subscribe(List.of(TOPIC));
      await(
          "it is given partitions",
          () -> {
            member.poll(Duration.ofMillis(50));
            return !member.assignment().isEmpty();
          });
    }
  }

  private static void await(String what, Callable<Boolean> outcome) {
    Awaitility.await(what).atMost(WITHIN).pollInterval(Duration.ofMillis(100)).until(outcome);
  }
}
