package io.millrace.processors.rating;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.catalog.ChargeRule.Every;
import io.millrace.catalog.PeriodRule;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PeriodsTest {

  private static final ZoneId MADRID = ZoneId.of("Europe/Madrid");
  private static final Instant FROM = Instant.parse("2026-11-01T23:00:00Z");

  @ParameterizedTest
  @CsvSource({
    // rule, number, start, end
    "P1D, 0, 2026-11-01T23:00:00Z, 2026-11-02T23:00:00Z",
    "P1D, -1, 2026-10-31T23:00:00Z, 2026-11-01T23:00:00Z",
    "PT36H, 2, 2026-11-04T23:00:00Z, 2026-11-06T11:00:00Z",
    // 24 hours are not a day where the clock changes.
    "P1D, 147, 2027-03-28T23:00:00Z, 2027-03-29T23:00:00Z",
    "DAY, 147, 2027-03-28T22:00:00Z, 2027-03-29T22:00:00Z",
    "DAY, 146, 2027-03-27T23:00:00Z, 2027-03-28T22:00:00Z",
    "DAY, 0, 2026-11-01T23:00:00Z, 2026-11-02T23:00:00Z",
    "DAY, -8, 2026-10-24T22:00:00Z, 2026-10-25T23:00:00Z",
    "MONTH, 0, 2026-10-31T23:00:00Z, 2026-11-30T23:00:00Z",
    "MONTH, -1, 2026-09-30T22:00:00Z, 2026-10-31T23:00:00Z",
    "MONTH, 15, 2028-01-31T23:00:00Z, 2028-02-29T23:00:00Z",
  })
  void period_hasItsBounds(String rule, int number, String start, String end) {
    Periods periods = Periods.of(rule(rule), FROM, MADRID);
    long from = Instant.parse(start).toEpochMilli();
    long to = Instant.parse(end).toEpochMilli();
    assertEquals(from, periods.startOf(number));
    assertEquals(to, periods.endOf(number));
    assertEquals(number - 1, periods.indexOf(from - 1));
    assertEquals(number, periods.indexOf(from));
    assertEquals(number, periods.indexOf(to - 1));
    assertEquals(number + 1, periods.indexOf(to));
  }

  @Property(tries = 2000)
  void calendarPeriod_countsLocalDaysOrMonths(
      @ForAll @LongRange(min = 0, max = 4_102_444_800_000L) long time,
      @ForAll @LongRange(min = 0, max = 4_102_444_800_000L) long from,
      @ForAll boolean lordHowe,
      @ForAll Every every) {
    ZoneId zone = lordHowe ? ZoneId.of("Australia/Lord_Howe") : MADRID;
    LocalDate first = Instant.ofEpochMilli(from).atZone(zone).toLocalDate();
    LocalDate date = Instant.ofEpochMilli(time).atZone(zone).toLocalDate();
    long expected =
        every == Every.DAY
            ? ChronoUnit.DAYS.between(first, date)
            : ChronoUnit.MONTHS.between(first.withDayOfMonth(1), date.withDayOfMonth(1));
    Periods periods = Periods.of(new PeriodRule.Calendar(every), Instant.ofEpochMilli(from), zone);
    int number = periods.indexOf(time);
    assertEquals(expected, number);
    assertTrue(periods.startOf(number) <= time && time < periods.endOf(number));
  }

  @Property(tries = 1000)
  void fixedPeriods_followEachOther(
      @ForAll @IntRange(min = 60, max = 366 * 86_400) int seconds,
      @ForAll @LongRange(min = -4_102_444_800_000L, max = 4_102_444_800_000L) long time) {
    Periods periods = Periods.of(new PeriodRule.Fixed(Duration.ofSeconds(seconds)), FROM, MADRID);
    int number = periods.indexOf(time);
    assertTrue(periods.startOf(number) <= time && time < periods.endOf(number));
    assertEquals(periods.endOf(number), periods.startOf(number + 1));
    assertEquals(FROM.toEpochMilli(), periods.startOf(0));
  }

  @Test
  void timePastAllNumbers_isAnError() {
    Periods periods = Periods.of(rule("PT1M"), FROM, MADRID);
    assertThrows(ArithmeticException.class, () -> periods.indexOf(Long.MAX_VALUE / 2));
    assertThrows(ArithmeticException.class, () -> periods.indexOf(Long.MIN_VALUE));
  }

  private static PeriodRule rule(String text) {
    return switch (text) {
      case "DAY", "MONTH" -> new PeriodRule.Calendar(Every.valueOf(text));
      default -> new PeriodRule.Fixed(Duration.parse(text));
    };
  }
}
