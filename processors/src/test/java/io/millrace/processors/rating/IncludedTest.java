package io.millrace.processors.rating;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.CatalogFile;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Currency;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is left to be priced of what an allowance covers, row by row; in MB and EUR. */
class IncludedTest {

  private static PriceCurve curve(String currency, String price, String... included) {
    StringBuilder allowances = new StringBuilder();
    for (String each : included) {
      allowances.append(
          "      - {allowance: a%d, included: %s, unit: MB, of: used}\n"
              .formatted(allowances.length(), each));
    }
    String text =
        """
        catalog: shapes
        effective: 2026-01-01
        currency: %s
        zone: UTC
        meters:
          used: {event: e, value: data.v, unit: MB, scale: 3, aggregate: sum}
        offers:
          thing:
            scope: device
            window: 1h
            charges:
              used: {meter: used, %s}
            allowances:
        %s\
        """
            .formatted(currency, price, allowances);
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

  @ParameterizedTest(name = "{2} MB, {3} included, at {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          EUR | per-unit: 0.10, unit: MB | 0        | 100     | 0
          EUR | per-unit: 0.10, unit: MB | 99.999   | 100     | 0
          EUR | per-unit: 0.10, unit: MB | 100      | 100     | 0
          EUR | per-unit: 0.10, unit: MB | 100.001  | 100     | 0.0001
          EUR | per-unit: 0.10, unit: MB | -100     | 100     | 0
          EUR | per-unit: 0.10, unit: MB | -100.001 | 100     | -0.0001
          EUR | per-unit: 0.10, unit: MB | 150.5    | 100 50  | 0.05
          JPY | per-unit: 3, unit: MB    | 101      | 100     | 3
          KWD | per-unit: 0.001, unit: MB | 101     | 100     | 0.001
          EUR | per-unit: 0.000000000001, unit: MB | 1000000000100 | 100 | 1
          EUR | per-unit: 0.000000001, unit: MB | 9223372036854775.807 | 0.807 | 9223372.036854775
          EUR | graduated: [{to: 10, per-unit: 1}, {per-unit: 0.5, flat: 2}], unit: MB | 110 | 100 | 10
          EUR | graduated: [{to: 10, per-unit: 1}, {per-unit: 0.5, flat: 2}], unit: MB | 112 | 100 | 13
          EUR | volume: [{to: 10, per-unit: 1}, {per-unit: 0.5}], unit: MB | 112 | 100 | 6
          EUR | stair-step: [{to: 10, price: 5}, {price: 9}], unit: MB | 100 | 100 | 0
          EUR | stair-step: [{to: 10, price: 5}, {price: 9}], unit: MB | 100.001 | 100 | 5
          EUR | stair-step: [{to: 10, price: 5}, {price: 9}], unit: MB | 110.001 | 100 | 9
          EUR | package: {of: 100, price: 0.25}, unit: MB | 100 | 100 | 0
          EUR | package: {of: 100, price: 0.25}, unit: MB | 100.001 | 100 | 0.25
          EUR | flat: 4.99 | 100     | 100 | 0
          EUR | flat: 4.99 | 100.001 | 100 | 4.99
          EUR | per-unit: 0.10, unit: MB, round: {each: period, up-to: 1} | 100.5 | 100 | 0.1
          EUR | per-unit: 0.10, unit: MB, round: {each: period, up-to: 1} | 101.1 | 100.5 | 0.1
          """)
  void quantity_isPricedBeyondWhatIsIncluded(
      String currency, String price, BigDecimal used, String included, BigDecimal costs) {
    int digits = Catalog.ledgerScale(Currency.getInstance(currency));
    assertEquals(
        costs.movePointRight(digits).longValueExact(),
        curve(currency, price, included.split(" "))
            .amountAt(used.movePointRight(3).longValueExact()));
  }

  @Test
  void allowances_areUsedUpOneAfterTheOther() {
    PriceCurve curve = curve("EUR", "per-unit: 0.10, unit: MB", "100", "50");
    long[] slots = new long[curve.slots()];
    curve.explain(0, 120_000, slots, slots);
    assertEquals("[0, 0, 100000, 0, 20000, 0]", Arrays.toString(slots));
    curve.explain(120_000, 151_000, slots, slots);
    assertEquals("[1000, 1, 100000, 0, 50000, 0]", Arrays.toString(slots));
    curve.explain(151_000, 90_000, slots, slots);
    assertEquals("[0, 0, 90000, 0, 0, 0]", Arrays.toString(slots));
  }

  @Test
  void nothingIncluded_asksForNoSlots() {
    assertEquals(
        0,
        PriceShapesTest.curve(
                "EUR", "value: data.v, unit: MB, aggregate: sum", "per-unit: 0.10, unit: MB")
            .slots());
  }
}
