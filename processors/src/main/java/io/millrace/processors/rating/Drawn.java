package io.millrace.processors.rating;

import io.millrace.catalog.Allowance;
import io.millrace.catalog.ChargeRule;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * An allowance that use draws on in the order in which it comes, compiled. There is a bucket of it
 * for each settlement period, or one in all.
 *
 * @param index its number in the offer, for good
 * @param allowance as the catalog says it
 * @param size of a bucket, in the meter's scaled integers
 * @param periods how many periods after its own a bucket is drawn on
 * @param most how much of a bucket is drawn on after its own period
 * @param validFor how long it is there from a subscription's beginning on, in milliseconds; {@link
 *     Long#MAX_VALUE} where it is not told so
 * @param validUntil until when it is there, milliseconds since 1970-01-01 UTC; {@link
 *     Long#MAX_VALUE} where it is not told so
 */
public record Drawn(
    int index,
    Allowance allowance,
    long size,
    int periods,
    long most,
    long validFor,
    long validUntil) {

  /** Those of a charge, in the order of their use; none where they are no matter of order. */
  static List<Drawn> of(ChargeRule.Usage rule, List<String> names) {
    if (!rule.isOrdered()) {
      return List.of();
    }
    return rule.allowances().stream().map(a -> of(rule, a, names.indexOf(a.name()))).toList();
  }

  private static Drawn of(ChargeRule.Usage rule, Allowance a, int index) {
    long size = QuantitySteps.steps(rule.meter(), a.quantity(), a.unit());
    return new Drawn(
        index,
        a,
        size,
        a.keeping().periods(),
        a.keeping()
            .most()
            .map(most -> Math.min(size, QuantitySteps.steps(rule.meter(), most, a.unit())))
            .orElse(size),
        a.keeping().validFor().map(Duration::toMillis).orElse(Long.MAX_VALUE),
        a.keeping().validUntil().map(Instant::toEpochMilli).orElse(Long.MAX_VALUE));
  }

  /** Whether there is one bucket of it in all. */
  public boolean isOnce() {
    return allowance.keeping().isOnce();
  }

  /** Whether it is what accounts have bought of it, and there is no bucket of it by itself. */
  public boolean isBought() {
    return allowance.keeping().bought();
  }

  /** How many numbers say what allowances covered: for each, one for each age of a bucket. */
  public static int slots(List<Drawn> drawn) {
    int sum = 0;
    for (Drawn d : drawn) {
      sum += d.periods + 1;
    }
    return sum;
  }

  /** Adds the names of a charge's allowances to those that have their numbers by it. */
  static void name(ChargeRule charge, List<String> names) {
    if (charge instanceof ChargeRule.Usage u) {
      u.allowances().stream()
          .map(Allowance::name)
          .filter(name -> !names.contains(name))
          .forEach(names::add);
    }
  }

  /** The end of what is there once, for a subscription that began then. */
  public long endFor(long from) {
    return validFor == Long.MAX_VALUE
        ? validUntil
        : Math.min(validUntil, Math.addExact(Math.max(from, 0), validFor));
  }

  /** Whether going from one quantity drawn of a bucket to another reaches a percentage of it. */
  public boolean reaches(int percent, long before, long after) {
    BigInteger mark = BigInteger.valueOf(size).multiply(BigInteger.valueOf(percent));
    return parts(before).compareTo(mark) < 0 && parts(after).compareTo(mark) >= 0;
  }

  private static BigInteger parts(long quantity) {
    return BigInteger.valueOf(quantity).multiply(BigInteger.valueOf(100));
  }
}
