package io.millrace.tests.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.connectors.shard.CrashPoints;
import io.millrace.ops.demo.generator.Load;
import io.millrace.ops.demo.manifest.Proof;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Lamps that are sold on again and again while they report and the gateway is killed: each sale
 * takes a lamp with its windows to another shard. All sales are of days ahead, so that whatever
 * shard an event comes to, it is the first owner's, and the manifest of a run without sales is the
 * proof of this one. Run another seed with {@code -Dcrash.seed=N}.
 */
class DeviceMovesIT {
  private static final long SEED = Long.getLong("crash.seed", 20_261_126);
  private static final int LAMPS = 300;
  private static final int HOURS = 2;

  /** How each gateway ends: at a point, or killed at random. */
  private static final List<String> ENDS =
      List.of(
          "",
          CrashPoints.BEFORE_COMMIT + ":25",
          "",
          CrashPoints.INSIDE_COMMIT + ":25",
          "",
          CrashPoints.AFTER_COMMIT + ":25",
          "",
          CrashPoints.INSIDE_CHECKPOINT + ":3",
          "",
          "",
          "");

  private static final Duration QUIET = Duration.ofSeconds(20);
  private static final Pattern REFUSED = Pattern.compile("\"refused\" *: *([0-9]+)");

  private final SplittableRandom random = new SplittableRandom(SEED);
  private final Instant tomorrow =
      Instant.now().truncatedTo(ChronoUnit.HOURS).plus(Duration.ofDays(1));

  /** How often each lamp has been sold, as was answered. */
  private final int[] sold = new int[LAMPS + 1];

  private final AtomicLong answered = new AtomicLong();

  @Test
  @Timeout(420)
  void lampsAreSoldUnderLoadAndKills_everyEventIsChargedOnce() throws Exception {
    Path folder = Path.of("target/crash/moves");
    try (City city = new City(folder, LAMPS, HOURS, SEED, ENDS.size())) {
      try {
        run(city);
      } catch (Throwable e) {
        System.err.println("seed " + SEED + ", logs in " + folder);
        System.err.println(city.complaints());
        throw e;
      }
    }
  }

  private void run(City city) throws Exception {
    for (String end : ENDS) {
      Gateway gateway = city.startGateway("gateway", end);
      gateway.awaitReadyOrEnd();
      if (city.lamps().progress().published() == 0) {
        city.startLamps();
      }
      city.pace().step();
      CompletableFuture<Void> sales = CompletableFuture.runAsync(() -> sell(gateway));
      int millis = end.isEmpty() ? random.nextInt(500, 2_500) : 20_000;
      if (!gateway.process().endsWithin(Duration.ofMillis(millis))) {
        gateway.process().kill();
      }
      sales.join();
    }
    city.pace().free();
    Gateway gateway = city.startGateway("gateway", "");
    gateway.awaitReady();
    CompletableFuture<Void> sales = CompletableFuture.runAsync(() -> sellAll(gateway));
    city.lamps().await(Duration.ofMinutes(2));
    sales.join();
    JournalAudit audit = city.audit();
    city.awaitDrained(audit, QUIET);
    assertEquals(200, gateway.close(0));
    Awaitility.await("all is delivered")
        .atMost(Duration.ofSeconds(60))
        .until(
            () ->
                number(city, "select count(*) from outbox") > 0
                    && number(city, "select count(*) from outbox where state <> 'acknowledged'")
                        == 0);
    gateway.process().kill();

    long resent = city.lamps().progress().resent() + (ENDS.size() + 1) * City.UNACKNOWLEDGED;
    Proof proof = city.proof(audit.advance(), resent);
    assertTrue(proof.holds(), () -> "the proof does not hold: " + City.wrong(proof));
    assertEquals(List.of(), city.violations());
    audit.judge();
    moved(city);
  }

  /** What was sold is in the directory, each sale once, and most of it in another shard. */
  private void moved(City city) throws SQLException {
    assertEquals(0, number(city, "select count(*) from message"));
    assertEquals(
        0,
        number(
            city,
            "select count(*) from (select subject from subscription group by subject"
                + " having count(*) <> 1 + count(takes_over)) broken"));
    long sales = number(city, "select count(takes_over) from subscription");
    assertTrue(answered.get() >= 2 * LAMPS, () -> answered + " sales were answered");
    assertEquals(answered.get(), sales, "sales in the directory");
    assertTrue(
        number(
                city,
                "select count(*) from subscription s join subscription b on b.id = s.takes_over"
                    + " where b.shard <> s.shard")
            > sales / 2);
    long shards = number(city, "select count(distinct shard) from charge where events > 0");
    assertTrue(
        number(
                city,
                "select count(*) from (select subscription from charge where events > 0"
                    + " group by subscription having count(distinct shard) > 1) c")
            > LAMPS / 2,
        () -> "hardly a lamp was charged in two of " + shards + " shards");
  }

  /** Sells some lamps, again and again, until the gateway is dead. */
  private void sell(Gateway gateway) {
    while (gateway.process().isAlive()) {
      TreeSet<Integer> some = new TreeSet<>();
      for (int i = 0; i < LAMPS / 4; i++) {
        some.add(1 + random.nextInt(LAMPS));
      }
      sell(gateway, List.copyOf(some));
    }
  }

  /** What was asked for and not answered is answered now. */
  private void sellAll(Gateway gateway) {
    List<Integer> all = new ArrayList<>();
    for (int lamp = 1; lamp <= LAMPS; lamp++) {
      all.add(lamp);
    }
    assertTrue(sell(gateway, all), "the last list was not answered");
  }

  private boolean sell(Gateway gateway, List<Integer> lamps) {
    StringBuilder csv = new StringBuilder("subject,account,offer,from,to\n");
    for (int lamp : lamps) {
      csv.append(Load.subject(lamp))
          .append(",owner-")
          .append(sold[lamp] % 7)
          .append(",lamp,")
          .append(tomorrow.plus(Duration.ofHours(sold[lamp])))
          .append(",\n");
    }
    try {
      Optional<String> answer = gateway.importDevices(csv.toString());
      answer.ifPresent(
          body -> {
            Matcher refused = REFUSED.matcher(body);
            assertTrue(refused.find() && refused.group(1).equals("0"), body);
            lamps.forEach(lamp -> sold[lamp]++);
            answered.addAndGet(lamps.size());
          });
      return answer.isPresent();
    } catch (InterruptedException e) {
      throw new CompletionException(e);
    }
  }

  private static long number(City city, String sql) throws SQLException {
    try (Connection c = city.database().connection();
        Statement s = c.createStatement();
        ResultSet rs = s.executeQuery(sql)) {
      rs.next();
      return rs.getLong(1);
    }
  }
}
