package io.millrace.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What makes no sense where each event is priced by itself. */
class BadEventScopeTest {
  private static final String TEXT =
      """
      catalog: c
      effective: 2026-01-01
      currency: EUR
      zone: UTC
      meters:
        use: {event: used, value: data.wh, unit: Wh, aggregate: %s}
      offers:
        plan:
          scope: event
          window: day
          charges:
            use: {meter: use, unit: kWh, %s}
            fee: {recurring: 1, every: month}
            floor: {minimum: 2, of: use}
      %s
      """;

  @ParameterizedTest(name = "{0} {1} {2}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          sum   | 'graduated: [{to: 1, per-unit: 1}, {per-unit: 2}]'               | ''  | ''
          sum   | 'per-unit: 1, round: {each: event, up-to: 1, at-least: 2}'       | ''  | ''
          sum   | 'bands: [{band: night, hours: 00:00-06:00, per-unit: 1}, {band: rest, per-unit: 2}]' | '' | ''
          sum   | 'per-unit: 1, round: {each: period, up-to: 1}'                   | ''  | 12:7 round-of-no-period
          sum   | 'bands: [{band: all, per-unit: 1}], round: {each: period, up-to: 1}' | '' | 12:7 round-of-no-period
          max   | 'per-unit: 1'                                                    | ''  | 12:7 meter-of-many-events
          delta | 'per-unit: 1'                                                    | ''  | 12:7 meter-of-many-events
          sum   | 'per-unit: 1' | '    allowances: [{allowance: a, included: 1, unit: kWh, of: use}]' | 15:5 allowance-of-event
          """)
  void oneFault_isReportedWhereItIs(String aggregate, String price, String more, String expected) {
    String text = TEXT.formatted(aggregate, price, more);
    List<String> problems =
        switch (CatalogFile.read("c.yaml", text.getBytes(StandardCharsets.UTF_8))) {
          case CatalogFile.Result.Accepted accepted -> List.of();
          case CatalogFile.Result.Rejected rejected ->
              rejected.problems().stream()
                  .map(p -> p.line() + ":" + p.column() + " " + p.code())
                  .toList();
        };
    assertEquals(expected, String.join(", ", problems), text);
  }
}
