package io.millrace.connectors.tenant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.CatalogFile;
import io.millrace.catalog.Succession.Fault;
import io.millrace.connectors.explain.ChargeStore;
import io.millrace.connectors.explain.Explainer;
import io.millrace.connectors.explain.StoredCharge;
import io.millrace.connectors.shard.CrashPoints;
import io.millrace.connectors.tenant.CatalogVersions.Outcome;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Versions of a catalog, activated and taken back over a real database while shards commit. */
class CatalogVersionsTest extends MovingLamps {
  private static final int CHANGE = 210;
  private static final int MINUTES = 260;

  /** A version that begins in the middle of a period, dearer and without a lease. */
  private static String dearer() {
    return CATALOG
        .replace("effective: 2026-11-02", "effective: " + Instant.ofEpochMilli(at(CHANGE)))
        .replace("per-unit: 0.07", "per-unit: 0.11")
        .replace("      lease: {recurring: 0.10, every: day}\n", "");
  }

  private static Catalog read(String text) {
    return switch (CatalogFile.read("next.yaml", text.getBytes(StandardCharsets.UTF_8))) {
      case CatalogFile.Result.Accepted a -> a.catalog();
      case CatalogFile.Result.Rejected r -> throw new AssertionError(r.problems());
    };
  }

  private CatalogVersions versions() {
    return new CatalogVersions(database.pool(), tenant, CrashPoints.NONE);
  }

  private Outcome activate(String text) throws Exception {
    Instant now = Instant.ofEpochMilli(clock.get());
    return versions().activate(read(text), text.getBytes(StandardCharsets.UTF_8), now);
  }

  private List<String> codes(Outcome outcome) {
    return assertInstanceOf(Outcome.Refused.class, outcome).faults().stream()
        .map(Fault::code)
        .toList();
  }

  private long minute() {
    return (clock.get() - START.toEpochMilli()) / 60_000;
  }

