package io.millrace.processors.rating;

import org.jspecify.annotations.Nullable;

/**
 * Who pays for an offer's charges in the place of the subscription's account.
 *
 * @param transit the ledger account of what is on its way to them
 * @param byCharge by the charge's number; none at all where nobody pays in any version
 */
public record Sponsors(int transit, @Nullable Sponsor[] byCharge) {

  /** Of an offer that nobody else ever pays for. */
  public static final Sponsors NONE = new Sponsors(-1, new @Nullable Sponsor[0]);

  /** Who pays for a charge; null where the subscription's account does. */
  public @Nullable Sponsor of(int charge) {
    return byCharge.length == 0 ? null : byCharge[charge];
  }

  /** Whether nobody else pays for any charge, in any version. */
  public boolean isNone() {
    return byCharge.length == 0;
  }
}
