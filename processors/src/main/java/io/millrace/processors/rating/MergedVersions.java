package io.millrace.processors.rating;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.ChargeRule;
import io.millrace.catalog.Meter;
import io.millrace.catalog.Offer;
import io.millrace.catalog.Terms;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Versions of a catalog as one. */
final class MergedVersions {
  private MergedVersions() {}

  /**
   * All that some versions say, the last one first: its offers, with the charges that only former
   * ones had behind its own, and then former ones' offers.
   */
  static Catalog of(List<Catalog> versions) {
    Catalog last = versions.getLast();
    if (versions.size() == 1) {
      return last;
    }
    Map<String, Meter> meters = new LinkedHashMap<>(last.meters());
    Map<String, Offer> offers = new LinkedHashMap<>(last.offers());
    for (Catalog former : versions.reversed().subList(1, versions.size())) {
      former.meters().forEach(meters::putIfAbsent);
      former
          .offers()
          .forEach((name, offer) -> offers.merge(name, offer, MergedVersions::withFormer));
    }
    return last.saying(meters, offers);
  }

  private static Offer withFormer(Offer last, Offer former) {
    List<ChargeRule> charges = new ArrayList<>(last.charges());
    Map<String, Terms> terms = new LinkedHashMap<>(last.terms());
    for (ChargeRule charge : former.charges()) {
      if (RulesCompiler.numberOf(charges, charge.name()) < 0) {
        charges.add(charge);
        // Its money is shared as it was: by its own agreement, or as the offer's is now.
        terms.put(charge.name(), former.termsOf(charge.name()));
      }
    }
    return new Offer(
        last.name(), last.scope(), last.window(), last.grace(), charges, last.agreement(), terms);
  }
}
