package io.millrace.processors.rating;

import io.millrace.catalog.Agreement;
import io.millrace.catalog.Catalog;
import io.millrace.catalog.Offer;
import io.millrace.processors.rating.Rules.AccountName;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The ledger accounts that a catalog names. */
public final class CatalogAccounts {
  private CatalogAccounts() {}

  /**
   * Every ledger account that the catalog posts to, beside those of who subscribes', by kind and
   * name.
   */
  public static Map<AccountName, String> of(Catalog catalog) {
    TreeMap<String, AccountName> parties = new TreeMap<>();
    for (Offer offer : catalog.offers().values()) {
      for (Agreement agreement : offer.agreements().values()) {
        agreement
            .shares()
            .forEach(s -> parties.put(s.party(), new AccountName("partner", s.party())));
      }
    }
    Map<AccountName, String> all = new LinkedHashMap<>();
    for (String kind : List.of("revenue", "shared", "rounding")) {
      all.put(new AccountName(kind, ""), catalog.currency().getCurrencyCode());
    }
    parties.values().forEach(p -> all.put(p, catalog.currency().getCurrencyCode()));
    Sponsor.accountsOf(catalog).forEach(a -> all.put(a, catalog.currency().getCurrencyCode()));
    return all;
  }
}
