package io.millrace.connectors.tenant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.CatalogFile;
import io.millrace.connectors.explain.ChargeStore;
import io.millrace.connectors.explain.Explainer;
import io.millrace.connectors.explain.StoredCharge;
import io.millrace.connectors.shard.CrashPoints;
import io.millrace.connectors.tenant.CatalogVersions.Outcome;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Charges of a period in which prices or windows changed are proven, whatever came late. */
class VersionsExplainedTest extends MovingLamps {

  private static String text(String effective, String price, String window) {
    return """
    catalog: moving
    effective: %s
    currency: EUR
    zone: Europe/Madrid
    period: month
    meters:
      energy: {event: lamp.report, value: data.wh, unit: Wh, scale: 3, aggregate: sum}
    offers:
      lamp:
        scope: device
        window: %s
        grace: 2h
        charges:
          energy:
            meter: energy
            unit: kWh
            graduated: [{to: 4, per-unit: %s}, {per-unit: 100}]
    """
        .formatted(effective, window, price);
  }

  @Override
  String catalog() {
    return text("2026-11-02", "1", "15m");
  }

  private void activate(int minute, String price, String window) throws Exception {
    String text = text(Instant.ofEpochMilli(at(minute)).toString(), price, window);
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    Catalog catalog =
        assertInstanceOf(CatalogFile.Result.Accepted.class, CatalogFile.read("next", bytes))
            .catalog();
    assertInstanceOf(
        Outcome.Done.class,
        new CatalogVersions(database.pool(), tenant, CrashPoints.NONE)
            .activate(catalog, bytes, Instant.ofEpochMilli(clock.get())));
    host.nudge();
  }

  private void event(int now, int occurred) {
    clock.set(at(now));
    send(new Sent(0, occurred, fresh));
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              sendAgain();
              return open.get() == 0 && again.isEmpty();
            });
  }

  /** What is wrong with any of the charges once all windows are sealed. */
  private List<String> unproven(int sealed, int charges) throws Exception {
    clock.set(at(sealed));
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> host.ask(s -> s.stream().mapToLong(x -> x.openWindows()).sum()).get() == 0);
    rules = new StoredRules(database.pool(), tenant).newest().orElseThrow();
    Explainer explainer = new Explainer(database.pool(), tenant, rules);
    var all = new ChargeStore.Filter(null, null, null, null, null, null, null);
    List<StoredCharge> found =
        new ChargeStore(database.pool()).list(tenant.id(), all, null, ChargeStore.MOST);
    assertEquals(charges, found.size(), found::toString);
    List<String> unproven = new ArrayList<>();
    for (StoredCharge charge : found) {
      explainer.explain(charge.id(), 0, false).orElseThrow().verdicts().stream()
          .filter(v -> !v.good())
          .forEach(v -> unproven.add(charge.id() + ": " + v));
    }
    return unproven;
  }

  /** Events of the first price, sealed together, come before and after one of the second. */
  @Test
  void eventsOfTheFirstPriceAroundOneOfTheSecond_thirdIsProven() throws Exception {
    activate(195, "2", "15m");
    activate(400, "3", "15m");
    event(190, 190);
    event(196, 196);
    event(197, 191);
    event(198, 192);
    event(410, 410);
    event(411, 411);
    assertEquals(List.of(), unproven(700, 3));
  }

  @Test
  void windowsThatBeginAtOnceInTwoVersions_areTwoCharges_bothProven() throws Exception {
    activate(195, "1", "1h");
    event(182, 182);
    event(220, 220);
    assertEquals(List.of(), unproven(700, 2));
  }
}
