package io.millrace.processors.shard;

import io.millrace.processors.rating.Gauging;
import org.jspecify.annotations.Nullable;

/**
 * What one more reading adds to that of a settlement period that counts: the largest, or the last.
 * One that counts no more than the one that is held adds nothing, so what is counted in the end is
 * the same for any order.
 */
final class HeldStep {

  /** What is added at the reading's own moment; below 0 where a later reading is lower. */
  long own;

  /** Whether it is held for its period from now on. */
  boolean holds;

  /**
   * Works it out.
   *
   * @param known what is held of each period; null where nothing is
   * @param start the reading's period's first moment
   * @param end the first moment after its period
   * @return why the reading can't be counted; null where it can
   */
  @Nullable Reason take(
      Gauging how, @Nullable Gauge known, long at, long reading, long start, long end) {
    int held = known == null ? -1 : known.heldIn(start, end);
    long counted = known == null || held < 0 ? 0 : known.reading(held);
    holds =
        switch (how.how()) {
          case MAX -> reading > counted;
          default -> known == null || held < 0 || isLater(known, held, at, reading);
        };
    if (known != null && held < 0 && !known.knowsBefore(known.before(at, reading))) {
      return Reason.OUT_OF_ORDER;
    }
    own = holds ? Math.subtractExact(reading, counted) : 0;
    return null;
  }

  private static boolean isLater(Gauge known, int held, long at, long reading) {
    return at > known.at(held) || at == known.at(held) && reading > known.reading(held);
  }
}
