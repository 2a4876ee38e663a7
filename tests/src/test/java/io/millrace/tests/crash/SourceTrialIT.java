package io.millrace.tests.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.connectors.files.FileClaim;
import io.millrace.connectors.files.FileReport;
import io.millrace.connectors.files.FileReports;
import io.millrace.connectors.files.LineCounts;
import io.millrace.connectors.files.SourceFiles;
import io.millrace.connectors.shard.CrashPoints;
import io.millrace.ops.demo.generator.LoadEvents;
import io.millrace.ops.demo.manifest.Proof;
import io.millrace.tests.house.Repository;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Ten thousand events with duplicates, poison and late ones over each source's example route: the
 * gateway dies between its commit and the broker's, before its commit, and at any time; the broker
 * goes and comes back; a reader that nobody knows comes and dies. Each event counts once.
 */
class SourceTrialIT {
  private static final long SEED = Long.getLong("crash.seed", 20_261_123);
  private static final int LAMPS = 84;
  private static final int HOURS = 2;
  private static final int STEP = 1_250;
  private static final Duration WITHIN = Duration.ofSeconds(60);

  @Test
  @Timeout(300)
  void kafka_eachEventCountsOnce() throws Exception {
    Path folder = Path.of("target/crash/kafka");
    try (City city = new City(folder, LAMPS, HOURS, SEED, 1);
        Wire wire = new KafkaWire(folder.resolve("wire"))) {
      explained(city, () -> run(city, wire, folder));
    }
  }

  @Test
  @Timeout(300)
  void amqp_eachEventCountsOnce() throws Exception {
    Path folder = Path.of("target/crash/amqp");
    try (City city = new City(folder, LAMPS, HOURS, SEED, 1);
        Wire wire = new AmqpWire(folder.resolve("wire"))) {
      explained(city, () -> run(city, wire, folder));
    }
  }

  @Test
  @Timeout(300)
  void pulsar_eachEventCountsOnce() throws Exception {
    Path folder = Path.of("target/crash/pulsar");
    try (City city = new City(folder, LAMPS, HOURS, SEED, 1);
        Wire wire = new PulsarWire(folder.resolve("wire"))) {
      explained(city, () -> run(city, wire, folder));
    }
  }

  @Test
  @Timeout(300)
  void sftp_eachEventCountsOnce() throws Exception {
    Path folder = Path.of("target/crash/sftp");
    try (City city = new City(folder, LAMPS, HOURS, SEED, 1);
        Wire wire = new SftpWire(folder.resolve("wire"), () -> stranger(city))) {
      explained(city, () -> run(city, wire, folder));
      filesAddUp(city);
    }
  }

  /** Two whole nodes share the subscription; the one that owns the shards dies. */
  @Test
  @Timeout(300)
  void pulsar_oneOfTwoNodesDiesAndEachEventCountsOnce() throws Exception {
    Path folder = Path.of("target/crash/pulsar-nodes");
    try (City city = new City(folder, LAMPS, HOURS, SEED, 1);
        Wire wire = new PulsarWire(folder.resolve("wire"))) {
      explained(city, () -> runTwo(city, wire, folder));
    }
  }

  private static void runTwo(City city, Wire wire, Path folder) throws Exception {
    readFrom(city, wire, folder);
    LoadEvents events = city.events();
    Gateway owner = city.startGateway("a", "");
    owner.awaitReady();
    Gateway other = city.startGateway("b", "");
    other.awaitLive();
    JournalAudit audit = city.audit();
    long sent = publish(wire, events, 2 * STEP);
    await("the owner charges", () -> audit.advance().counts().charged() > 0);
    owner.process().kill();
    sent += publish(wire, events, Integer.MAX_VALUE);
    other.awaitReady();
    finish(city, wire, other, audit, sent);
    Proof proof = city.proof(audit.advance(), 2 * sent);
    assertTrue(proof.holds(), () -> "the proof does not hold: " + City.wrong(proof));
    assertEquals(List.of(), city.violations());
    audit.judge();
  }

