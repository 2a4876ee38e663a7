package io.millrace.processors.rating;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.ChargeRule;
import io.millrace.catalog.Offer;
import io.millrace.catalog.Sponsorship;
import io.millrace.catalog.Terms;
import io.millrace.processors.rating.Rules.AccountName;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Who pays for a charge in the place of the subscription's account, compiled.
 *
 * @param account the ledger account of the customer that pays
 * @param clause tells an offer's sponsorships apart, for good: what is bounded is bounded by it
 * @param upTo ledger units that it pays of a subscription's period at most, {@link Long#MAX_VALUE}
 *     where it has no such bound
 * @param withinBalance whether it pays as far as its balance reaches only
 */
public record Sponsor(int account, int clause, long upTo, boolean withinBalance) {

  /** What stands before an offer's name in lines of what another account pays. */
  private static final String PAID = "sponsored:";

  /** The name in postings and on statements of what is paid for by another account. */
  public static String line(String offer) {
    return PAID + offer;
  }

  /** Whether a line is of what another account pays; no offer has such a name. */
  public static boolean isLine(String name) {
    return name.startsWith(PAID);
  }

  /** The offer of such a line; of another line its own name. */
  public static String offerOf(String line) {
    return isLine(line) ? line.substring(PAID.length()) : line;
  }

  /**
   * Who pays for the charges of an offer, by their numbers.
   *
   * @param all of the offer's charges, as numbered
   * @param clauses of the offer in any version, as numbered
   */
  static Sponsors of(
      Catalog catalog,
      Offer offer,
      List<ChargeRule> all,
      List<String> clauses,
      ToIntFunction<AccountName> accounts) {
    if (clauses.isEmpty()) {
      return Sponsors.NONE;
    }
    @Nullable Sponsor[] sponsors = new @Nullable Sponsor[all.size()];
    for (int i = 0; i < sponsors.length; i++) {
      Sponsorship said = offer.termsOf(all.get(i).name()).sponsorship().orElse(null);
      if (said != null) {
        sponsors[i] =
            new Sponsor(
                accounts.applyAsInt(new AccountName("customer", said.account())),
                clauses.indexOf(said.clause()),
                said.upTo()
                    .map(most -> most.movePointRight(catalog.ledgerScale()).longValueExact())
                    .orElse(Long.MAX_VALUE),
                said.withinBalance());
      }
    }
    return new Sponsors(accounts.applyAsInt(TRANSIT), sponsors);
  }

  /** Every ledger account that a catalog's sponsors are paid by and through. */
  static Set<AccountName> accountsOf(Catalog catalog) {
    Set<AccountName> all = new TreeSet<>(Comparator.comparing(AccountName::name));
    for (Offer offer : catalog.offers().values()) {
      for (Terms terms : offer.terms().values()) {
        terms.sponsorship().ifPresent(s -> all.add(new AccountName("customer", s.account())));
      }
    }
    if (!all.isEmpty()) {
      all.add(TRANSIT);
    }
    return all;
  }

  /** The ledger account of what is on its way between customers' accounts. */
  static final AccountName TRANSIT = new AccountName("in-transit", "");
}
