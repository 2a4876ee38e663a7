package io.millrace.processors.shard;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.processors.explain.ChargeProof;
import io.millrace.processors.explain.EvidenceList;
import io.millrace.processors.explain.EvidenceList.Moved;
import io.millrace.processors.explain.PriceLine;
import io.millrace.processors.explain.PriceWalk;
import io.millrace.processors.rating.Rules.UsageCharge;
import io.millrace.processors.shard.Effects.ChargeRow;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Charges of a running counter: their events say what each has added, and where. */
class ExplainedCounterTest {
  private static final String CATALOG =
      """
      catalog: counters
      effective: 2026-11-02
      currency: EUR
      zone: UTC
      period: 24h
      meters:
        used: {event: report, value: data.v, unit: each, scale: 0, aggregate: delta}
      offers:
        thing:
          scope: device
          window: 1h
          charges:
            used: {meter: used, unit: each, graduated: [{to: 50, per-unit: 2}, {per-unit: 0.3333333333}]}
      """;

  @Test
  void lateReading_takesFromTheWindowOfTheNextOne_andAllIsExplained() {
    OneShard shard = new OneShard(CATALOG, "2026-11-02T00:00:00Z", "");
    List<ChargeRow> charges = new ArrayList<>();
    charges.addAll(shard.use("2026-11-02T00:30:00Z", "2026-11-02T00:30:00Z", 100));
    charges.addAll(shard.use("2026-11-02T05:30:00Z", "2026-11-02T05:30:00Z", 160));
    charges.addAll(shard.use("2026-11-02T06:30:00Z", "2026-11-02T02:30:00Z", 130));
    charges.addAll(shard.use("2026-11-02T07:30:00Z", "2026-11-02T07:30:00Z", 7));
    charges.addAll(shard.at("2026-11-02T23:00:00Z"));

    assertEquals(
        List.of(
            "00 1 events, 0 for 0.0000000",
            "05 1 events, 60 for 103.3333333",
            "02 1 events, 30 for 9.9999999",
            "05 1 events, -30 for -9.9999999",
            "07 1 events, 7 for 2.3333333"),
        charges.stream().map(c -> text(shard, c)).toList());
    TreeMap<String, Long> added = new TreeMap<>();
    for (ChargeRow c : charges) {
      assertExplained(shard, c, charges);
      for (Moved m : EvidenceList.readMoved(c.evidence())) {
        added.merge(m.ref().text(), m.quantity(), Long::sum);
      }
    }
    assertEquals(List.of(0L, 60L, 0L, 7L), List.copyOf(added.values()));
  }

  /** A level that a late reading parts, over a day's end, and a silence. */
  @Test
  void levelsOfTwoPeriods_areExplained() {
    String catalog =
        CATALOG
            .replace("aggregate: delta", "aggregate: time-weighted, holds-for: 6h")
            .replace("unit: each, graduated", "unit: each-hour, graduated");
    OneShard shard = new OneShard(catalog, "2026-11-02T00:00:00Z", "");
    List<ChargeRow> charges = new ArrayList<>();
    charges.addAll(shard.use("2026-11-02T08:30:00Z", "2026-11-02T08:30:00Z", 10));
    charges.addAll(shard.use("2026-11-02T20:30:00Z", "2026-11-02T20:30:00Z", 2));
    charges.addAll(shard.use("2026-11-03T00:30:00Z", "2026-11-03T00:30:00Z", 4));
    charges.addAll(shard.use("2026-11-03T02:30:00Z", "2026-11-02T22:30:00Z", 6));
    charges.addAll(shard.at("2026-11-03T23:00:00Z"));

    assertEquals(
        List.of(
            "08 1 events, 0 for 0.0000000",
            "20 1 events, 0 for 0.0000000",
            "14 1 events, 216000 for 103.3333333",
            "23 1 events, 25200 for 2.3333333",
            "00 1 events, 3600 for 2.0000000",
            "22 1 events, 14400 for 1.3333333",
            "23 1 events, 7200 for 0.6666666",
            "00 1 events, 7200 for 4.0000000"),
        charges.stream().map(c -> text(shard, c)).toList());
    charges.forEach(c -> assertExplained(shard, c, charges));
    assertEquals(
        3_600 * (10 * 6 + 2 * 2 + 6 * 2), charges.stream().mapToLong(ChargeRow::quantity).sum());
  }

  @Test
  void checkpointBetweenAnyTwoReadings_changesNothing() {
    // OneShard goes on from its encoded state, and undoes each batch once.
    OneShard shard = new OneShard(CATALOG, "2026-11-02T00:00:00Z", "");
    List<ChargeRow> charges = new ArrayList<>();
    for (int n = 0; n < 200; n++) {
      String now = "2026-11-02T%02d:%02d:00Z".formatted(n / 60, n % 60);
      int late = n % 3 == 2 ? Math.max(0, n - 40) : n;
      String at = "2026-11-02T%02d:%02d:00Z".formatted(late / 60, late % 60);
      charges.addAll(shard.use(now, at, 10L * late));
    }
    charges.addAll(shard.at("2026-11-02T23:59:00Z"));
    assertEquals(1_990, charges.stream().mapToLong(ChargeRow::quantity).sum());
  }

  private static String text(OneShard shard, ChargeRow c) {
    int scale = shard.rules().catalog().ledgerScale();
    return "%tH %d events, %d for %s"
        .formatted(
            java.time.Instant.ofEpochMilli(c.windowStart()).atZone(java.time.ZoneOffset.UTC),
            c.events(),
            c.quantity(),
            BigDecimal.valueOf(c.amount(), scale)
                .setScale(7, java.math.RoundingMode.DOWN)
                .toPlainString());
  }

  private static void assertExplained(OneShard shard, ChargeRow row, List<ChargeRow> all) {
    ChargeProof proof = new ChargeProof(new ChargeId(1, 0, 1, row.n()), row);
    BigDecimal sum = BigDecimal.ZERO;
    for (PriceLine line : proof.lines(shard.rules())) {
      sum = sum.add(line.amount());
    }
    int scale = shard.rules().catalog().ledgerScale();
    assertEquals(BigDecimal.valueOf(row.amount(), scale), sum.setScale(scale), "the lines add up");
    UsageCharge charge = shard.rules().offers().getFirst().last().usage().getFirst();
    PriceWalk walk = new PriceWalk(charge.curve());
    for (ChargeRow each : all) {
      for (Moved m : EvidenceList.readMoved(each.evidence())) {
        int period = shard.rules().periods().indexOf(m.moment());
        walk.moved(m.ref(), m.moment(), period, 0, m.quantity(), each == row);
      }
    }
    assertEquals(row.amount(), walk.amount());
    assertArrayEquals(row.tiers(), walk.tiers());
    List<Moved> own = EvidenceList.readMoved(row.evidence());
    assertEquals(row.events(), own.size());
    assertEquals(row.quantity(), own.stream().mapToLong(Moved::quantity).sum());
    assertEquals(row.firstAt(), own.stream().mapToLong(Moved::moment).min().orElseThrow());
  }
}
