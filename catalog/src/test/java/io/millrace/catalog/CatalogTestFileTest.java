package io.millrace.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CatalogTestFileTest {
  private static final String SOUND =
      """
      tests: smart-city
      cases:
        - case: a day
          offer: lamp
          from: 2026-11-02
          to: 2026-11-03
          until: 2026-11-04
          usage:
            - {at: 2026-11-02T10:00, wh: -0.5}
            - {at: 2026-11-02T23:59:59.999Z, wh: 1, times: 2, every: 1m}
          expect:
            energy: {quantity: 0.0015, amount: 0.1, lines: [{what: each kWh, amount: 0.1}]}
            lease: {amount: -0.10}
          total: 0
      """;

  private static CatalogTestFile.Result read(String text) {
    return CatalogTestFile.read(
        "t.test.yaml", text.getBytes(StandardCharsets.UTF_8), Catalogs.accept(Catalogs.SOUND));
  }

  @Test
  void soundFile_saysWhatIsUsedWhen() {
    if (!(read(SOUND) instanceof CatalogTestFile.Result.Accepted(CatalogTest test))) {
      throw new AssertionError(read(SOUND));
    }
    CatalogTest.Case one = test.cases().getFirst();
    assertEquals(Instant.parse("2026-11-01T23:00:00Z"), one.from());
    assertEquals(
        List.of("2026-11-02T09:00:00Z", "2026-11-02T23:59:59.999Z", "2026-11-03T00:00:59.999Z"),
        one.usage().stream().map(u -> u.at().toString()).toList());
    assertEquals(Map.of("energy", -500L), one.usage().getFirst().readings());
    assertEquals(2, one.expected().size());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          tests: smart-city     | tests: other            | 1:8 other-catalog
          'cases:'              | 'cases: []\\nrest:'      | 2:1 no-cases, 3:1 unknown-key
          offer: lamp           | offer: lmap             | 4:12 unknown-offer
          from: 2026-11-02      | from: today             | 5:11 bad-moment
          until: 2026-11-04     | untl: 2026-11-04        | 3:5 missing-field, 7:5 unknown-key
          wh: -0.5              | w: -0.5                 | 9:9 missing-field
          wh: -0.5              | wh: 0.5000001           | 9:36 bad-quantity
          wh: -0.5              | wh: five                | 9:36 bad-number
          wh: -0.5              | wh: 1, kwh: 2           | 9:39 unknown-key
          '{at: 2026-11-02T10:00,' | '{at: 2026-11-02T10:00, event: x,' | 9:39 unknown-event
          times: 2              | times: 0                | 10:54 bad-number
          every: 1m             | every: often            | 10:64 bad-length
          'energy: {'           | 'enrgy: {'              | 12:7 unknown-charge
          amount: -0.10         | sum: -0.10              | 13:7 missing-field, 13:15 unknown-key
          amount: -0.10         | amount: --1             | 13:23 negative-number
          total: 0              | total: all              | 14:12 bad-number
          total: 0              | 'shares: {telc: 1}'     | 14:14 unknown-party
          total: 0              | 'shares: {telco: x}'    | 14:21 bad-number
          total: 0              | 'shares: [telco]'       | 14:13 bad-type
          """)
  void oneFault_isReportedWhereItIs(String insteadOf, String write, String problems) {
    String text = SOUND.replace(insteadOf, write.replace("\\n", "\n"));
    String told =
        switch (read(text)) {
          case CatalogTestFile.Result.Accepted a -> "accepted";
          case CatalogTestFile.Result.Rejected r ->
              r.problems().stream()
                  .map(p -> p.line() + ":" + p.column() + " " + p.code())
                  .collect(Collectors.joining(", "));
        };
    assertEquals(problems, told);
  }

  private static final String GIVEN =
      """
      catalog: plan
      effective: 2026-01-01
      currency: EUR
      zone: Europe/Madrid
      meters:
        data: {event: use, value: data.mb, unit: MB, scale: 0, aggregate: sum}
      offers:
        sim:
          scope: device
          window: day
          allowances:
            - {allowance: extra, bought: true, unit: MB, of: data}
          charges:
            data: {meter: data, unit: MB, per-unit: 1, paid-by: {account: maker, within: balance}}
            fee: {recurring: 1, every: month, paid-by: city}
      """;

  private static CatalogTestFile.Result given(String... given) {
    String text =
        """
        tests: plan
        cases:
          - case: one
            offer: sim
            from: 2026-11-02
            until: 2026-12-01
            expect: {}
            given:
        """
            + Arrays.stream(given).map(g -> "      - " + g + "\n").collect(Collectors.joining());
    return CatalogTestFile.read(
        "t.test.yaml", text.getBytes(StandardCharsets.UTF_8), Catalogs.accept(GIVEN));
  }

  @Test
  void whatIsGiven_saysWhoHasWhatSinceWhen() {
    CatalogTestFile.Result read =
        given(
            "{account: maker, balance: 2.50, at: 2026-11-05}",
            "{allowance: extra, units: 500, expires: 2026-12-01}",
            "{account: maker, adjust: -0.000000001}",
            "{allowance: extra, adjust: -3, bucket: summer, at: 2026-11-05}");
    if (!(read instanceof CatalogTestFile.Result.Accepted(CatalogTest test))) {
      throw new AssertionError(read);
    }
    CatalogTest.Place first = new CatalogTest.Place(9, 9);
    CatalogTest.Place second = new CatalogTest.Place(10, 9);
    Optional<Instant> at = Optional.of(Instant.parse("2026-11-04T23:00:00Z"));
    Optional<Instant> expires = Optional.of(Instant.parse("2026-11-30T23:00:00Z"));
    assertEquals(
        List.of(
            new TopUp(first, "maker", at, new TopUp.Money(new BigDecimal("2.50"), false)),
            new TopUp(
                second,
                "",
                Optional.empty(),
                new TopUp.Units("extra", new BigDecimal(500), false, "extra", expires)),
            new TopUp(
                new CatalogTest.Place(11, 9),
                "maker",
                Optional.empty(),
                new TopUp.Money(new BigDecimal("-0.000000001"), true)),
            new TopUp(
                new CatalogTest.Place(12, 9),
                "",
                at,
                new TopUp.Units("extra", new BigDecimal(-3), true, "summer", Optional.empty()))),
        test.cases().getFirst().given());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          '{account: city, balance: 1}'               | 9:19 unknown-sponsor
          '{balance: 1}'                              | 9:9 missing-field
          '{account: maker, balance: -1}'             | 9:35 negative-number
          '{account: maker, balance: 0.0000000001}'   | 9:35 price-too-fine
          '{account: maker, balance: 1, expires: 2026-12-01}' | 9:38 unknown-key
          '{account: maker, allowance: extra, units: 1}'      | 9:10 unknown-key
          '{allowance: extra}'                        | 9:9 missing-field
          '{units: 500}'                              | 9:9 missing-field
          '{allowance: extr, units: 500}'             | 9:21 unknown-allowance
          '{allowance: extra, units: 0}'              | 9:35 bad-quantity
          '{allowance: extra, units: 0.5}'            | 9:35 bad-quantity
          '{allowance: extra, units: 1, at: 2026-11-02, expires: 2026-11-02}' | 9:63 never-valid
          '{allowance: extra, units: 1, at: soon}'    | 9:42 bad-moment
          '{account: maker, balance: 576460752.303423489}'    | 9:35 price-too-large
          '{account: maker, adjust: -576460752.303423489}'    | 9:34 price-too-large
          '{account: maker, adjust: 0.00}'            | 9:34 bad-quantity
          '{account: maker, adjust: -0.0000000001}'   | 9:34 price-too-fine
          '{account: maker, adjust: less}'            | 9:34 bad-number
          '{account: maker, balance: 1, adjust: -1}'  | 9:26 unknown-key
          '{account: city, adjust: -1}'               | 9:19 unknown-sponsor
          '{adjust: -1}'                              | 9:9 missing-field
          '{allowance: extra, adjust: 0}'             | 9:36 bad-quantity
          '{allowance: extra, adjust: -0.5}'          | 9:36 bad-quantity
          '{allowance: extra, units: 1, adjust: -1}'  | 9:28 unknown-key
          extra                                       | 9:9 bad-type
          """)
  void wrongGiven_isReportedWhereItIs(String given, String problem) {
    if (!(given(given) instanceof CatalogTestFile.Result.Rejected(List<Problem> problems))) {
      throw new AssertionError("accepted");
    }
    assertEquals(
        List.of(problem),
        problems.stream().map(p -> p.line() + ":" + p.column() + " " + p.code()).toList());
  }
}
