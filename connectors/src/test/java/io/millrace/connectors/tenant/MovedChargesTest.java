package io.millrace.connectors.tenant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.connectors.explain.ChargeStore;
import io.millrace.connectors.explain.Explainer;
import io.millrace.connectors.explain.Explanation;
import io.millrace.connectors.explain.StoredCharge;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Charges of devices that moved, explained: what they used before they used in another shard. */
class MovedChargesTest extends MovingLamps {

  /** With a counter beside: what a late reading adds goes to two charges. */
  @Override
  String catalog() {
    return CATALOG
        .replace(
            "offers:",
            "  turns: {event: lamp.report, value: data.shows, unit: Wh, aggregate: delta}\noffers:")
        .replace(
            "lease:",
            "turns: {meter: turns, graduated: [{to: 1, per-unit: 0.07}, {per-unit: 1.5}],"
                + " unit: kWh}\n      lease:");
  }

  @Test
  void chargesOfDevicesThatMoved_areExplainedToTheUnit() throws Exception {
    someShardsAreFarAhead();
    minute(0, 0, 1, 2, 3, 16, 17); // ahead of their time: the second window is open till the end
    minute(5, 4);
    moveAll(20, "owner");
    minute(5, 5, 6, 7); // of the first window, and charged where the lamp is now
    minute(15);
    assertProven(2 * LAMPS, "while the second window is open where the lamp was");
    minute(25, 18, 19, 20, 21, 22, 23, 24, 25);
    moveAll(40, "third");
    minute(45, 41, 42, 43, 44, 45);
    minute(65, 60, 61);
    assertProven(7 * LAMPS, "with the lines of a period's end");
    minute(65, 8, 26, 46); // late: the lines are brought up to date
    moveAll(90, "fourth");
    minute(95, 9, 27, 47, 62, 91);
    minute(200);
    assertProven(12 * LAMPS, "with lines of each shard that the lamp has been in");
    assertTrue(
        number(
                "select count(*) from (select subscription from charge where tenant = $"
                    + " and name = 'ceiling' group by subscription"
                    + " having count(distinct shard) > 1) moved")
            > LAMPS / 2,
        "lines of one subscription in two shards");
    assertTrue(
        number("select count(*) from charge where tenant = $ and name = 'turns' and quantity < 0")
            > 0,
        "a late reading took from what the next one counted for");
  }

  /** A shard's own count of commits says nothing about what came before in another. */
  private void someShardsAreFarAhead() {
    for (int commit = 0; commit < 20; commit++) {
      for (int lamp = 0; lamp < LAMPS; lamp++) {
        byte[] subject = subject(lamp);
        var view = stale.view();
        if (view.shard(view.find(subject, 0, subject.length, at(0))) < SHARDS / 2) {
          send(new Sent(lamp, 0, stale));
        }
      }
      settle();
    }
  }

  /** The clock comes to a minute, and all lamps report for some. */
  private void minute(int now, int... minutes) {
    clock.set(at(now));
    for (int minute : minutes) {
      for (int lamp = 0; lamp < LAMPS; lamp++) {
        send(new Sent(lamp, minute, stale));
      }
    }
    host.nudge();
    settle();
  }

  private void settle() {
    Awaitility.await("everything is disposed of")
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              sendAgain();
              return open.get() == 0 && again.isEmpty();
            });
    host.ask(shards -> true).join();
  }

  private void moveAll(int minute, String account) throws SQLException {
    List<Device> all = new ArrayList<>();
    for (int lamp = 0; lamp < LAMPS; lamp++) {
      all.add(device(lamp, account, Instant.ofEpochMilli(at(minute))));
    }
    for (DeviceVerdict verdict : take(all)) {
      assertEquals(DeviceVerdict.CREATED, verdict);
    }
  }

  private void assertProven(int least, String when) throws SQLException {
    List<StoredCharge> charges =
        new ChargeStore(database.pool())
            .list(
                tenant.id(),
                new ChargeStore.Filter(null, null, null, null, null, null, null),
                null,
                ChargeStore.MOST);
    assertTrue(charges.size() >= least, () -> charges.size() + " charges " + when);
    Explainer explainer = new Explainer(database.pool(), tenant, rules);
    List<String> unproven = new ArrayList<>();
    for (StoredCharge charge : charges) {
      Explanation explained = explainer.explain(charge.id(), 0, false).orElseThrow();
      explained.verdicts().stream()
          .filter(v -> !v.good())
          .forEach(v -> unproven.add(charge.id() + " " + charge.name() + ": " + v));
    }
    assertEquals(List.of(), unproven, when);
  }
}
