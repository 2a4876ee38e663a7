package io.millrace.processors.rating;

import io.millrace.catalog.Bands;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoField;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tells which band of a charge holds a use, by the wall clock of a zone and by what its event says.
 *
 * <p>Times are milliseconds since 1970-01-01 UTC. Safe for any thread.
 */
public final class BandClock {
  private final Bands bands;
  private final ZoneRules zone;
  private final List<Integer> changes;
  private final int ofAll;

  /** The last answer. Racy on purpose: a span never changes, and a stale one only costs time. */
  private @Nullable Span last;

  /** From its start to just before its end the wall clock runs evenly, and the same bands hold. */
  private record Span(int holding, long start, long end) {}

  BandClock(Bands bands, ZoneId zone) {
    this.bands = bands;
    this.zone = zone.getRules();
    this.changes = Bands.changes(bands.all());
    this.ofAll = bands.ofAll();
  }

  /**
   * The index of the band that holds a use.
   *
   * @param told the bands whose {@code when} its event meets, bit i for band i; 0 where none has
   *     one
   */
  public int bandAt(long time, long told) {
    Span known = last;
    if (known == null || time < known.start || time >= known.end) {
      known = spanOf(time);
      last = known;
    }
    return Long.numberOfTrailingZeros(known.holding & (ofAll | told));
  }

  private Span spanOf(long time) {
    Instant at = Instant.ofEpochMilli(time);
    ZoneOffset offset = zone.getOffset(at);
    LocalDateTime clock = LocalDateTime.ofInstant(at, offset);
    int minute = clock.get(ChronoField.MINUTE_OF_DAY);
    int from = 0;
    int to = Bands.MINUTES;
    for (int change : changes) {
      if (change <= minute) {
        from = change;
      } else {
        to = change;
        break;
      }
    }
    // Within one offset the clock runs as time does; where it is changed, the span ends.
    long midnight = clock.toLocalDate().atStartOfDay().toInstant(offset).toEpochMilli();
    long start = midnight + from * 60_000L;
    long end = midnight + to * 60_000L;
    ZoneOffsetTransition before = zone.previousTransition(at.plusNanos(1));
    ZoneOffsetTransition after = zone.nextTransition(at);
    return new Span(
        bands.holding(clock.toLocalDate(), minute),
        before == null ? start : Math.max(start, before.getInstant().toEpochMilli()),
        after == null ? end : Math.min(end, after.getInstant().toEpochMilli()));
  }
}
