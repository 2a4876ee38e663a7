package io.millrace.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One fault in a line of a period's end. */
class BadPeriodEndTest {

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          'floor: {minimum: 5}'                        | 15:7 missing-field
          'floor: {minimum: 5, of: []}'                | 15:27 of-nothing
          'floor: {minimum: 5, of: {energy: 1}}'       | 15:31 bad-type
          'floor: {minimum: 5, of: [{energy: 1}]}'     | 15:32 bad-type
          'floor: {minimum: 5, of: enrgy}'             | 15:31 unknown-charge
          'floor: {minimum: 5, of: [energy, energy]}'  | 15:40 of-twice
          'floor: {minimum: 5, of: floor}'             | 15:31 of-later-charge
          'floor: {minimum: -5, of: energy}'           | 15:24 negative-number
          'floor: {minimum: 0.0000000001, of: energy}' | 15:24 price-too-fine
          'floor: {minimum: 5, cap: 9, of: energy}'    | 15:27 two-prices
          'floor: {minimum: 5, of: energy, unit: kWh}' | 15:39 unknown-key
          'off: {discount: 5, of: energy}'             | 15:23 bad-type
          'off: {discount: [], of: energy}'            | 15:13 no-tiers
          'off: {discount: [{percent: 5}]}'            | 15:7 missing-field
          'off: {discount: [{percent: 5}], of: off}'   | 15:43 of-later-charge
          'off: {discount: [{percent: 500}], of: energy}' | 15:34 percent-out-of-range
          'off: {discount: [{to: 5, percent: 5}], of: energy}' | 15:29 tier-gap
          'off: {discount: [{percent: 5}, {percent: 6}], of: energy}' | 15:24 never-reached
          'off: {discount: [{to: 0.0000000001, percent: 5}, {percent: 6}], of: energy}' | 15:29 price-too-fine
          'setup: {one-off: -5}'                       | 15:24 negative-number
          'setup: {one-off: 5, every: day}'            | 15:27 unknown-key
          'part: {meter: energy, percent: 5}'          | 15:29 percent-of-no-money
          'part: {meter: energy, unit: EUR, percent: 5}' | 15:29 unknown-key, 15:40 percent-of-no-money
          'floor: {commitment: 5, of: energy}'         | 15:30 unknown-key
          'floor: {minimum: 5, of: energy}\n      top: {cap: 4.99, of: energy}' | 16:7 cap-below-minimum
          """)
  void oneFault_isReportedWhereItIs(String line, String problem) {
    assertEquals(problem, Catalogs.faults(with("      " + line.replace("\\n", "\n"))));
  }

  @ParameterizedTest
  @CsvSource({
    "'      floor: {minimum: 5, of: energy}'",
    "'      top: {cap: 5, of: [energy, lease]}'",
    "'      promise: {commitment: 100}'",
    "'      setup: {one-off: 25}'",
    "'      off: {discount: [{percent: 5}], of: [energy, lease]}'",
  })
  void soundLines_areAccepted(String line) {
    assertEquals(3, Catalogs.accept(with(line)).offers().get("lamp").charges().size());
  }

  private static String with(String lines) {
    return Catalogs.SOUND.replace("    share:", lines + "\n    share:");
  }
}
