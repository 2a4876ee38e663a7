package io.millrace.tests.crash;

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
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Ten times the ordinary at once over each source's example route: what the node holds of it is
 * bounded by the route's {@code inFlight}, up to which its limit rises; the rest waits with the
 * broker, and is told as lag where it tells; all of it is charged, and nothing is left in flight.
 */
@Timeout(120)
class SourceBurstIT {
  private static final Instant START = Instant.parse("2026-11-01T23:00:00Z");
  private static final int ORDINARY = 1_000;
  private static final int ALL = 11 * ORDINARY;
  private static final int IN_FLIGHT = 500;

  /** Bodies, fewer than there are clients. */
  private static final int BODIES = 8;

  /** Of one poll or one batch of lines, which may come on top of a limit. */
  private static final int AT_ONCE = 2_000;

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir static Path folder;
  private static final Map<String, Sender> SENDERS = new LinkedHashMap<>();
  private static final HttpSender HTTP = new HttpSender();
  private static EmbeddedDatabase database;
  private static Node node;
  private static CamelNode camel;

  @BeforeAll
  static void start() throws Exception {
    SENDERS.put("kafka", new KafkaWire(folder.resolve("kafka")));
    SENDERS.put("amqp", new AmqpWire(folder.resolve("amqp")));
    SENDERS.put("pulsar", new PulsarWire(folder.resolve("pulsar")));
    SENDERS.put(
        "sftp",
        new SftpWire(
            folder.resolve("sftp"),
            () -> {
              throw new AssertionError("no stranger comes");
            }));
    SENDERS.put("mqtt", new MqttSender(folder.resolve("mqtt")));
    SENDERS.put("http", HTTP);
    Path routes = Files.createDirectories(folder.resolve("routes"));
    Map<String, String> properties = new HashMap<>();
    for (Map.Entry<String, Sender> each : SENDERS.entrySet()) {
      Files.writeString(
          routes.resolve(each.getKey() + ".camel.yaml"), route(each.getKey(), each.getValue()));
      properties.putAll(each.getValue().properties());
    }
    database = EmbeddedDatabase.start(folder.resolve("database"), 0);
    byte[] catalog = CatalogFile.template("smart-city.yaml");
    node =
        Node.start(
            new NodeConfig(
                "burst",
                "city",
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
                properties),
            catalog,
            ((CatalogFile.Result.Accepted) CatalogFile.read("smart-city.yaml", catalog)).catalog(),
            NodeClock.simulated(START::toEpochMilli),
            CrashPoints.NONE);
    node.importDevices(
        IntStream.range(0, 100)
            .mapToObj(i -> new Device("lamp-" + i, "city", "lamp", START, Optional.empty()))
            .toList(),
        n -> {});
    camel = CamelNode.start(node);
    HTTP.node(camel.url());
    await().atMost(PATIENCE).until(camel::isReady);
  }

  @AfterAll
  static void stop() throws Exception {
    camel.close();
    node.close();
    database.close();
    for (Sender each : SENDERS.values()) {
      each.close();
    }
  }

  /** The example's, with a name of its own and a bound that a burst comes to. */
  private static String route(String kind, Sender sender) throws Exception {
    String route =
        Files.readString(Repository.root().resolve("routes/examples").resolve(sender.route()));
    String bound = "inFlight: " + inFlight(kind);
    String bounded =
        route
            .replaceFirst("( +)source: \\w+\n", "$1source: " + kind + "\n$1" + bound + "\n")
            .replaceFirst("\\{source: \\w+", "{source: " + kind + ", " + bound);
    assertTrue(bounded.contains(bound), route);
    return bounded;
  }

  private static int inFlight(String kind) {
    return kind.equals("http") ? BODIES : IN_FLIGHT;
  }

  private static List<byte[]> events(String kind, int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(
            i ->
                """
                {"specversion":"1.0","id":"%d","source":"/burst/%s","type":"lamp.report",\
                "subject":"lamp-%d","time":"%s","data":{"wh":0.412}}\
                """
                    .formatted(i, kind, i % 100, START.plusMillis(i % 1_000))
                    .getBytes(StandardCharsets.UTF_8))
        .toList();
  }

  private static SourceFace face(String kind) throws Exception {
    return camel.operator().sources().find(kind);
  }

  private static long sum(String kind, ToLongFunction<Slot> of) throws Exception {
    return face(kind).slots().stream().mapToLong(of).sum();
  }

  private static boolean isLevel(String kind, long charged) throws Exception {
    SourceCounts counts = camel.operator().counts().get("/burst/" + kind);
    return counts != null
        && counts.charged() == charged
        && sum(kind, Slot::inFlight) == 0
        && sum(kind, Slot::oldestMillis) == 0
        && face(kind).lag().map(Lag::count).orElse(0L) == 0;
  }

