package io.millrace.processors.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.processors.shard.Effects.ChargeRow;
import java.math.BigDecimal;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Minimums, caps and commitments: lines of a period's end, and what comes after it. */
class PeriodEndsTest {
  private static final String CATALOG =
      """
      catalog: bounds
      effective: 2026-11-02
      currency: EUR
      zone: UTC
      period: 24h
      meters:
        energy: {event: report, value: data.wh, unit: Wh, scale: 0, aggregate: sum}
      offers:
        home:
          scope: device
          window: 1h
          charges:
            energy:  {meter: energy, per-unit: 0.001, unit: Wh}
            lease:   {recurring: 0.10, every: day}
            floor:   {minimum: 0.50, of: energy}
            ceiling: {cap: 2.00, of: [energy, lease]}
            promise: {commitment: 1.00}
      """;

  private static List<String> lines(List<ChargeRow> rows) {
    return rows.stream()
        .map(
            c ->
                c.name()
                    + (c.delta() ? "+" : "")
                    + " of period "
                    + c.period()
                    + (c.late() ? " late" : "")
                    + ": "
                    + BigDecimal.valueOf(c.amount(), 9).stripTrailingZeros().toPlainString())
        .toList();
  }

  private static OneShard shard() {
    return new OneShard(CATALOG, "2026-11-02T00:00:00Z", "");
  }

  @Test
  void periodWithoutUse_isBroughtToItsMinimumAndCommitment() {
    OneShard shard = shard();
    assertEquals(List.of("lease of period 0: 0.1"), lines(shard.at("2026-11-02T12:00:00Z")));
    assertEquals(List.of(), lines(shard.at("2026-11-02T23:59:59.999Z")));
    // 0 of energy lack 0.50; with the lease of 0.10 that makes 0.60 of the promised 1.00.
    assertEquals(
        List.of("lease of period 1: 0.1", "floor of period 0: 0.5", "promise of period 0: 0.4"),
        lines(shard.at("2026-11-03T00:00:00Z")));
  }

  @Test
  void exactBounds_bringNoLine() {
    OneShard shard = shard();
    shard.use("2026-11-02T12:00:00Z", "2026-11-02T12:00:00Z", 900);
    shard.at("2026-11-02T14:00:00Z"); // energy 0.9 and lease 0.1: the promise, no more and no less
    assertEquals(List.of("lease of period 1: 0.1"), lines(shard.at("2026-11-03T00:00:00Z")));
  }

  @Test
  void lastMillisecondOfAPeriod_countsForIt() {
    OneShard shard = shard();
    shard.use("2026-11-02T23:59:59.999Z", "2026-11-02T23:59:59.999Z", 3_000);
    assertEquals(
        List.of("lease of period 1: 0.1", "ceiling of period 0: -1.1", "energy of period 0: 3"),
        lines(shard.at("2026-11-03T00:00:00Z")));
  }

  @Test
  void useAfterThePeriodsEnd_changesItsLinesWhileItIsOpen() {
    OneShard shard = shard();
    shard.at("2026-11-02T12:00:00Z");
    shard.at("2026-11-03T00:00:00Z"); // floor 0.5, promise 0.4
    shard.use("2026-11-03T01:00:00Z", "2026-11-02T20:00:00Z", 300);
    assertEquals(
        List.of("energy+ of period 0: 0.3", "floor+ of period 0: -0.3"),
        lines(shard.at("2026-11-03T02:00:00Z")));
    shard.use("2026-11-03T03:00:00Z", "2026-11-02T20:00:00Z", 2_700);
    assertEquals(
        List.of(
            "energy+ of period 0: 2.7",
            "floor+ of period 0: -0.2",
            "ceiling+ of period 0: -1.1",
            "promise+ of period 0: -0.4"),
        lines(shard.at("2026-11-03T04:00:00Z")));
  }

  @Test
  void useAfterItsClose_changesItsLinesLateInTheNextPeriod() {
    OneShard shard = shard();
    shard.at("2026-11-02T12:00:00Z");
    shard.close(0);
    shard.at("2026-11-03T00:00:00Z");
    shard.use("2026-11-03T01:00:00Z", "2026-11-02T20:00:00Z", 300);
    assertEquals(
        List.of("energy+ of period 1 late: 0.3", "floor+ of period 1 late: -0.3"),
        lines(shard.at("2026-11-03T02:00:00Z")));
  }