  /** What is said of each file is all of it, whoever read how much. */
  private static void filesAddUp(City city) throws SQLException {
    FileReports reports = new FileReports(city.database().pool(), city.tenant().id());
    for (FileReport each : reports.list("lamps", null, FileReports.MOST, Long.MAX_VALUE).files()) {
      LineCounts counts = each.counts();
      assertEquals(FileClaim.State.DONE, each.state());
      assertEquals(each.lines(), counts.charged() + counts.duplicate() + counts.suspended());
    }
  }

  private static SourceFiles stranger(City city) {
    try {
      return new SourceFiles(city.database().pool(), city.tenant().id(), "stranger");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private interface Trial {
    void run() throws Exception;
  }

  private static void explained(City city, Trial trial) throws Exception {
    try {
      trial.run();
    } catch (Throwable e) {
      System.err.println("seed " + SEED + "; " + city.complaints());
      throw e;
    }
  }

  private static void run(City city, Wire wire, Path folder) throws Exception {
    readFrom(city, wire, folder);
    LoadEvents events = city.events();
    long sent = publish(wire, events, 2 * STEP);
    for (String point : List.of(CrashPoints.AFTER_COMMIT + ":1", CrashPoints.AFTER_READ + ":2")) {
      Gateway dies = city.startGateway("gateway", point);
      dies.awaitReadyOrEnd();
      sent += publish(wire, events, STEP);
      assertTrue(dies.process().endsWithin(WITHIN), () -> point + " was not come to");
      assertEquals(Child.KILLED, dies.process().exitCode(), () -> dies.process().printed());
    }
    Gateway gateway = city.startGateway("gateway", "");
    gateway.awaitReady();
    JournalAudit audit = city.audit();
    long before = audit.advance().counts().received();
    sent += publish(wire, events, STEP);
    await("the gateway is at work", () -> audit.advance().counts().received() > before);
    wire.stop();
    await("the gateway misses the broker", () -> !gateway.isReady());
    wire.restart();
    gateway.awaitReady();
    wire.comeAndDie();
    sent += publish(wire, events, STEP);
    gateway.process().kill();

    Gateway last = city.startGateway("gateway", "");
    sent += publish(wire, events, Integer.MAX_VALUE);
    last.awaitReady();
    finish(city, wire, last, audit, sent);
    judge(city, audit.advance(), sent);
  }

  private static void readFrom(City city, Wire wire, Path folder) throws Exception {
    Path routes = Files.createDirectories(folder.resolve("routes"));
    Files.copy(
        Repository.root().resolve("routes/examples").resolve(wire.route()),
        routes.resolve(wire.route()));
    city.readFrom(routes.toAbsolutePath(), wire.properties());
  }

  private static void finish(City city, Wire wire, Gateway last, JournalAudit audit, long sent)
      throws Exception {
    city.awaitDrained(audit, Duration.ofSeconds(30));
    await("everything is acknowledged", () -> wire.isAcknowledged(sent));
    assertEquals(200, last.close(0));
    await("all is delivered", () -> city.erpBooks().entries() == 3);
    last.process().kill();
  }

  private static void judge(City city, JournalAudit audit, long sent) throws Exception {
    // Each death may have had all that was sent until then come once more.
    Proof proof = city.proof(audit, 5 * sent);
    assertTrue(proof.holds(), () -> "the proof does not hold: " + City.wrong(proof));
    assertEquals(sent, city.manifest().expected().received());
    assertEquals(List.of(), city.violations());
    audit.judge();
    assertTrue(
        audit.counts().duplicate() > city.manifest().expected().duplicates(),
        "no death fell between a commit and its acknowledgement");
  }

  private static long publish(Wire wire, LoadEvents events, int most) throws Exception {
    List<byte[]> payloads = new ArrayList<>();
    byte[] payload;
    while (payloads.size() < most && (payload = events.next()) != null) {
      payloads.add(payload);
    }
    wire.publish(payloads);
    return payloads.size();
  }

  private static void await(String what, Callable<Boolean> outcome) {
    Awaitility.await(what).atMost(WITHIN).pollInterval(Duration.ofMillis(100)).until(outcome);
  }
}
