package io.millrace.processors.ledger;

import io.millrace.catalog.Agreement;
import io.millrace.catalog.Agreement.Share;
import io.millrace.catalog.ChargeRule;
import io.millrace.processors.rating.Rounding;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;

/**
 * What the parties of a charge's agreement get for its units: each by the quantity of a period so
 * far, rounded once to a ledger unit. Never changes and belongs to no thread.
 */
public final class UnitShares {
  /** Of each party, above 0 where it gets something; over {@link #denominator}. */
  private final BigInteger[] numerators;

  private final BigInteger denominator;

  private UnitShares(BigInteger[] numerators, BigInteger denominator) {
    this.numerators = numerators;
    this.denominator = denominator;
  }

  /**
   * The parts of an agreement.
   *
   * @param charge whose units are shared
   * @param digits decimal digits of a ledger unit
   */
  public static UnitShares of(Agreement agreement, ChargeRule.Usage charge, int digits) {
    List<Share> shares = agreement.shares();
    int scale = shares.stream().mapToInt(s -> s.perUnit().scale()).max().orElse(0);
    // A step of the meter is this many units of the charge: unit.factor / (10^scale × factor).
    BigInteger perStep = BigInteger.valueOf(charge.meter().unit().factor());
    BigInteger[] numerators =
        shares.stream()
            .map(s -> s.perUnit().movePointRight(Math.max(scale, 0) + digits))
            .map(BigDecimal::toBigIntegerExact)
            .map(perStep::multiply)
            .toArray(BigInteger[]::new);
    BigInteger denominator =
        BigInteger.TEN
            .pow(Math.max(scale, 0) + charge.meter().scale())
            .multiply(BigInteger.valueOf(charge.unit().factor()));
    return new UnitShares(numerators, denominator);
  }

  /**
   * What each party gets, ledger units.
   *
   * @param quantity of the period, in the meter's scaled integers
   * @throws ArithmeticException where a part is no {@code long}; what fits the charge's price does
   */
  public long[] of(BigInteger quantity) {
    long[] parts = new long[numerators.length];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = Rounding.halfUp(numerators[i].multiply(quantity), denominator);
    }
    return parts;
  }
}
