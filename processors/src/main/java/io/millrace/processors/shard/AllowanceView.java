package io.millrace.processors.shard;

import java.math.BigInteger;

/**
 * How much of what is included an account has used in the period that runs, in one shard or over
 * several. Each subscription has its own allowance, or each pool of subscriptions. Quantities are
 * in the scaled integers of the charge's meter.
 *
 * @param offer what includes it
 * @param charge of whose use it is
 * @param name the allowance's
 * @param group whose it is, where an account's devices share in groups; else empty
 * @param period the number of the settlement period
 * @param devices how many subscriptions have it; at least 1
 * @param included in all of them together
 * @param used of it, by all of them together
 * @param usedUp how many of them have nothing left
 * @param total use of the charge so far, whether included or not
 * @param forecast what that comes to at the period's end if use goes on as in the period so far
 */
public record AllowanceView(
    String offer,
    String charge,
    String name,
    String group,
    int period,
    int devices,
    BigInteger included,
    BigInteger used,
    int usedUp,
    BigInteger total,
    BigInteger forecast) {

  /** Whether another is of the same allowance in the same period. */
  public boolean isOf(AllowanceView other) {
    return offer.equals(other.offer)
        && charge.equals(other.charge)
        && name.equals(other.name)
        && group.equals(other.group)
        && period == other.period;
  }

  /** The same allowance's part in another shard added. */
  public AllowanceView plus(AllowanceView other) {
    return new AllowanceView(
        offer,
        charge,
        name,
        group,
        period,
        devices + other.devices,
        included.add(other.included),
        used.add(other.used),
        usedUp + other.usedUp,
        total.add(other.total),
        forecast.add(other.forecast));
  }
}
