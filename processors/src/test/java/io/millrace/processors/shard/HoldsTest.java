package io.millrace.processors.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.processors.shard.AccountAnswer.Outcome;
import org.junit.jupiter.api.Test;

/** What is granted stays covered, whatever happens beside it. */
class HoldsTest {
  private static final long START = OneShard.millis("2026-11-02T00:00:00Z");
  private static final long HOUR = 3_600_000;

  private int serial = 10;

  private static ChargingShard shard(String catalog, long mills, int devices) {
    ChargingShard shard = new ChargingShard(0, catalog);
    shard.ask(
        new AccountRequest.Open(ChargingShard.key(1), 1_000, ChargingShard.terms(true, 0, 1_000)));
    for (int d = 1; d <= devices; d++) {
      shard.add(new Command.Subscribe(d, "car", 1_000, 0, START, Long.MAX_VALUE));
    }
    shard.ask(
        new AccountRequest.Pay(ChargingShard.key(2), 1_000, mills * ChargingShard.MILL, false));
    shard.commit(START);
    return shard;
  }

  private AccountAnswer reserve(ChargingShard shard, long now, long device, long quantity) {
    return shard.answered(
        now,
        new AccountRequest.Reserve(
            ChargingShard.key(++serial), device, 0, 0, quantity, false, 60_000, false));
  }

  private AccountAnswer use(
      ChargingShard shard, long now, long device, long quantity, AccountAnswer granted) {
    int row = shard.row(device, START + 1, quantity);
    return shard.answered(
        now,
        new AccountRequest.Use(ChargingShard.key(++serial), row, granted.seq(), granted.n(), true));
  }

  private static WalletView wallet(ChargingShard shard) {
    return shard.shard().wallet(1_000).orElseThrow();
  }

  @Test
  void holdOfTheLaterOne_isNotFreedWhileTheEarlierNeedsIt() {
    ChargingShard shard = shard(ChargingShard.CATALOG, 8_000, 2);
    AccountAnswer a = reserve(shard, START + 1, 1, 1_000);
    AccountAnswer b = reserve(shard, START + 2, 1, 1_000);
    assertEquals(3_000 * ChargingShard.MILL, a.amount());
    assertEquals(5_000 * ChargingShard.MILL, b.amount());
    assertEquals(3_000 * ChargingShard.MILL, use(shard, START + 3, 1, 1_000, b).amount());
    assertEquals(Outcome.INSUFFICIENT, reserve(shard, START + 4, 2, 666).outcome());
    assertEquals(5_000 * ChargingShard.MILL, use(shard, START + 5, 1, 1_000, a).amount());
    assertEquals(0, wallet(shard).overrun());
  }

  @Test
  void usageBesideAGrant_raisesWhatItHolds() {
    ChargingShard shard = shard(ChargingShard.CATALOG, 8_000, 2);
    AccountAnswer a = reserve(shard, START + 1, 1, 1_000);
    shard.use(1, START + 1, 1_000);
    shard.commit(START + 2);
    assertEquals(5_000 * ChargingShard.MILL, wallet(shard).reserved());
    assertEquals(Outcome.INSUFFICIENT, reserve(shard, START + 4, 2, 666).outcome());
    use(shard, START + 5, 1, 1_000, a);
    assertEquals(0, wallet(shard).overrun());
    assertEquals(0, wallet(shard).reserved());
  }

  /** What happened is charged, so a grant may come to cost more than there is: it is seen ahead. */
  @Test
  void usageThatMakesAGrantTooDear_leavesLessThanNothingAvailable() {
    ChargingShard shard = shard(ChargingShard.CATALOG, 7_000, 2);
    AccountAnswer a = reserve(shard, START + 1, 1, 1_000);
    shard.use(1, START + 1, 1_000);
    shard.commit(START + 2);
    assertEquals(-1_000 * ChargingShard.MILL, wallet(shard).available());
    assertEquals(Outcome.INSUFFICIENT, reserve(shard, START + 3, 2, 1).outcome());
    use(shard, START + 4, 1, 1_000, a);
    assertEquals(1_000 * ChargingShard.MILL, wallet(shard).overrun());
  }

  /** Ten commits of one would cost ten times the event of which one was held. */
  @Test
  void whatCostsSomethingPerEvent_isNotGranted() {
    String perEvent =
        ChargingShard.CATALOG.replace(
                "aggregate: sum}",
                "aggregate: sum}\n  starts: {event: charge.energy, aggregate: count}")
            + "      starts: {meter: starts, per-unit: 0.500, unit: each}\n";
    String rounded =
        ChargingShard.CATALOG.replace(
            "        graduated:", "        round: {each: event, up-to: 10}\n        graduated:");
    assertEquals(
        Outcome.PRICED_PER_EVENT, reserve(shard(perEvent, 5_000, 1), START + 1, 1, 10).outcome());
    assertEquals(
        Outcome.PRICED_PER_EVENT, reserve(shard(rounded, 5_000, 1), START + 1, 1, 10).outcome());
    String ofEvents = ChargingShard.CATALOG.replace("scope: device", "scope: event");
    assertEquals(
        Outcome.PRICED_PER_EVENT, reserve(shard(ofEvents, 5_000, 1), START + 1, 1, 10).outcome());
    assertEquals(
        Outcome.GRANTED,
        reserve(shard(ChargingShard.CATALOG, 5_000, 1), START + 1, 1, 10).outcome());
  }

