package io.millrace.processors.explain;

import io.millrace.catalog.Agreement;
import io.millrace.catalog.Allowance;
import io.millrace.catalog.Catalog;
import io.millrace.catalog.ChargeRule;
import io.millrace.catalog.Price;
import io.millrace.catalog.Price.Tier;
import io.millrace.catalog.QuantityRounding.Each;
import io.millrace.processors.rating.PricedTiers;
import io.millrace.processors.rating.PricedTiers.Part;
import io.millrace.processors.rating.Recurrence;
import io.millrace.processors.shard.Effects.ChargeRow;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The lines that a charge is made of. Each is exact; only their running sum is rounded, so they add
 * up to their price to the last digit. What the rounding of single events left over is a line of
 * its own.
 */
final class PriceLines {
  private static final String TIMES = "times";
  private static final int DIGITS = 12;

  private final Catalog catalog;
  private final ChargeRow charge;
  private final List<PriceLine> lines = new ArrayList<>();

  /** How many of the lines' parts are in a ledger unit: what a sum of them is divided by. */
  private final BigDecimal parts;

  /** What the difference between the lines and the amount is. */
  private String rest = "rounded as the events came";

  private BigDecimal sum = BigDecimal.ZERO;
  private long units;

  private PriceLines(Catalog catalog, ChargeRow charge, BigDecimal parts) {
    this.catalog = catalog;
    this.charge = charge;
    this.parts = parts;
  }

  /**
   * The lines of a charge.
   *
   * @throws IllegalArgumentException where its tiers are damaged or not the rule's
   */
  static PriceLines of(ChargeRule rule, Catalog catalog, ChargeRow charge) {
    return switch (rule) {
      case ChargeRule.Recurring r -> {
        PriceLines made = new PriceLines(catalog, charge, BigDecimal.ONE);
        made.recurring(r);
        yield made;
      }
      case ChargeRule.OneOff o -> {
        PriceLines made = new PriceLines(catalog, charge, BigDecimal.ONE);
        made.add("once", BigDecimal.valueOf(charge.quantity()), TIMES, o.amount());
        yield made;
      }
      case ChargeRule.Discount d -> {
        PriceLines made = new PriceLines(catalog, charge, BigDecimal.ONE);
        made.discount(d);
        yield made;
      }
      case ChargeRule.AtClose c -> {
        PriceLines made = new PriceLines(catalog, charge, BigDecimal.ONE);
        made.close(c);
        yield made;
      }
      case ChargeRule.Usage u -> {
        BigDecimal stepsInUnit =
            BigDecimal.valueOf(u.unit().factor()).movePointRight(u.meter().scale());
        PriceLines made = new PriceLines(catalog, charge, stepsInUnit);
        made.usage(u);
        yield made;
      }
    };
  }

  /** The lines; they add up to the charge's amount. */
  List<PriceLine> lines() {
    List<PriceLine> all = new ArrayList<>(lines);
    BigDecimal left = BigDecimal.valueOf(charge.amount() - amount(), catalog.ledgerScale());
    if (left.signum() != 0) {
      all.add(new PriceLine(rest, BigDecimal.ONE, TIMES, left, left));
    }
    return all;
  }

  /** What the lines come to, in ledger units, before what single events left over. */
  long amount() {
    return rounded(sum);
  }

  /** The units of all lines, in the meter's scaled integers. */
  long units() {
    return units;
  }

  /** All of a day or month, or the part of it that the window of the charge is. */
  private void recurring(ChargeRule.Recurring rule) {
    String every = rule.every().name().toLowerCase(Locale.ROOT);
    Recurrence recurrence = Recurrence.of(rule, catalog);
    long from = charge.windowStart();
    long to = charge.windowEnd();
    long whole = recurrence.whole(from);
    long part = charge.delta() ? recurrence.back(from, to) : recurrence.share(from, to);
    if (!recurrence.isProrated() || part == whole && !charge.delta()) {
      add("each " + every, BigDecimal.valueOf(charge.quantity()), every, rule.amount());
      return;
    }
    boolean days = rule.prorated() == ChargeRule.Prorated.DAY;
    int digits = days ? 0 : 3;
    String what =
        plain(BigDecimal.valueOf(part, digits))
            + " of "
            + plain(BigDecimal.valueOf(whole, digits))
            + (days ? " days" : " seconds")
            + (charge.delta() ? " given back" : "");
    long amount = charge.delta() ? recurrence.amountBack(from, to) : recurrence.amountOf(from, to);
    add(what, BigDecimal.ONE, TIMES, BigDecimal.valueOf(amount, catalog.ledgerScale()));
  }

