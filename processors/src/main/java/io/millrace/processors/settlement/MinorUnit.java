package io.millrace.processors.settlement;

import java.math.BigDecimal;

/**
 * The minor unit of a currency (ISO 4217) against the units of its ledger.
 *
 * @param digits decimal digits of an amount in minor units: 2 for EUR, 0 for JPY
 * @param ledgerUnits ledger units in one minor unit: a power of ten
 */
public record MinorUnit(int digits, long ledgerUnits) {

  public MinorUnit {
    if (digits < 0 || digits > 4 || ledgerUnits < 1) {
      throw new IllegalArgumentException("minor unit of " + digits + " digits");
    }
  }

  /**
   * The minor unit of a ledger.
   *
   * @param digits of the minor unit
   * @param ledgerScale decimal digits of a ledger amount
   */
  public static MinorUnit of(int digits, int ledgerScale) {
    if (ledgerScale < digits) {
      throw new IllegalArgumentException("a ledger is as fine as its minor unit: " + ledgerScale);
    }
    return new MinorUnit(
        digits, BigDecimal.ONE.movePointRight(ledgerScale - digits).longValueExact());
  }

  /**
   * The nearest whole number of minor units; an exact half goes away from zero (half up on the
   * magnitude, so that a credit mirrors its charge).
   */
  public long round(long exact) {
    long whole = exact / ledgerUnits;
    long rest = exact % ledgerUnits;
    long half = ledgerUnits - Math.abs(rest);
    return Math.abs(rest) >= half ? whole + Long.signum(exact) : whole;
  }

  /** Ledger units of an amount in minor units; {@link ArithmeticException} where they overflow. */
  public long exact(long minor) {
    return Math.multiplyExact(minor, ledgerUnits);
  }

  /** An amount in minor units as an exact decimal: 1234 is {@code 12.34}. */
  public String decimal(long minor) {
    return BigDecimal.valueOf(minor, digits).toPlainString();
  }
}
