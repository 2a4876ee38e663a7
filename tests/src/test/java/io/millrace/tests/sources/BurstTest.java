package io.millrace.tests.sources;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.catalog.CatalogFile;
import io.millrace.connectors.shard.CrashPoints;
import io.millrace.connectors.source.Lag;
import io.millrace.connectors.source.SourceState.Slot;
import io.millrace.connectors.tenant.Device;
import io.millrace.ops.embedded.EmbeddedDatabase;
import io.millrace.ops.node.CamelNode;
import io.millrace.ops.node.Node;
import io.millrace.ops.node.NodeClock;
import io.millrace.ops.node.NodeConfig;
import io.millrace.ops.node.SourceFace;
import io.millrace.processors.shard.SourceCounts;
import io.millrace.tests.house.Repository;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Ten times the ordinary at once: what the node holds of it is bounded by the route's {@code
 * inFlight}, the rest waits with the broker and is told as lag, and all of it is charged.
 */
class BurstTest {
  private static final Instant START = Instant.parse("2026-11-01T23:00:00Z");
  private static final int ORDINARY = 3_000;
  private static final int IN_FLIGHT = 2_000;

  /** Records of one poll, which may come on top. */
  private static final int POLL = 2_000;

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path folder;

  private Node node(EmbeddedDatabase database, EmbeddedKafka kafka) throws Exception {
    Path routes = Files.createDirectories(folder.resolve("routes"));
    String route =
        Files.readString(
            Repository.root().resolve("routes/examples").resolve("kafka-lamps.camel.yaml"));
    Files.writeString(
        routes.resolve("kafka-lamps.camel.yaml"),
        route.replace("readers: 2", "readers: 1, inFlight: " + IN_FLIGHT));
    byte[] text;
    try (var in = CatalogFile.class.getResourceAsStream("templates/smart-city.yaml")) {
      text = in.readAllBytes();
    }
    Node node =
        Node.start(
            new NodeConfig(
                "burst",
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
                Map.of("kafka.brokers", kafka.brokers())),
            text,
            ((CatalogFile.Result.Accepted) CatalogFile.read("smart-city.yaml", text)).catalog(),
            NodeClock.simulated(START::toEpochMilli),
            CrashPoints.NONE);
    node.importDevices(
        IntStream.range(0, 100)
            .mapToObj(i -> new Device("lamp-" + i, "city", "lamp", START, Optional.empty()))
            .toList(),
        n -> {});
    return node;
  }

  private static void publish(EmbeddedKafka kafka, int from, int to) {
    try (KafkaProducer<byte[], byte[]> producer = kafka.producer()) {
      for (int i = from; i < to; i++) {
        String event =
            """
            {"specversion":"1.0","id":"%d","source":"/burst","type":"lamp.report",\
            "subject":"lamp-%d","time":"%s","data":{"wh":0.412}}\
            """
                .formatted(i, i % 100, START.plusMillis(i % 1_000));
        producer.send(new ProducerRecord<>("lamps", event.getBytes(StandardCharsets.UTF_8)));
      }
    }
  }

  private static long lag(SourceFace source) {
    return source.lag().map(Lag::count).orElse(-1L);
  }

  private static boolean isLevel(CamelNode camel, long charged) throws Exception {
    SourceFace source = camel.operator().sources().find("lamps");
    SourceCounts counts = camel.operator().counts().get("/burst");
    return counts != null && counts.charged() == charged && lag(source) == 0;
  }

  @Test
  @Timeout(180)
  void tenTimesTheOrdinaryAtOnce_isHeldWithinBoundsAndChargedInFull() throws Exception {
    try (EmbeddedDatabase database = EmbeddedDatabase.start(folder.resolve("database"), 0);
        EmbeddedKafka kafka = EmbeddedKafka.start(folder.resolve("kafka"))) {
      kafka.createTopic("lamps", 1);
      try (Node node = node(database, kafka);
          CamelNode camel = CamelNode.start(node)) {
        publish(kafka, 0, ORDINARY);
        await("the ordinary").atMost(PATIENCE).until(() -> isLevel(camel, ORDINARY));

        camel.operator().sources().suspend("lamps");
        publish(kafka, ORDINARY, 11 * ORDINARY);
        camel.operator().sources().resume("lamps");
        long[] most = new long[2];
        await("the burst")
            .atMost(PATIENCE)
            .pollInterval(Duration.ofMillis(5))
            .until(
                () -> {
                  SourceFace source = camel.operator().sources().find("lamps");
                  most[0] = Math.max(most[0], lag(source));
                  most[1] =
                      Math.max(most[1], source.slots().stream().mapToLong(Slot::inFlight).sum());
                  return isLevel(camel, 11 * ORDINARY);
                });
        assertTrue(most[0] > 5 * ORDINARY, () -> "a lag of " + most[0] + " was no burst");
        assertTrue(most[1] > 0 && most[1] < IN_FLIGHT + POLL, () -> most[1] + " were held");
        assertEquals(
            List.of(0L, 0L),
            camel.operator().sources().find("lamps").slots().stream()
                .flatMap(s -> List.of(s.inFlight(), s.oldestMillis()).stream())
                .toList());
        assertEquals(11L * ORDINARY, camel.operator().counts().get("/burst").received());
      }
    }
  }
}
