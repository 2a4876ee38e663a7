package io.millrace.processors.rating;

import io.millrace.catalog.WindowRule;
import java.time.ZoneId;

/**
 * The windows of an offer: usage of one window is sealed into one charge. They cover all time
 * without gap or overlap, each from its start to just before its end.
 *
 * <p>Times are milliseconds since 1970-01-01 UTC. Safe for any thread.
 */
public sealed interface Windows {

  /** The start of the window that holds a time. */
  long startOf(long time);

  /**
   * The end of a window, which is the start of the next.
   *
   * @param windowStart as {@link #startOf} gives it
   */
  long endOf(long windowStart);

  /** The windows of a rule. */
  static Windows of(WindowRule rule, ZoneId zone) {
    return switch (rule) {
      case WindowRule.Fixed fixed -> new Fixed(fixed.length().toMillis());
      case WindowRule.Calendar calendar -> new Calendar(new ZoneCalendar(calendar.every(), zone));
    };
  }

  /** Windows of one length, aligned to UTC. */
  record Fixed(long lengthMillis) implements Windows {

    @Override
    public long startOf(long time) {
      return Math.subtractExact(time, Math.floorMod(time, lengthMillis));
    }

    @Override
    public long endOf(long windowStart) {
      return Math.addExact(windowStart, lengthMillis);
    }
  }

  /** One window a calendar day or month. */
  record Calendar(ZoneCalendar calendar) implements Windows {

    @Override
    public long startOf(long time) {
      return calendar.floor(time);
    }

    @Override
    public long endOf(long windowStart) {
      return calendar.next(windowStart);
    }
  }
}
