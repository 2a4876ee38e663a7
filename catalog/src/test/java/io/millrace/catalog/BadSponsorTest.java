package io.millrace.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One fault in who pays. */
class BadSponsorTest {
  private static final String TEXT =
      """
      catalog: c
      effective: 2026-01-01
      currency: EUR
      zone: UTC
      meters:
        data: {event: session, value: data.mb, unit: MB, aggregate: sum}
      offers:
        watch:
          scope: device
          window: day
          paid-by: city
          charges:
            fee: {recurring: 1, every: month}
            data: {meter: data, unit: MB, per-unit: 1, %s}
      """;

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          'paid-by: maker'                                   | ''
          'paid-by: {account: maker, up-to: 5}'              | ''
          'paid-by: {account: maker, within: balance}'        | ''
          'paid-by: {account: maker, within: limit}'          | 14:84 unknown-within
          'paid-by: 4711'                                    | 14:59 account-like-an-id
          'paid-by: the maker'                               | 14:59 bad-name
          'paid-by: [maker]'                                 | 14:59 bad-type
          'paid-by: {up-to: 5}'                              | 14:50 missing-field
          'paid-by: {account: maker, up-to: 0}'              | 14:83 bound-of-nothing
          'paid-by: {account: maker, up-to: 0.0000000001}'   | 14:83 price-too-fine
          'paid-by: {account: maker, most: 5}'               | 14:76 unknown-key
          """)
  void oneFault_isReportedWhereItIs(String sponsor, String problem) {
    String text = TEXT.formatted(sponsor);
    if (problem.isEmpty()) {
      Catalogs.accept(text);
    } else {
      assertEquals(problem, Catalogs.faults(text));
    }
  }

  /** A line that makes something cost less is for whoever pays for that. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          'cap: 5, of: data'                       | 15:7 paid-by-another
          'cap: 5, of: fee'                        | ''
          'cap: 5, of: [fee, data]'                | 15:7 paid-by-another
          'cap: 5, of: data, paid-by: maker'       | 15:7 paid-by-another
          'minimum: 5, of: data'                   | ''
          'discount: [{percent: 5}], of: data'     | 15:7 paid-by-another
          'discount: [{percent: 5}], of: fee'      | ''
          """)
  void aLineThatTakesOff_isOfChargesThatTheSamePays(String line, String problem) {
    String text = TEXT.formatted("paid-by: maker") + "      line: {" + line + "}\n";
    if (problem.isEmpty()) {
      Catalogs.accept(text);
    } else {
      assertEquals(problem, Catalogs.faults(text));
    }
  }

  @Test
  void aChargeThatSaysNothing_isPaidForAsItsOffer() {
    Offer offer = Catalogs.accept(TEXT.formatted("paid-by: maker")).offers().get("watch");
    assertEquals("city", offer.termsOf("fee").sponsorship().orElseThrow().account());
    assertEquals("", offer.termsOf("fee").sponsorship().orElseThrow().clause());
    assertEquals("maker", offer.termsOf("data").sponsorship().orElseThrow().account());
    assertEquals("data", offer.termsOf("data").sponsorship().orElseThrow().clause());
  }
}
