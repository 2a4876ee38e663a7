package io.millrace.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A change of tariff in words. */
class CatalogChangesTest {
  private static final String TARIFF =
      """
      catalog: ev
      effective: 2026-01-01
      currency: EUR
      zone: Europe/Madrid
      holidays: [2026-12-25, 2026-12-26]
      meters:
        energy: {event: charge, value: data.wh, unit: Wh, aggregate: sum}
      offers:
        home:
          scope: device
          window: 1h
          charges:
            energy:
              meter: energy
              unit: kWh
              bands:
                - {band: festive, days: holidays, per-unit: 0.12}
                - {band: rest, graduated: [{to: 100, per-unit: 0.30}, {per-unit: 0.20}]}
            fee: {recurring: 4.90, every: month}
          share:
            - {party: operator, percent: 70}
            - {party: owner, remainder: true}
      """;

  private static List<String> changes(String before, String after) {
    return CatalogChanges.between(bytes(before), bytes(after)).stream()
        .map(CatalogChanges.Change::toString)
        .toList();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String with(String... pairs) {
    String text = TARIFF;
    for (int i = 0; i < pairs.length; i += 2) {
      if (!text.contains(pairs[i])) {
        throw new AssertionError(pairs[i]);
      }
      text = text.replace(pairs[i], pairs[i + 1]);
    }
    return text;
  }

  @Test
  void sameWordsInAnotherOrder_areNoChange() {
    assertEquals(List.of(), changes(TARIFF, TARIFF));
    assertEquals(
        List.of(),
        changes(
            TARIFF,
            with(
                "recurring: 4.90, every: month",
                "every: month, recurring: 4.9",
                "percent: 70",
                "percent: 70.0")));
  }

  @Test
  void eachChange_isToldWhereItIs() {
    assertEquals(
        List.of(
            "catalog: ev → ev-2027",
            "holidays: [2026-12-25, 2026-12-26] → [2026-12-25]",
            "offer home, charge energy, bands, band festive is gone: {band: festive, days:"
                + " holidays, per-unit: 0.12}",
            "offer home, charge energy, bands, band rest, graduated, 1, to: 100 → 80",
            "offer home, charge fee is gone: {recurring: 4.90, every: month}",
            "offer home, share, party operator, percent: 70 → 65",
            "offer home, charge floor is new: {minimum: 5, of: energy}"),
        changes(
            TARIFF,
            with(
                "catalog: ev", "catalog: ev-2027",
                ", 2026-12-26", "",
                "          - {band: festive, days: holidays, per-unit: 0.12}\n", "",
                "to: 100", "to: 80",
                "fee: {recurring: 4.90, every: month}", "floor: {minimum: 5, of: energy}",
                "percent: 70", "percent: 65")));
  }

  @Test
  void anotherOrderOfAList_isAChange() {
    assertEquals(
        List.of(
            "offer home, share, order: party operator, party owner → party owner, party operator"),
        changes(
            TARIFF,
            with(
                "    - {party: operator, percent: 70}\n      - {party: owner, remainder: true}",
                "    - {party: owner, remainder: true}\n      - {party: operator, percent: 70}")));
  }

  @Test
  void anotherShapeOfPrice_isToldAsBothSayIt() {
    assertEquals(
        List.of(
            "offer home, charge energy, bands, band rest, graduated is gone:"
                + " [{to: 100, per-unit: 0.30}, {per-unit: 0.20}]",
            "offer home, charge energy, bands, band rest, per-unit is new: 0.25"),
        changes(
            TARIFF,
            with("graduated: [{to: 100, per-unit: 0.30}, {per-unit: 0.20}]", "per-unit: 0.25")));
  }
}
