package io.millrace.processors.trial;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Golden rows at the edges, from a person's event to what the whole shard charges: currencies,
 * small prices, large quantities, corrections, and the moments at which clocks and calendars turn.
 */
class GoldenEdgesTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # currency | price, in kWh and bands in Paris | events in Wh | what each charge comes to
          # -- currencies of no and of three digits; a bound in whole minor units
          JPY | per-unit: 3                              | 2026-01-05T10:00 1001                       | use 3.003
          JPY | per-unit: 0.0000001                      | 2026-01-05T10:00 1000                       | use 0.0000001
          KWD | per-unit: 0.0125                         | 2026-01-05T10:00 1001                       | use 0.0125125
          KWD | per-unit: 0.0000000001                   | 2026-01-05T10:00 1000                       | use 0.0000000001
          # -- twelve decimals: below the ledger's unit, then a half of it, up
          EUR | per-unit: 0.000000000499                 | 2026-01-05T10:00 1000                       | use 0
          EUR | per-unit: 0.000000000500                 | 2026-01-05T10:00 1000                       | use 0.000000001
          EUR | per-unit: 0.000000000500                 | 2026-01-05T10:00 1000, 2026-01-05T10:01 1000 | use 0.000000001
          EUR | per-unit: 0.000000000500                 | 2026-01-05T10:00 -1000                      | use -0.000000001
          # -- the largest quantity that a person can write; 10^15 units are rows of PriceShapesTest
          EUR | per-unit: 0.000000000001                 | 2026-01-05T10:00 999999999999 | use 0.001
          EUR | 'graduated: [{to: 1, per-unit: 5}, {per-unit: 0.000000000001}]' | 2026-01-05T10:00 999999999999 | use 5.001
          # -- the boundary of a tier, the unit beyond it, nothing
          EUR | 'graduated: [{to: 1, per-unit: 5}, {per-unit: 1}]' | 2026-01-05T10:00 1000               | use 5
          EUR | 'graduated: [{to: 1, per-unit: 5}, {per-unit: 1}]' | 2026-01-05T10:00 1001               | use 5.001
          EUR | 'volume: [{to: 1, per-unit: 5}, {per-unit: 1}]' | 2026-01-05T10:00 1000                  | use 5
          EUR | 'volume: [{to: 1, per-unit: 5}, {per-unit: 1}]' | 2026-01-05T10:00 1001                  | use 1.001
          EUR | 'stair-step: [{to: 1, price: 5}, {price: 9}]' | 2026-01-05T10:00 0                       | use 0
          # -- corrections: through tiers and back, and below nothing
          EUR | 'graduated: [{to: 1, per-unit: 5}, {per-unit: 1}]' | 2026-01-05T10:00 3000, 2026-01-06T10:00 -2500 | use 2.5
          EUR | 'graduated: [{to: 1, per-unit: 5}, {per-unit: 1}]' | 2026-01-05T10:00 1000, 2026-01-06T10:00 -3000 | use -6
          EUR | 'package: {of: 1, price: 2}'             | 2026-01-05T10:00 1001, 2026-01-06T10:00 -2  | use 2
          EUR | 'volume: [{to: 1, per-unit: 5}, {per-unit: 1}]' | 2026-01-05T10:00 1001, 2026-01-06T10:00 -1 | use 5
          # -- the last millisecond of a month, the first of the next; a leap day
          EUR | 'package: {of: 1, price: 2}'             | 2026-01-31T22:59:59.999Z 1, 2026-01-31T22:59:59.998Z 1 | use 2
          EUR | 'package: {of: 1, price: 2}'             | 2026-01-31T22:59:59.999Z 1, 2026-01-31T23:00:00Z 1 | use 4
          EUR | 'package: {of: 1, price: 2}'             | 2028-02-29T22:59:59.999Z 1, 2028-02-01T00:00 1 | use 2
          EUR | 'package: {of: 1, price: 2}'             | 2028-02-29T22:59:59.999Z 1, 2028-03-01T00:00 1 | use 4
          # -- the hour that Paris leaves out, and the one that it has twice
          EUR | 'bands: [{band: night, hours: [02:00-03:00], per-unit: 1}, {band: rest, per-unit: 5}]' | 2026-03-29T00:59:59.999Z 1000, 2026-03-29T01:00:00Z 1000 | use.rest 10
          EUR | 'bands: [{band: night, hours: [02:00-03:00], per-unit: 1}, {band: rest, per-unit: 5}]' | 2026-10-25T00:00:00Z 1000, 2026-10-25T01:59:59.999Z 1000, 2026-10-25T02:00:00Z 1000 | use.night 2, use.rest 5
          EUR | 'bands: [{band: leap, days: holidays, per-unit: 1}, {band: rest, per-unit: 5}]' | 2028-02-28T23:00:00Z 1000, 2028-02-29T22:59:59.999Z 1000, 2028-02-29T23:00:00Z 1000 | use.leap 2, use.rest 5
          """)
  void edge_costsWhatAPersonWouldSay(
      String currency, String price, String events, String expected) {
    String holidays = price.contains("holidays") ? "holidays: [2028-02-29]\n" : "";
    String tariff =
        """
        catalog: edges
        effective: 2025-01-01
        currency: %s
        zone: Europe/Paris
        period: month
        %smeters:
          use: {event: used, value: data.wh, unit: Wh, scale: 0, aggregate: sum}
        offers:
          plan:
            scope: device
            window: 1h
            charges:
              use: {meter: use, unit: kWh, %s}
        """
            .formatted(currency, holidays, price);
    String test = Edges.test(events, expected);
    assertEquals(List.of(), CatalogTrialTest.run(tariff, test));
  }
}
