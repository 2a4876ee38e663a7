package io.millrace.catalog;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a subscription buys.
 *
 * @param name unique in the catalog
 * @param scope who shares its counters
 * @param window how long usage accrues before one charge is sealed
 * @param grace for how long after its end a window waits for what is still on its way, at most
 *     until its period ends; what comes later is sealed as a charge that adds to the first
 * @param charges in the file's order; their index is part of a charge's record
 * @param agreement how the money of charges without an agreement of their own is shared; the
 *     operator keeps all of it where it has no shares
 * @param terms what holds for charges beside their prices, by name; nothing for those that are not
 *     in it
 */
public record Offer(
    String name,
    Scope scope,
    WindowRule window,
    Duration grace,
    List<ChargeRule> charges,
    Agreement agreement,
    Map<String, Terms> terms) {

  /** The longest grace. */
  public static final Duration MOST_GRACE = Duration.ofDays(1);

  /** The most charges of an offer. */
  public static final int MOST_CHARGES = 64;

  /** Who shares an offer's counters. */
  public enum Scope {
    /** Each subscription has its own. */
    DEVICE,
    /** All subscriptions of an account to the offer have them together. */
    ACCOUNT,
    /** All subscriptions of a group of an account to the offer have them together. */
    GROUP,
    /** Each event has its own: it is priced from the first unit on, whatever came before. */
    EVENT
  }

  public Offer {
    charges = List.copyOf(charges);
    terms = Map.copyOf(terms);
  }

  /**
   * What the lines of a charge's shares are called in the ledger and on statements: as the charge
   * where it has an agreement of its own, else nothing, since they are for all others.
   */
  public String sharedAs(String charge) {
    return termsOf(charge).agreement().isPresent() ? charge : "";
  }

  /** All that money is shared by, by what its lines are called ({@link #sharedAs}). */
  public Map<String, Agreement> agreements() {
    Map<String, Agreement> all = new LinkedHashMap<>();
    if (!agreement.shares().isEmpty()) {
      all.put("", agreement);
    }
    for (ChargeRule charge : charges) {
      termsOf(charge.name()).agreement().ifPresent(own -> all.put(charge.name(), own));
    }
    return all;
  }

  /** What holds for a charge beside its price. */
  public Terms termsOf(String charge) {
    return terms.getOrDefault(charge, Terms.NONE);
  }
}
