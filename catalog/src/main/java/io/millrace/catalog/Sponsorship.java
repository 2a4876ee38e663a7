package io.millrace.catalog;

import java.math.BigDecimal;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Another account pays for a charge, or for all charges of an offer that say nothing else. What it
 * does not pay, the subscription's own account does.
 *
 * @param clause the charge that says it, as the file names it; empty where the offer does. What is
 *     bounded is bounded for all that one clause is about
 * @param account the name of the account that pays
 * @param upTo what it pays at most for a subscription, or for those that share, in a settlement
 *     period: exact, in the catalog's currency; empty where there is no such bound
 * @param withinBalance whether it pays as far as its balance reaches only
 */
public record Sponsorship(
    String clause, String account, Optional<BigDecimal> upTo, boolean withinBalance) {

  /** Whether another says the same, however its number is written. */
  public boolean saysTheSame(Sponsorship other) {
    return ByValue.equal(this, other);
  }

  /** Whether an offer before it, where there was one, says the same by this clause or nothing. */
  boolean goesOnFrom(@Nullable Offer was) {
    return was == null
        || was.terms().values().stream()
            .flatMap(terms -> terms.sponsorship().stream())
            .filter(former -> former.clause().equals(clause))
            .allMatch(this::saysTheSame);
  }
}
