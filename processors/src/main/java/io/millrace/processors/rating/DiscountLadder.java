package io.millrace.processors.rating;

import io.millrace.catalog.Agreement;
import io.millrace.catalog.Agreement.Step;
import io.millrace.catalog.ChargeRule;
import java.math.BigInteger;
import java.util.List;
import java.util.function.LongUnaryOperator;

/**
 * What a discount takes back of a sum, in ledger units: the percentage of the tier that its
 * magnitude reaches, of all of it, rounded once. Safe for any thread.
 */
final class DiscountLadder implements LongUnaryOperator {

  private static final BigInteger WHOLE = BigInteger.valueOf(Agreement.WHOLE);

  /** The last amount of each tier, ascending. */
  private final BigInteger[] to;

  private final BigInteger[] parts;

  /**
   * The ladder of a rule.
   *
   * @param ledgerScale decimal digits of a ledger unit
   */
  DiscountLadder(ChargeRule.Discount rule, int ledgerScale) {
    List<Step> steps = rule.percent().steps();
    to =
        steps.stream()
            .flatMap(step -> step.to().stream())
            .map(t -> t.movePointRight(ledgerScale).toBigIntegerExact())
            .toArray(BigInteger[]::new);
    parts =
        steps.stream()
            .map(step -> BigInteger.valueOf(step.partsPerMillion()))
            .toArray(BigInteger[]::new);
  }

  @Override
  public long applyAsLong(long sum) {
    BigInteger whole = BigInteger.valueOf(sum);
    int tier = 0;
    while (tier < to.length && whole.abs().compareTo(to[tier]) > 0) {
      tier++;
    }
    return -Rounding.halfUp(whole.multiply(parts[tier]), WHOLE);
  }
}
