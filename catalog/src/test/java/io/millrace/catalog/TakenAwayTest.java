package io.millrace.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TakenAwayTest {
  private static final String TARIFF =
      """
      catalog: plan
      effective: 2026-01-01
      currency: EUR
      zone: UTC
      meters:
        data: {event: data, value: data.mb, unit: MB, scale: 0, aggregate: sum}
      offers:
        sim:
          scope: %s
          window: day
          allowances:
            - {%s}
          charges:
            data: {meter: data, unit: MB, per-unit: 1}
      """;

  private static Catalog catalog(String scope, String allowance) {
    String said = "unit: MB, of: data, allowance: " + allowance;
    return Catalogs.accept(TARIFF.formatted(scope, said));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          device  | 'plan, included: 9, rolls-over: {periods: 3}' | 'plan, included: 9, rolls-over: {periods: 1}' | devices on sim lose what is left of allowance plan for data: a period's was to be there for 3 more, and is for 1
          account | 'plan, included: 9, rolls-over: {periods: 3}' | 'plan, included: 9'                           | accounts on sim lose what is left of allowance plan for data: a period's was to be there for 3 more, and is for 0
          group   | 'plan, included: 9, rolls-over: {periods: 3}' | 'other, included: 9, rolls-over: {periods: 3}' | groups on sim lose what is left of allowance plan for data: it was to be there, and is not
          device  | 'plan, included: 9, valid-for: 720h'          | 'plan, included: 9'                           | devices on sim lose what is left of allowance plan for data: it was to be there, and is not
          device  | 'plan, bought: true'                          | 'plan, included: 9'                           | accounts with devices on sim lose what is left of allowance plan for data: it was to be there, and is not
          device  | 'plan, included: 9, valid-for: 720h'          | 'plan, included: 9, valid-for: 719h'          | devices on sim lose what is left of allowance plan for data: it is there once, and becomes less or ends sooner
          device  | 'plan, included: 9, valid-for: 720h'          | 'plan, included: 8, valid-for: 720h'          | devices on sim lose what is left of allowance plan for data: it is there once, and becomes less or ends sooner
          # -- nobody loses anything
          device  | 'plan, included: 9, rolls-over: {periods: 3}' | 'plan, included: 1, rolls-over: {periods: 3, most: 1}' | ''
          device  | 'plan, included: 9, rolls-over: {periods: 3}' | 'plan, included: 9, rolls-over: {periods: 4}' | ''
          device  | 'plan, included: 9, valid-for: 720h'          | 'plan, included: 9, valid-for: 721h'          | ''
          device  | 'plan, bought: true'                          | 'plan, bought: true'                          | ''
          device  | 'plan, included: 9'                           | 'other, included: 9'                          | ''
          """)
  void versionThatTakesAway_saysWhatOfWhom(
      String scope, String before, String after, String warning) {
    List<String> told = TakenAway.between(catalog(scope, before), catalog(scope, after));
    String start = "takes-away: from 2026-01-01T00:00:00Z on, ";
    assertEquals(
        warning.isEmpty() ? List.of() : List.of(start + warning),
        told.stream().map(t -> t.replaceFirst("; keep .*", "")).toList());
  }
}
