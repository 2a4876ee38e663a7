package io.millrace.processors.rating;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.CatalogFile;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Currency;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What each shape asks, row by row. Quantities in the meter's unit, amounts in the currency. */
class PriceShapesTest {
  static final String GRADUATED =
      "graduated: [{to: 100, per-unit: 0.10}, {to: 500, per-unit: 0.08, flat: 1}, {per-unit:"
          + " 0.05}]";

  static PriceCurve curve(String currency, String meter, String charge) {
    String text =
        """
        catalog: shapes
        effective: 2026-01-01
        currency: %s
        zone: UTC
        meters:
          used: {event: e, %s}
        offers:
          thing:
            scope: device
            window: 1h
            charges:
              used: {meter: used, %s}
        """
            .formatted(currency, meter, charge);
    return switch (CatalogFile.read("test", text.getBytes(StandardCharsets.UTF_8))) {
      case CatalogFile.Result.Accepted(Catalog catalog) ->
          Rules.compile(1, 4, catalog, n -> 1)
              .offers()
              .getFirst()
              .last()
              .usage()
              .getFirst()
              .curve();
      case CatalogFile.Result.Rejected r -> throw new AssertionError(r.problems() + text);
    };
  }

  private static void check(
      String currency, String meter, int scale, String charge, BigDecimal used, BigDecimal costs) {
    int digits = Catalog.ledgerScale(Currency.getInstance(currency));
    assertEquals(
        costs.movePointRight(digits).longValueExact(),
        curve(currency, meter, charge).amountAt(used.movePointRight(scale).longValueExact()),
        used + " for " + charge);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "0.001, 0.0001",
    "100, 10", // the last unit of the first tier
    "100.001, 11.00008", // its flat comes with the first step beyond
    "500, 43",
    "500.001, 43.00005",
    "1000, 68",
    "-100, -10",
    "-100.001, -11.00008",
  })
  void graduated_pricesEachPartInItsTier(BigDecimal used, BigDecimal costs) {
    check(
        "EUR", "value: data.v, unit: MB, aggregate: sum", 3, GRADUATED + ", unit: MB", used, costs);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "1, 0.10",
    "100, 10",
    "101, 8.08", // less than a hundred cost: the whole of it is in the second tier
    "500, 40",
    "501, 27.05", // 501 × 0.05 and the tier's flat of 2
    "-101, -8.08",
  })
  void volume_pricesTheWholeAtTheTierReached(BigDecimal used, BigDecimal costs) {
    check(
        "EUR",
        "aggregate: count",
        0,
        "volume: [{to: 100, per-unit: 0.10}, {to: 500, per-unit: 0.08}, {per-unit: 0.05, flat: 2}],"
            + " unit: each",
        used,
        costs);
  }

  @ParameterizedTest
  @CsvSource({
    "EUR, 1.5, 0, 0",
    "EUR, 1.5, 100, 1.5",
    "EUR, 1.5, 0.01, 0.00015",
    "EUR, 0.0000001, 0.01, 0", // 0.01 of a ledger unit
    "EUR, 0.000005, 0.01, 0.000000001", // a half is one
    "EUR, 100, 1000000000.00, 1000000000",
    "EUR, 2.5, -40, -1",
    "EUR, 0.123456789012345678, 1000000, 1234.567890123", // eighteen digits, rounded once
    "JPY, 3, 101, 3.03",
    "KWD, 0.5, 0.01, 0.00005",
  })
  void percent_isThatPartOfTheValue(
      String currency, String percent, BigDecimal value, BigDecimal costs) {
    int digits = Catalog.ledgerScale(Currency.getInstance(currency));
    check(
        currency,
        "value: data.v, aggregate: sum, scale: 2, unit: " + currency,
        2,
        "percent: " + percent,
        value,
        costs.setScale(digits, java.math.RoundingMode.HALF_UP));
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "0.001, 5", "10, 5", "10.001, 20", "100, 20", "100.5, 50", "-10.001, -20"})
  void stairStep_asksTheAmountOfTheStepReached(BigDecimal used, BigDecimal costs) {
    check(
        "EUR",
        "value: data.v, unit: h, aggregate: sum",
        3,
        "stair-step: [{to: 10, price: 5}, {from: 10, to: 100, price: 20}, {price: 50}], unit: h",
        used,
        costs);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "0.001, 0.25", // begun is paid for
    "100, 0.25",
    "100.001, 0.50",
    "1000, 2.50",
    "-0.001, -0.25",
    "-100.001, -0.50",
  })
  void packages_areWhole(BigDecimal used, BigDecimal costs) {
    check(
        "EUR",
        "value: data.v, unit: MB, aggregate: sum",
        3,
        "package: {of: 100, price: 0.25}, unit: MB",
        used,
        costs);
  }

  @ParameterizedTest
  @CsvSource({
    // currency, unit of the price, charge, used in s, costs
    "JPY, h, 'per-unit: 1', 3600, 1",
    "JPY, h, 'per-unit: 1', 1, 0.0002778",
    "KWD, h, 'per-unit: 0.000000000001', 3600, 0", // twelve decimals, below half a ledger unit
    "KWD, h, 'per-unit: 0.000000000001', 180000000, 0.0000000500",
    "EUR, s, 'per-unit: 0.000000000001', 1000000000000000, 1000", // 10^15 units
    "EUR, s, 'per-unit: 0.000000000123456789', 1000000000000000, 123456.789",
    "EUR, s, 'graduated: [{to: 100, per-unit: 0.00000000001}, {per-unit: 0.000000000005}]',"
        + " 1000000000000000, 5000.000000001", // half a ledger unit, up
    "CLF, h, 'per-unit: 0.1', 1, 0.00002777778",
    "EUR, min, 'per-unit: 0.02, round: {each: period, up-to: 1}', 61, 0.04",
    "EUR, min, 'per-unit: 0.02, round: {each: period, down-to: 1}', 119, 0.02",
    "EUR, min, 'per-unit: 0.02, round: {each: period, nearest: 1}', 90, 0.04",
    "EUR, min, 'per-unit: 0.02, round: {each: period, nearest: 1}', 89, 0.02",
    "EUR, min, 'per-unit: 0.02, round: {each: period, nearest: 1}', -90, -0.04",
  })
  void currenciesAndUnits_loseNoDigitBeforeTheOneRounding(
      String currency, String unit, String charge, BigDecimal used, BigDecimal costs) {
    check(
        currency,
        "value: data.v, unit: s, aggregate: sum, scale: 0",
        0,
        charge + ", unit: " + unit,
        used,
        costs);
  }

  @ParameterizedTest
  @CsvSource({
    "flat: 4.99, 0, 0",
    "flat: 4.99, 1, 4.99",
    "flat: 4.99, 1000000, 4.99",
    "flat: 4.99, -1, -4.99",
    "free: true, 1000000, 0",
  })
  void flatAndFree_askForNoQuantity(String charge, BigDecimal used, BigDecimal costs) {
    check("EUR", "aggregate: count", 0, charge, used, costs);
  }

  @Test
  void pricesOfAnyTier_areExactWhereAProductOverflowsALong() {
    PriceCurve curve =
        curve(
            "EUR",
            "value: data.v, unit: B, aggregate: sum, scale: 0",
            "graduated: [{to: 3, per-unit: 0.000000000000000001},"
                + " {per-unit: 0.000000000333333333}], unit: B");
    // 3 × 10^-9 + (10^18 − 3) × 0.333333333 ledger units: the product has 27 digits.
    assertEquals(333_333_332_999_999_999L, curve.amountAt(999_999_999_999_999_999L));
  }

  @ParameterizedTest
  @CsvSource({
    // before, after, units so far, units then: what fits is found, though parts of it would not
    "-4000000000000000000, -3000000000000000000, -9000000000000000000, -8000000000000000000",
    "3000000000000000000, 4000000000000000000, -9000000000000000000, -8000000000000000000",
    "-3000000000000000000, -4000000000000000000, 9000000000000000000, 8000000000000000000",
    "-4000000000000000000, 5000000000000000000, -9000000000000000000, 0",
  })
  void whatAChargeIsMadeOf_isRefusedOnlyWhereItFitsNoLong(
      long before, long after, long unitsSoFar, long units) {
    PriceCurve curve =
        curve(
            "EUR",
            "value: data.v, unit: L, aggregate: sum",
            "stair-step: [{to: 7, price: 0.3}, {price: 5}], unit: L");
    long[] slots = {0, 0, unitsSoFar, 0};
    curve.explain(before, after, slots, slots);
    assertEquals(units, slots[2]);
    long[] full = {0, 0, Long.MAX_VALUE - 1, 0};
    assertThrows(
        ArithmeticException.class, () -> curve.explain(-1_000_002, -1_000_000, full, full));
  }
}
