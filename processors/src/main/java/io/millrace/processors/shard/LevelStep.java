package io.millrace.processors.shard;

import io.millrace.processors.rating.Gauging;
import io.millrace.processors.rating.Periods;
import org.jspecify.annotations.Nullable;

/**
 * What one more reading of a level adds: what the level before it came to until then, and what is
 * counted more or less at the moment of the reading after it, where there is one. A level holds up
 * to the next reading, for so long at most as its meter says, and what it comes to counts as that
 * ends; what lies in the settlement period before counts there, in its last millisecond. So what is
 * counted in the end is the same for any order of readings. Only what a reading after a long
 * silence finds in a period that is past the horizon counts at that reading's own moment: what the
 * period came to is forgotten.
 */
final class LevelStep {
  private static final long SECOND = 1_000;

  /** One more reading parts one stretch in two; each lies in two periods at most, or ends early. */
  private static final int MOST_PARTS = 12;

  /** What is added at the reading's own moment; of levels in scaled integers, for a second each. */
  long own;

  /** How many other moments something is added at. */
  int count;

  /** Those moments, milliseconds since 1970-01-01 UTC. */
  final long[] moments = new long[MOST_PARTS];

  /** What is added at each of them; never 0. */
  final long[] quantities = new long[MOST_PARTS];

  private final Periods periods;
  private long at;

  LevelStep(Periods periods) {
    this.periods = periods;
  }

  /**
   * Works it out.
   *
   * @param known the readings before; null where there are none
   * @param forgotten what periods came to that end by then is forgotten
   * @return why the reading can't be counted; null where it can
   * @throws ArithmeticException where a level comes to no {@code long}
   */
  @Nullable Reason take(
      Gauging how, @Nullable Gauge known, long moment, long reading, long forgotten) {
    own = 0;
    count = 0;
    at = moment;
    if (reading < 0) {
      return Reason.BAD_QUANTITY;
    }
    int place = known == null ? 0 : known.before(at, reading);
    if (known != null && !known.knowsBefore(place)) {
      return Reason.OUT_OF_ORDER;
    }
    boolean isLast = known == null || place == known.size();
    if (known != null && place > 0) {
      long from = known.at(place - 1);
      long level = known.reading(place - 1);
      hold(how, from, level, at);
      if (!isLast) {
        hold(how, from, -level, known.at(place));
      }
    }
    if (known != null && !isLast) {
      hold(how, at, reading, known.at(place));
    }
    int kept = 0;
    for (int i = 0; i < count; i++) {
      if (quantities[i] != 0) {
        if (periods.endOf(periods.indexOf(moments[i])) <= forgotten) {
          own = Math.addExact(own, quantities[i]);
        } else {
          moments[kept] = moments[i];
          quantities[kept++] = quantities[i];
        }
      }
    }
    count = kept;
    return null;
  }

  private void hold(Gauging how, long from, long level, long until) {
    long end = Math.min(until, from + how.holdsFor());
    long begin = from;
    long boundary = periods.endOf(periods.indexOf(begin));
    while (boundary <= end) {
      add(boundary - 1, begin, boundary, level);
      begin = boundary;
      boundary = periods.endOf(periods.indexOf(begin));
    }
    add(end, begin, end, level);
  }

  /** Whole seconds of the clock are counted, so that stretches add up however they are parted. */
  private void add(long counts, long begin, long end, long level) {
    long seconds = Math.floorDiv(end, SECOND) - Math.floorDiv(begin, SECOND);
    long quantity = Math.multiplyExact(level, seconds);
    if (counts == at) {
      own = Math.addExact(own, quantity);
      return;
    }
    for (int i = 0; i < count; i++) {
      if (moments[i] == counts) {
        quantities[i] = Math.addExact(quantities[i], quantity);
        return;
      }
    }
    moments[count] = counts;
    quantities[count++] = quantity;
  }
}
