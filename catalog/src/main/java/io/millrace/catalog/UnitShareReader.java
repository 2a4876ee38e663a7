package io.millrace.catalog;

import io.millrace.catalog.Agreement.Share;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

/**
 * Refuses shares of so much a unit that may not fit into what the unit costs: together with all
 * percentages they are no more than the price of the cheapest unit, so that they never exceed what
 * they are paid from.
 */
final class UnitShareReader {
  private static final BigDecimal WHOLE = BigDecimal.valueOf(Agreement.WHOLE);

  private final Problems problems;

  UnitShareReader(Problems problems) {
    this.problems = problems;
  }

  /** Whether an offer's own shares are none of a unit; adds a problem where they are. */
  boolean isOfNoUnit(Fields offer, List<Share> shares) {
    return !isPerUnit(shares)
        || reject(
            offer,
            "unit-of-offer",
            "an offer has no unit that a party could get an amount for",
            "Write the share below a charge of use, or a 'percent' of the offer");
  }

  /** Whether the shares fit a charge; adds a problem where they don't. */
  boolean fit(Fields charge, ChargeRule rule, List<Share> shares) {
    if (!isPerUnit(shares)) {
      return true;
    }
    if (!(rule instanceof ChargeRule.Usage usage)) {
      return reject(
          charge,
          "unit-of-no-use",
          "there is no unit of " + Problems.quote(rule.name()) + " to get an amount for",
          "Write a 'percent', or share a charge of use");
    }
    BigDecimal fixed = shares.stream().map(Share::perUnit).reduce(BigDecimal.ZERO, BigDecimal::add);
    BigDecimal rest = WHOLE.subtract(BigDecimal.valueOf(Agreement.mostNamed(shares)));
    Cheapest least = cheapest(usage);
    // fixed ≤ price × (1 − percentages), without dividing.
    boolean fits =
        fixed.multiply(least.units).multiply(WHOLE).compareTo(least.price.multiply(rest)) <= 0;
    return fits
        || reject(
            charge,
            "shares-over-price",
            "the parties get "
                + fixed.stripTrailingZeros().toPlainString()
                + " a unit and the percentages, more than the cheapest unit of "
                + Problems.quote(rule.name())
                + " costs",
            "Lower the amounts, or write percentages: so they fit whatever is used");
  }

  /** Whether no charge whose units are shared has some included; adds a problem where one has. */
  boolean costFromTheFirst(Fields offer, List<ChargeRule> rules, Map<String, Terms> terms) {
    for (ChargeRule rule : rules) {
      Agreement own = terms.getOrDefault(rule.name(), Terms.NONE).agreement().orElse(null);
      boolean isIncluded = rule instanceof ChargeRule.Usage use && !use.allowances().isEmpty();
      if (own != null && own.isPerUnit() && isIncluded) {
        problems.add(
            offer.entry(AllowanceReader.WORD).key(),
            "shares-over-price",
            "parties get an amount for each unit of "
                + Problems.quote(rule.name())
                + ", and the first units cost nothing",
            "Write percentages, or include nothing of it");
        return false;
      }
    }
    return true;
  }

  /** What so many units cost at the least. */
  private record Cheapest(BigDecimal price, BigDecimal units) {}

  private static Cheapest cheapest(ChargeRule.Usage usage) {
    QuantityRounding rounding = usage.rounding();
    boolean loses =
        rounding.each() == QuantityRounding.Each.PERIOD
            && rounding.way() != QuantityRounding.Way.UP
            && rounding.step().signum() > 0;
    if (loses) {
      return new Cheapest(BigDecimal.ZERO, BigDecimal.ONE);
    }
    return switch (usage.price()) {
      case Price.PerUnit price -> new Cheapest(price.each(), BigDecimal.ONE);
      case Price.Graduated price -> new Cheapest(cheapest(price.tiers()), BigDecimal.ONE);
      case Price.Volume price -> new Cheapest(cheapest(price.tiers()), BigDecimal.ONE);
      case Price.Package price -> new Cheapest(price.each(), price.size());
      case Price.Percent price -> new Cheapest(price.percent().movePointLeft(2), BigDecimal.ONE);
      case Price.StairStep _ -> new Cheapest(BigDecimal.ZERO, BigDecimal.ONE);
      case Price.Flat _ -> new Cheapest(BigDecimal.ZERO, BigDecimal.ONE);
      case Price.Free _ -> new Cheapest(BigDecimal.ZERO, BigDecimal.ONE);
    };
  }

  private static BigDecimal cheapest(List<Price.Tier> tiers) {
    return tiers.stream()
        .map(Price.Tier::perUnit)
        .reduce(tiers.getFirst().perUnit(), BigDecimal::min);
  }

  private static boolean isPerUnit(List<Share> shares) {
    return shares.stream().anyMatch(share -> share.part() instanceof Agreement.PerUnit);
  }

  private boolean reject(Fields of, String code, String message, String fix) {
    Yaml.Entry share = of.optional("share");
    if (share != null) {
      problems.add(share.key(), code, message, fix);
    }
    return false;
  }
}
