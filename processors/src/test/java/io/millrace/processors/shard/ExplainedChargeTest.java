package io.millrace.processors.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.processors.explain.ChargeProof;
import io.millrace.processors.explain.EvidenceList;
import io.millrace.processors.explain.EvidenceList.Ref;
import io.millrace.processors.explain.PriceLine;
import io.millrace.processors.explain.PriceWalk;
import io.millrace.processors.explain.Verdict;
import io.millrace.processors.rating.Rules.UsageCharge;
import io.millrace.processors.shard.Effects.ChargeRow;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a charge says to be made of: its lines, which add up to it. */
class ExplainedChargeTest {

  private static OneShard shard(String currency, String unit, String... charges) {
    String text =
        """
        catalog: explained
        effective: 2026-11-02
        currency: %s
        zone: UTC
        period: 24h
        meters:
          used: {event: report, value: data.v, unit: %s, scale: 0, aggregate: sum}
        offers:
          thing:
            scope: device
            window: 1h
            charges:
              %s
        """
            .formatted(currency, unit, String.join("\n      ", charges));
    return new OneShard(text, "2026-11-02T00:00:00Z", "");
  }

  private static List<ChargeRow> sealed(OneShard shard) {
    return shard.at("2026-11-02T23:59:59Z");
  }

  private static String at(int hour) {
    return "2026-11-02T%02d:30:00Z".formatted(hour);
  }

  /** Lines as text, held against the amount. */
  private static List<String> explain(OneShard shard, ChargeRow row) {
    ChargeProof proof = new ChargeProof(new ChargeId(1, 0, 1, row.n()), row);
    List<String> lines = new ArrayList<>();
    BigDecimal sum = BigDecimal.ZERO;
    for (PriceLine line : proof.lines(shard.rules())) {
      sum = sum.add(line.amount());
      lines.add(
          "%s: %s %s at %s = %s"
              .formatted(
                  line.what(),
                  line.quantity().toPlainString(),
                  line.unit(),
                  line.price().toPlainString(),
                  line.amount().stripTrailingZeros().toPlainString()));
    }
    int scale = shard.rules().catalog().ledgerScale();
    assertEquals(BigDecimal.valueOf(row.amount(), scale), sum.setScale(scale), "the lines add up");
    return lines;
  }

  /** Priced once more from the journal's events, it is the same: and only it is. */
  private static void assertPriced(OneShard shard, ChargeRow row, long before) {
    Verdict price = price(shard, row, before);
    assertTrue(price.good(), price.says());
    assertTrue(price.says().endsWith("to the unit"), price.says());
    for (int apart : new int[] {-1, 1}) {
      assertFalse(price(shard, with(row, row.amount() + apart, row.tiers()), before).good());
    }
    if (row.events() > 0 && row.tiers().length > 0) {
      byte[] other = row.tiers().clone();
      other[1] ^= 2;
      assertFalse(price(shard, with(row, row.amount(), other), before).good());
    }
  }

  private static Verdict price(OneShard shard, ChargeRow row, long before) {
    ChargeProof proof = new ChargeProof(new ChargeId(1, 0, 1, row.n()), row);
    Verdict chain = new Verdict("chain", true, "followed");
    return proof.verdicts(chain, shard.rules(), walk(shard, row), before).getLast();
  }

  private static @Nullable PriceWalk walk(OneShard shard, ChargeRow row) {
    List<Ref> own = EvidenceList.read(row.evidence());
    for (UsageCharge each : shard.rules().offers().getFirst().last().usage()) {
      if (each.name().equals(row.name())) {
        PriceWalk walk = new PriceWalk(each.curve());
        for (OneShard.Used used : shard.used().reversed()) {
          if (!each.isFor(used.at())) {
            continue;
          }
          int period = shard.rules().periods().indexOf(used.at());
          walk.event(
              used.ref(), period, each.quantity(0, used.readings(), 0), own.contains(used.ref()));
        }
        return walk;
      }
    }
    return null;
  }

  private static ChargeRow with(ChargeRow r, long amount, byte[] tiers) {
    return new ChargeRow(
        r.n(),
        r.subscription(),
        r.account(),
        r.catalog(),
        r.offer(),
        r.name(),
        r.period(),
        r.late(),
        r.windowStart(),
        r.windowEnd(),
        r.delta(),
        r.events(),
        r.quantity(),
        amount,
        r.firstAt(),
        r.lastAt(),
        tiers,
        r.evidence(),
        r.digest());
  }

