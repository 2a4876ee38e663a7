package io.millrace.tests.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.connectors.shard.CrashPoints;
import io.millrace.ops.demo.manifest.Proof;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A run in which gateway, broker and ERP are killed again and again. A gateway's death is a SIGKILL
 * or an end at a named point that is as abrupt; the next one starts under the same name on the same
 * database. Run another seed with {@code -Dcrash.seed=N}.
 */
class CrashIT {
  private static final long SEED = Long.getLong("crash.seed", 20_261_123);
  private static final int RANDOM_KILLS = 20;
  private static final int LAMPS = 400;
  private static final int HOURS = 2;

  /** The first commit of all: part of the lamps are subscribed, or none. */
  private static final String IN_IMPORT = CrashPoints.INSIDE_COMMIT + ":1";

  /** Where, and at the how-manieth time. */
  private static final List<String> POINTS =
      List.of(
          CrashPoints.AFTER_READ + ":9",
          CrashPoints.BEFORE_COMMIT + ":9",
          CrashPoints.INSIDE_COMMIT + ":9",
          CrashPoints.AFTER_COMMIT + ":4",
          CrashPoints.AFTER_ACKNOWLEDGE + ":4",
          CrashPoints.INSIDE_CHECKPOINT + ":2");

  /** Where a version of the catalog is activated; it does not matter to what is used before. */
  private static final List<String> ACTIVATIONS =
      List.of(CrashPoints.INSIDE_ACTIVATION, CrashPoints.AFTER_ACTIVATION);

  private static final Duration HIT_WITHIN = Duration.ofSeconds(60);
  private static final Duration QUIET = Duration.ofSeconds(20);

  private final SplittableRandom random = new SplittableRandom(SEED);

  @Test
  @Timeout(420)
  void killedAtEveryPointAndAtRandom_nothingIsLostAndNothingIsBookedTwice() throws Exception {
    int steps = POINTS.size() + ACTIVATIONS.size() + RANDOM_KILLS;
    try (City city = new City(Path.of("target/crash/points"), LAMPS, HOURS, SEED, steps)) {
      try {
        run(city);
      } catch (Throwable e) {
        System.err.println("seed " + SEED + ", logs in target/crash/points");
        System.err.println(city.complaints());
        throw e;
      }
    }
  }

  private void run(City city) throws Exception {
    dieAt(IN_IMPORT, city.startGateway("gateway", IN_IMPORT));
    for (String point : POINTS) {
      Gateway gateway = city.startGateway("gateway", point);
      gateway.awaitReadyOrEnd();
      if (city.lamps().progress().published() == 0) {
        city.startLamps();
      }
      city.pace().step();
      dieAt(point, gateway);
    }
    activate(city);
    for (int kill = 0; kill < RANDOM_KILLS; kill++) {
      killAtRandom(city, kill);
    }
    city.pace().free();
    JournalAudit audit = city.audit();
    closeBetweenPostAndConfirmation(city, audit);
    deliverToAnErpThatWasKilled(city);

    Proof proof = city.proof(audit.advance(), resent(city));
    assertTrue(proof.holds(), () -> "the proof does not hold: " + City.wrong(proof));
    assertEquals(List.of(), city.violations());
    audit.judge();
    assertTrue(
        audit.counts().duplicate() > city.manifest().expected().duplicates(),
        "no kill fell between a commit and its acknowledgement");
    assertTrue(
        audit.epochs().size() >= POINTS.size() + RANDOM_KILLS / 2,
        () -> "too few gateways lived to commit anything: " + audit.epochs());
    assertEquals(2, number(city, "select count(distinct rules) from journal"), "rules in use");
  }

  /** A gateway dies before it has activated a version, the next as soon as it has: one rule set. */
  private static void activate(City city) throws Exception {
    Instant tomorrow = Instant.now().truncatedTo(ChronoUnit.HOURS).plus(Duration.ofDays(1));
    String version = city.nextCatalog(tomorrow);
    for (String point : ACTIVATIONS) {
      Gateway gateway = city.startGateway("gateway", point + ":1");
      gateway.awaitReady();
      city.pace().step();
      assertEquals(Optional.empty(), gateway.activate(version));
      dieAt(point, gateway);
      int rules = point.equals(CrashPoints.AFTER_ACTIVATION) ? 2 : 1;
      assertEquals(rules, number(city, "select max(version) from rules"), point);
      assertEquals(0, number(city, "select count(*) from shard where rules <> " + rules), point);
    }
    Gateway gateway = city.startGateway("gateway", "");
    gateway.awaitReady();
    String again = gateway.activate(version).orElseThrow();
    assertTrue(again.contains("\"already\""), again);
    gateway.process().kill();
  }

  /** What may have arrived once more: what lamps sent again, and what each death left in flight. */
  private static long resent(City city) {
    return city.lamps().progress().resent()
        + (POINTS.size() + ACTIVATIONS.size() + RANDOM_KILLS + 4) * City.UNACKNOWLEDGED;
  }

  private static void dieAt(String point, Gateway gateway) throws InterruptedException {
    assertTrue(gateway.process().endsWithin(HIT_WITHIN), () -> point + " was not come to");
    assertEquals(
        Child.KILLED,
        gateway.process().exitCode(),
        () -> point + ": " + gateway.process().printed());
  }

  /** Most die at work, some while they start; twice the broker dies beside them. */
  private void killAtRandom(City city, int kill) throws Exception {
    Gateway gateway = city.startGateway("gateway", "");
    if (kill % 5 != 4) {
      gateway.awaitReady();
    }
    city.pace().step();
    if (kill % 10 == 6) {
      city.broker().kill();
      city.startBroker();
    }
    assertFalse(
        gateway.process().endsWithin(Duration.ofMillis(random.nextInt(100, 2_000))),
        () -> "ended by itself: " + gateway.process().printed());
    gateway.process().kill();
  }

  private void closeBetweenPostAndConfirmation(City city, JournalAudit audit) throws Exception {
    String point = CrashPoints.ERP_POSTED + ":1";
    Gateway gateway = city.startGateway("gateway", point);
    gateway.awaitReady();
    city.lamps().await(Duration.ofMinutes(2));
    city.awaitDrained(audit, QUIET);
    assertEquals(0, city.erpBooks().entries());
    int status = gateway.close(0); // -1 where it died before it could answer
    assertTrue(status == 200 || status == -1, () -> "the close was answered with " + status);
    dieAt(point, gateway);
    assertEquals(1, city.erpBooks().entries(), "the ERP has what nobody has written down");
    assertEquals(0, deliveries(city, "state = 'acknowledged'"));
  }

  private void deliverToAnErpThatWasKilled(City city) throws Exception {
    city.erp().kill();
    Gateway gateway = city.startGateway("gateway", "");
    gateway.awaitReady();
    await("a delivery has failed", () -> deliveries(city, "attempts >= 2") > 0);
    city.startErp();
    await("all is delivered", () -> deliveries(city, "state <> 'acknowledged'") == 0);
    gateway.process().kill();
  }

  private static void await(String what, Callable<Boolean> outcome) {
    Awaitility.await(what)
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(100))
        .until(outcome);
  }

  private static int deliveries(City city, String which) throws SQLException {
    return number(city, "select count(*) from outbox where " + which);
  }

  private static int number(City city, String sql) throws SQLException {
    try (Connection c = city.database().connection();
        Statement s = c.createStatement();
        ResultSet rs = s.executeQuery(sql)) {
      rs.next();
      return rs.getInt(1);
    }
  }
}
