package io.millrace.processors.shard;

import io.millrace.processors.rating.Rules.OfferRules;
import io.millrace.processors.rating.Sponsor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What would be left to a subscription's own account of amounts that would accrue together. */
final class SponsorQuotes {
  private final Quotas quotas;

  SponsorQuotes(Quotas quotas) {
    this.quotas = quotas;
  }

  /** Amounts that would accrue, by clause and period. */
  private final List<Quoted> quoted = new ArrayList<>();

  private long quotedOwn;

  /** What sponsors would pay of the last, and have not lent. */
  private final TreeMap<Integer, Long> lacking = new TreeMap<>();

  private record Quoted(Sponsor by, int period, long amount) {}

  /** Begins to add up what would be left to a subscription's own account. */
  void begin() {
    quoted.clear();
    quotedOwn = 0;
  }

  /**
   * Adds an amount.
   *
   * @throws ArithmeticException where the sum fits no {@code long}
   */
  void add(Subscription s, OfferRules offer, int charge, int period, long amount) {
    Sponsor by = offer.sponsors().of(charge);
    if (by == null || by.account() == s.account.id) {
      quotedOwn = Math.addExact(quotedOwn, amount);
      return;
    }
    for (int i = 0; i < quoted.size(); i++) {
      Quoted q = quoted.get(i);
      if (q.period == period && q.by.clause() == by.clause() && q.by.account() == by.account()) {
        quoted.set(i, new Quoted(by, period, Math.addExact(q.amount, amount)));
        return;
      }
    }
    quoted.add(new Quoted(by, period, amount));
  }

  /** What of all of them would be left to the subscription's own account. */
  long own(Subscription s) {
    long own = quotedOwn;
    Map<Integer, Long> available = new HashMap<>();
    lacking.clear();
    for (Quoted q : quoted) {
      Sponsored.Sum sum = s.sponsored == null ? null : s.sponsored.find(q.by, q.period);
      long part =
          Sponsored.Sum.part(
              sum == null ? 0 : sum.paid, sum == null ? 0 : sum.own, q.amount, q.by.upTo());
      if (q.by.withinBalance() && part > 0) {
        int sponsor = q.by.account();
        long left = available.getOrDefault(sponsor, quotas.available(sponsor));
        lacking.merge(sponsor, part - Math.min(part, left), Math::addExact);
        part = Math.min(part, left);
        available.put(sponsor, left - part);
      }
      own = Math.addExact(own, Math.subtractExact(q.amount, part));
    }
    return own;
  }

  /** Has grants beside it, of other event types, see what it would take before they are used. */
  void comeFirst(HeldParts parts, int type) {
    parts.addOwn(type, quotedOwn);
    quoted.forEach(q -> parts.addFirst(q.by, q.period, type, q.amount));
  }

  /** Has that come. */
  void expect() {
    lacking.forEach(quotas::expect);
  }
}
