package io.millrace.processors.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What is told of allowances between two commits. Periods are days, quantities MB. */
class AllowanceViewTest {
  private static final int ACCOUNT = 2_000;

  private static OneShard shard(String allowances) {
    return new OneShard(
        """
        catalog: included
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
            charges:
              used: {meter: used, unit: MB, per-unit: 0.10}
        """
            .formatted(allowances),
        "2026-11-02T00:00:00Z",
        "");
  }

  private static final String TWO =
      "allowances: [{allowance: gift, included: 100, unit: MB, of: used},"
          + " {allowance: plan, included: 500, unit: MB, of: used}]";

  private static List<String> told(OneShard shard) {
    return shard.shard().allowances(ACCOUNT).stream()
        .map(
            a ->
                "%s/%s %s in %d: %d devices, %s of %s, %d used up, %s in all, %s ahead"
                    .formatted(
                        a.offer(),
                        a.charge(),
                        a.name(),
                        a.period(),
                        a.devices(),
                        a.used(),
                        a.included(),
                        a.usedUp(),
                        a.total(),
                        a.forecast()))
        .toList();
  }

  @Test
  void offerWithoutAllowances_hasNothingToTell() {
    OneShard shard = shard("");
    shard.use("2026-11-02T06:00:00Z", "2026-11-02T05:00:00Z", 40);
    assertEquals(List.of(), told(shard));
  }

  @Test
  void otherAccount_hasNone() {
    OneShard shard = shard(TWO);
    shard.use("2026-11-02T06:00:00Z", "2026-11-02T05:00:00Z", 40);
    assertEquals(List.of(), shard.shard().allowances(ACCOUNT + 1));
  }

  @Test
  void use_goesThroughOneAllowanceAfterTheOther() {
    OneShard shard = shard(TWO);
    shard.at("2026-11-02T00:00:00Z");
    assertEquals(
        List.of(
            "thing/used gift in 0: 1 devices, 0 of 100, 0 used up, 0 in all, 0 ahead",
            "thing/used plan in 0: 1 devices, 0 of 500, 0 used up, 0 in all, 0 ahead"),
        told(shard));
    shard.use("2026-11-02T06:00:00Z", "2026-11-02T05:00:00Z", 140);
    assertEquals(
        List.of(
            "thing/used gift in 0: 1 devices, 100 of 100, 1 used up, 140 in all, 560 ahead",
            "thing/used plan in 0: 1 devices, 40 of 500, 0 used up, 140 in all, 560 ahead"),
        told(shard));
    shard.use("2026-11-02T12:00:00Z", "2026-11-02T11:59:00Z", 1_000);
    assertEquals(
        "thing/used plan in 0: 1 devices, 500 of 500, 1 used up, 1140 in all, 2280 ahead",
        told(shard).getLast());
    shard.use("2026-11-02T12:00:00Z", "2026-11-02T11:59:00Z", -1_100);
    assertEquals(
        List.of(
            "thing/used gift in 0: 1 devices, 40 of 100, 0 used up, 40 in all, 80 ahead",
            "thing/used plan in 0: 1 devices, 0 of 500, 0 used up, 40 in all, 80 ahead"),
        told(shard));
  }

  @Test
  void nextPeriod_beginsWithAllOfIt_andLateUseIsOfTheOneBefore() {
    OneShard shard = shard(TWO);
    shard.use("2026-11-02T23:59:59.999Z", "2026-11-02T23:59:59.999Z", 600);
    assertEquals(
        "thing/used plan in 0: 1 devices, 500 of 500, 1 used up, 600 in all, 600 ahead",
        told(shard).getLast());
    shard.use("2026-11-03T00:30:00Z", "2026-11-02T23:59:59.999Z", 7);
    assertEquals(
        List.of(
            "thing/used gift in 1: 1 devices, 0 of 100, 0 used up, 0 in all, 0 ahead",
            "thing/used plan in 1: 1 devices, 0 of 500, 0 used up, 0 in all, 0 ahead"),
        told(shard));
  }

  @Test
  void partsOfTwoShards_addUp() {
    OneShard one = shard(TWO);
    one.use("2026-11-02T06:00:00Z", "2026-11-02T05:00:00Z", 100);
    OneShard other = shard(TWO);
    other.use("2026-11-02T06:00:00Z", "2026-11-02T05:00:00Z", 30);
    AllowanceView sum =
        one.shard()
            .allowances(ACCOUNT)
            .getFirst()
            .plus(other.shard().allowances(ACCOUNT).getFirst());
    assertEquals(
        List.of(2, 130L, 200L, 1, 520L),
        List.of(
            sum.devices(),
            sum.used().longValueExact(),
            sum.included().longValueExact(),
            sum.usedUp(),
            sum.forecast().longValueExact()));
  }
}
