package io.millrace.processors.trial;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What a test's accounts have bought, and what its sponsors have, as a shard deals with it. */
class GivenTest {
  private static final String TARIFF =
      """
      catalog: edges
      effective: 2026-01-01
      currency: EUR
      zone: UTC
      period: month
      meters:
        data: {event: data, value: data.mb, unit: MB, scale: 0, aggregate: sum}
        app: {event: app, value: data.mb, unit: MB, scale: 0, aggregate: sum}
      offers:
        sim:
          scope: device
          window: day
          allowances:
            - {allowance: plan, included: 10, unit: MB, of: data, rolls-over: {periods: 1}}
            - {allowance: extra, bought: true, unit: MB, of: data}
          charges:
            data: {meter: data, unit: MB, per-unit: 1}
            app: {meter: app, unit: MB, per-unit: 1, paid-by: {account: maker, within: balance}}
      """;

  private static List<String> run(String given, String usage, String expect) {
    String test =
        """
        tests: edges
        cases:
          - case: one
            offer: sim
            from: 2026-01-01
            until: 2026-03-01
            given: [%s]
            usage: [%s]
            %s
        """
            .formatted(given, usage, expect.replace("; ", "\n    "));
    return CatalogTrialTest.run(TARIFF, test).stream()
        .map(p -> p.line() + ":" + p.column() + " " + p.code() + ": " + p.message())
        .toList();
  }

  @Test
  void unitsThatWereBought_areDrawnOnWhileTheyAreThere() {
    String given =
        "{allowance: extra, units: 5, at: 2026-01-10, expires: 2026-01-20},"
            + " {allowance: extra, units: 7, bucket: more, at: 2026-01-25}";
    String usage =
        "{event: data, at: 2026-01-09T23:59:59.999, mb: 11}," // the plan, and one that is priced
            + " {event: data, at: 2026-01-10, mb: 3},"
            + " {event: data, at: 2026-01-19T23:59:59.999, mb: 1},"
            + " {event: data, at: 2026-01-20, mb: 1}," // one of extra has run out
            + " {event: data, at: 2026-01-26, mb: 4}";
    String expect =
        "expect: {data: {quantity: 20, amount: 2, lines: ["
            + "{what: included in plan, quantity: 10, amount: 0},"
            + "{what: bought of extra, quantity: 8, amount: 0},"
            + "{what: each MB, quantity: 2, amount: 2}]}}";
    assertEquals(List.of(), run(given, usage, expect));
    assertEquals(
        List.of("9:82 other-amount: data comes to 2"),
        run(given, usage, "expect: {data: {quantity: 20, amount: 3}}").stream()
            .map(p -> p.replaceFirst("9:\\d+", "9:82"))
            .toList());
  }

  @Test
  void sponsorWithinItsBalance_paysWhatItHas() {
    String usage =
        "{event: app, at: 2026-01-05, mb: 3, device: a}, {event: app, at: 2026-01-06, mb: 3,"
            + " device: b}";
    String expect = "expect: {app: {amount: 6}}; paid-by: {maker: %s}";
    String[][] rows = {
      {"", "6"}, // nothing is said of it: it has all that it takes
      {"{account: maker, balance: 0}", "0"},
      {"{account: maker, balance: 4.5}", "4.5"},
      {"{account: maker, balance: 6}", "6"},
      {"{account: maker, balance: 9}", "6"},
      {"{account: maker, balance: 1}, {account: maker, balance: 2, at: 2026-01-05T12:00}", "3"},
      {"{account: maker, balance: 5}, {account: maker, adjust: -1.5}", "3.5"},
      {"{account: maker, balance: 5}, {account: maker, adjust: -5}", "0"},
      {"{account: maker, adjust: 4}", "4"}, // puts right what it had: nothing
      // What was paid for stays so: of the 5 there are 2 left to take off.
      {"{account: maker, balance: 5}, {account: maker, adjust: -2, at: 2026-01-05T12:00}", "3"},
    };
    for (String[] row : rows) {
      assertEquals(List.of(), run(row[0], usage, expect.formatted(row[1])), row[0]);
    }
    assertEquals(
        List.of("10:22 other-amount: maker comes to 4.5"),
        run("{account: maker, balance: 4.5}", usage, expect.formatted("6")));
  }

  @Test
  void whatANodeWouldRefuse_isToldWhereItIsGiven() {
    String over = "{allowance: extra, units: 5, at: 2025-01-10, expires: 2025-01-20}";
    assertEquals(
        List.of("7:13 not-given: a node refuses it: bucket-terms"), run(over, "", "expect: {}"));
    for (String[] row :
        new String[][] {
          {
            "{account: maker, balance: 5}, {account: maker, adjust: -5.000000001}",
            "insufficient-balance"
          },
          {"{account: maker, adjust: -1}", "insufficient-balance"},
          {"{allowance: extra, units: 5}, {allowance: extra, adjust: -6}", "insufficient-balance"},
          {"{allowance: extra, adjust: -1}", "unknown-bucket"},
          {
            "{allowance: extra, units: 5, bucket: b}, {allowance: extra, adjust: -1}",
            "unknown-bucket"
          },
        }) {
      assertEquals(
          List.of("not-given: a node refuses it: " + row[1]),
          run(row[0], "", "expect: {}").stream().map(p -> p.substring(p.indexOf(' ') + 1)).toList(),
          row[0]);
    }
    StringBuilder many = new StringBuilder();
    for (int i = 0; i < 33; i++) {
      many.append(i == 0 ? "" : ", ").append("{allowance: extra, units: 5, bucket: b" + i + "}");
    }
    assertEquals(
        List.of("not-given: a node refuses it: too-many-buckets"),
        run(many.toString(), "", "expect: {}").stream()
            .map(p -> p.substring(p.indexOf(' ') + 1))
            .toList());
  }
}
