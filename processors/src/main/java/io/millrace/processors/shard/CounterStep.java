package io.millrace.processors.shard;

import io.millrace.processors.rating.Gauging;
import org.jspecify.annotations.Nullable;

/**
 * What one more reading of a running counter adds: at its own moment what the counter has advanced
 * by since the reading before, and at the moment of the reading after, where there is one, what is
 * counted less or more there now. Readings are taken in the order of their moments, whatever the
 * order they come in: so what is counted in the end is the same for any order.
 */
final class CounterStep {

  /** What is added at the reading's own moment. */
  long own;

  /** What is added at the moment of the reading after it; 0 where there is none. */
  long next;

  /** When the reading after it was taken. */
  long nextAt;

  /**
   * Works it out.
   *
   * @param known the readings before; null where there are none
   * @return why the reading can't be counted; null where it can
   */
  @Nullable Reason take(Gauging how, @Nullable Gauge known, long at, long reading) {
    own = 0;
    next = 0;
    if (!how.canShow(reading)) {
      return Reason.BAD_QUANTITY;
    }
    int place = known == null ? 0 : known.before(at, reading);
    if (known != null && !known.knowsBefore(place)) {
      return Reason.OUT_OF_ORDER;
    }
    own =
        known == null || place == 0
            ? how.first(reading)
            : how.advance(known.reading(place - 1), reading);
    if (own == Gauging.REFUSED) {
      return Reason.COUNTER_RESET;
    }
    if (known != null && place < known.size()) {
      long after = known.reading(place);
      long counted = place == 0 ? how.first(after) : how.advance(known.reading(place - 1), after);
      long advance = how.advance(reading, after);
      if (advance == Gauging.REFUSED || counted == Gauging.REFUSED) {
        return Reason.COUNTER_RESET;
      }
      next = advance - counted;
      nextAt = known.at(place);
    }
    return null;
  }
}
