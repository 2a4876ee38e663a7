package io.millrace.processors.trial;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Golden rows at the edges of what is priced together and of what is priced by itself: meters in a
 * bundle, devices in a pool, and each event on its own.
 */
class GoldenSharedEdgesTest {

  /** A door that opens is a credit, a watt-hour of {@code use} half a one. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # currency | price, in credits, and what the offer says beside | events in Wh | what each charge comes to
          # -- the boundary of a tier from both meters, half a credit beyond it, nothing
          EUR | 'graduated: [{to: 10, per-unit: 5}, {per-unit: 1}]' | 2026-01-05T10:00 0 door, 2026-01-05T10:00 0 door, 2026-01-05T10:00 16 use | all 50
          EUR | 'graduated: [{to: 10, per-unit: 5}, {per-unit: 1}]' | 2026-01-05T10:00 17 use, 2026-01-06T10:00 0 door, 2026-01-07T10:00 0 door | all 50.5
          EUR | 'volume: [{to: 10, per-unit: 5}, {per-unit: 1}]'    | 2026-01-05T10:00 18 use, 2026-01-05T10:00 0 door | all 50
          EUR | 'volume: [{to: 10, per-unit: 5}, {per-unit: 1}]'    | 2026-01-05T10:00 19 use, 2026-01-05T10:00 0 door | all 10.5
          EUR | 'stair-step: [{to: 1, price: 5}, {price: 9}]'       | 2026-01-05T10:00 0 use                           | all 0
          EUR | 'stair-step: [{to: 1, price: 5}, {price: 9}]'       | 2026-01-05T10:00 0 use, 2026-01-05T10:00 0 door  | all 5
          EUR | 'flat: 3'                                           | 2026-01-05T10:00 0 use                           | all 0
          # -- what is taken back goes down the tiers that both went up, and below nothing
          EUR | 'graduated: [{to: 10, per-unit: 5}, {per-unit: 1}]' | 2026-01-05T10:00 18 use, 2026-01-05T10:00 0 door, 2026-01-05T10:00 0 door, 2026-01-06T10:00 -4 use | all 45
          EUR | 'graduated: [{to: 10, per-unit: 5}, {per-unit: 1}]' | 2026-01-05T10:00 0 door, 2026-01-06T10:00 -6 use | all -10
          EUR | 'package: {of: 10, price: 2}' | 2026-01-05T10:00 19 use, 2026-01-05T10:00 0 door, 2026-01-06T10:00 -1 use | all 2
          # -- what is included, to the credit and half a one beyond it
          EUR | per-unit: 4 & plan 10 | 2026-01-05T10:00 18 use, 2026-01-05T10:00 0 door | all 0
          EUR | per-unit: 4 & plan 10 | 2026-01-05T10:00 19 use, 2026-01-05T10:00 0 door | all 2
          EUR | per-unit: 4 & plan 10 | 2026-01-05T10:00 19 use, 2026-01-05T10:00 0 door, 2026-01-06T10:00 -1 use | all 0
          EUR | per-unit: 4 & plan 10 | 2026-01-31T22:59:59.999Z 20 use, 2026-01-31T23:00:00Z 0 door | all 0
          # -- currencies of no and of three digits, twelve decimals, a large total
          JPY | per-unit: 0.0000001    | 2026-01-05T10:00 1 use                        | all 0.0000001
          JPY | per-unit: 0.0000001    | 2026-01-05T10:00 1 use, 2026-01-05T10:00 1 use | all 0.0000001
          JPY | per-unit: 3            | 2026-01-05T10:00 1 use, 2026-01-05T10:00 0 door | all 4.5
          KWD | per-unit: 0.0000000001 | 2026-01-05T10:00 2 use, 2026-01-05T10:00 0 door | all 0.0000000002
          KWD | per-unit: 0.0125       | 2026-01-05T10:00 1 use, 2026-01-05T10:00 0 door | all 0.01875
          EUR | per-unit: 0.000000000499 | 2026-01-05T10:00 0 door | all 0
          EUR | per-unit: 0.000000000500 | 2026-01-05T10:00 0 door | all 0.000000001
          EUR | per-unit: 0.000000000001 | 2026-01-05T10:00 999999999999 use, 2026-01-05T10:00 0 door | all 0.5
          # -- the last millisecond of a month and the first of the next, also where clocks change in it
          EUR | 'package: {of: 10, price: 2}' | 2026-01-31T22:59:59.998Z 2 use, 2026-01-31T22:59:59.999Z 0 door | all 2
          EUR | 'package: {of: 10, price: 2}' | 2026-01-31T22:59:59.999Z 2 use, 2026-01-31T23:00:00Z 0 door | all 4
          EUR | 'package: {of: 10, price: 2}' | 2026-03-31T21:59:59.999Z 2 use, 2026-03-01T00:00 0 door | all 2
          EUR | 'package: {of: 10, price: 2}' | 2026-03-31T21:59:59.999Z 2 use, 2026-03-31T22:00:00Z 0 door | all 4
          EUR | 'package: {of: 10, price: 2}' | 2028-02-29T22:59:59.999Z 2 use, 2028-03-01T00:00 0 door | all 4
          # -- both of the hours that Paris has twice are one month's, the first one late
          EUR | 'package: {of: 10, price: 2}' | 2026-10-25T01:30:00Z 10 use, 2026-10-25T00:30:00Z 10 use | all 2
          """)
  void bundle_costsWhatAPersonWouldSay(
      String currency, String price, String events, String expected) {
    String[] words = price.split(" & plan ");
    String plan =
        words.length == 1
            ? ""
            : "allowances: [{allowance: plan, included: " + words[1] + ", unit: credit, of: all}]";
    String tariff =
        """
        meters:
          doors: {event: door, aggregate: count}
          use: {event: use, value: data.wh, unit: Wh, scale: 0, aggregate: sum}
        offers:
          plan:
            scope: device
            window: 1h
            %s
            charges:
              all: {meters: {doors: 1, use: 0.5}, %s}
        """
            .formatted(plan, words[0]);
    judge(currency, tariff, events, expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # currency | price, in kWh and bands in Paris, and what the offer says beside | events in Wh | what each charge comes to
          # -- the boundary of a tier from two devices, a unit beyond it, nothing
          EUR | 'graduated: [{to: 1, per-unit: 5}, {per-unit: 1}]' | 2026-01-05T10:00 600 on a, 2026-01-05T10:00 400 on b | use 5
          EUR | 'graduated: [{to: 1, per-unit: 5}, {per-unit: 1}]' | 2026-01-05T10:00 600 on a, 2026-01-05T10:00 401 on b | use 5.001
          EUR | 'volume: [{to: 1, per-unit: 5}, {per-unit: 1}]'    | 2026-01-05T10:00 600 on a, 2026-01-05T10:00 401 on b | use 1.001
          EUR | 'stair-step: [{to: 1, price: 5}, {price: 9}]'      | 2026-01-05T10:00 0 on a, 2026-01-05T10:00 0 on b     | use 0
          EUR | 'stair-step: [{to: 1, price: 5}, {price: 9}]'      | 2026-01-05T10:00 1 on a, 2026-01-05T10:00 0 on b     | use 5
          EUR | 'flat: 3'                                          | 2026-01-05T10:00 1 on a, 2026-01-06T10:00 1 on b     | use 3
          # -- what one used is taken back of another, through tiers and below nothing
          EUR | 'graduated: [{to: 1, per-unit: 5}, {per-unit: 1}]' | 2026-01-05T10:00 1500 on a, 2026-01-06T10:00 -1000 on b | use 2.5
          EUR | 'graduated: [{to: 1, per-unit: 5}, {per-unit: 1}]' | 2026-01-05T10:00 1000 on a, 2026-01-06T10:00 -3000 on b | use -6
          EUR | 'package: {of: 1, price: 2}' | 2026-01-05T10:00 1001 on a, 2026-01-06T10:00 -1 on b | use 2
          # -- what is included for all of them, to the unit; what is drawn, and left of the month before
          EUR | 'per-unit: 4 & included: 1'  | 2026-01-05T10:00 999 on a, 2026-01-05T10:00 1 on b | use 0
          EUR | 'per-unit: 4 & included: 1'  | 2026-01-05T10:00 999 on a, 2026-01-05T10:00 2 on b | use 0.004
          EUR | 'per-unit: 4 & included: 1, rolls-over: {periods: 1, most: 0.25}' | 2026-01-31T22:59:59.999Z 1000 on a, 2026-02-01T00:00 1001 on b | use 0.004
          EUR | 'per-unit: 4 & included: 1, rolls-over: {periods: 1, most: 0.25}' | 2026-01-31T22:59:59.999Z 600 on a, 2026-02-01T00:00 1250 on b | use 0
          EUR | 'per-unit: 4 & included: 1, rolls-over: {periods: 1, most: 0.25}' | 2026-01-31T22:59:59.999Z 600 on a, 2026-02-01T00:00 1251 on b | use 0.004
          EUR | 'per-unit: 4 & included: 1, rolls-over: {periods: 1}' | 2026-01-05T10:00 900 on a, 2026-02-28T22:59:59.999Z 1100 on b, 2026-02-28T23:00:00Z 1001 on a | use 0.004
          EUR | 'per-unit: 4 & included: 1, rolls-over: {periods: 1}' | 2026-01-05T10:00 1200 on a, 2026-01-06T10:00 -200 on b, 2026-02-05T10:00 1001 on b | use 0.004
          # -- a minimum in whole minor units, once for all of them
          JPY | 'per-unit: 3 & minimum: 100' | 2026-01-05T10:00 1001 on a, 2026-01-05T10:00 1001 on b | use 6.006, least 1193.994
          KWD | 'per-unit: 0.0125 & minimum: 0.001' | 2026-01-05T10:00 40 on a, 2026-01-05T10:00 40 on b | use 0.001, least 0.011
          # -- currencies of no and of three digits: two halves of a ledger unit are one
          JPY | per-unit: 0.0000001    | 2026-01-05T10:00 500 on a, 2026-01-05T10:00 500 on b | use 0.0000001
          KWD | per-unit: 0.0000000001 | 2026-01-05T10:00 500 on a, 2026-01-05T10:00 500 on b | use 0.0000000001
          EUR | per-unit: 0.000000000500 | 2026-01-05T10:00 1000 on a, 2026-01-05T10:00 1000 on b | use 0.000000001
          EUR | per-unit: 0.000000000499 | 2026-01-05T10:00 500 on a, 2026-01-05T10:00 500 on b | use 0
          # -- the last millisecond of a month and the first of the next, whoever comes; a leap day
          EUR | 'package: {of: 1, price: 2}' | 2026-01-31T22:59:59.998Z 1 on a, 2026-01-31T22:59:59.999Z 1 on b | use 2
          EUR | 'package: {of: 1, price: 2}' | 2026-01-31T22:59:59.999Z 1 on a, 2026-01-31T23:00:00Z 1 on b | use 4
          EUR | 'package: {of: 1, price: 2}' | 2026-03-31T21:59:59.999Z 1 on a, 2026-03-31T22:00:00Z 1 on b | use 4
          EUR | 'package: {of: 1, price: 2}' | 2028-02-29T22:59:59.999Z 1 on a, 2028-02-01T00:00 1 on b | use 2
          # -- the hour that Paris leaves out, and the one that it has twice
          EUR | 'bands: [{band: night, hours: [02:00-03:00], per-unit: 1}, {band: rest, per-unit: 5}]' | 2026-03-29T00:59:59.999Z 1000 on a, 2026-03-29T01:00:00Z 1000 on b | use.rest 10
          EUR | 'bands: [{band: night, hours: [02:00-03:00], volume: [{to: 1, per-unit: 5}, {per-unit: 1}]}, {band: rest, per-unit: 5}]' | 2026-10-25T00:00:00Z 1000 on a, 2026-10-25T01:59:59.999Z 1000 on b, 2026-10-25T02:00:00Z 1000 on a | use.night 2, use.rest 5
          """)
  void pool_costsWhatAPersonWouldSay(
      String currency, String price, String events, String expected) {
    String[] words = price.split(" & ");
    String beside = words.length == 1 ? "" : words[1];
    String allowances =
        beside.startsWith("included")
            ? "allowances: [{allowance: plan, " + beside + ", unit: kWh, of: use}]"
            : "";
    String least = beside.startsWith("minimum") ? "least: {" + beside + ", of: use}" : "";
    for (String scope : List.of("account", "group")) {
      judge(currency, plan(scope, allowances, words[0], least), events, expected);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # currency | price, in kWh and bands in Paris, and a line of the period's end | events in Wh | what each charge comes to
          # -- the boundary of a tier and the unit beyond it, each from the first tier on
          EUR | 'graduated: [{to: 1, per-unit: 5}, {per-unit: 1}]' | 2026-01-05T10:00 1000, 2026-01-05T10:00 1000 | use 10
          EUR | 'graduated: [{to: 1, per-unit: 5}, {per-unit: 1}]' | 2026-01-05T10:00 1001, 2026-01-05T10:00 999  | use 9.996
          EUR | 'volume: [{to: 1, per-unit: 5}, {per-unit: 1}]'    | 2026-01-05T10:00 1000, 2026-01-05T10:00 1001 | use 6.001
          EUR | 'stair-step: [{to: 1, price: 5}, {price: 9}]'      | 2026-01-05T10:00 1000, 2026-01-05T10:00 1001 | use 14
          EUR | 'package: {of: 1, price: 2}'                       | 2026-01-05T10:00 1, 2026-01-05T10:00 1, 2026-01-05T10:00 1001 | use 8
          # -- nothing costs nothing, and a flat is due for each that is something
          EUR | 'stair-step: [{to: 1, price: 5}, {price: 9}]'      | 2026-01-05T10:00 0, 2026-01-05T10:00 0 | use 0
          EUR | 'flat: 3'                                          | 2026-01-05T10:00 0, 2026-01-05T10:00 1, 2026-01-05T10:00 1 | use 6
          # -- what is taken back costs what it does by itself, whatever was used before
          EUR | 'graduated: [{to: 1, per-unit: 5}, {per-unit: 1}]' | 2026-01-05T10:00 3000, 2026-01-06T10:00 -2500 | use 0.5
          EUR | 'volume: [{to: 1, per-unit: 5}, {per-unit: 1}]'    | 2026-01-05T10:00 1001, 2026-01-06T10:00 -1    | use 0.996
          EUR | 'package: {of: 1, price: 2}'                       | 2026-01-05T10:00 1001, 2026-01-06T10:00 -2    | use 2
          EUR | 'flat: 3'                                          | 2026-01-05T10:00 1, 2026-01-06T10:00 -1, 2026-01-06T10:00 -1 | use -3
          # -- each is rounded to a ledger unit by itself
          EUR | per-unit: 0.000000000500 | 2026-01-05T10:00 1000, 2026-01-05T10:01 1000  | use 0.000000002
          EUR | per-unit: 0.000000000499 | 2026-01-05T10:00 1000, 2026-01-05T10:01 1000  | use 0
          EUR | per-unit: 0.000000000500 | 2026-01-05T10:00 1000, 2026-01-05T10:01 -1000 | use 0
          JPY | per-unit: 0.0000001      | 2026-01-05T10:00 500, 2026-01-05T10:01 500    | use 0.0000002
          JPY | per-unit: 3              | 2026-01-05T10:00 1001, 2026-01-05T10:01 1001  | use 6.006
          KWD | per-unit: 0.0000000001   | 2026-01-05T10:00 499, 2026-01-05T10:01 499    | use 0
          KWD | per-unit: 0.0125         | 2026-01-05T10:00 1001, 2026-01-05T10:01 1     | use 0.012525
          EUR | 'graduated: [{to: 1, per-unit: 5}, {per-unit: 0.000000000001}]' | 2026-01-05T10:00 999999999999, 2026-01-05T10:00 999999999999 | use 10.002
          # -- a month's ceiling: the last millisecond is the old month's, the next the new one's; whole minor units
          EUR | 'flat: 5 & cap: 6'  | 2026-01-31T22:59:59.998Z 1, 2026-01-31T22:59:59.999Z 1 | use 10, most -4
          EUR | 'flat: 5 & cap: 6'  | 2026-01-31T22:59:59.999Z 1, 2026-01-31T23:00:00Z 1     | use 10, most 0
          EUR | 'flat: 5 & cap: 6'  | 2026-03-31T21:59:59.999Z 1, 2026-03-31T22:00:00Z 1     | use 10, most 0
          EUR | 'flat: 5 & cap: 6'  | 2028-02-29T22:59:59.999Z 1, 2028-02-01T00:00 1         | use 10, most -4
          JPY | 'flat: 5.5 & cap: 6'    | 2026-01-05T10:00 1, 2026-01-05T10:00 1             | use 11, most -5
          KWD | 'flat: 0.006 & cap: 0.006' | 2026-01-05T10:00 1, 2026-01-05T10:00 1          | use 0.012, most -0.006
          # -- the hour that Paris leaves out, and the one that it has twice
          EUR | 'bands: [{band: night, hours: [02:00-03:00], flat: 1}, {band: rest, flat: 5}]' | 2026-03-29T00:59:59.999Z 1, 2026-03-29T01:00:00Z 1 | use.rest 10
          EUR | 'bands: [{band: night, hours: [02:00-03:00], flat: 1}, {band: rest, flat: 5}]' | 2026-10-25T00:00:00Z 1, 2026-10-25T01:59:59.999Z 1, 2026-10-25T02:00:00Z 1 | use.night 2, use.rest 5
          """)
  void eventByItself_costsWhatAPersonWouldSay(
      String currency, String price, String events, String expected) {
    String[] words = price.split(" & ");
    String most = words.length == 1 ? "" : "most: {" + words[1] + ", of: use}";
    judge(currency, plan("event", "", words[0], most), events, expected);
  }

  private static String plan(String scope, String allowances, String price, String line) {
    return """
    meters:
      use: {event: used, value: data.wh, unit: Wh, scale: 0, aggregate: sum}
    offers:
      plan:
        scope: %s
        window: 1h
        %s
        charges:
          use: {meter: use, %s%s}
          %s
    """
        .formatted(scope, allowances, price.startsWith("flat") ? "" : "unit: kWh, ", price, line);
  }

  private static void judge(String currency, String offers, String events, String expected) {
    String tariff =
        """
        catalog: edges
        effective: 2025-01-01
        currency: %s
        zone: Europe/Paris
        period: month
        %s\
        """
            .formatted(currency, offers);
    assertEquals(List.of(), CatalogTrialTest.run(tariff, Edges.test(events, expected)));
  }
}
