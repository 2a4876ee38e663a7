package io.millrace.processors.rating;

import io.millrace.catalog.ChargeRule.Every;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/**
 * The days or months of a zone as spans of time, numbered, without gap or overlap: a day lasts from
 * its own first moment to the next one's, be that 23 hours or 25. (A clock that is put back across
 * midnight shows the old date again; that hour belongs to the new day. A date that a zone left out
 * is an empty span.)
 *
 * <p>Times are milliseconds since 1970-01-01 UTC. Safe for any thread.
 */
public final class ZoneCalendar {

  private final Every every;
  private final ZoneId zone;

  /** The last answer. Racy on purpose: a span never changes, and a stale one only costs time. */
  private @Nullable Span last;

  private record Span(long number, long start, long end) {}

  public ZoneCalendar(Every every, ZoneId zone) {
    this.every = every;
    this.zone = zone;
  }

  /** The number of the span that holds a time: days since 1970-01-01, or months since year 0. */
  public long numberOf(long time) {
    return spanOf(time).number;
  }

  /** The first moment of a span. */
  public long startOf(long number) {
    LocalDate first =
        switch (every) {
          case DAY -> LocalDate.ofEpochDay(number);
          case MONTH ->
              LocalDate.of(
                  Math.toIntExact(Math.floorDiv(number, 12L)),
                  (int) Math.floorMod(number, 12L) + 1,
                  1);
        };
    return first.atStartOfDay(zone).toInstant().toEpochMilli();
  }

  /** The first moment of the span that holds a time. */
  public long floor(long time) {
    return spanOf(time).start;
  }

  /** The first moment after the span that holds a time. */
  public long next(long time) {
    return spanOf(time).end;
  }

  private Span spanOf(long time) {
    Span known = last;
    if (known != null && time >= known.start && time < known.end) {
      return known;
    }
    LocalDate date = Instant.ofEpochMilli(time).atZone(zone).toLocalDate();
    long number =
        switch (every) {
          case DAY -> date.toEpochDay();
          case MONTH -> date.getYear() * 12L + date.getMonthValue() - 1;
        };
    // Only ever too low: where a clock was put back across midnight the old date shows again.
    while (startOf(number + 1) <= time) {
      number++;
    }
    Span found = new Span(number, startOf(number), startOf(number + 1));
    last = found;
    return found;
  }
}
