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
 * Sponsors pay for devices, two of them as far as their balances reach, pools are used, buckets of
 * money and of units are filled and drawn on while the gateway is killed, slices of balances being
 * lent, and another node takes over. In the end each account, each sponsor and each bucket has, to
 * the unit, what all of it comes to; the books balance, and the journal says the same. Run another
 * seed with {@code -Dcrash.seed=N}.
 */
class SponsorsCrashIT {
  private static final long SEED = Long.getLong("crash.seed", 20_261_127);

  /** Where each gateway ends; it is killed at random where that is nowhere, or not come to. */
  private static final List<String> ENDS =
      List.of(
          CrashPoints.INSIDE_COMMIT + ":60",
          "",
          CrashPoints.INSIDE_CHECKPOINT + ":4",
          CrashPoints.AFTER_COMMIT + ":80",
          CrashPoints.BEFORE_COMMIT + ":100",
          "");

  /** What is lent to shards that the account is not in. */
  private static final String LENT = "select count(*) from lent where amount < 0";

  /** What accounts' histories say was paid in, as {@link Fleet#paid}. */
  private static final String PAID_IN = changes("top-up");

  private static final String ENDED = changes("expired");

  /** The ledger of units, of use or not; of those that buckets had that ended, 0 is left. */
  private static final String UNITS =
      "select a.name, sum(p.quantity) from unit_posting p join account a on a.tenant = p.tenant"
          + " and a.id = p.account where p.name %s 'drawn' group by 1";

  /** What those units come to that sealed charges say were used and are not paid for. */
  private static final String NOT_PRICED =
      "select a.name, sum(c.amount) - %d * sum(c.quantity) from charge c"
          + " join account a on a.tenant = c.tenant and a.id = c.account"
          + " where c.offer = 'addon' group by 1";

  private static String changes(String kind) {
    return "select a.name || '/' || h.bucket, sum(h.amount) from account_change h"
        + " join account a on a.tenant = h.tenant and a.id = h.account where h.kind = '"
        + kind
        + "' group by 1";
  }

  @Test
  @Timeout(300)
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
    long underWay = 0;
    for (int i = 0; i < ENDS.size(); i++) {
      Gateway gateway = city.startGateway("gateway" + (i % 2 == 0 ? "-2" : ""), ENDS.get(i));
      gateway.awaitReadyOrEnd();
      int millis = ENDS.get(i).isEmpty() ? random.nextInt(1_000, 2_500) : 10_000;
      fleet.ask(gateway, () -> end(gateway, millis));
      assertTrue(number(city, LENT) > 0, "nothing was lent as gateway " + i + " ended");
      underWay += number(city, "select count(*) from message where lender is not null");
    }
    Gateway last = city.startGateway("gateway-2", "");
    last.awaitReady();
    fleet.finish(last);
    Awaitility.await("what is over is gone, and nothing is under way between shards")
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () -> {
              assertEquals(0, number(city, "select count(*) from message"));
              assertEquals(fleet.ended(), sums(city, ENDED));
            });
    Awaitility.await("some window is over in which units covered use")
        .atMost(Duration.ofSeconds(90))
        .until(() -> !sums(city, UNITS.formatted("=")).isEmpty());
    fleet.judge(last);
    last.process().kill();
    assertEquals(fleet.paid(), sums(city, PAID_IN));
    assertEquals(fleet.addOns().posted(), sums(city, UNITS.formatted("<>")));
    // Not all of it is sealed yet, and what is not may give back more than it draws.
    Map<String, Long> sealed = sums(city, UNITS.formatted("="));
    sealed.replaceAll((account, units) -> units * Fleet.FIRST);
    assertEquals(sums(city, NOT_PRICED.formatted(Fleet.FIRST)), sealed);
    assertEquals(List.of(), city.violations());
    JournalAudit audit = city.audit();
    audit.advance();
    audit.judge();
    audit.judgeCheckpoints();
    assertFaultsAreFound(city);
    System.out.printf(
        "%d requests answered, %d asked again; %d charges that sponsors pay for,"
            + " %d slices under way at kills, %d buckets ended%n",
        fleet.answers(),
        fleet.again(),
        number(city, "select count(*) from charge where offer like 'sponsored:%' and amount > 0"),
        underWay,
        fleet.ended().size());
    assertTrue(fleet.answers() > 100 && fleet.again() >= ENDS.size() - 1, "too little was done");
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

  /** A checker that can't fail proves nothing. */
  private static void assertFaultsAreFound(City city) throws SQLException {
    execute(
        city,
        "update lent set amount = amount + 1 where ctid ="
            + " (select ctid from lent where amount < 0 limit 1)");
    execute(
        city,
        "update unit_posting set quantity = quantity - 1 where ctid ="
            + " (select ctid from unit_posting where name = 'top-up' limit 1)");
    BankBooks.moveToTheWrongAccount(city.database());
    assertEquals(
        List.of(
            Books.Check.TOP_UPS_ARE_TOLD,
            Books.Check.DEPOSITS_ARE_CHANGES,
            Books.Check.LENT_IS_THERE_OR_UNDER_WAY,
            Books.Check.UNITS_ARE_POSTED),
        city.violations().stream()
            .map(Books.Finding::check)
            .filter(c -> c != Books.Check.TURNOVER_IS_POSTINGS)
            .toList());
  }

  private static void execute(City city, String update) throws SQLException {
    try (Connection c = city.database().connection();
        Statement s = c.createStatement()) {
      assertEquals(1, s.executeUpdate(update));
    }
  }

  /** The sums of a query's rows by name; what is not 0. */
  private static Map<String, Long> sums(City city, String sql) throws SQLException {
    Map<String, Long> sums = new TreeMap<>();
    try (Connection c = city.database().connection();
        Statement s = c.createStatement();
        ResultSet rs = s.executeQuery(sql)) {
      while (rs.next()) {
        sums.put(rs.getString(1), rs.getLong(2));
      }
    }
    sums.values().removeIf(n -> n == 0);
    return sums;
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
