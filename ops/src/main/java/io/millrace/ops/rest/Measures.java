package io.millrace.ops.rest;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.ChargeRule;
import io.millrace.catalog.Meter;
import io.millrace.catalog.Offer;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Locale;

/** In what a charge's quantity is measured, for faces to write it. */
record Measures(Catalog catalog) {

  /**
   * A unit.
   *
   * @param symbol its symbol; empty where the catalog no longer has the charge
   * @param scale decimal digits of the scaled integers
   */
  record Measure(String symbol, int scale) {
    String write(long quantity) {
      return decimal(quantity, scale);
    }

    String write(BigInteger quantity) {
      return new BigDecimal(quantity, scale).toPlainString();
    }
  }

  /** The measure of a charge: its meter's unit, or the day or month that it recurs with. */
  Measure of(String offer, String charge) {
    Offer found = catalog.offers().get(offer);
    if (found != null) {
      for (ChargeRule rule : found.charges()) {
        if (rule.name().equals(charge)) {
          return switch (rule) {
            case ChargeRule.Usage p ->
                p.meter().aggregate() == Meter.Aggregate.COUNT
                    ? new Measure("each", 0)
                    : new Measure(p.meter().unit().symbol(), p.meter().scale());
            case ChargeRule.AtClose a -> new Measure("period", 0);
            case ChargeRule.Discount d -> new Measure("period", 0);
            case ChargeRule.OneOff o -> new Measure("once", 0);
            case ChargeRule.Recurring r ->
                new Measure(r.every().name().toLowerCase(Locale.ROOT), 0);
          };
        }
      }
    }
    return new Measure("", 0);
  }

  /** A scaled integer as an exact decimal, all its digits written. */
  static String decimal(long unscaled, int scale) {
    return BigDecimal.valueOf(unscaled, scale).toPlainString();
  }
}
