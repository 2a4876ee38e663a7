package io.millrace.processors.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What is told of tiers between two commits. Periods are days, quantities MB. */
class TierViewTest {
  private static final int ACCOUNT = 2_000;

  private static OneShard shard(String price) {
    return new OneShard(
        """
        catalog: tiers
        effective: 2026-11-02
        currency: EUR
        zone: UTC
        period: 24h
        meters:
          used: {event: report, value: data.v, unit: MB, scale: 0, aggregate: sum}
        offers:
          thing:
            scope: device
            window: 1h
            %s
        """
            .formatted(price),
        "2026-11-02T00:00:00Z",
        "");
  }

  private static final String GRADUATED =
      "charges: {used: {meter: used, unit: MB, graduated: [{to: 100, per-unit: 0.30},"
          + " {to: 500, per-unit: 0.20}, {per-unit: 0.10}]}}";

  private static final String AFTER_WHAT_IS_INCLUDED =
      "allowances: [{allowance: plan, included: 50, unit: MB, of: used}]\n    " + GRADUATED;

  private static final String IN_STARTED_TENS =
      "charges: {used: {meter: used, unit: MB, round: {each: period, up-to: 10},"
          + " graduated: [{to: 100, per-unit: 0.30}, {per-unit: 0.10}]}}";

  private static String told(OneShard shard) {
    TierView t = shard.shard().tiers(ACCOUNT).getFirst();
    String left = t.left() == TierView.NONE ? "no next" : t.left() + " to the next";
    return t.devices() + ", " + t.total() + " in all, " + t.forecast() + " ahead, " + left;
  }

  private static String after(String price, long use) {
    OneShard shard = shard(price);
    shard.use("2026-11-02T06:00:00Z", "2026-11-02T05:00:00Z", use);
    return told(shard);
  }

  @Test
  void use_isToldByTheTierThatItIsInAndWhatIsMissingToTheNext() {
    assertEquals("[1, 0, 0], 40 in all, 160 ahead, 61 to the next", after(GRADUATED, 40));
    assertEquals("[1, 0, 0], 100 in all, 400 ahead, 1 to the next", after(GRADUATED, 100));
    assertEquals("[0, 1, 0], 101 in all, 404 ahead, 400 to the next", after(GRADUATED, 101));
    assertEquals("[0, 0, 1], 501 in all, 2004 ahead, no next", after(GRADUATED, 501));
    assertEquals("[1, 0, 0], -7 in all, -28 ahead, 101 to the next", after(GRADUATED, -7));
  }

  @Test
  void whatIsIncludedAndWhatIsRounded_moveTheThreshold() {
    assertEquals(
        "[1, 0, 0], 100 in all, 400 ahead, 51 to the next", after(AFTER_WHAT_IS_INCLUDED, 100));
    assertEquals("[1, 0], 95 in all, 380 ahead, 6 to the next", after(IN_STARTED_TENS, 95));
    assertEquals("[0, 1], 101 in all, 404 ahead, no next", after(IN_STARTED_TENS, 101));
  }

  @Test
  void oneThatHasUsedNothing_isInTheFirst() {
    OneShard shard = shard(GRADUATED);
    shard.at("2026-11-02T00:00:00Z");
    assertEquals("[1, 0, 0], 0 in all, 0 ahead, 101 to the next", told(shard));
    shard.use("2026-11-02T06:00:00Z", "2026-11-02T05:00:00Z", 40);
    shard.at("2026-11-03T00:00:00Z");
    assertEquals("[1, 0, 0], 0 in all, 0 ahead, 101 to the next", told(shard), "a day begins");
  }

  @Test
  void otherAccountAndChargeWithoutTiers_haveNone() {
    OneShard flat = shard("charges: {used: {meter: used, unit: MB, per-unit: 0.30}}");
    flat.use("2026-11-02T06:00:00Z", "2026-11-02T05:00:00Z", 40);
    assertEquals(List.of(), flat.shard().tiers(ACCOUNT));
    assertEquals(List.of(), shard(GRADUATED).shard().tiers(ACCOUNT + 1));
  }
}
