package io.millrace.processors.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.processors.explain.ChargeParts;
import io.millrace.processors.explain.EvidenceList;
import io.millrace.processors.explain.EvidenceList.Moved;
import io.millrace.processors.explain.Verdict;
import io.millrace.processors.rating.Rules.UsageCharge;
import io.millrace.processors.shard.Effects.ChargeRow;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a charge's quantity comes from, and that what was changed of it shows. */
class ChargePartsTest {
  private static final String CATALOG =
      """
      catalog: parts
      effective: 2026-11-01
      currency: EUR
      zone: UTC
      period: month
      meters:
        used: {event: report, value: data.v, unit: MB, scale: 0, aggregate: sum}
        calls: {event: report, aggregate: count}
      offers:
        thing:
          scope: device
          window: month
          allowances:
            - {allowance: first, included: 5, unit: MB, of: used, valid-for: 720h}
            - {allowance: plan, included: 10, unit: MB, of: used, rolls-over: {periods: 1}}
          charges:
            used: {meter: used, unit: MB, package: {of: 10, price: 1}}
            all: {meters: {used: 0.3, calls: 1}, per-unit: 1, round: {each: event, up-to: 1}}
            exact: {meters: {used: 0.3, calls: 1}, per-unit: 1}
      """;

  private final OneShard shard = new OneShard(CATALOG, "2026-11-01T00:00:00Z", "");

  private List<ChargeRow> charges() {
    shard.use("2026-11-10T00:00:00Z", "2026-11-10T00:00:00Z", 12);
    shard.at("2026-12-01T00:00:00Z");
    shard.use("2026-12-10T00:00:00Z", "2026-12-10T00:00:00Z", 16);
    shard.use("2026-12-11T00:00:00Z", "2026-12-11T00:00:00Z", -2);
    return shard.at("2027-01-01T00:00:00Z");
  }

  private ChargeParts parts(ChargeRow row, long more) {
    UsageCharge priced =
        shard.rules().offers().getFirst().last().usage().stream()
            .filter(u -> u.name().equals(row.name()))
            .findFirst()
            .orElseThrow();
    ChargeParts parts = ChargeParts.of(shard.rules(), row, priced).orElseThrow();
    for (OneShard.Used each : shard.used()) {
      if (each.at() >= row.windowStart() && each.at() < row.windowEnd()) {
        long quantity = priced.quantity(0, each.readings(), 0);
        long beyond =
            priced.listsMoves()
                ? EvidenceList.readMoved(row.evidence()).stream()
                    .filter(m -> m.ref().equals(each.ref()))
                    .mapToLong(Moved::quantity)
                    .sum()
                : 0;
        parts.event(0, each.readings(), 0, quantity, beyond + more);
      }
    }
    return parts;
  }

  private List<String> told(ChargeRow row) {
    ChargeParts parts = parts(row, 0);
    assertTrue(parts.verdict().good(), parts.verdict().says());
    return parts.parts().stream()
        .map(
            p ->
                p.what()
                    + " "
                    + p.since()
                    + " "
                    + p.quantity().toPlainString()
                    + " "
                    + p.unit()
                    + " for "
                    + p.counts().toPlainString())
        .toList();
  }

  @Test
  void whatWasDrawn_isOfThePeriodThatBroughtIt_andAddsUp() {
    ChargeRow used = charges().getFirst();
    assertEquals(14, used.quantity());
    assertEquals(
        List.of(
            "plan 2026-11-01T00:00:00Z 3 MB for 3",
            "plan 2026-12-01T00:00:00Z 10 MB for 10",
            "beyond what is included null 1 MB for 1"),
        told(used));
    Verdict off = parts(used, 1).verdict();
    assertFalse(off.good());
    assertEquals("13 scaled units are drawn on allowances, its events say 11", off.says());
  }

  @Test
  void metersOfABundle_addUp_withWhatRoundingMadeOfThem() {
    List<ChargeRow> charges = charges();
    // 4.8 + 1 and -0.6 + 1 are 6 and 1.
    assertEquals(
        List.of(
            "used null 14 MB for 4.2",
            "calls null 2 each for 2",
            "rounded, event by event null 0.8 credit for 0.8"),
        told(charges.get(1)));
    ChargeRow exact = charges.get(2);
    assertEquals(List.of("used null 14 MB for 4.2", "calls null 2 each for 2"), told(exact));
    ChargeParts once = parts(exact, 0);
    once.event(0, new long[] {1}, 0, 0, 0);
    assertEquals("its meters count for 75 scaled units, the charge says 62", once.verdict().says());
  }
}
