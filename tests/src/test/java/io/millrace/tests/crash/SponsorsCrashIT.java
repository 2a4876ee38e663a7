package io.millrace.tests.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.connectors.check.Books;
import io.millrace.connectors.shard.CrashPoints;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Sponsors pay for devices, pools are used, buckets of money are filled and drawn on while the
 * gateway is killed and another node takes over. In the end each account, each sponsor and each
 * bucket has, to the unit, what all of it comes to; the books balance, and the journal says the
 * same. Run another seed with {@code -Dcrash.seed=N}.
 */
class SponsorsCrashIT {
  private static final long SEED = Long.getLong("crash.seed", 20_261_127);

  /** Where each gateway ends; it is killed at random where that is nowhere, or not come to. */
  private static final List<String> ENDS =
      List.of(
          CrashPoints.INSIDE_COMMIT + ":60",
          "",
          CrashPoints.AFTER_COMMIT + ":80",
          CrashPoints.BEFORE_COMMIT + ":100",
          "");

  @Test
  @Timeout(180)
  void sponsorsPoolsAndBucketsUnderKills_haveWhatAllComesTo() throws Exception {
    Path folder = Path.of("target/crash/sponsors");
    try (City city = new City(folder, 1, 1, SEED, ENDS.size())) {
      try {
        run(city, new Fleet(city, folder, SEED));
      } catch (Throwable e) {
        System.err.println("seed " + SEED + ", logs in " + folder);
        System.err.println(city.complaints());
        throw e;
      }
    }
  }

  private static void run(City city, Fleet fleet) throws Exception {
    Gateway first = city.startGateway("gateway", "");
    first.awaitReady();
    fleet.open(first);
    first.process().kill();
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < ENDS.size(); i++) {
      Gateway gateway = city.startGateway("gateway" + (i % 2 == 0 ? "-2" : ""), ENDS.get(i));
      gateway.awaitReadyOrEnd();
      int millis = ENDS.get(i).isEmpty() ? random.nextInt(1_000, 2_500) : 10_000;
      fleet.ask(gateway, () -> end(gateway, millis));
    }
    Gateway last = city.startGateway("gateway-2", "");
    last.awaitReady();
    fleet.finish(last);
    Awaitility.await("nothing is under way between shards")
        .atMost(Duration.ofSeconds(20))
        .until(() -> number(city, "select count(*) from message") == 0);
    fleet.judge(last);
    last.process().kill();
    assertEquals(fleet.paid(), paidIn(city));
    assertEquals(List.of(), city.violations());
    JournalAudit audit = city.audit();
    audit.advance();
    audit.judge();
    BankBooks.moveToTheWrongAccount(city.database()); // A checker that can't fail proves nothing.
    assertEquals(
        List.of(Books.Check.TOP_UPS_ARE_TOLD, Books.Check.DEPOSITS_ARE_CHANGES),
        city.violations().stream()
            .map(Books.Finding::check)
            .filter(c -> c != Books.Check.TURNOVER_IS_POSTINGS)
            .toList());
    System.out.printf(
        "%d requests answered, %d asked again; %d charges that sponsors pay for%n",
        fleet.answers,
        fleet.again,
        number(city, "select count(*) from charge where offer like 'sponsored:%' and amount > 0"));
    assertTrue(fleet.answers > 100 && fleet.again >= ENDS.size() - 1, "too little was done");
    assertTrue(
        number(
                city,
                "select count(*) from posting p join account a on a.tenant = p.tenant"
                    + " and a.id = p.account where a.kind = 'in-transit'")
            > 10,
        "no sponsor's shard was another");
  }

  private static void end(Gateway gateway, int millis) {
    try {
      if (!gateway.process().endsWithin(Duration.ofMillis(millis))) {
        gateway.process().kill();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** What accounts' histories say was paid in, as {@link Fleet#paid}. */
  private static Map<String, Long> paidIn(City city) throws SQLException {
    Map<String, Long> paid = new TreeMap<>();
    try (Connection c = city.database().connection();
        Statement s = c.createStatement();
        ResultSet rs =
            s.executeQuery(
                "select a.name || '/' || h.bucket, sum(h.amount) from account_change h"
                    + " join account a on a.tenant = h.tenant and a.id = h.account"
                    + " where h.kind = 'top-up' group by 1")) {
      while (rs.next()) {
        paid.put(rs.getString(1), rs.getLong(2));
      }
    }
    return paid;
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
