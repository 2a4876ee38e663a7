package io.millrace.processors.rating;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.PeriodRule;
import java.time.Instant;
import java.time.ZoneId;

/**
 * Settlement periods, numbered from 0, which holds the effective date of the first catalog; what
 * lies before has negative numbers. They cover all time without gap or overlap.
 *
 * <p>Times are milliseconds since 1970-01-01 UTC. Safe for any thread. A number that is no {@code
 * int} is an ArithmeticException: that is 4,000 years of minutes.
 */
public sealed interface Periods {

  /** The number of the period that holds a time. */
  int indexOf(long time);

  /** The first moment of a period. */
  long startOf(int number);

  /** The first moment after a period. */
  long endOf(int number);

  /** The periods of a tenant whose first catalog this is. */
  static Periods of(Catalog first) {
    return of(first.period(), first.effective(), first.zone());
  }

  /** The periods of a rule, counted from an effective date. */
  static Periods of(PeriodRule rule, Instant effective, ZoneId zone) {
    long from = effective.toEpochMilli();
    return switch (rule) {
      case PeriodRule.Fixed fixed -> new Fixed(from, fixed.length().toMillis());
      case PeriodRule.Calendar calendar -> {
        ZoneCalendar days = new ZoneCalendar(calendar.every(), zone);
        yield new Calendar(days, days.numberOf(from));
      }
    };
  }

  /** Periods of one length from a first moment on. */
  record Fixed(long from, long lengthMillis) implements Periods {

    @Override
    public int indexOf(long time) {
      return Math.toIntExact(Math.floorDiv(Math.subtractExact(time, from), lengthMillis));
    }

    @Override
    public long startOf(int number) {
      return Math.addExact(from, Math.multiplyExact(lengthMillis, (long) number));
    }

    @Override
    public long endOf(int number) {
      return Math.addExact(startOf(number), lengthMillis);
    }
  }

  /** One period a calendar day or month; {@code first} is the calendar's number of period 0. */
  record Calendar(ZoneCalendar calendar, long first) implements Periods {

    @Override
    public int indexOf(long time) {
      return Math.toIntExact(calendar.numberOf(time) - first);
    }

    @Override
    public long startOf(int number) {
      return calendar.startOf(first + number);
    }

    @Override
    public long endOf(int number) {
      return calendar.startOf(first + number + 1);
    }
  }
}
