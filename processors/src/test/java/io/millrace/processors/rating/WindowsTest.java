package io.millrace.processors.rating;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.catalog.ChargeRule.Every;
import io.millrace.catalog.WindowRule;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WindowsTest {

  private static final long YEAR_1970 = 0;
  private static final long YEAR_2100 = 4_102_444_800_000L;
  private static final List<String> ZONES =
      List.of(
          "Europe/Madrid",
          "Australia/Lord_Howe",
          "America/St_Johns",
          "America/Sao_Paulo",
          "Pacific/Apia");
  private static final Map<Every, List<Windows>> SHARED =
      Map.of(Every.DAY, inAllZones(Every.DAY), Every.MONTH, inAllZones(Every.MONTH));

  private static List<Windows> inAllZones(Every every) {
    return ZONES.stream()
        .map(zone -> Windows.of(new WindowRule.Calendar(every), ZoneId.of(zone)))
        .toList();
  }

  @ParameterizedTest
  @CsvSource({
    // zone, every, a time, start, end
    "Europe/Madrid, DAY, 2026-11-02T10:00:00Z, 2026-11-01T23:00:00Z, 2026-11-02T23:00:00Z",
    "Europe/Madrid, DAY, 2026-03-29T10:00:00Z, 2026-03-28T23:00:00Z, 2026-03-29T22:00:00Z",
    "Europe/Madrid, DAY, 2026-10-25T10:00:00Z, 2026-10-24T22:00:00Z, 2026-10-25T23:00:00Z",
    "Europe/Madrid, MONTH, 2028-02-29T22:59:59.999Z, 2028-01-31T23:00:00Z, 2028-02-29T23:00:00Z",
    "Europe/Madrid, MONTH, 2026-12-31T23:00:00Z, 2026-12-31T23:00:00Z, 2027-01-31T23:00:00Z",
    "Australia/Lord_Howe, DAY, 2026-04-05T00:00:00Z, 2026-04-04T13:00:00Z, 2026-04-05T13:30:00Z",
    "Australia/Lord_Howe, DAY, 2026-10-04T00:00:00Z, 2026-10-03T13:30:00Z, 2026-10-04T13:00:00Z",
    // Midnight itself is left out: the day begins at 01:00.
    "America/Sao_Paulo, DAY, 2018-11-04T12:00:00Z, 2018-11-04T03:00:00Z, 2018-11-05T02:00:00Z",
    // Put back from 00:01 to 23:01: the date before shows again, and belongs to the new day.
    "America/St_Johns, DAY, 2010-11-07T03:00:00Z, 2010-11-07T02:30:00Z, 2010-11-08T03:30:00Z",
    // Samoa left out 2011-12-30.
    "Pacific/Apia, DAY, 2011-12-30T09:59:59Z, 2011-12-29T10:00:00Z, 2011-12-30T10:00:00Z",
    "Pacific/Apia, DAY, 2011-12-30T10:00:00Z, 2011-12-30T10:00:00Z, 2011-12-31T10:00:00Z",
  })
  void calendarWindow_followsTheZone(
      String zone, Every every, String at, String start, String end) {
    Windows windows = Windows.of(new WindowRule.Calendar(every), ZoneId.of(zone));
    long from = windows.startOf(Instant.parse(at).toEpochMilli());
    assertEquals(Instant.parse(start), Instant.ofEpochMilli(from));
    assertEquals(Instant.parse(end), Instant.ofEpochMilli(windows.endOf(from)));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, -1, 3_599_999, 3_600_000, 1_793_613_667_123L, -3_600_000, -3_600_001})
  void fixedWindow_isAlignedToUtc(long time) {
    Windows hours =
        Windows.of(new WindowRule.Fixed(Duration.ofHours(1)), ZoneId.of("Asia/Kolkata"));
    long start = hours.startOf(time);
    assertEquals(0, Math.floorMod(start, 3_600_000L));
    assertTrue(start <= time && time < hours.endOf(start));
    assertEquals(start + 3_600_000, hours.endOf(start));
  }

  @Property(tries = 2000)
  void calendarWindow_isTheLocalDateOrMonth(
      @ForAll @LongRange(min = YEAR_1970, max = YEAR_2100) long time, @ForAll boolean lordHowe) {
    ZoneId zone = ZoneId.of(lordHowe ? "Australia/Lord_Howe" : "Europe/Madrid");
    ZonedDateTime local = Instant.ofEpochMilli(time).atZone(zone);
    Windows days = Windows.of(new WindowRule.Calendar(Every.DAY), zone);
    long day = days.startOf(time);
    assertEquals(millis(local.toLocalDate().atStartOfDay(zone)), day);
    assertEquals(millis(local.toLocalDate().plusDays(1).atStartOfDay(zone)), days.endOf(day));
    Windows months = Windows.of(new WindowRule.Calendar(Every.MONTH), zone);
    long month = months.startOf(time);
    assertEquals(millis(YearMonth.from(local).atDay(1).atStartOfDay(zone)), month);
    assertEquals(
        millis(YearMonth.from(local).plusMonths(1).atDay(1).atStartOfDay(zone)),
        months.endOf(month));
  }

  /** Instances are shared by all tries: their memory of the last answer must never show. */
  @Property(tries = 2000)
  void windows_coverAllTimeOnce(
      @ForAll @LongRange(min = -YEAR_2100, max = YEAR_2100) long time,
      @ForAll @IntRange(min = 0, max = 4) int zone,
      @ForAll Every every) {
    Windows windows = SHARED.get(every).get(zone);
    long start = windows.startOf(time);
    long end = windows.endOf(start);
    assertTrue(start <= time && time < end);
    assertEquals(start, windows.startOf(start));
    assertEquals(start, windows.startOf(end - 1));
    assertEquals(end, windows.startOf(end));
    assertTrue(windows.startOf(start - 1) < start);
    assertEquals(start, windows.endOf(windows.startOf(start - 1)));
  }

  private static long millis(ZonedDateTime time) {
    return time.toInstant().toEpochMilli();
  }
}