  @Test
  void graduatedCharge_saysHowMuchLiesInWhichTier() {
    OneShard shard =
        shard(
            "EUR",
            "MB",
            "used: {meter: used, unit: MB, graduated: [{to: 100, per-unit: 0.10},"
                + " {to: 500, per-unit: 0.08, flat: 1}, {per-unit: 0.05}]}");
    shard.use(at(1), at(1), 60);
    shard.use(at(2), at(2), 700);
    List<ChargeRow> rows = new ArrayList<>(sealed(shard));
    assertEquals(
        List.of(
            "tier 1, up to 100 MB: 40 MB at 0.10 = 4",
            "tier 2, above 100 up to 500 MB: 400 MB at 0.08 = 32",
            "tier 2, above 100 up to 500 MB, its flat: 1 times at 1 = 1",
            "tier 3, above 500 MB: 260 MB at 0.05 = 13"),
        explain(shard, rows.getLast()));
    assertPriced(shard, rows.getLast(), 60);
  }

  @Test
  void chargeWithAllowances_saysHowMuchEachOfThemCovers() {
    String price = "used: {meter: used, unit: MB, per-unit: 0.10}";
    OneShard shard = shard("EUR", "MB", price + included("MB", "gift", 100, "plan", 500));
    shard.use(at(1), at(1), 60);
    shard.use(at(2), at(2), 700);
    ChargeRow row = List.copyOf(sealed(shard)).getLast();
    assertEquals(
        List.of(
            "included in gift: 40 MB at 0 = 0",
            "included in plan: 500 MB at 0 = 0",
            "each MB: 160 MB at 0.10 = 16"),
        explain(shard, row));
    assertPriced(shard, row, 60);
  }

  /** Two windows are open at once: each says its own, though their events took turns. */
  @Test
  void windowsWhoseEventsTakeTurns_eachSayWhatTheyMoved() {
    OneShard shard =
        shard(
            "EUR",
            "MB",
            "used: {meter: used, unit: MB, graduated: [{to: 100, per-unit: 1}, {per-unit: 2}]}");
    shard.use("2026-11-02T01:59:00Z", "2026-11-02T01:59:00Z", 90);
    shard.use("2026-11-02T01:59:01Z", "2026-11-02T02:00:10Z", 30); // ahead of its time
    shard.use("2026-11-02T01:59:30Z", "2026-11-02T01:58:00Z", 5);
    List<ChargeRow> first = shard.at("2026-11-02T02:00:00Z");
    assertEquals(
        List.of("tier 1, up to 100 MB: 90 MB at 1 = 90", "tier 2, above 100 MB: 5 MB at 2 = 10"),
        explain(shard, first.getFirst()));
    assertPriced(shard, first.getFirst(), 0);
    List<ChargeRow> second = shard.at("2026-11-02T03:00:00Z");
    assertEquals(
        List.of("tier 1, up to 100 MB: 10 MB at 1 = 10", "tier 2, above 100 MB: 20 MB at 2 = 40"),
        explain(shard, second.getFirst()));
    assertPriced(shard, second.getFirst(), 95);
  }

  @Test
  void volumeCharge_takesBackTheOldPriceOfTheWhole() {
    OneShard shard =
        shard(
            "EUR",
            "MB",
            "used: {meter: used, unit: MB, volume: [{to: 100, per-unit: 0.10}, {per-unit: 0.08}]}");
    shard.use(at(1), at(1), 100);
    shard.use(at(2), at(2), 1);
    List<ChargeRow> rows = sealed(shard);
    assertEquals(
        List.of(
            "tier 1, up to 100 MB: -100 MB at 0.10 = -10",
            "tier 2, above 100 MB: 101 MB at 0.08 = 8.08"),
        explain(shard, rows.getLast()));
    assertPriced(shard, rows.getLast(), 100);
  }

  @Test
  void packagesStepsAndFlats_sayHowOften() {
    OneShard shard =
        shard(
            "EUR",
            "MB",
            "packs: {meter: used, unit: MB, package: {of: 100, price: 0.25}}",
            "steps: {meter: used, unit: MB, stair-step: [{to: 100, price: 5}, {price: 7}]}",
            "once: {meter: used, flat: 4.99}",
            "counted: {meter: used, free: true}",
            "calls: {meter: used, unit: MB, per-unit: 0.01, round: {each: event, up-to: 10}}",
            "whole: {meter: used, unit: MB, per-unit: 0.01, round: {each: period, up-to: 10}}");
    shard.use(at(1), at(1), 101);
    List<ChargeRow> rows = sealed(shard);
    assertEquals(List.of("packages of 100 MB: 2 times at 0.25 = 0.5"), explain(shard, rows.get(0)));
    assertEquals(List.of("tier 2, above 100 MB: 1 times at 7 = 7"), explain(shard, rows.get(1)));
    assertEquals(List.of("once a period: 1 times at 4.99 = 4.99"), explain(shard, rows.get(2)));
    assertEquals(List.of("free of charge: 101 MB at 0 = 0"), explain(shard, rows.get(3)));
    assertEquals(List.of("each MB: 110 MB at 0.01 = 1.1"), explain(shard, rows.get(4)));
    assertEquals(110, rows.get(4).quantity());
    assertEquals(
        List.of("each begun or rounded MB: 110 MB at 0.01 = 1.1"), explain(shard, rows.get(5)));
    assertEquals(101, rows.get(5).quantity());
    rows.forEach(row -> assertPriced(shard, row, 0));
  }

