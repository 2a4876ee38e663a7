package io.millrace.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One fault in the bands of a price. */
class BadBandTest {
  private static final String REST = "{band: rest, per-unit: 2}";

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          '{band: a, days: [sunday, sundy], per-unit: 1}, REST'       | 14:37 unknown-day
          '{band: a, days: [], per-unit: 1}, REST'                    | 14:22 missing-value
          '{band: a, days: [{x: 1}], per-unit: 1}, REST'              | 14:29 bad-type
          '{band: a, hours: 8-20, per-unit: 1}, REST'                 | 14:29 bad-hours
          '{band: a, hours: 08:00-24:01, per-unit: 1}, REST'          | 14:29 bad-hours
          '{band: a, hours: 24:00-24:00, per-unit: 1}, REST'          | 14:29 bad-hours
          '{band: a, hours: 22:00-06:00, per-unit: 1}, REST'          | 14:29 hours-over-midnight
          '{band: a, hours: 08:00-20:00, per-unit: 1}'                | 14:4 band-gap
          '{band: a, per-unit: 1}, REST'                              | 14:36 never-reached
          '{band: a, days: weekdays, per-unit: 1}, {band: b, days: monday, per-unit: 1}, REST' | 14:52 never-reached
          '{band: a, days: weekdays, per-unit: 1}, {band: a, per-unit: 2}' | 14:52 band-twice
          '{band: a, days: weekdays}, REST'                           | 14:12 no-price
          '{band: a, days: weekdays, per-unit: 1, flat: 2}, REST'     | 14:51 two-prices
          '{band: a, days: weekdays, recurring: 1}, REST'             | 14:12 no-price, 14:38 unknown-key
          '{days: weekdays, per-unit: 1}, REST'                       | 14:12 missing-field
          '{band: a b, days: weekdays, per-unit: 1}, REST'            | 14:19 bad-name
          ''                                                          | 14:4 no-bands
          '{band: a, when: {data.op: x}, per-unit: 1}'                | 14:4 band-gap
          '{band: a, when: {op: x}, per-unit: 1}, REST'               | 14:29 bad-value
          '{band: a, when: {data.op: []}, per-unit: 1}, REST'         | 14:29 bad-where
          '{band: a, when: {}, per-unit: 1}, REST'                    | 14:22 bad-where
          '{band: a, when: x, per-unit: 1}, REST'                     | 14:28 bad-type
          '{band: a, when: {data.op: [x, y]}, per-unit: 1}, {band: b, when: {data.op: y, data.z: z}, per-unit: 1}, REST' | 14:61 never-reached
          '{band: a, when: {data.op: x}, per-unit: 1}, {band: b, when: {data.op: y}, per-unit: 1}, {band: c, when: {data.op: [x, y]}, per-unit: 1}, REST' | 14:100 never-reached
          '{band: a, hours: 00:00-06:00, per-unit: 1}, {band: b, when: {data.op: y}, hours: 01:00-05:00, per-unit: 1}, REST' | 14:56 never-reached
          """)
  void oneFault_isReportedWhereItIs(String bands, String problem) {
    assertEquals(problem, faults(text(bands, "", "")));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''                                   | holidays | 14:28 no-holidays
          'holidays: [2026-12-25, 2026-13-01]' | holidays | 1:24 bad-holiday
          'holidays: [2026-12-25, 2026-12-25]' | holidays | 1:24 holiday-twice
          'holidays: 2026-12-25'               | holidays | 1:11 bad-type, 15:28 no-holidays
          'holidays: [2026-12-25]'             | monday   | 1:1 unused-holidays
          """)
  void holidays_areCheckedWithTheBandsThatNameThem(String holidays, String days, String problem) {
    String head = holidays.isEmpty() ? "" : holidays + "\n";
    assertEquals(
        problem, faults(head + text("{band: a, days: " + days + ", per-unit: 1}, REST", "", "")));
  }

  @ParameterizedTest(name = "{0}, {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ', per-unit: 1'                     | ''                         | two-prices
          ', round: {each: event, up-to: 1}'  | ''                         | ''
          ''                                  | '      energy.rest: {recurring: 1, every: day}' | band-name-taken
          ''                                  | '      top: {cap: 5, of: energy.rest}'          | unknown-charge
          ''                                  | '      top: {cap: 5, of: energy}'               | ''
          """)
  void chargeWithBands_isACharge(String more, String line, String code) {
    String text = text("{band: a, hours: 00:00-06:00, free: true}, REST", more, line);
    if (code.isEmpty()) {
      List<ChargeRule> charges = Catalogs.accept(text).offers().get("lamp").charges();
      assertEquals("energy.a, energy.rest", names(charges.subList(0, 2)));
      charges.stream()
          .filter(ChargeRule.AtClose.class::isInstance)
          .forEach(
              c -> assertEquals(List.of("energy.a", "energy.rest"), ((ChargeRule.AtClose) c).of()));
    } else {
      assertTrue(faults(text).endsWith(" " + code), faults(text));
    }
  }

  /**
   * What is left of a member's values, or of the hours, is for the next band that asks for them.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          '{band: a, when: {data.op: x}, per-unit: 1}, {band: b, when: {data.op: [x, y]}, per-unit: 1}, REST'
          '{band: a, when: {data.op: x, data.z: z}, per-unit: 1}, {band: b, when: {data.op: x}, per-unit: 1}, REST'
          '{band: a, when: {data.op: x}, hours: 01:00-02:00, per-unit: 1}, {band: b, when: {data.op: x}, hours: 01:30-02:01, per-unit: 1}, REST'
          """)
  void bandThatIsReached_isTaken(String bands) {
    assertEquals(4, Catalogs.accept(text(bands, "", "")).offers().get("lamp").charges().size());
  }

  @Test
  void bandByTheDataOfACounter_isRefused() {
    String text =
        text("{band: a, when: {data.op: x}, per-unit: 1}, REST", "", "")
            .replace("aggregate: sum", "aggregate: delta");
    assertEquals("14:4 when-of-counter", faults(text));
  }

  @Test
  void overMidnight_isToldHowToWriteIt() {
    Problem problem =
        Catalogs.reject(
                text("{band: a, hours: 22:00-06:00, per-unit: 1}, REST", "", "")
                    .getBytes(StandardCharsets.UTF_8))
            .getFirst();
    assertEquals("Write both parts: [22:00-24:00, 00:00-06:00]", problem.fix());
  }

  @Test
  void bands_tellTheMomentThatNoneHolds() {
    String bands =
        "{band: a, days: [weekdays, saturday], per-unit: 1},"
            + " {band: b, hours: 00:00-23:45, per-unit: 1}";
    Problem problem =
        Catalogs.reject(text(bands, "", "").getBytes(StandardCharsets.UTF_8)).getFirst();
    assertEquals("no band holds sunday 23:45", problem.message());
  }

  private static String names(List<ChargeRule> charges) {
    return charges.stream().map(ChargeRule::name).collect(Collectors.joining(", "));
  }

  private static String faults(String text) {
    return Catalogs.faults(text);
  }

  private static String text(String bands, String more, String line) {
    String charge =
        "      energy: {meter: energy, unit: kWh"
            + more
            + ",\n   bands: ["
            + bands.replace("REST", REST)
            + "]}\n"
            + (line.isEmpty() ? "" : line + "\n");
    return Catalogs.SOUND.replaceFirst(
        "      energy: .*per-unit.*\n", Matcher.quoteReplacement(charge));
  }
}
