package io.millrace.catalog;

import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;

/**
 * The shape of a price: what a period's total of one quantity costs. All of these are
 * <em>cumulative</em>: nothing used costs nothing, and a total below zero costs the negative of
 * what its magnitude does. Prices and amounts are exact, in the catalog's currency; quantities are
 * in the charge's unit.
 */
public sealed interface Price {

  /** How amounts of this shape add up. */
  default ChargeRule.Adding adds() {
    return ChargeRule.Adding.CUMULATIVE;
  }

  /** The same for each unit. */
  record PerUnit(BigDecimal each) implements Price {}

  /** Each tier prices the part of the total that lies in it, and adds its flat once it is begun. */
  record Graduated(List<Tier> tiers) implements Price {
    public Graduated {
      tiers = ascending(tiers);
    }
  }

  /** The tier that the total reaches prices the whole of it, and adds its flat. */
  record Volume(List<Tier> tiers) implements Price {
    public Volume {
      tiers = ascending(tiers);
    }
  }

  /** The tier that the total reaches is the price: its flat, whatever the quantity in it. */
  record StairStep(List<Tier> tiers) implements Price {
    public StairStep {
      tiers = ascending(tiers);
    }
  }

  /** Whole packages: one that is begun is paid for. */
  record Package(BigDecimal size, BigDecimal each) implements Price {
    public Package {
      if (size.signum() <= 0) {
        throw new IllegalArgumentException("a package holds something: " + size);
      }
    }
  }

  /**
   * A part of what the meter measures, which is money of the catalog's currency.
   *
   * @param percent 0 to 100
   */
  record Percent(BigDecimal percent) implements Price {}

  /** One amount for a period in which anything is used. */
  record Flat(BigDecimal amount) implements Price {}

  /** Nothing: it only counts. */
  record Free() implements Price {}

  /**
   * A stretch of a total, from where the tier before it ends.
   *
   * @param to the last quantity in it; empty for the last tier, which has no end
   * @param perUnit the price of a unit; 0 in a stair-step
   * @param flat an amount for the tier itself
   */
  record Tier(Optional<BigDecimal> to, BigDecimal perUnit, BigDecimal flat) {}

  private static List<Tier> ascending(List<Tier> tiers) {
    BigDecimal from = BigDecimal.ZERO;
    for (int i = 0; i < tiers.size(); i++) {
      Optional<BigDecimal> to = tiers.get(i).to();
      boolean last = i == tiers.size() - 1;
      if (to.isEmpty() != last || (!last && to.get().compareTo(from) <= 0)) {
        throw new IllegalArgumentException("tiers ascend and only the last has no end: " + tiers);
      }
      from = to.orElse(from);
    }
    if (tiers.isEmpty()) {
      throw new IllegalArgumentException("a price has a tier at least");
    }
    return List.copyOf(tiers);
  }
}
