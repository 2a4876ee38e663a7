package io.millrace.processors.trial;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.CatalogFile;
import io.millrace.catalog.CatalogTest;
import io.millrace.catalog.CatalogTestFile;
import io.millrace.catalog.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CatalogTrialTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "smart-city",
        "per-device",
        "pay-per-message",
        "ev-charging",
        "time-of-use",
        "roaming",
        "roaming-zones",
        "sponsored-data",
        "prepaid-sim",
        "storage",
        "smart-home",
        "card-terminal",
        "parking",
        "sub-meter",
        "peak-demand",
        "transit-link",
        "traffic-classes",
        "data-plan",
        "sim-group",
        "enterprise-pool",
        "connected-car"
      })
  void template_chargesWhatItsTestsExpect(String name) throws IOException {
    assertEquals(List.of(), run(template(name + ".yaml"), template(name + ".test.yaml")));
  }

  /** A test that can't fail proves nothing: each of these is found, where it stands. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          amount: 49.50          | amount: 49.51            | 14:17 other-amount: energy comes to 49.5
          quantity: 130          | quantity: 130.001        | 12:7 other-quantity: the quantity of energy is 130
          tax: FR-20             | tax: FR-10               | 15:14 other-tax: the tax code of energy is FR-20
          tax: FR-PARKING        | tax: FR-20               | 19:48 other-tax: the tax code of stay is FR-PARKING
          quantity: 30, amount: 10.50 | quantity: 30, amount: 10 | 18:13 other-amount: tier 2, above 100 up to 500 kWh comes to 10.5
          tier 1, up to 100 kWh  | tier 1, up to 100 MWh    | 12:7 not-expected: there is a line tier 1, up to 100 kWh of 39 as well
          total: 50.85           | total: 50.86             | 20:12 other-amount: the total comes to 50.85
          '      floor: {amount: 4.85}' | ''                | 22:5 not-expected: floor comes to 4.85 as well
          2026-03-05T18:00, wh: 80000 | 2026-04-05T18:00, wh: 80000 | 9:9 not-charged: the event goes to suspense: no-offer
          """)
  void otherOutcome_isToldWhereItWasExpected(String insteadOf, String write, String problem)
      throws IOException {
    String test =
        new String(template("ev-charging.test.yaml"), StandardCharsets.UTF_8)
            .replaceFirst(Pattern.quote(insteadOf), write == null ? "" : write);
    List<String> told =
        run(template("ev-charging.yaml"), test.getBytes(StandardCharsets.UTF_8)).stream()
            .map(p -> p.line() + ":" + p.column() + " " + p.code() + ": " + p.message())
            .toList();
    assertTrue(told.contains(problem), told::toString);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          'hub: 700.00'  | 'hub: 700.01'      | 16:57 other-amount: hub comes to 700
          ', hub: 700.00' | ''                | 3:5 not-expected: hub gets 700
          """)
  void otherShare_isToldWhereItWasExpected(String insteadOf, String write, String problem)
      throws IOException {
    String test =
        new String(template("roaming.test.yaml"), StandardCharsets.UTF_8)
            .replaceFirst(Pattern.quote(insteadOf), write == null ? "" : write);
    List<String> told =
        run(template("roaming.yaml"), test.getBytes(StandardCharsets.UTF_8)).stream()
            .map(p -> p.line() + ":" + p.column() + " " + p.code() + ": " + p.message())
            .toList();
    assertEquals(List.of(problem), told);
  }

  /** What a catalog's test finds wrong. */
  static List<Problem> run(String catalog, String test) {
    return run(catalog.getBytes(StandardCharsets.UTF_8), test.getBytes(StandardCharsets.UTF_8));
  }

  private static List<Problem> run(byte[] catalogText, byte[] testText) {
    Catalog catalog =
        switch (CatalogFile.read("catalog", catalogText)) {
          case CatalogFile.Result.Accepted a -> a.catalog();
          case CatalogFile.Result.Rejected r -> throw new AssertionError(r.problems());
        };
    CatalogTest test =
        switch (CatalogTestFile.read("test", testText, catalog)) {
          case CatalogTestFile.Result.Accepted a -> a.test();
          case CatalogTestFile.Result.Rejected r -> throw new AssertionError(r.problems());
        };
    return CatalogTrial.run(catalog, test);
  }

  private static byte[] template(String name) throws IOException {
    try (InputStream in = CatalogFile.class.getResourceAsStream("templates/" + name)) {
      return in.readAllBytes();
    }
  }
}
