package io.millrace.processors.shard;

import io.millrace.catalog.Meter;
import io.millrace.processors.rating.Gauging;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one more reading adds to what the slots of a settlement period come to. It depends on the
 * sums alone, so that it is the same in the end for any order.
 */
final class SlotStep {
  private static final int HUNDRED = 100;

  /** What is added at the reading's own moment; below 0 where a slot's sum falls. */
  long own;

  /** The slot it is in. */
  int slot;

  /** That slot's sum from now on. */
  long sum;

  /** The sum at the rank that counts from now on; 0 where none does. */
  long ranked;

  /**
   * Works it out.
   *
   * @param known the sums of the period; null where there are none
   * @param start the period's first moment
   * @param end the first moment after it
   */
  void take(Gauging how, @Nullable SlotSums known, long at, long reading, long start, long end) {
    Meter.Slots slots = Objects.requireNonNull(how.slots());
    slot = slots.of(at - start);
    long before = known == null ? 0 : known.get(slot);
    sum = Math.addExact(before, reading);
    if (how.how() == Meter.Aggregate.BURST) {
      own = Math.subtractExact(excess(slots, sum), excess(slots, before));
      return;
    }
    long counted = known == null ? 0 : known.ranked();
    int rank = slots.in(end - start) * (HUNDRED - slots.percent()) / HUNDRED + 1;
    boolean stays =
        before < counted && sum <= counted || before > counted && sum > counted || before == sum;
    SlotSums sums = known == null ? new SlotSums(0, 0) : known;
    ranked = stays ? counted : sums.atRank(rank, slot, sum);
    own = ranked - counted;
  }

  private static long excess(Meter.Slots slots, long sum) {
    return sum > slots.above() ? Math.subtractExact(sum, slots.above()) : 0;
  }
}
