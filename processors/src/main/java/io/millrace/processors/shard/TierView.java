package io.millrace.processors.shard;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/**
 * How far an account's use of a charge with tiers has come in the period that runs, in one shard or
 * over several. Each subscription goes through the tiers by itself, or each pool of subscriptions.
 * Quantities are in the scaled integers of the charge's meter.
 *
 * @param offer whose charge it is
 * @param charge its name
 * @param group whose it is, where an account's devices share in groups; else empty
 * @param period the number of the settlement period
 * @param devices how many are in each tier, from the first one; those that share count as they do
 * @param total what all of them have used
 * @param forecast what that comes to at the period's end if use goes on as in the period so far
 * @param left how much use brings the one that is nearest to it into its next tier; {@link #NONE}
 *     where all are in the last one
 */
public record TierView(
    String offer,
    String charge,
    String group,
    int period,
    List<Integer> devices,
    BigInteger total,
    BigInteger forecast,
    long left) {

  /** There is no next tier. */
  public static final long NONE = Long.MAX_VALUE;

  public TierView {
    devices = List.copyOf(devices);
  }

  /** Whether another is of the same tiers in the same period. */
  public boolean isOf(TierView other) {
    return offer.equals(other.offer)
        && charge.equals(other.charge)
        && group.equals(other.group)
        && period == other.period;
  }

  /** The same charge's part in another shard added. */
  public TierView plus(TierView other) {
    List<Integer> sum = new ArrayList<>(devices);
    for (int i = 0; i < other.devices.size(); i++) {
      if (i < sum.size()) {
        sum.set(i, sum.get(i) + other.devices.get(i));
      } else {
        sum.add(other.devices.get(i));
      }
    }
    return new TierView(
        offer,
        charge,
        group,
        period,
        sum,
        total.add(other.total),
        forecast.add(other.forecast),
        Math.min(left, other.left));
  }
}