  /** Two windows whose events take turns, up and down, across tiers, steps and roundings. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "per-unit: 0.0001",
        "graduated: [{to: 100, per-unit: 0.1}, {to: 500, per-unit: 0.07, flat: 1}, {per-unit:"
            + " 0.3}]",
        "volume: [{to: 100, per-unit: 0.1}, {to: 300, per-unit: 0.07}, {per-unit: 0.03, flat: 2}]",
        "stair-step: [{to: 100, price: 5}, {to: 300, price: 7}, {price: 9}]",
        "package: {of: 100, price: 0.25}",
        "flat: 4.99",
        "free: true",
        "per-unit: 0.0001, round: {each: event, up-to: 10}",
        "per-unit: 0.0001, round: {each: period, up-to: 10}",
        "graduated: [{to: 100, per-unit: 0.1}, {per-unit: 0.03}], round: {each: event, up-to: 7}",
        "volume: [{to: 100, per-unit: 0.1}, {per-unit: 0.03}], round: {each: period, up-to: 7}"
      })
  void everyShape_isPricedOnceMoreToTheUnit(String price) {
    String unit = price.startsWith("flat") || price.startsWith("free") ? "" : ", unit: h";
    String text = "used: {meter: used" + unit + ", " + price + "}";
    pricedOnceMore(text);
    if (!price.startsWith("free")) {
      pricedOnceMore(text + included("h", "a", 60, "b", 2));
    }
  }

  private static String included(String unit, Object... of) {
    String one = "{allowance: %%s, included: %%s, unit: %s, of: used}".formatted(unit);
    return ("\n    allowances: [" + one + ", " + one + "]").formatted(of);
  }

  private static void pricedOnceMore(String text) {
    OneShard shard = shard("JPY", "s", text);
    long seed = 20_261_102;
    for (int i = 0; i < 40; i++) {
      seed = seed * 6_364_136_223_846_793_005L + 1_442_695_040_888_963_407L;
      long reading = Math.floorMod(seed >> 33, 200_000L) - 40_000;
      String at = i % 2 == 0 ? "2026-11-02T01:58:00Z" : "2026-11-02T02:00:10Z";
      shard.use("2026-11-02T01:59:%02dZ".formatted(i), at, reading);
    }
    List<ChargeRow> rows = shard.at("2026-11-02T03:00:00Z");
    assertEquals(2, rows.size());
    rows.forEach(row -> assertPriced(shard, row, 0));
  }

  /** Bands that begin within a window: a charge for each, and what was used in the other is not. */
  @Test
  void bandsOfAWindow_areChargesOfTheirOwn() {
    OneShard shard =
        shard(
            "EUR",
            "MB",
            "used: {meter: used, unit: MB, bands: [{band: early, hours: 00:00-01:45, graduated:"
                + " [{to: 3, per-unit: 0.1}, {per-unit: 0.01}]}, {band: late, per-unit: 0.2}]}");
    shard.use("2026-11-02T01:59:00Z", "2026-11-02T01:44:59.999Z", 4);
    shard.use("2026-11-02T01:59:00Z", "2026-11-02T01:45:00Z", 2);
    shard.use("2026-11-02T01:59:00Z", "2026-11-02T01:00:00Z", 1);
    List<ChargeRow> rows = shard.at("2026-11-02T02:00:00Z");
    assertEquals(List.of("used.early", "used.late"), rows.stream().map(ChargeRow::name).toList());
    assertEquals(
        List.of("tier 1, up to 3 MB: 3 MB at 0.1 = 0.3", "tier 2, above 3 MB: 2 MB at 0.01 = 0.02"),
        explain(shard, rows.get(0)));
    assertEquals(List.of("each MB: 2 MB at 0.2 = 0.4"), explain(shard, rows.get(1)));
    rows.forEach(row -> assertPriced(shard, row, 0));
  }