  @Test
  void versionActivatedUnderLoad_pricesWhatIsUsedFromThenOn() throws Exception {
    String next = dearer();
    for (int minute = 0; minute < MINUTES; minute++) {
      clock.set(at(minute));
      for (int lamp = 0; lamp < LAMPS; lamp++) {
        send(new Sent(lamp, minute, fresh));
        if (minute > 30 && lamp % 7 == 0) {
          send(new Sent(lamp, minute - 30, fresh)); // A duplicate, before and after the change.
        }
      }
      if (minute == 40) {
        assertEquals(new Outcome.Done(2), activate(next));
        assertEquals(new Outcome.Already(2), activate(next));
      }
      if (minute == 120 || minute == CHANGE + 20) {
        startHost();
      }
      sendAgain();
    }
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              sendAgain();
              return open.get() == 0 && again.isEmpty();
            });
    clock.set(at(MINUTES + 200));
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> host.ask(s -> s.stream().mapToLong(x -> x.openWindows()).sum()).get() == 0);
    assertEquals(2, number("select min(rules) from shard where tenant = $"));
    assertEquals(
        2, number("select count(distinct rules) from journal where tenant = $"), "both applied");
    rules = new StoredRules(database.pool(), tenant).newest().orElseThrow();
    judge(read(next).hash());
  }

  /** Each charge by the version of its time, proven; energy adds up to what it should be. */
  private void judge(String next) throws Exception {
    Explainer explainer = new Explainer(database.pool(), tenant, rules);
    List<String> unproven = new ArrayList<>();
    Map<String, Integer> events = new TreeMap<>();
    for (StoredCharge charge : charges()) {
      if (charge.name().equals("energy")) {
        boolean after = charge.firstAt().toEpochMilli() >= at(CHANGE);
        assertEquals(after, charge.catalog().equals(next), charge.toString());
        assertEquals(after, charge.lastAt().toEpochMilli() >= at(CHANGE), charge.toString());
        events.merge(charge.catalog(), charge.events(), Integer::sum);
      }
      if (charge.catalog().equals(next) || charge.windowStart().toEpochMilli() >= at(120)) {
        explainer.explain(charge.id(), 0, false).orElseThrow().verdicts().stream()
            .filter(v -> !v.good())
            .forEach(v -> unproven.add(charge.id() + " " + charge.name() + ": " + v));
      }
    }
    assertEquals(List.of(), unproven);
    assertEquals(LAMPS * (MINUTES - CHANGE), events.get(next));
    assertEquals(LAMPS * MINUTES, events.values().stream().mapToInt(n -> n).sum());
  }

  private List<StoredCharge> charges() throws Exception {
    ChargeStore store = new ChargeStore(database.pool());
    var all = new ChargeStore.Filter(null, null, null, null, null, null, null);
    List<StoredCharge> charges = new ArrayList<>();
    List<StoredCharge> page = store.list(tenant.id(), all, null, ChargeStore.MOST);
    while (!page.isEmpty()) {
      charges.addAll(page);
      page = store.list(tenant.id(), all, page.getLast().id(), ChargeStore.MOST);
    }
    return charges;
  }

  @ParameterizedTest
  @CsvSource({
    "other-name, catalog: moving, catalog: still",
    "other-currency, currency: EUR, currency: USD",
    "other-zone, zone: Europe/Madrid, zone: Europe/Lisbon",
    "other-period, period: 1h, period: 2h",
    "meter-changed, 'scale: 3, aggregate: sum', 'scale: 2, aggregate: sum'",
    "charge-changed, '{recurring: 0.10, every: day}', '{recurring: 0.10, every: month}'",
    "charge-changed, '{recurring: 0.10, every: day}', '{one-off: 0.10}'",
  })
  void versionThatChangesWhatStays_isRefusedAndChangesNothing(String code, String was, String is)
      throws Exception {
    String next =
        CATALOG.replace("effective: 2026-11-02", "effective: 2026-11-03").replace(was, is);
    assertEquals(List.of(code), codes(activate(next)));
    assertEquals(1, number("select max(version) from rules where tenant = $"));
  }

  @Test
  void sharesThatChangeInMidPeriod_areRefused_asPeriodsBeginTheyMay() throws Exception {
    UnaryOperator<String> at =
        time ->
            CATALOG.replace("effective: 2026-11-02", "effective: " + time).stripTrailing()
                + "\n    share:\n      - {party: telco, percent: 100}\n";
    assertEquals(
        List.of("shares-in-mid-period"), codes(activate(at.apply("2026-11-03T00:30:00Z"))));
    assertEquals(new Outcome.Done(2), activate(at.apply("2026-11-03T01:00:00Z")));
  }

  @Test
  void offerThatComesBackWithOtherSharesInMidPeriod_isRefused() throws Exception {
    String other =
        """
          other:
            scope: device
            window: 15m
            charges:
              energy: {meter: energy, per-unit: 0.05, unit: kWh}
        """;
    String without =
        CATALOG
                .substring(0, CATALOG.indexOf("  lamp:\n"))
                .replace("effective: 2026-11-02", "effective: 2026-11-03")
            + other;
    assertEquals(new Outcome.Done(2), activate(without));
    String back =
        CATALOG.replace("effective: 2026-11-02", "effective: 2026-11-04T00:30:00Z").stripTrailing()
            + "\n    share:\n      - {party: telco, percent: 100}\n";
    assertEquals(List.of("shares-in-mid-period"), codes(activate(back)));
  }

  @Test
  void firstVersion_isNotTakenBack() throws Exception {
    String first = versions().all().getFirst().hash();
    Instant before = START.minus(Duration.ofDays(1));
    assertEquals(List.of("first-version"), codes(versions().withdraw(first, before)));
    assertEquals(1, number("select max(version) from rules where tenant = $"));
  }

  @Test
  void versionWhoseSharesALaterOneKeeps_isNotTakenBackBeforeThatOne() throws Exception {
    UnaryOperator<String> shared =
        time ->
            CATALOG.replace("effective: 2026-11-02", "effective: " + time).stripTrailing()
                + "\n    share:\n      - {party: telco, percent: 100}\n";
    String second = shared.apply("2026-11-03T01:00:00Z");
    String third = shared.apply("2026-11-04T00:30:00Z");
    assertEquals(new Outcome.Done(2), activate(second));
    assertEquals(new Outcome.Done(3), activate(third));
    Instant now = Instant.ofEpochMilli(clock.get());
    assertEquals(
        List.of("shares-in-mid-period"), codes(versions().withdraw(read(second).hash(), now)));
    assertEquals(new Outcome.Done(4), versions().withdraw(read(third).hash(), now));
    assertEquals(new Outcome.Done(5), versions().withdraw(read(second).hash(), now));
  }

  @Test
  void versionThatIsTooNearOrMeetsAnother_isRefused() throws Exception {
    String soon =
        CATALOG.replace("effective: 2026-11-02", "effective: " + Instant.ofEpochMilli(at(119)));
    assertEquals(List.of("too-soon"), codes(activate(soon)));
    assertEquals(new Outcome.Done(2), activate(dearer()));
    assertEquals(List.of("same-effective"), codes(activate(dearer() + "# other bytes\n")));
  }

  /** A database whose next commit of a version ends the connection, before or after it is made. */
  private DataSource failing(boolean made) {
    DataSource pool = database.pool();
    return (DataSource)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {DataSource.class},
            (proxy, method, arguments) -> {
              Connection connection = pool.getConnection();
              return Proxy.newProxyInstance(
                  getClass().getClassLoader(),
                  new Class<?>[] {Connection.class},
                  (self, called, with) -> {
                    if (called.getName().equals("commit")) {
                      if (made) {
                        connection.commit();
                      }
                      connection.abort(Runnable::run);
                      throw new SQLException("the connection was lost", "08006");
                    }
                    try {
                      return called.invoke(connection, with);
                    } catch (InvocationTargetException e) {
                      throw e.getCause();
                    }
                  });
            });
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void activationCutOff_leavesOneRuleSet_andCanBeRepeated(boolean made) throws Exception {
    byte[] text = dearer().getBytes(StandardCharsets.UTF_8);
    Instant now = Instant.ofEpochMilli(clock.get());
    CatalogVersions cut = new CatalogVersions(failing(made), tenant, CrashPoints.NONE);
    assertThrows(SQLException.class, () -> cut.activate(read(dearer()), text, now));
    Awaitility.await("what was under way is over")
        .until(
            () ->
                number(
                        "select count(*) from pg_stat_activity where state like 'idle in%'"
                            + " and $ = $ and wait_event_type = 'Client'")
                    == 0);
    assertEquals(1, number("select count(distinct rules) from shard where tenant = $"));
    assertEquals(made ? 2 : 1, number("select max(rules) from shard where tenant = $"));
    clock.set(at(1));
    send(new Sent(0, 1, fresh));
    Awaitility.await("the shards go on").until(() -> open.get() == 0);
    assertEquals(made ? new Outcome.Already(2) : new Outcome.Done(2), activate(dearer()));
  }

  @Test
  void versionThatHasNotBegun_canBeTakenBack_andActivatedAgain() throws Exception {
    String hash = read(dearer()).hash();
    assertEquals(new Outcome.Done(2), activate(dearer()));
    Instant now = Instant.ofEpochMilli(clock.get());
    assertEquals(new Outcome.Done(3), versions().withdraw(hash, now));
    assertEquals(new Outcome.Already(3), versions().withdraw(hash, now));
    assertEquals(
        List.of(true, false), versions().all().stream().map(CatalogVersions.Stored::held).toList());
    assertEquals(new Outcome.Done(4), activate(dearer()));
    clock.set(at(CHANGE - 60));
    assertTrue(minute() < CHANGE);
    assertEquals(
        List.of("begun"), codes(versions().withdraw(hash, Instant.ofEpochMilli(clock.get()))));
  }
}
