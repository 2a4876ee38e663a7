package io.millrace.processors.settlement;

import io.millrace.processors.ledger.Split;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;

/**
 * What a close posts among the parties of an agreement. Every shard shares what it posted itself,
 * to the last unit; the largest remainder of the whole can differ from the sum of those by a few
 * units, and what hangs on the whole is shared here alone.
 *
 * @param line the statement line it is posted on: the largest of the agreement
 * @param owed for each party, in the agreement's order, ledger units it is owed more; they add up
 *     to zero
 */
public record TrueUp(LineKey line, List<Long> owed) {

  public TrueUp {
    owed = List.copyOf(owed);
  }

  /**
   * Works out the difference.
   *
   * @param split the agreement's, in ledger units
   * @param otherwise the line where nothing was shared
   * @param shared what was shared, by line, ledger units
   * @param paid what each party got of it, in the agreement's order
   * @param sharings how many times a part of it was shared on its own; each may be off by less than
   *     a unit and a party
   * @throws IllegalStateException where the parties didn't get the whole, or one is off by more
   *     than sharing in parts explains: a ledger that can't be right isn't settled
   */
  public static TrueUp of(
      Split split, LineKey otherwise, Map<LineKey, Long> shared, long[] paid, long sharings) {
    long whole = 0;
    LineKey largest = otherwise;
    long size = -1;
    for (Map.Entry<LineKey, Long> each : new TreeMap<>(shared).entrySet()) {
      long amount = each.getValue();
      whole = Math.addExact(whole, amount);
      if (Math.absExact(amount) > size) {
        size = Math.absExact(amount);
        largest = each.getKey();
      }
    }
    long[] accrued = new long[paid.length];
    // What is for units was rounded by the shards, once each, and stays as they did.
    long[] units = split.units(paid);
    split.accrue(whole, units, accrued);
    long[] owed = new long[paid.length];
    split.settle(whole, units, owed);
    long sum = 0;
    for (int i = 0; i < paid.length; i++) {
      long off = Math.subtractExact(accrued[i], paid[i]);
      if (Math.absExact(off) > sharings) {
        throw new IllegalStateException(
            "party " + i + " is off by " + off + " units after " + sharings + " sharings");
      }
      owed[i] = Math.subtractExact(owed[i], paid[i]);
      sum = Math.addExact(sum, owed[i]);
    }
    if (sum != 0) {
      throw new IllegalStateException("the parties got " + (whole - sum) + " of " + whole);
    }
    return new TrueUp(largest, LongStream.of(owed).boxed().toList());
  }

  /** Whether there is nothing to post. */
  public boolean isNothing() {
    return owed.stream().allMatch(each -> each == 0);
  }
}