  /** A bound less what it bounds, where that is short of a minimum or beyond a cap. */
  private void close(ChargeRule.AtClose rule) {
    rest = "asked before";
    boolean cap = rule.bound() == ChargeRule.Bound.CAP;
    long[] of = new long[rule.of().size()];
    BigDecimal lacking = rule.amount();
    for (Part part : PricedTiers.decode(charge.tiers())) {
      of[part.tier()] = part.units();
      lacking = lacking.subtract(BigDecimal.valueOf(part.units(), catalog.ledgerScale()));
    }
    if (lacking.signum() != (cap ? -1 : 1)) {
      return;
    }
    add(cap ? "the cap" : "the minimum", BigDecimal.ONE, TIMES, rule.amount());
    for (int i = 0; i < of.length; i++) {
      BigDecimal amount = BigDecimal.valueOf(of[i], catalog.ledgerScale());
      if (amount.signum() != 0) {
        add("less " + rule.of().get(i), BigDecimal.ONE.negate(), TIMES, amount);
      }
    }
  }

  /** The percentage of the tier that the sum reaches, of each charge. */
  private void discount(ChargeRule.Discount rule) {
    rest = "taken off before";
    BigDecimal[] of = new BigDecimal[rule.of().size()];
    Arrays.fill(of, BigDecimal.ZERO);
    BigDecimal total = BigDecimal.ZERO;
    for (Part part : PricedTiers.decode(charge.tiers())) {
      of[part.tier()] = BigDecimal.valueOf(part.units(), catalog.ledgerScale());
      total = total.add(of[part.tier()]);
    }
    for (Agreement.Step step : rule.percent().steps()) {
      if (step.to().isEmpty() || total.abs().compareTo(step.to().get()) <= 0) {
        BigDecimal percent = BigDecimal.valueOf(step.partsPerMillion(), 4);
        for (int i = 0; i < of.length; i++) {
          if (of[i].signum() != 0 && percent.signum() != 0) {
            String what = plain(percent) + " % off " + rule.of().get(i);
            add(
                what,
                of[i],
                catalog.currency().getCurrencyCode(),
                percent.movePointLeft(2).negate());
          }
        }
        return;
      }
    }
  }

  private void usage(ChargeRule.Usage rule) {
    List<Part> tiers = new ArrayList<>();
    int priced = tiersOf(rule.price());
    for (Part part : PricedTiers.decode(charge.tiers())) {
      if (part.tier() < priced) {
        tiers.add(part);
      } else {
        included(rule, part);
      }
    }
    boolean plain = rule.allowances().isEmpty();
    String begun = countsUnits(rule) ? "each " : "each begun or rounded ";
    switch (rule.price()) {
      case Price.PerUnit p -> {
        if (tiers.isEmpty() && plain) {
          units(rule, "each " + rule.unit().symbol(), charge.quantity(), p.each());
        }
        for (Part part : tiers) {
          units(rule, begun + rule.unit().symbol(), part.units(), p.each());
        }
      }
      case Price.Percent p -> {
        BigDecimal each = p.percent().movePointLeft(2);
        if (tiers.isEmpty() && plain) {
          units(rule, plain(p.percent()) + " %", charge.quantity(), each);
        }
        for (Part part : tiers) {
          units(
              rule,
              plain(p.percent()) + (countsUnits(rule) ? " %" : " %, rounded"),
              part.units(),
              each);
        }
      }
      case Price.Free free -> units(rule, "free of charge", charge.quantity(), BigDecimal.ZERO);
      case Price.Flat f -> tiers.forEach(t -> flats("once a period", t.flats(), f.amount()));
      case Price.Package p -> tiers.forEach(t -> packages(rule, p, t.units()));
      case Price.Graduated g -> tiers(rule, g.tiers(), tiers);
      case Price.Volume v -> tiers(rule, v.tiers(), tiers);
      case Price.StairStep s -> tiers(rule, s.tiers(), tiers);
    }
  }

  /** How many tiers of a price come before what allowances cover. */
  static int tiersOf(Price price) {
    return switch (price) {
      case Price.Graduated g -> g.tiers().size();
      case Price.Volume v -> v.tiers().size();
      case Price.StairStep s -> s.tiers().size();
      case Price.PerUnit p -> 1;
      case Price.Percent p -> 1;
      case Price.Package p -> 1;
      case Price.Flat f -> 1;
      case Price.Free free -> 1;
    };
  }

  /** What an allowance covers. */
  private void included(ChargeRule.Usage rule, Part part) {
    int allowance = part.tier() - tiersOf(rule.price());
    if (rule.isOrdered()) {
      drawn(rule, part, allowance);
      return;
    }
    if (allowance >= rule.allowances().size()) {
      throw new IllegalArgumentException("the catalog has no tier " + (part.tier() + 1));
    }
    String name = rule.allowances().get(allowance).name();
    units(rule, "included in " + name, part.units(), BigDecimal.ZERO);
  }

