package io.millrace.catalog;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * An allowance that accounts buy, by what it is counted in: alike in all offers and versions that
 * have it.
 *
 * @param name the allowance's
 * @param unit that it is said in
 * @param meter whose scaled integers are kept of it; of several charges that of one
 */
public record BoughtUnits(String name, Unit unit, Meter meter) {
  /** Digits behind the point at most, where what a meter counts is no decimal of the unit. */
  private static final int DIGITS = 12;

  /** Those of a catalog, by their names. */
  public static Map<String, BoughtUnits> of(Catalog catalog) {
    Map<String, BoughtUnits> all = new TreeMap<>();
    for (Offer offer : catalog.offers().values()) {
      for (ChargeRule rule : offer.charges()) {
        if (rule instanceof ChargeRule.Usage usage) {
          for (Allowance a : usage.allowances()) {
            if (a.keeping().bought()) {
              all.putIfAbsent(a.name(), new BoughtUnits(a.name(), a.unit(), usage.meter()));
            }
          }
        }
      }
    }
    return all;
  }

  /** Those of versions of a catalog, the last one that has one telling of it. */
  public static Map<String, BoughtUnits> of(Collection<Catalog> versions) {
    Map<String, BoughtUnits> all = new TreeMap<>();
    versions.forEach(version -> all.putAll(of(version)));
    return all;
  }

  /** Whether another is counted in the same. */
  boolean isCountedAs(BoughtUnits other) {
    return unit.equals(other.unit)
        && meter.unit().equals(other.meter.unit())
        && meter.scale() == other.meter.scale();
  }

  /** A quantity in the meter's scaled integers; empty where the meter can't count it. */
  public Optional<Long> scaled(BigDecimal quantity) {
    return meter
        .steps(quantity, unit)
        .filter(steps -> steps.bitLength() < Long.SIZE)
        .map(BigInteger::longValueExact);
  }

  /** The meter's scaled integers in the unit, to {@value #DIGITS} digits where that takes more. */
  public BigDecimal quantity(long scaled) {
    BigDecimal quantity =
        BigDecimal.valueOf(scaled, meter.scale())
            .multiply(BigDecimal.valueOf(meter.unit().factor()))
            .divide(BigDecimal.valueOf(unit.factor()), DIGITS, RoundingMode.HALF_UP)
            .stripTrailingZeros();
    return quantity.scale() < 0 ? quantity.setScale(0) : quantity;
  }
}
