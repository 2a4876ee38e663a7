package io.millrace.processors.trial;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Golden rows at the edges of what accounts have: units that are bought, and sponsors that pay as
 * far as their balance reaches. Quantities are in thousandths of a watt-hour inside.
 */
class GoldenFundsTest {
  private static final Pattern GIVEN =
      Pattern.compile("(-?[0-9.]+)(?: since (\\S+?))?(?: until (\\S+?))?(?:, |$)");

  /**
   * Of {@code 2 until 2026-01-10T00:00} a bucket of its own; {@code -1} is taken off the one
   * before.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # currency | price, in kWh | kWh that are bought | events in Wh, in Paris | what use comes to
          # -- used up to the unit, one unit beyond, nothing
          EUR | per-unit: 5 | 1 | 2026-01-05T10:00 1000                        | use 0
          EUR | per-unit: 5 | 1 | 2026-01-05T10:00 1001                        | use 0.005
          EUR | per-unit: 5 | 1 | 2026-01-05T10:00 0                           | use 0
          EUR | per-unit: 5 | 1 | 2026-01-05T10:00 600, 2026-01-31T23:59:59.999 400 | use 0
          EUR | per-unit: 5 | 1 | 2026-01-05T10:00 600, 2026-02-01T00:00 401   | use 0.005
          EUR | per-unit: 5 | 1 | 2026-01-05T10:00 500 on a, 2026-01-05T10:00 501 on b | use 0.005
          # -- the price begins behind them
          EUR | 'graduated: [{to: 1, per-unit: 5}, {per-unit: 1}]' | 1 | 2026-01-05T10:00 3000 | use 6
          EUR | 'package: {of: 1, price: 2}' | 1 | 2026-01-05T10:00 1000       | use 0
          EUR | 'package: {of: 1, price: 2}' | 1 | 2026-01-05T10:00 1001       | use 2
          EUR | 'stair-step: [{to: 1, price: 5}, {price: 9}]' | 1 | 2026-01-05T10:00 2001 | use 9
          # -- what is taken back was priced first; then units come back, then it costs less than nothing
          EUR | per-unit: 5 | 1 | 2026-01-05T10:00 2000, 2026-01-06T10:00 -1000 | use 0
          EUR | per-unit: 5 | 1 | 2026-01-05T10:00 1000, 2026-01-06T10:00 -500, 2026-01-07T10:00 500 | use 0
          EUR | per-unit: 5 | 1 | 2026-01-05T10:00 1000, 2026-01-06T10:00 -500, 2026-01-07T10:00 501 | use 0.005
          EUR | per-unit: 5 | 1 | 2026-01-05T10:00 500, 2026-01-06T10:00 -1000 | use -2.5
          EUR | per-unit: 5 | 1 | 2026-01-05T10:00 500, 2026-01-06T10:00 -1000, 2026-01-07T10:00 1500 | use 0
          # -- the last millisecond before a bucket's end, the first after; what comes late or back then is gone
          EUR | per-unit: 5 | 1 until 2026-01-10T00:00 | 2026-01-09T23:59:59.999 600 | use 0
          EUR | per-unit: 5 | 1 until 2026-01-10T00:00 | 2026-01-10T00:00 600        | use 3
          EUR | per-unit: 5 | 1 until 2026-01-10T00:00 | 2026-01-09T23:59:59.999 600, 2026-01-10T00:00 400 | use 2
          EUR | per-unit: 5 | 1 until 2026-01-10T00:00 | 2026-01-10T00:00 0, 2026-01-09T10:00 400 | use 2
          EUR | per-unit: 5 | 1 until 2026-01-10T00:00 | 2026-01-09T10:00 1000, 2026-01-11T10:00 -500, 2026-01-11T10:00 500 | use 2.5
          # -- the last millisecond before it is there, the first after
          EUR | per-unit: 5 | 1 since 2026-01-10T00:00 | 2026-01-09T23:59:59.999 400, 2026-01-10T00:00 1000 | use 2
          EUR | per-unit: 5 | 1 since 2026-01-10T00:00 | 2026-01-10T00:00 0, 2026-01-09T10:00 1000 | use 0
          # -- what ends sooner is used up first, and what comes back goes to what ends later
          EUR | per-unit: 5 | 1, 1 until 2026-01-10T00:00 | 2026-01-09T10:00 1000, 2026-01-10T00:00 1001 | use 0.005
          EUR | per-unit: 5 | 1, 1 until 2026-01-10T00:00 | 2026-01-09T10:00 1500, 2026-01-11T10:00 -500, 2026-01-11T10:00 1001 | use 0.005
          # -- some of it, all of it, what is left of it is taken off: at once, or a millisecond too late for use
          EUR | per-unit: 5 | 1, -0.4 | 2026-01-05T10:00 1000                  | use 2
          EUR | per-unit: 5 | 1, -1   | 2026-01-05T10:00 1000                  | use 5
          EUR | per-unit: 5 | 1, -0.000001 | 2026-01-05T10:00 1000             | use 0.000005
          EUR | per-unit: 5 | 1, -0.4 since 2026-01-10T00:00 | 2026-01-09T23:59:59.999 600, 2026-01-10T00:00 1 | use 0.005
          EUR | per-unit: 5 | 1, -0.4 since 2026-01-10T00:00 | 2026-01-09T23:59:59.999 500, 2026-01-10T00:00 101 | use 0.005
          EUR | per-unit: 5 | 1, -0.4 since 2026-01-10T00:00 | 2026-01-09T10:00 600, 2026-01-10T00:00 -100, 2026-01-11T10:00 101 | use 0.005
          EUR | per-unit: 5 | 1, 1 until 2026-02-01T00:00, -1 | 2026-01-05T10:00 1001 | use 0.005
          # -- clocks change while it is there: an hour less, an hour more, an end in either hour
          EUR | per-unit: 5 | 1 since 2026-03-28T12:00 until 2026-03-29T12:00 | 2026-03-29T00:59:59.999Z 500, 2026-03-29T01:00:00Z 501 | use 0.005
          EUR | per-unit: 5 | 1 until 2026-03-29T03:00 | 2026-03-29T00:59:59.999Z 400, 2026-03-29T01:00:00Z 400 | use 2
          EUR | per-unit: 5 | 1 until 2026-03-29T02:30 | 2026-03-29T01:29:59.999Z 400, 2026-03-29T01:30:00Z 400 | use 2
          EUR | per-unit: 5 | 1 since 2026-10-24T12:00 until 2026-10-25T12:00 | 2026-10-25T00:30:00Z 500, 2026-10-25T01:30:00Z 501 | use 0.005
          EUR | per-unit: 5 | 1 until 2026-10-25T02:30 | 2026-10-25T00:29:59.999Z 400, 2026-10-25T00:30:00Z 400 | use 2
          EUR | per-unit: 5 | 1 until 2026-10-25T01:30:00Z | 2026-10-25T01:29:59.999Z 400, 2026-10-25T01:30:00Z 400 | use 2
          EUR | per-unit: 5 | 1 until 2028-03-01T00:00 | 2028-02-29T22:59:59.999Z 400, 2028-02-29T23:00:00Z 400 | use 2
          # -- currencies of no and of three digits; 10^15 units, and the one beyond
          JPY | per-unit: 3            | 1 | 2026-01-05T10:00 2001 | use 3.003
          JPY | per-unit: 0.0000001    | 1 | 2026-01-05T10:00 1499 | use 0
          JPY | per-unit: 0.0000001    | 1 | 2026-01-05T10:00 1500 | use 0.0000001
          KWD | per-unit: 0.0125       | 1 | 2026-01-05T10:00 2001 | use 0.0125125
          KWD | per-unit: 0.0000000001 | 1 | 2026-01-05T10:00 2000 | use 0.0000000001
          EUR | per-unit: 5 | 999999999.999, 0.001 | 2026-01-05T10:00 999999999999, 2026-01-05T10:00 1 | use 0
          EUR | per-unit: 5 | 999999999.999, 0.001 | 2026-01-05T10:00 999999999999, 2026-01-05T10:00 2 | use 0.005
          """)
  void boughtUnits_coverWhatAPersonWouldSay(
      String currency, String price, String bought, String events, String expected) {
    StringBuilder given = new StringBuilder();
    String bucket = "";
    Matcher each = GIVEN.matcher(bought);
    while (each.find()) {
      String since = each.group(2) == null ? "" : ", at: " + each.group(2);
      String until = each.group(3) == null ? "" : ", expires: " + each.group(3);
      boolean adjusts = each.group(1).startsWith("-");
      bucket = adjusts ? bucket : "b" + given.length();
      given.append("      - {allowance: extra, bucket: ").append(bucket);
      given.append(adjusts ? ", adjust: " : ", units: ");
      given.append("%s%s%s}%n".formatted(each.group(1), since, until));
    }
    String tariff =
        plan(
            currency,
            "allowances: [{allowance: extra, bought: true, unit: kWh, of: use}]",
            "{meter: use, unit: kWh, " + price + "}");
    String test = Edges.test("    given:\n" + given, events, expected);
    assertEquals(List.of(), CatalogTrialTest.run(tariff, test));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # currency | price, in kWh, and a month's bound | what the sponsor has | events in Wh, in Paris | what use comes to | what the sponsor pays of it
          # -- used up to the unit, one unit beyond, nothing
          EUR | per-unit: 5 | 5 | 2026-01-05T10:00 1000               | use 5     | 5
          EUR | per-unit: 5 | 5 | 2026-01-05T10:00 1001               | use 5.005 | 5
          EUR | per-unit: 5 | 4.999999999 | 2026-01-05T10:00 1000     | use 5     | 4.999999999
          EUR | per-unit: 5 | 5 | 2026-01-05T10:00 0                  | use 0     | 0
          EUR | per-unit: 5 | 0 | 2026-01-05T10:00 1000               | use 5     | 0
          EUR | per-unit: 5 | 5 | 2026-01-05T10:00 600 on a, 2026-02-05T10:00 600 on b | use 6 | 5
          EUR | per-unit: 5 & up-to: 3.00 | 5 | 2026-01-05T10:00 1000, 2026-02-05T10:00 1000 | use 10 | 5
          EUR | per-unit: 5 & up-to: 3.00 | 5 | 2026-01-05T10:00 1000 on a, 2026-01-05T10:00 500 on b | use 7.5 | 5
          # -- what is taken back comes off the device's account first; what the sponsor gets back it has again
          EUR | per-unit: 5 | 5 | 2026-01-05T10:00 2000, 2026-01-06T10:00 -500  | use 7.5 | 5
          EUR | per-unit: 5 | 5 | 2026-01-05T10:00 2000, 2026-01-06T10:00 -1500 | use 2.5 | 2.5
          EUR | per-unit: 5 | 5 | 2026-01-05T10:00 1000, 2026-01-06T10:00 -400, 2026-01-07T10:00 500 | use 5.5 | 5
          EUR | per-unit: 5 | 5 | 2026-01-05T10:00 1000 on a, 2026-01-06T10:00 -400 on a, 2026-01-07T10:00 500 on b | use 5.5 | 5
          # -- paid in a millisecond too late for one, in time for the next; clocks that change
          EUR | per-unit: 5 | 0, 5 since 2026-01-10T00:00 | 2026-01-09T23:59:59.999 1000, 2026-01-10T00:00 1000 | use 10 | 5
          EUR | per-unit: 5 | 5, 2 since 2026-02-01T00:00 | 2026-01-05T10:00 2000, 2026-02-01T00:00 1000 | use 15 | 7
          EUR | per-unit: 5 | 0, 5 since 2026-03-29T03:00 | 2026-03-29T00:59:59.999Z 1000, 2026-03-29T01:00:00Z 1000 | use 10 | 5
          EUR | per-unit: 5 | 0, 5 since 2026-10-25T01:00:00Z | 2026-10-25T00:30:00Z 1000, 2026-10-25T01:00:00Z 1000 | use 10 | 5
          # -- some of it, all that is left of it is taken off: at once, or a millisecond too late for use; paid in again
          EUR | per-unit: 5 | 5, -2 | 2026-01-05T10:00 1000           | use 5     | 3
          EUR | per-unit: 5 | 5, -5 | 2026-01-05T10:00 1000           | use 5     | 0
          EUR | per-unit: 5 | 5, -0.000000001 | 2026-01-05T10:00 1000 | use 5     | 4.999999999
          EUR | per-unit: 5 | 5, -2 since 2026-01-10T00:00 | 2026-01-09T23:59:59.999 600, 2026-01-10T00:00 1000 | use 8 | 3
          EUR | per-unit: 5 | 5, -2 since 2026-01-10T00:00 | 2026-01-09T23:59:59.999 500, 2026-01-10T00:00 500 | use 5 | 3
          EUR | per-unit: 5 | 5, -2 since 2026-01-10T00:00 | 2026-01-09T10:00 600, 2026-01-11T10:00 -200, 2026-01-12T10:00 400 | use 4 | 3
          EUR | per-unit: 5 | 5, -2 since 2026-01-10T00:00, 1 since 2026-01-11T00:00 | 2026-01-09T10:00 600, 2026-01-10T00:00 200, 2026-01-11T00:00 400 | use 6 | 4
          EUR | per-unit: 5 | 5, -5 since 2026-02-01T00:00 | 2026-02-01T00:00 0, 2026-01-31T10:00 1000 | use 5 | 0
          # -- a sponsor of which nothing is said
          EUR | per-unit: 5 | '' | 2026-01-05T10:00 1000 | use 5 | 5
          # -- currencies of no and of three digits; 10^15 units, and most of what a balance can be
          JPY | per-unit: 3      | 3     | 2026-01-05T10:00 1001 | use 3.003     | 3
          JPY | per-unit: 3      | 3.003 | 2026-01-05T10:00 1001 | use 3.003     | 3.003
          KWD | per-unit: 0.0125 | 0.001 | 2026-01-05T10:00 1001 | use 0.0125125 | 0.001
          KWD | per-unit: 0.0000000001 | 0.0000000001 | 2026-01-05T10:00 2000 | use 0.0000000002 | 0.0000000001
          EUR | per-unit: 0.5 | 500000000 | 2026-01-05T10:00 999999999999 | use 499999999.9995 | 499999999.9995
          EUR | per-unit: 1   | 500000000 | 2026-01-05T10:00 999999999999 | use 999999999.999  | 500000000
          """)
  void sponsorWithinItsBalance_paysWhatAPersonWouldSay(
      String currency, String price, String has, String events, String expected, String paid) {
    StringBuilder given = new StringBuilder();
    Matcher each = GIVEN.matcher(has);
    while (each.find()) {
      String since = each.group(2) == null ? "" : ", at: " + each.group(2);
      String word = each.group(1).startsWith("-") ? "adjust" : "balance";
      given.append("      - {account: maker, %s: %s%s}%n".formatted(word, each.group(1), since));
    }
    String[] words = price.split(" & ");
    String bound = words.length == 1 ? "" : ", " + words[1];
    String use =
        "{meter: use, unit: kWh, %s, paid-by: {account: maker, within: balance%s}}"
            .formatted(words[0], bound);
    String before = (given.isEmpty() ? "" : "    given:\n" + given) + "    paid-by: {maker: %s}\n";
    String test = Edges.test(before.formatted(paid), events, expected);
    assertEquals(List.of(), CatalogTrialTest.run(plan(currency, "", use), test));
  }

  private static String plan(String currency, String allowances, String use) {
    return """
    catalog: edges
    effective: 2025-01-01
    currency: %s
    zone: Europe/Paris
    period: month
    meters:
      use: {event: used, value: data.wh, unit: Wh, scale: 3, aggregate: sum}
    offers:
      plan:
        scope: device
        window: 1h
        %s
        charges:
          use: %s
    """
        .formatted(currency, allowances, use);
  }
}
