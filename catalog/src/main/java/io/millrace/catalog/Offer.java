package io.millrace.catalog;

import java.util.List;
import java.util.Map;

/**
 * What a subscription buys.
 *
 * @param name unique in the catalog
 * @param scope who shares its counters
 * @param window how long usage accrues before one charge is sealed
 * @param charges in the file's order; their index is part of a charge's record
 * @param agreement how the money is shared; the operator keeps all where it has no shares
 * @param terms what holds for charges beside their prices, by name; nothing for those that are not
 *     in it
 */
public record Offer(
    String name,
    Scope scope,
    WindowRule window,
    List<ChargeRule> charges,
    Agreement agreement,
    Map<String, Terms> terms) {

  /** The most charges of an offer. */
  public static final int MOST_CHARGES = 64;

  /** Who shares an offer's counters. */
  public enum Scope {
    /** Each subscription has its own. */
    DEVICE
  }

  public Offer {
    charges = List.copyOf(charges);
    terms = Map.copyOf(terms);
  }

  /** An offer whose charges have no terms. */
  public Offer(
      String name, Scope scope, WindowRule window, List<ChargeRule> charges, Agreement agreement) {
    this(name, scope, window, charges, agreement, Map.of());
  }

  /** What holds for a charge beside its price. */
  public Terms termsOf(String charge) {
    return terms.getOrDefault(charge, Terms.NONE);
  }
}
