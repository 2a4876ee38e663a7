package io.millrace.processors.rating;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.ChargeRule;
import java.math.BigDecimal;
import java.math.BigInteger;

/**
 * What a quantity costs from the first unit on: P(q) = price × q, rounded to ledger units. A charge
 * is the difference of two points of the curve, so that however usage is cut into events, batches
 * and windows, its charges add up to the price of its total.
 *
 * <p>The price is an exact fraction: no digit is lost before the one rounding. A curve never
 * changes and belongs to no thread.
 */
public final class PriceCurve {

  private final BigInteger exactNumerator;
  private final BigInteger exactDenominator;

  /** The same fraction where both parts are longs, else 0 over 0. */
  private final long numerator;

  private final long denominator;

  private PriceCurve(BigInteger numerator, BigInteger denominator) {
    BigInteger divisor = numerator.gcd(denominator);
    this.exactNumerator = numerator.divide(divisor);
    this.exactDenominator = denominator.divide(divisor);
    boolean small = exactNumerator.bitLength() < 64 && exactDenominator.bitLength() < 64;
    this.numerator = small ? exactNumerator.longValue() : 0;
    this.denominator = small ? exactDenominator.longValue() : 0;
  }

  /**
   * The curve of a price per unit, from the meter's scaled integers to the catalog's ledger units.
   */
  public static PriceCurve of(ChargeRule.PerUnit rule, Catalog catalog) {
    BigDecimal onePricedUnit = rule.price().movePointRight(catalog.ledgerScale());
    BigDecimal base = BigDecimal.valueOf(rule.meter().unit().factor());
    BigInteger steps = BigInteger.TEN.pow(rule.meter().scale());
    BigInteger pricedBase = BigInteger.valueOf(rule.unit().factor());
    BigDecimal price = onePricedUnit.multiply(base);
    int digits = Math.max(price.scale(), 0);
    return new PriceCurve(
        price.movePointRight(digits).toBigIntegerExact(),
        BigInteger.TEN.pow(digits).multiply(steps).multiply(pricedBase));
  }

  /**
   * The price of a total.
   *
   * @param quantity in the meter's scaled integers; what is negative costs the negative
   * @return ledger units
   * @throws ArithmeticException where the price is no {@code long}
   */
  public long amountAt(long quantity) {
    long product = quantity * numerator;
    if (denominator != 0 && Math.multiplyHigh(quantity, numerator) == product >> 63) {
      return Rounding.halfUp(product, denominator);
    }
    return Rounding.halfUp(BigInteger.valueOf(quantity).multiply(exactNumerator), exactDenominator);
  }

  /**
   * The charge for going from one total to another.
   *
   * @return ledger units; negative where the total fell
   * @throws ArithmeticException where a price or the charge is no {@code long}
   */
  public long between(long before, long after) {
    return Math.subtractExact(amountAt(after), amountAt(before));
  }
}