  /** Past the horizon a position may be forgotten: the lines are what is left to check. */
  @Test
  void chargePastTheHorizon_isCheckedByItsLines() {
    OneShard shard = shard("EUR", "MB", "used: {meter: used, unit: MB, per-unit: 0.01}");
    shard.use(at(1), at(1), 100);
    ChargeRow row = sealed(shard).getFirst();
    for (long apart : new long[] {0, 1, 2}) {
      PriceWalk walk = Objects.requireNonNull(walk(shard, row));
      walk.others(new Ref(0, 0), 0, 0, 3);
      walk.pastHorizon();
      ChargeProof proof =
          new ChargeProof(
              new ChargeId(1, 0, 1, row.n()), with(row, row.amount() + apart, row.tiers()));
      Verdict chain = new Verdict("chain", true, "followed");
      Verdict price = proof.verdicts(chain, shard.rules(), walk, 0).getLast();
      assertEquals(apart <= 1, price.good(), price.says());
      assertTrue(price.says().contains("past the horizon"), price.says());
    }
  }

  @Test
  void linesThatHaveNoEnd_addUpToTheLastDigit() {
    OneShard shard =
        shard(
            "JPY",
            "s",
            "used: {meter: used, unit: h, graduated: [{to: 1, per-unit: 1}, {to: 2, per-unit: 2},"
                + " {per-unit: 5}]}");
    shard.use(at(1), at(1), 10_001);
    ChargeRow row = sealed(shard).getFirst();
    assertEquals(
        List.of(
            "tier 1, up to 1 h: 1 h at 1 = 1",
            "tier 2, above 1 up to 2 h: 1 h at 2 = 2",
            "tier 3, above 2 h: 0.778055555556 h at 5 = 3.8902778"),
        explain(shard, row));
    assertPriced(shard, row, 0);
  }

  /** Each of the events below moved the price by less than half a unit, and was rounded alone. */
  @Test
  void unitsLeftOverByTurns_areALineOfTheirOwn() {
    OneShard shard = shard("JPY", "s", "used: {meter: used, unit: h, per-unit: 0.0001}");
    shard.use("2026-11-02T01:59:00Z", "2026-11-02T01:59:00Z", 10);
    shard.use("2026-11-02T01:59:01Z", "2026-11-02T02:00:10Z", 10);
    shard.use("2026-11-02T01:59:30Z", "2026-11-02T01:58:00Z", 10);
    ChargeRow row = shard.at("2026-11-02T02:00:00Z").getFirst();
    assertEquals(
        List.of(
            "each h: 0.005555555556 h at 0.0001 = 0.0000006",
            "rounded as the events came: 1 times at -0.0000001 = -0.0000001"),
        explain(shard, row));
    assertPriced(shard, row, 0);
  }

  @Test
  void linesOfAPeriodsEnd_sayWhatTheyLack() {
    OneShard shard =
        shard(
            "EUR",
            "MB",
            "used: {meter: used, unit: MB, per-unit: 0.01}",
            "floor: {minimum: 2.00, of: used}",
            "ceiling: {cap: 5.00, of: used}");
    shard.use(at(1), at(1), 50);
    shard.at(at(2));
    ChargeRow floor = shard.at("2026-11-03T00:00:00Z").getFirst();
    assertEquals(
        List.of("the minimum: 1 times at 2.00 = 2", "less used: -1 times at 0.500000000 = -0.5"),
        explain(shard, floor));
    assertPriced(shard, floor, 0);
    shard.use("2026-11-03T01:00:00Z", "2026-11-02T20:00:00Z", 100);
    ChargeRow less = shard.at("2026-11-03T02:00:00Z").getLast();
    assertEquals(
        List.of(
            "the minimum: 1 times at 2.00 = 2",
            "less used: -1 times at 1.500000000 = -1.5",
            "asked before: 1 times at -1.500000000 = -1.5"),
        explain(shard, less));
    assertPriced(shard, less, floor.amount());
    shard.use("2026-11-03T03:00:00Z", "2026-11-02T20:00:00Z", 500);
    List<ChargeRow> rows = shard.at("2026-11-03T04:00:00Z");
    assertEquals(
        List.of("asked before: 1 times at -0.500000000 = -0.5"), explain(shard, rows.get(1)));
    assertPriced(shard, rows.get(1), 500_000_000);
    assertEquals(
        List.of("the cap: 1 times at 5.00 = 5", "less used: -1 times at 6.500000000 = -6.5"),
        explain(shard, rows.get(2)));
    assertPriced(shard, rows.get(2), 0);
  }
}
