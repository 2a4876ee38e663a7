package io.millrace.processors.trial;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Golden rows: what a month costs a device that has it for a part, in Paris. */
class ProratedTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # currency, price, prorate | from             | to               | until      | amount       | lines
          EUR | 31 | day            | 2026-01-01       | 2026-02-01       | 2026-02-01 | 31           | each month: 31
          EUR | 31 | day            | 2026-01-15       | 2026-02-01       | 2026-02-01 | 17           | 17 of 31 days: 17
          EUR | 31 | day            | 2026-01-15T23:59 | 2026-01-17T00:01 | 2026-02-01 | 3            | 3 of 31 days: 3
          EUR | 31 | day            | 2026-01-15       | 2026-01-17       | 2026-02-01 | 2            | 2 of 31 days: 2
          EUR | 10 | day            | 2026-01-31T23:59 | 2026-02-01T00:00 | 2026-03-01 | 0.322580645  | 1 of 31 days: 0.322580645
          EUR | 29 | day            | 2028-02-29       | 2028-03-01       | 2028-03-01 | 1            | 1 of 29 days: 1
          EUR | 29 | day            | 2028-02-01       | 2028-02-29       | 2028-03-01 | 28           | 28 of 29 days: 28
          EUR | 31 | day            | 2026-01-20       | 2026-02-15       | 2026-03-01 | 27.5         | 12 of 31 days: 12, 14 of 28 days: 15.5
          EUR | 31 | second         | 2026-01-16T12:00 | 2026-02-01       | 2026-02-01 | 15.5         | 1339200 of 2678400 seconds: 15.5
          EUR | 743 | second        | 2026-03-29T01:00 | 2026-03-29T03:00 | 2026-04-01 | 1            | 3600 of 2674800 seconds: 1
          EUR | 745 | second        | 2026-10-25T00:00 | 2026-10-26T00:00 | 2026-11-01 | 25           | 90000 of 2682000 seconds: 25
          EUR | 0.000000001 | second | 2026-01-01      | 2026-01-16T12:00 | 2026-02-01 | 0.000000001  | 1339200 of 2678400 seconds: 0.000000001
          JPY | 1000 | day          | 2026-01-15       | 2026-02-01       | 2026-02-01 | 548.3870968  | 17 of 31 days: 548.3870968
          KWD | 3.1 | day           | 2026-01-31       | 2026-02-01       | 2026-02-01 | 0.1          | 1 of 31 days: 0.1
          """)
  void month_costsItsPart(
      String currency,
      String price,
      String prorate,
      String from,
      String to,
      String until,
      String amount,
      String lines) {
    String tariff =
        """
        catalog: part
        effective: 2025-01-01
        currency: %s
        zone: Europe/Paris
        period: month
        offers:
          plan:
            scope: device
            window: day
            charges:
              fee: {recurring: %s, every: month, prorate: %s}
        """
            .formatted(currency, price, prorate);
    StringBuilder made = new StringBuilder();
    for (String line : lines.split(", ")) {
      String[] parts = line.split(": ");
      made.append(made.isEmpty() ? "" : ", ")
          .append("{what: '%s', amount: %s}".formatted(parts[0], parts[1]));
    }
    String test =
        """
        tests: part
        cases:
          - case: a part
            offer: plan
            from: %s
            to: %s
            until: %s
            expect:
              fee: {amount: %s, lines: [%s]}
        """
            .formatted(from, to, until, amount, made);
    assertEquals(List.of(), CatalogTrialTest.run(tariff, test));
  }
}
