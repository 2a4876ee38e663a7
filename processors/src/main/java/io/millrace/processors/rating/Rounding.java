package io.millrace.processors.rating;

import java.math.BigInteger;

/**
 * The one rule by which the engine rounds: half up on the magnitude, so that 2.5 becomes 3 and −2.5
 * becomes −3 (Council Regulation (EC) 1103/97, article 5; for credits the mirror image). A charge
 * and its reversal therefore always cancel out.
 */
public final class Rounding {

  private Rounding() {}

  /**
   * A quotient, rounded.
   *
   * @param denominator above 0
   */
  public static long halfUp(long numerator, long denominator) {
    assert denominator > 0 : denominator;
    long quotient = numerator / denominator;
    long rest = Math.abs(numerator % denominator);
    return rest >= denominator - rest ? quotient + Long.signum(numerator) : quotient;
  }

  /**
   * A quotient of any size, rounded by the same rule.
   *
   * @param denominator above 0
   * @throws ArithmeticException where the result is no {@code long}
   */
  public static long halfUp(BigInteger numerator, BigInteger denominator) {
    assert denominator.signum() > 0 : denominator;
    BigInteger[] parts = numerator.divideAndRemainder(denominator);
    boolean up = parts[1].abs().shiftLeft(1).compareTo(denominator) >= 0;
    BigInteger step = BigInteger.valueOf(up ? numerator.signum() : 0);
    return parts[0].add(step).longValueExact();
  }
}