  private static CompletableFuture<Void> publish(String kind, int from, int to) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            SENDERS.get(kind).publish(events(kind, from, to));
          } catch (Exception e) {
            throw new CompletionException(e);
          }
        });
  }

  /** The most that was seen meanwhile. */
  private record Most(long lag, long inFlight, long limit, long limitBefore) {
    Most or(SourceFace face) {
      return new Most(
          Math.max(lag, face.lag().map(Lag::count).orElse(0L)),
          Math.max(inFlight, face.slots().stream().mapToLong(Slot::inFlight).sum()),
          Math.max(limit, face.slots().stream().mapToLong(Slot::limit).sum()),
          limitBefore);
    }
  }

  private static Most burst(String kind) throws Exception {
    publish(kind, 0, ORDINARY).get();
    await("the ordinary").atMost(PATIENCE).until(() -> isLevel(kind, ORDINARY));

    Most[] most = {new Most(0, 0, 0, sum(kind, Slot::limit))};
    boolean isPulled = !kind.equals("http");
    if (isPulled) {
      camel.operator().sources().suspend(kind);
    }
    CompletableFuture<Void> sending = publish(kind, ORDINARY, ALL);
    if (isPulled) {
      sending.get();
      camel.operator().sources().resume(kind);
    }
    await("the burst")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(5))
        .until(
            () -> {
              most[0] = most[0].or(face(kind));
              return isLevel(kind, ALL);
            });
    sending.get();
    // The file of the last lines, say, is moved after their commit.
    long slots = face(kind).slots().size();
    long bound = slots * (inFlight(kind) + (isPulled ? AT_ONCE : CLIENT_THREADS));
    assertTrue(most[0].inFlight > 0 && most[0].inFlight <= bound, most[0]::toString);
    assertEquals(ALL, camel.operator().counts().get("/burst/" + kind).received());
    isShownOverJmx(kind);
    return most[0];
  }

  /** The same over JMX; a body of usage is one message. */
  private static void isShownOverJmx(String kind) throws Exception {
    MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    ObjectName name =
        server.queryNames(new ObjectName("io.millrace:type=Source,*"), null).stream()
            .filter(each -> each.getKeyProperty("name").replace("\"", "").equals(kind))
            .findFirst()
            .orElseThrow();
    assertEquals("running", server.getAttribute(name, "State"));
    assertEquals(sum(kind, Slot::received), server.getAttribute(name, "Received"));
    assertEquals(sum(kind, Slot::acknowledged), server.getAttribute(name, "Acknowledged"));
    assertTrue((long) server.getAttribute(name, "Acknowledged") > 0);
    assertEquals(0L, server.getAttribute(name, "InFlight"));
    assertEquals(0L, server.getAttribute(name, "OldestMillis"));
    assertTrue((long) server.getAttribute(name, "Limit") > 0);
    assertTrue((long) server.getAttribute(name, "Lag") <= 0, "-1 where nobody tells");
    CompositeData[] checks = (CompositeData[]) server.invoke(name, "test", null, null);
    assertTrue(checks.length > 0);
    for (CompositeData check : checks) {
      assertEquals(true, check.get("good"), check::toString);
    }
  }

  /** Requests that may look at the limit at the same moment. */
  private static final int CLIENT_THREADS = 32;

  @Test
  void kafka_burstIsHeldWithinBoundsAndChargedInFull() throws Exception {
    Most most = burst("kafka");
    assertTrue(most.lag > 5 * ORDINARY, most::toString);
    assertTrue(most.limit > most.limitBefore, most::toString);
  }

  @Test
  void amqp_burstIsHeldWithinBoundsAndChargedInFull() throws Exception {
    Most most = burst("amqp");
    assertTrue(most.inFlight <= 2 * IN_FLIGHT, most::toString);
    assertTrue(most.limit >= IN_FLIGHT, most::toString);
  }

  @Test
  void pulsar_burstIsHeldWithinBoundsAndChargedInFull() throws Exception {
    Most most = burst("pulsar");
    assertTrue(most.inFlight <= 2 * IN_FLIGHT, most::toString);
    assertTrue(most.limit >= IN_FLIGHT, most::toString);
  }

  /** Its files are shorter than what may come on top of a limit, which need not rise for them. */
  @Test
  void sftp_burstIsHeldWithinBoundsAndChargedInFull() throws Exception {
    Most most = burst("sftp");
    assertTrue(most.lag > 5, most::toString);
  }

  @Test
  void mqtt_burstIsHeldWithinBoundsAndChargedInFull() throws Exception {
    Most most = burst("mqtt");
    assertTrue(most.inFlight <= 2 * IN_FLIGHT, most::toString);
    assertTrue(most.limit >= IN_FLIGHT, most::toString);
  }

  @Test
  void http_burstIsHeldWithinBoundsAndChargedInFull() throws Exception {
    Most most = burst("http");
    assertTrue(most.lag > 0, most::toString);
    assertEquals(BODIES, most.limit);
    assertTrue(HTTP.refused.get() > 0, "nobody was asked to wait");
  }
}