  @Test
  void commitWhileTheDeviceMoves_isToBeAskedAgain() {
    ChargingShard shard = shard(ChargingShard.CATALOG, 8_000, 1);
    AccountAnswer a = reserve(shard, START + 1, 1, 100);
    shard.add(new Command.Move(1, START + HOUR, 99, 0, "car", 1_000, 0, Long.MAX_VALUE));
    shard.commit(START + 2);
    assertEquals(Outcome.MOVED, use(shard, START + 3, 1, 100, a).outcome());
    assertEquals(Outcome.MOVED, reserve(shard, START + 3, 1, 100).outcome());
    assertEquals(300 * ChargingShard.MILL, wallet(shard).reserved());
  }

  @Test
  void raisedFloor_leavesPaidWhatWasPaid() {
    ChargingShard shard = shard(ChargingShard.CATALOG, 100, 1);
    shard.use(1, START + 1, 20);
    shard.commit(START + 1);
    shard.commit(START + 2 * HOUR);
    assertEquals(40 * ChargingShard.MILL, wallet(shard).balance());
    shard.answered(
        START + 2 * HOUR + 1,
        new AccountRequest.Open(
            ChargingShard.key(3),
            1_000,
            ChargingShard.terms(true, 80 * ChargingShard.MILL, 1_000)));
    assertEquals(40 * ChargingShard.MILL, wallet(shard).balance());
    assertEquals(0, wallet(shard).overrun());
    assertEquals(-40 * ChargingShard.MILL, wallet(shard).available());
    shard.assertReplays();
  }

  /** Use is taken back of what is below the new floor, and new use is sealed before that is. */
  @Test
  void raisedFloor_letsNothingBeUsedAgainThatIsTakenBack() {
    ChargingShard shard = shard(ChargingShard.CATALOG, 100, 1);
    shard.use(1, START + 1, 20);
    shard.commit(START + 1);
    long now = START + 2 * HOUR + 600_000;
    shard.commit(now);
    WalletTerms raised = ChargingShard.terms(true, 80 * ChargingShard.MILL, 1_000);
    shard.answered(now + 1, new AccountRequest.Open(ChargingShard.key(3), 1_000, raised));
    shard.use(1, now + HOUR - 10, -10);
    shard.commit(now + 2);
    assertEquals(0, wallet(shard).overrun(), "nothing new was used");
    shard.use(1, now + 3, 10);
    shard.commit(now + 3);
    shard.checkpoint();
    assertEquals(30 * ChargingShard.MILL, wallet(shard).overrun());
    for (int hour = 3; hour <= 4; hour++) {
      shard.commit(START + hour * HOUR);
      assertEquals(30 * ChargingShard.MILL, wallet(shard).overrun());
      assertEquals(30 * ChargingShard.MILL, shard.ledger.get(10_002), "hour " + hour);
    }
    assertEquals(70 * ChargingShard.MILL, wallet(shard).balance());
    shard.answered(
        START + 5 * HOUR,
        new AccountRequest.Pay(ChargingShard.key(4), 1_000, 40 * ChargingShard.MILL, false));
    assertEquals(0, wallet(shard).overrun(), "money pays what is beyond first");
    shard.assertReplays();
  }

  /** So that it can't crowd out those whose repeats would pay twice. */
  @Test
  void whatDoesNothing_isNotRemembered() {
    ChargingShard shard = shard(ChargingShard.CATALOG, 100, 1);
    AccountAnswer a = reserve(shard, START + 1, 1, 10);
    AccountAnswer first =
        shard.answered(
            START + 2, new AccountRequest.Release(ChargingShard.key(50), a.seq(), a.n()));
    assertEquals(30 * ChargingShard.MILL, first.amount());
    AccountAnswer second =
        shard.answered(
            START + 3, new AccountRequest.Release(ChargingShard.key(51), a.seq(), a.n()));
    assertEquals("RELEASED 0", second.outcome() + " " + second.amount());
    assertEquals(
        Outcome.PAID,
        shard
            .answered(START + 4, new AccountRequest.Pay(ChargingShard.key(51), 1_000, 1, false))
            .outcome());
    assertEquals(
        first.again(),
        shard.answered(
            START + 5, new AccountRequest.Release(ChargingShard.key(50), a.seq(), a.n())));
  }

  @Test
  void bundleOfTwoTypes_isPricedPerEvent() {
    String bundle =
        ChargingShard.CATALOG
            .replaceFirst(
                "  navigation: .event",
                "  video: {event: charge.video, value: data.s, unit: s, scale: 0, aggregate: sum}"
                    + "\n  navigation: {event")
            .replaceFirst("meter: energy\\s+unit: Wh", "meters: {energy: 1, video: 1}");
    assertEquals(
        Outcome.PRICED_PER_EVENT, reserve(shard(bundle, 5_000, 1), START + 1, 1, 10).outcome());
  }
}