  /** What was drawn on an allowance: on that of the period itself, or of one before. */
  private void drawn(ChargeRule.Usage rule, Part part, int slot) {
    int age = slot;
    for (Allowance a : rule.allowances()) {
      if (age <= a.keeping().periods()) {
        String from =
            age == 0
                ? ""
                : age == 1 ? ", left of the period before" : ", left of " + age + " before";
        String how = a.keeping().bought() ? "bought of " : "included in ";
        units(rule, how + a.name() + from, part.units(), BigDecimal.ZERO);
        return;
      }
      age -= a.keeping().periods() + 1;
    }
    throw new IllegalArgumentException("the catalog has no allowance " + (slot + 1));
  }

  /** What a charge's record says of its price alone, without what allowances covered. */
  static byte[] pricedOf(ChargeRule.Usage rule, byte[] tiers) {
    long[] slots = new long[2 * tiersOf(rule.price())];
    for (Part part : PricedTiers.decode(tiers)) {
      if (2 * part.tier() < slots.length) {
        slots[2 * part.tier()] = part.units();
        slots[2 * part.tier() + 1] = part.flats();
      }
    }
    return PricedTiers.encode(slots);
  }

  private void tiers(ChargeRule.Usage rule, List<Tier> all, List<Part> moved) {
    boolean stairs = rule.price() instanceof Price.StairStep;
    for (Part part : moved) {
      if (part.tier() >= all.size()) {
        throw new IllegalArgumentException("the catalog has no tier " + (part.tier() + 1));
      }
      Tier tier = all.get(part.tier());
      String name = name(rule, all, part.tier());
      if (stairs || (tier.perUnit().signum() == 0 && tier.flat().signum() != 0)) {
        units = Math.addExact(units, part.units());
      } else if (part.units() != 0) {
        units(rule, name, part.units(), tier.perUnit());
      }
      if (part.flats() != 0 && (stairs || tier.flat().signum() != 0)) {
        flats(stairs ? name : name + ", its flat", part.flats(), tier.flat());
      }
    }
  }

  private static String name(ChargeRule.Usage rule, List<Tier> all, int tier) {
    String from =
        tier == 0 ? "" : " above " + plain(all.get(tier - 1).to().orElse(BigDecimal.ZERO));
    String to = all.get(tier).to().map(t -> " up to " + plain(t)).orElse("");
    String bounds = from + to;
    return "tier "
        + (tier + 1)
        + (bounds.isEmpty() ? "" : "," + bounds + " " + rule.unit().symbol());
  }

  private void packages(ChargeRule.Usage rule, Price.Package p, long counted) {
    if (counted == 0) {
      return;
    }
    BigDecimal size = new BigDecimal(rule.meter().steps(p.size(), rule.unit()).orElseThrow());
    BigDecimal count = BigDecimal.valueOf(counted).divide(size, 0, RoundingMode.UNNECESSARY);
    add("packages of " + plain(p.size()) + " " + rule.unit().symbol(), count, TIMES, p.each());
  }

  private void units(ChargeRule.Usage rule, String what, long quantity, BigDecimal price) {
    units = Math.addExact(units, quantity);
    BigDecimal scaled =
        BigDecimal.valueOf(quantity).multiply(BigDecimal.valueOf(rule.meter().unit().factor()));
    BigDecimal shown = scaled.divide(parts, DIGITS, RoundingMode.HALF_UP);
    add(what, shown, rule.unit().symbol(), price, scaled);
  }

  private void flats(String what, long times, BigDecimal flat) {
    if (times != 0) {
      add(what, BigDecimal.valueOf(times), TIMES, flat);
    }
  }

  private void add(String what, BigDecimal times, String unit, BigDecimal price) {
    add(what, times, unit, price, times.multiply(parts));
  }

  /** A line of so many parts of a unit. */
  private void add(
      String what, BigDecimal quantity, String unit, BigDecimal price, BigDecimal ofParts) {
    long before = rounded(sum);
    sum = sum.add(price.movePointRight(catalog.ledgerScale()).multiply(ofParts));
    BigDecimal amount = BigDecimal.valueOf(rounded(sum) - before, catalog.ledgerScale());
    lines.add(new PriceLine(what, stripped(quantity), unit, price, amount));
  }

  private long rounded(BigDecimal exact) {
    return exact.divide(parts, 0, RoundingMode.HALF_UP).longValueExact();
  }

  private static BigDecimal stripped(BigDecimal number) {
    BigDecimal stripped = number.stripTrailingZeros();
    return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
  }

  private static String plain(BigDecimal number) {
    return stripped(number).toPlainString();
  }

  /** Whether the units of its lines are those of its events. */
  static boolean countsUnits(ChargeRule.Usage rule) {
    return !(rule.price() instanceof Price.Package)
        && !(rule.price() instanceof Price.Flat)
        && rule.rounding().each() != Each.PERIOD;
  }
}
