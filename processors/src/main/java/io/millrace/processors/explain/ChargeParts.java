package io.millrace.processors.explain;

import io.millrace.catalog.Allowance;
import io.millrace.catalog.ChargeRule;
import io.millrace.catalog.Meter;
import io.millrace.catalog.Unit;
import io.millrace.processors.rating.Bundle;
import io.millrace.processors.rating.PricedTiers;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.rating.Rules.UsageCharge;
import io.millrace.processors.shard.Effects.ChargeRow;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Tells which meters of a bundle a charge's quantity comes from, or on which allowances it was
 * drawn and which period brought them: hand in each of its events, then ask. Has one owner.
 */
public final class ChargeParts {
  private static final int DIGITS = 12;

  private final Rules rules;
  private final ChargeRow charge;
  private final ChargeRule.Usage rule;
  private final UsageCharge priced;

  /** What the events used, by the bundle's meters, in their scaled integers. */
  private final BigInteger[] read;

  /** What all events used, and what of it no allowance covered; in scaled integers. */
  private BigInteger used = BigInteger.ZERO;

  private BigInteger beyond = BigInteger.ZERO;

  private ChargeParts(Rules rules, ChargeRow charge, ChargeRule.Usage rule, UsageCharge priced) {
    this.rules = rules;
    this.charge = charge;
    this.rule = rule;
    this.priced = priced;
    Bundle bundle = priced.bundle();
    this.read = new BigInteger[bundle == null ? 0 : bundle.parts().size()];
    Arrays.fill(read, BigInteger.ZERO);
  }

  /**
   * Those of a charge; empty where its readings, added up, tell all.
   *
   * @param priced what priced it; null where that is not known
   */
  public static Optional<ChargeParts> of(
      Rules rules, ChargeRow charge, @Nullable UsageCharge priced) {
    if (priced == null || priced.bundle() == null && priced.drawn().isEmpty()) {
      return Optional.empty();
    }
    return ChargeProof.rule(rules, charge) instanceof ChargeRule.Usage u
        ? Optional.of(new ChargeParts(rules, charge, u, priced))
        : Optional.empty();
  }

  /**
   * Adds an event of the charge.
   *
   * @param values the readings of rows
   * @param from where the event's begin
   * @param quantity what it adds to the charge's
   * @param part what of that no allowance covered
   */
  public void event(int type, long[] values, int from, long quantity, long part) {
    used = used.add(BigInteger.valueOf(quantity));
    beyond = beyond.add(BigInteger.valueOf(part));
    Bundle bundle = priced.bundle();
    for (int i = 0; i < read.length && bundle != null; i++) {
      read[i] = read[i].add(BigInteger.valueOf(bundle.read(i, type, values, from)));
    }
  }

  /** The parts, without those that came to nothing. */
  public List<ChargePart> parts() {
    List<ChargePart> all = new ArrayList<>();
    Bundle bundle = priced.bundle();
    if (bundle == null) {
      drawn(all);
      return all;
    }
    BigInteger left = BigInteger.valueOf(charge.quantity());
    for (int i = 0; i < read.length; i++) {
      Meter meter = rule.meter().parts().get(i).meter();
      BigInteger counts = credits(bundle, i);
      left = left.subtract(counts);
      add(all, meter.name(), null, inUnit(read[i], meter, meter.unit()), meter.unit(), counts);
    }
    add(all, "rounded, event by event", null, inUnit(left), rule.unit(), left);
    return all;
  }

  private BigInteger credits(Bundle bundle, int part) {
    return read[part].multiply(BigInteger.valueOf(bundle.parts().get(part).times()));
  }

  private void drawn(List<ChargePart> all) {
    long[] slots = drawn();
    int period = rules.periods().indexOf(charge.windowStart());
    boolean one = rules.periods().indexOf(charge.windowEnd() - 1) == period;
    int slot = 0;
    for (Allowance a : rule.allowances()) {
      for (int age = a.keeping().periods(); age >= 0; age--) { // The oldest is drawn on first.
        boolean told = one && !a.keeping().isOnce() && age <= period;
        BigInteger units = BigInteger.valueOf(slots[slot + age]);
        add(
            all,
            a.name() + (told || age == 0 ? "" : ", left of " + age + " before"),
            told ? Instant.ofEpochMilli(rules.periods().startOf(period - age)) : null,
            inUnit(units, rule.meter(), a.unit()),
            a.unit(),
            units);
      }
      slot += a.keeping().periods() + 1;
    }
    add(all, "beyond what is included", null, inUnit(beyond), rule.unit(), beyond);
  }

  /** What the charge's record says of each allowance, by the age of what was drawn. */
  private long[] drawn() {
    long[] slots =
        new long[rule.allowances().stream().mapToInt(a -> a.keeping().periods() + 1).sum()];
    for (PricedTiers.Part part : PricedTiers.decode(charge.tiers())) {
      int slot = part.tier() - PriceLines.tiersOf(rule.price());
      if (slot >= 0) {
        slots[slot] = part.units();
      }
    }
    return slots;
  }

  private void add(
      List<ChargePart> to,
      String what,
      @Nullable Instant since,
      BigDecimal quantity,
      Unit unit,
      BigInteger counts) {
    if (counts.signum() != 0 || quantity.signum() != 0) {
      to.add(new ChargePart(what, since, quantity, unit.symbol(), inUnit(counts)));
    }
  }

  private BigDecimal inUnit(BigInteger steps) {
    return inUnit(steps, rule.meter(), rule.unit());
  }

  private static BigDecimal inUnit(BigInteger steps, Meter meter, Unit unit) {
    BigDecimal told =
        new BigDecimal(steps, meter.scale())
            .multiply(BigDecimal.valueOf(meter.unit().factor()))
            .divide(BigDecimal.valueOf(unit.factor()), DIGITS, RoundingMode.HALF_UP)
            .stripTrailingZeros();
    return told.scale() < 0 ? told.setScale(0) : told;
  }

  /** Whether the parts are what the events say, and add up to the charge's quantity. */
  public Verdict verdict() {
    try {
      Bundle bundle = priced.bundle();
      return bundle == null ? ofDrawn() : ofMeters(bundle);
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      return new Verdict("parts", false, "what it says to be made of is damaged");
    }
  }

  private Verdict ofMeters(Bundle bundle) {
    BigInteger sum = BigInteger.ZERO;
    for (int i = 0; i < read.length; i++) {
      sum = sum.add(credits(bundle, i));
    }
    boolean rounded = !priced.counted().changesNothing();
    return rounded || sum.equals(BigInteger.valueOf(charge.quantity()))
        ? new Verdict(
            "parts",
            true,
            "what its meters count for adds up to the quantity"
                + (rounded ? ", with what rounding made of it" : ""))
        : new Verdict(
            "parts",
            false,
            Verdict.words(
                "its meters count for %,d scaled units, the charge says %,d",
                sum, charge.quantity()));
  }

  private Verdict ofDrawn() {
    BigInteger covered = BigInteger.ZERO;
    for (long units : drawn()) {
      covered = covered.add(BigInteger.valueOf(units));
    }
    BigInteger listed = used.subtract(beyond);
    return covered.equals(listed)
        ? new Verdict(
            "parts", true, "what was drawn on allowances is what its events did not pay for")
        : new Verdict(
            "parts",
            false,
            Verdict.words(
                "%,d scaled units are drawn on allowances, its events say %,d", covered, listed));
  }
}