  @Test
  void correctionBelowZero_isBroughtUpToTheMinimum() {
    OneShard shard = shard();
    shard.use("2026-11-02T12:00:00Z", "2026-11-02T12:00:00Z", -200);
    shard.at("2026-11-02T13:00:00Z");
    assertEquals(
        List.of("lease of period 1: 0.1", "floor of period 0: 0.7", "promise of period 0: 0.4"),
        lines(shard.at("2026-11-03T00:00:00Z")));
  }

  @Test
  void subscription_isAskedForPeriodsInWhichItIsActiveAtAnyMoment() {
    OneShard shard = new OneShard(CATALOG, "2026-11-02T23:59:59.999Z", "2026-11-04T00:00:00.001Z");
    shard.at("2026-11-02T23:59:59.999Z");
    assertEquals(
        List.of("lease of period 1: 0.1", "floor of period 0: 0.5", "promise of period 0: 0.4"),
        lines(shard.at("2026-11-03T00:00:00Z")));
    assertEquals(
        List.of("lease of period 2: 0.1", "floor of period 1: 0.5", "promise of period 1: 0.4"),
        lines(shard.at("2026-11-04T00:00:00Z")));
    assertEquals(
        List.of("floor of period 2: 0.5", "promise of period 2: 0.4"),
        lines(shard.at("2026-11-05T00:00:00Z")));
    assertEquals(List.of(), lines(shard.at("2026-11-09T00:00:00Z")));
    assertEquals(Long.MAX_VALUE, shard.shard().nextDue());
  }

  @Test
  void periodsOverWhenADeviceBecomesKnown_areAskedForOnce() {
    OneShard shard = shard();
    assertEquals(
        List.of(
            "lease of period 0: 0.1",
            "lease of period 1: 0.1",
            "floor of period 0: 0.5",
            "promise of period 0: 0.4"),
        lines(shard.at("2026-11-03T12:00:00Z")));
  }

  private static final String DISCOUNTED =
      CATALOG.substring(0, CATALOG.indexOf("      floor:"))
          + """
                setup:   {one-off: 3.00}
                loyalty: {discount: [{to: 4, percent: 0}, {percent: 10}], of: [energy, lease, setup]}
                ceiling: {cap: 4.00, of: [energy, lease, setup, loyalty]}
          """;

  @Test
  void oneOff_isChargedOnceAndTheLadderFollowsItsPeriod() {
    OneShard shard = new OneShard(DISCOUNTED, "2026-11-02T10:00:00Z", "");
    assertEquals(
        List.of("lease of period 0: 0.1", "setup of period 0: 3"),
        lines(shard.at("2026-11-02T12:00:00Z")));
    shard.use("2026-11-02T13:00:00Z", "2026-11-02T13:00:00Z", 900);
    shard.at("2026-11-02T14:00:00Z");
    // 4.00 in all: the bound itself is in the first tier, and within the cap.
    assertEquals(List.of("lease of period 1: 0.1"), lines(shard.at("2026-11-03T00:00:00Z")));
    shard.use("2026-11-03T01:00:00Z", "2026-11-02T20:00:00Z", 1_000);
    assertEquals(
        List.of(
            "energy+ of period 0: 1", "loyalty+ of period 0: -0.5", "ceiling+ of period 0: -0.5"),
        lines(shard.at("2026-11-03T02:00:00Z")));
    shard.use("2026-11-03T03:00:00Z", "2026-11-02T20:00:00Z", -1_000);
    assertEquals(
        List.of(
            "energy+ of period 0: -1", "loyalty+ of period 0: 0.5", "ceiling+ of period 0: 0.5"),
        lines(shard.at("2026-11-03T04:00:00Z")));
    assertEquals(List.of("lease of period 2: 0.1"), lines(shard.at("2026-11-04T00:00:00Z")));
  }

  @Test
  void oneOffOfASubscriptionThatBeganBeforeTheCatalog_isNotOwed() {
    OneShard shard = new OneShard(DISCOUNTED, "2026-10-31T10:00:00Z", "");
    assertEquals(List.of("lease of period 0: 0.1"), lines(shard.at("2026-11-02T12:00:00Z")));
  }
}
