package io.millrace.processors.rating;

import java.math.BigInteger;

/**
 * Divides by the same number over and over, and rounds half up: by a multiplication, which takes a
 * fraction of a division's time. Belongs to no thread.
 */
final class Divisor {
  private final long divisor;

  /** 2^(62 + bits) ÷ divisor, cut off: 2^62 or more, and a long. 0 where it is divided plainly. */
  private final long reciprocal;

  private final int shift;

  /** A divisor above 0. */
  Divisor(long divisor) {
    assert divisor > 0 : divisor;
    this.divisor = divisor;
    int bits = Long.SIZE - Long.numberOfLeadingZeros(divisor - 1);
    boolean plain = bits < 2 || bits > 62;
    this.shift = plain ? 0 : bits - 2;
    this.reciprocal =
        plain
            ? 0
            : BigInteger.ONE
                .shiftLeft(62 + bits)
                .divide(BigInteger.valueOf(divisor))
                .longValueExact();
  }

  /** The quotient of a number of 0 or more, rounded half up. */
  long halfUp(long numerator) {
    if (divisor == 1) {
      return numerator;
    }
    if (reciprocal == 0) {
      return Rounding.halfUp(numerator, divisor);
    }
    // What the reciprocal lacks makes less than a half of it, so this is the quotient or one less.
    long quotient = Math.multiplyHigh(numerator, reciprocal) >> shift;
    long rest = numerator - quotient * divisor;
    if (rest >= divisor) {
      quotient++;
      rest -= divisor;
    }
    return rest >= divisor - rest ? quotient + 1 : quotient;
  }
}
