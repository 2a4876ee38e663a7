package io.millrace.processors.rating;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.ChargeRule;
import io.millrace.catalog.Price;
import io.millrace.catalog.Price.Tier;
import io.millrace.catalog.QuantityRounding.Each;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;

/**
 * Makes a charge's price a curve: the lines of its tiers over one denominator. In the currency's
 * ledger units a unit of the charge is {@code unit factor × 10^scale ÷ meter factor} of the meter's
 * steps, so a price per step is a fraction whose parts are whole once all decimals are moved out.
 */
final class CurveCompiler {
  private final ChargeRule.Usage rule;
  private final int ledgerScale;

  CurveCompiler(ChargeRule.Usage rule, Catalog catalog) {
    this.rule = rule;
    this.ledgerScale = catalog.ledgerScale();
  }

  PriceCurve curve() {
    return switch (rule.price()) {
      case Price.PerUnit p -> lines(List.of(last(p.each(), BigDecimal.ZERO)), Kind.WHOLE);
      case Price.Percent p ->
          lines(List.of(last(p.percent().movePointLeft(2), BigDecimal.ZERO)), Kind.WHOLE);
      case Price.Graduated g -> lines(g.tiers(), Kind.PARTS);
      case Price.Volume v -> lines(v.tiers(), Kind.WHOLE);
      case Price.StairStep s -> lines(s.tiers(), Kind.WHOLE);
      case Price.Flat f -> lines(List.of(last(BigDecimal.ZERO, f.amount())), Kind.WHOLE);
      case Price.Free free -> lines(List.of(last(BigDecimal.ZERO, BigDecimal.ZERO)), Kind.WHOLE);
      case Price.Package p -> packages(p);
    };
  }

  private enum Kind {
    /** A tier prices the whole total. */
    WHOLE,
    /** A tier prices its own part, after those before it. */
    PARTS
  }

  private static Tier last(BigDecimal perUnit, BigDecimal flat) {
    return new Tier(Optional.empty(), perUnit, flat);
  }

  private PriceCurve lines(List<Tier> tiers, Kind kind) {
    int digits = 0;
    for (Tier t : tiers) {
      digits = Math.max(digits, Math.max(t.perUnit().scale(), t.flat().scale()));
    }
    BigInteger stepsInUnit =
        BigInteger.valueOf(rule.unit().factor()).multiply(BigInteger.TEN.pow(rule.meter().scale()));
    BigInteger denominator = BigInteger.TEN.pow(digits).multiply(stepsInUnit);
    BigInteger base = BigInteger.valueOf(rule.meter().unit().factor());
    int n = tiers.size();
    long[] upper = new long[n];
    BigInteger[] slope = new BigInteger[n];
    BigInteger[] constant = new BigInteger[n];
    BigInteger before = BigInteger.ZERO;
    long lower = 0;
    for (int k = 0; k < n; k++) {
      Tier tier = tiers.get(k);
      upper[k] =
          tier.to()
              .map(to -> QuantitySteps.steps(rule.meter(), to, rule.unit()))
              .orElse(Long.MAX_VALUE);
      slope[k] = ledger(tier.perUnit(), digits).multiply(base);
      BigInteger flat = ledger(tier.flat(), digits).multiply(stepsInUnit);
      if (kind == Kind.WHOLE) {
        constant[k] = flat;
      } else {
        before = before.add(flat);
        constant[k] = before.subtract(slope[k].multiply(BigInteger.valueOf(lower)));
        before = before.add(slope[k].multiply(BigInteger.valueOf(upper[k] - lower)));
        lower = upper[k];
      }
    }
    return new PriceCurve(
        kind == Kind.PARTS,
        QuantitySteps.of(rule.rounding(), Each.PERIOD, rule.meter(), rule.unit()),
        upper,
        slope,
        constant,
        denominator,
        Included.of(rule),
        false);
  }

  private PriceCurve packages(Price.Package p) {
    long size = QuantitySteps.steps(rule.meter(), p.size(), rule.unit());
    int digits = Math.max(p.each().scale(), 0);
    return new PriceCurve(
        false,
        QuantitySteps.upTo(size),
        new long[] {Long.MAX_VALUE},
        new BigInteger[] {ledger(p.each(), digits)},
        new BigInteger[] {BigInteger.ZERO},
        BigInteger.TEN.pow(digits).multiply(BigInteger.valueOf(size)),
        Included.of(rule),
        false);
  }

  /** An amount in ledger units × 10^digits, a whole number. */
  private BigInteger ledger(BigDecimal amount, int digits) {
    return amount.movePointRight(ledgerScale + Math.max(digits, 0)).toBigIntegerExact();
  }
}
