package io.millrace.processors.rating;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.ChargeRule;
import io.millrace.catalog.ChargeRule.Every;
import io.millrace.catalog.ChargeRule.Prorated;
import io.millrace.catalog.PeriodRule;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Currency;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

/** Parts of months against decimals and calendars that the engine does not use. */
class ProratedPartsTest {
  private static final ZoneId ZONE = ZoneId.of("Europe/Paris");

  private static Recurrence recurrence(long nanos, Prorated prorated) {
    Catalog catalog =
        new Catalog(
            "test",
            Instant.EPOCH,
            Currency.getInstance("EUR"),
            ZONE,
            new PeriodRule.Calendar(Every.DAY),
            Map.of(),
            Map.of(),
            false,
            "");
    return Recurrence.of(
        new ChargeRule.Recurring("fee", BigDecimal.valueOf(nanos, 9), Every.MONTH, prorated),
        catalog);
  }

  private static BigDecimal rounded(long nanos, long share, long whole) {
    return BigDecimal.valueOf(nanos)
        .multiply(BigDecimal.valueOf(share))
        .divide(BigDecimal.valueOf(whole), 0, RoundingMode.HALF_UP);
  }

  @Property(tries = 10_000)
  void partOfAMonth_costsItsShare(
      @ForAll @LongRange(max = Long.MAX_VALUE) long nanos,
      @ForAll @IntRange(min = 2000 * 12, max = 2100 * 12) int month,
      @ForAll @LongRange(max = 2_678_399_999L) long a,
      @ForAll @LongRange(max = 2_678_399_999L) long b,
      @ForAll boolean byDay) {
    YearMonth of = YearMonth.of(month / 12, month % 12 + 1);
    long start = of.atDay(1).atStartOfDay(ZONE).toInstant().toEpochMilli();
    long end = of.plusMonths(1).atDay(1).atStartOfDay(ZONE).toInstant().toEpochMilli();
    long from = start + Math.min(a, b) % (end - start);
    long to = Math.max(from + 1, start + Math.max(a, b) % (end - start));
    Recurrence fee = recurrence(nanos, byDay ? Prorated.DAY : Prorated.SECOND);
    BigDecimal before;
    BigDecimal after;
    if (byDay) {
      int first = ZonedDateTime.ofInstant(Instant.ofEpochMilli(from), ZONE).getDayOfMonth();
      int last = ZonedDateTime.ofInstant(Instant.ofEpochMilli(to - 1), ZONE).getDayOfMonth();
      before = rounded(nanos, first - 1, of.lengthOfMonth());
      after = rounded(nanos, last, of.lengthOfMonth());
    } else {
      before = rounded(nanos, from - start, end - start);
      after = rounded(nanos, to - start, end - start);
    }
    assertEquals(after.subtract(before), BigDecimal.valueOf(fee.amountOf(from, to)));
    // Ended earlier than was charged for, it comes to what it would have come to.
    assertEquals(
        fee.amountOf(from, to), fee.amountOf(from, end) + fee.amountBack(to, end), "given back");
    assertEquals(nanos, fee.amountOf(start, end));
  }
}
