package io.millrace.processors.shard;

import io.millrace.processors.rating.Rules.OfferRules;
import io.millrace.processors.rating.Sponsor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a subscription's grants leave to its own account, by event type: what they cost, less what
 * sponsors pay of it whichever of them is used first. Use draws on a bound in the order in which it
 * comes, so what is beyond the bound may have to be paid by each event type, and each holds it.
 */
final class HeldParts {

  /** What one {@code paid-by} is about in a period; ledger units. */
  private static final class Clause {
    final Sponsor by;
    final int period;

    /** What grants cost, by event type. */
    final TreeMap<Integer, Long> granted = new TreeMap<>();

    /** What is charged before any of them is used. */
    long first;

    int firstType;

    Clause(Sponsor by, int period) {
      this.by = by;
      this.period = period;
    }
  }

  private final Quotas quotas;
  private final List<Clause> clauses = new ArrayList<>();
  private final TreeMap<Integer, Long> own = new TreeMap<>();

  /** What sponsors pay as far as their balances reach, and keep for it. */
  private final TreeMap<Pledges.Key, Long> pledged = new TreeMap<>();

  /** What of those is free, by account. */
  private final TreeMap<Integer, Long> free = new TreeMap<>();

  /** What sponsors pay of the grants. */
  private long borne;

  /** What they would pay, and it is not here. */
  private final TreeMap<Integer, Long> lacking = new TreeMap<>();

  HeldParts(Quotas quotas) {
    this.quotas = quotas;
  }

  /** Begins anew. */
  void begin() {
    clauses.clear();
    own.clear();
    pledged.clear();
    free.clear();
    lacking.clear();
    borne = 0;
  }

  /**
   * Adds what a charge's part of grants costs.
   *
   * @throws ArithmeticException where the sum fits no {@code long}
   */
  void add(Subscription s, OfferRules offer, int charge, int period, int type, long amount) {
    Sponsor by = offer.sponsors().of(charge);
    if (by == null || by.account() == s.account.id) {
      addOwn(type, amount);
    } else {
      clause(by, period).granted.merge(type, amount, Math::addExact);
    }
  }

  /** Adds what nobody else pays. */
  void addOwn(int type, long amount) {
    own.merge(type, amount, Math::addExact);
  }

  /** Adds what is charged before anything granted is used, all of one event type. */
  void addFirst(Sponsor by, int period, int type, long amount) {
    Clause clause = clause(by, period);
    clause.first = Math.addExact(clause.first, amount);
    clause.firstType = type;
  }

  private Clause clause(Sponsor by, int period) {
    for (Clause c : clauses) {
      if (c.period == period && c.by.clause() == by.clause() && c.by.account() == by.account()) {
        return c;
      }
    }
    Clause made = new Clause(by, period);
    clauses.add(made);
    return made;
  }

  /** Divides it between the sponsors and the subscription's own account. */
  void divide(Subscription s) {
    for (Clause c : clauses) {
      Sponsored.Sum sum = s.sponsored == null ? null : s.sponsored.find(c.by, c.period);
      divide(s, c, sum == null ? 0 : sum.paid, sum == null ? 0 : sum.own);
    }
  }

  private void divide(Subscription s, Clause c, long paidBefore, long ownBefore) {
    long first = Sponsored.Sum.part(paidBefore, ownBefore, c.first, c.by.upTo());
    if (c.by.withinBalance() && first > 0) {
      first = ofFree(c, first);
    }
    addOwn(c.firstType, c.first - first);
    long paid = Math.addExact(paidBefore, first);
    long left = Math.addExact(ownBefore, c.first - first);
    boolean several = c.granted.size() > 1;
    long all = 0;
    for (long amount : c.granted.values()) { // What one costs less than nothing may be used last.
      all = Math.addExact(all, several ? Math.max(0, amount) : amount);
    }
    long part = Sponsored.Sum.part(paid, left, all, c.by.upTo());
    if (c.by.withinBalance() && part > 0) {
      part = pledge(s, c, part);
    }
    borne = Math.addExact(borne, part);
    long beyond = all - part;
    c.granted.forEach(
        (type, amount) -> addOwn(type, several ? Math.clamp(amount, 0, beyond) : beyond));
  }

  /** What of a sponsor's part it has here for the grants, or for others not yet. */
  private long pledge(Subscription s, Clause c, long part) {
    Pledges.Key key = new Pledges.Key(s.id, c.by.clause(), c.by.account(), c.period);
    long kept = s.account.wallet == null ? 0 : Math.min(part, s.account.wallet.pledges.get(key));
    long now = kept + ofFree(c, part - kept);
    if (now > 0) {
      pledged.put(key, now);
    }
    return now;
  }

  private long ofFree(Clause c, long amount) {
    int sponsor = c.by.account();
    long left = free.computeIfAbsent(sponsor, quotas::available);
    long part = Math.min(amount, left);
    free.put(sponsor, left - part);
    lacking.merge(sponsor, amount - part, Math::addExact);
    return part;
  }

  /** What sponsors pay of all grants, ledger units. */
  long borne() {
    return borne;
  }

  /** What of sponsors' balances the grants count on. */
  Map<Pledges.Key, Long> pledged() {
    return pledged;
  }

  /** Has what is lacking of that come. */
  void expect() {
    lacking.forEach(quotas::expect);
  }

  /** What is left of an event type to the subscription's own account, ledger units, 0 at least. */
  long own(int type) {
    return Math.max(0, own.getOrDefault(type, 0L));
  }
}
