package io.millrace.processors.shard;

import io.millrace.processors.rating.OfferHistory;
import io.millrace.processors.rating.PricedTiers;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.rating.Rules.OfferRules;
import io.millrace.processors.rating.Sponsor;
import io.millrace.processors.shard.Effects.ChargeRow;
import io.millrace.processors.shard.Effects.MessageRow;
import io.millrace.processors.shard.Effects.PostingRow;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Has other accounts pay for charges. A charge is priced, shared and posted to the subscription's
 * account as ever; what a sponsor pays of it is given back to that account and charged to the
 * sponsor, in lines of their own. Where the sponsor's root is in another shard, the amount is in
 * transit from the commit that gives it back to the one that charges it there, once.
 */
final class Sponsoring {
  /**
   * Tells an account's sums of what sponsors pay from those of what was charged: more than an offer
   * ever has charges.
   */
  static final int PAID_BY_OTHERS = 1 << 10;

  private final ShardKey key;
  private final ShardState state;
  private final Rules rules;
  private final Effects effects;

  private record Line(int account, int period, String offer, String name, boolean late) {}

  private static final Comparator<Line> ORDER =
      Comparator.comparingInt(Line::account)
          .thenComparingInt(Line::period)
          .thenComparing(Line::offer)
          .thenComparing(Line::name)
          .thenComparing(Line::late);

  private final TreeMap<Line, Long> lines = new TreeMap<>(ORDER);

  /** What this batch has other shards charge. */
  private final TreeMap<Integer, Bill> bills = new TreeMap<>();

  private record Bill(int transit, List<ShardMessage.Paid> items) {}

  Sponsoring(ShardKey key, ShardState state, Rules rules, Effects effects) {
    this.key = key;
    this.state = state;
    this.rules = rules;
    this.effects = effects;
  }

  /**
   * Has its sponsor, where it has one, pay for what accrues.
   *
   * @param s what counts the use, touched
   * @param offer of the moment of the use
   * @param period of that moment
   * @param accrual what the amount is in already
   * @param amount ledger units
   * @return what is left to the subscription's account
   */
  long bear(Subscription s, OfferRules offer, int period, Accrual accrual, long amount) {
    Sponsor by = offer.sponsors().of(accrual.charge);
    if (by == null || amount == 0 || by.account() == s.account.id) {
      return amount;
    }
    if (accrual.sponsored != 0 && accrual.sponsor != by.account()) {
      partFrom(s, accrual);
    }
    Sponsored sponsored = s.sponsored;
    if (sponsored == null) {
      sponsored = new Sponsored();
      s.sponsored = sponsored; // One that is left empty by undo is as good as none.
    }
    if (state.isKept) {
      sponsored.touch(state.log, state.seq);
    }
    Sponsored.Sum sum = sponsored.get(by, period, oldestPeriod());
    long part = Sponsored.Sum.part(sum.paid, sum.own, amount, by.upTo());
    sum.paid = Math.addExact(sum.paid, part);
    sum.own = Math.addExact(sum.own, amount - part);
    if (part != 0) {
      accrual.sponsor = by.account();
      accrual.sponsored = Math.addExact(accrual.sponsored, part);
      AccountTotals payer = state.account(by.account());
      state.touch(payer);
      state.wallets.spend(payer, MoneyBucket.ANY, part, state.seq);
      payer.accrued = Math.addExact(payer.accrued, part);
      int charge = accrual.charge + PAID_BY_OTHERS;
      payer.line(s.offer, charge, accrual.booked).amount += part;
      s.account.line(s.offer, charge, accrual.booked).amount -= part;
    }
    return amount - part;
  }

  /**
   * Posts what a sponsor pays of a window's use so far, since another one pays for the rest: the
   * window reaches into two periods, and late use of both is booked together.
   */
  private void partFrom(Subscription s, Accrual a) {
    OfferRules then = Objects.requireNonNull(rules.offers().get(s.offer).at(a.firstAt));
    s.account.accrued = Math.addExact(s.account.accrued, a.sponsored);
    seal(s, then, a);
    a.sponsored = 0;
  }

  /** Amounts that would accrue, by clause and period. */
  private final List<Quoted> quoted = new ArrayList<>();

  private long quotedOwn;

  private record Quoted(Sponsor by, int period, long amount) {}

  /** Begins to add up what would be left to a subscription's own account. */
  void beginQuote() {
    quoted.clear();
    quotedOwn = 0;
  }

  /**
   * Adds an amount.
   *
   * @param isHeld whether it is granted for later: what a sponsor pays is counted on only where no
   *     grant of another event type can take it before
   * @throws ArithmeticException where the sum fits no {@code long}
   */
  void quote(
      Subscription s, OfferRules offer, int charge, int period, long amount, boolean isHeld) {
    Sponsor by = offer.sponsors().of(charge);
    if (by == null
        || by.account() == s.account.id
        || isHeld && by.upTo() != Long.MAX_VALUE && !by.ofOneType()) {
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
  long quoted(Subscription s) {
    long own = quotedOwn;
    for (Quoted q : quoted) {
      Sponsored.Sum sum = s.sponsored == null ? null : s.sponsored.find(q.by, q.period);
      long part =
          Sponsored.Sum.part(
              sum == null ? 0 : sum.paid, sum == null ? 0 : sum.own, q.amount, q.by.upTo());
      own = Math.addExact(own, Math.subtractExact(q.amount, part));
    }
    return own;
  }

  /** The first period that events may still be of without an operator's leave. */
  private int oldestPeriod() {
    long oldest = Math.max(state.time - rules.horizon(), rules.periods().startOf(0));
    return rules.periods().indexOf(oldest);
  }

  /** Posts what a sponsor pays of a charge that is sealed now, behind it. */
  void seal(Subscription s, OfferRules then, Accrual a) {
    if (a.sponsored == 0) {
      return;
    }
    AccountTotals payer = state.account(a.sponsor);
    state.touch(payer);
    payer.accrued = Math.subtractExact(payer.accrued, a.sponsored);
    s.account.posted = Math.subtractExact(s.account.posted, a.sponsored);
    OfferHistory offer = rules.offers().get(s.offer);
    ShardMessage.Paid paid =
        new ShardMessage.Paid(
            s.id,
            then.catalog().hash(),
            s.offer,
            a.charge,
            a.booked,
            a.late,
            a.windowStart,
            a.windowEnd,
            a.delta,
            a.firstAt,
            a.lastAt,
            a.sponsored);
    charge(paid, offer, s.account.id, a.booked, a.late, -a.sponsored);
    if (!state.isKept || ShardKey.of(a.sponsor, rules.shards()) == key.number()) {
      payer.posted = Math.addExact(payer.posted, a.sponsored);
      charge(paid, offer, a.sponsor, a.booked, a.late, a.sponsored);
      return;
    }
    int transit = then.sponsors().transit();
    post(transit, a.booked, offer, a.charge, a.late, a.sponsored);
    bills
        .computeIfAbsent(a.sponsor, account -> new Bill(transit, new ArrayList<>()))
        .items
        .add(paid);
  }

  /** Charges an account of this shard what it pays for others elsewhere. */
  void arrive(ShardMessage.Sponsored bill) {
    AccountTotals payer = state.account(bill.account());
    state.touch(payer);
    for (ShardMessage.Paid paid : bill.paid()) {
      OfferHistory offer = rules.offers().get(paid.offer());
      int booked = Math.max(paid.booked(), state.closed + 1);
      boolean late = paid.late() || booked != paid.booked();
      state.wallets.spend(payer, MoneyBucket.ANY, paid.amount(), state.seq);
      payer.posted = Math.addExact(payer.posted, paid.amount());
      charge(paid, offer, bill.account(), booked, late, paid.amount());
      post(bill.transit(), booked, offer, paid.charge(), late, -paid.amount());
    }
  }

  private void charge(
      ShardMessage.Paid paid,
      OfferHistory offer,
      int account,
      int booked,
      boolean late,
      long amount) {
    ChargeRow row =
        new ChargeRow(
            effects.charges.size(),
            paid.subscription(),
            account,
            paid.catalog(),
            Sponsor.line(offer.name()),
            offer.chargeName(paid.charge()),
            booked,
            late,
            paid.windowStart(),
            paid.windowEnd(),
            paid.delta(),
            0,
            0,
            amount,
            paid.firstAt(),
            paid.lastAt(),
            PricedTiers.encode(new long[0]),
            Accrual.NO_EVIDENCE,
            Accrual.NO_EVIDENCE);
    effects.charges.add(Digests.sealed(key, state.seq, row));
    post(account, booked, offer, paid.charge(), late, amount);
  }

  private void post(
      int account, int period, OfferHistory offer, int charge, boolean late, long amount) {
    lines.merge(
        new Line(account, period, Sponsor.line(offer.name()), offer.chargeName(charge), late),
        amount,
        Math::addExact);
  }

  /** Writes the entry's lines, which sum to zero, and sends what is for other shards. */
  void post() {
    long sum = 0;
    for (Map.Entry<Line, Long> e : lines.entrySet()) {
      Line line = e.getKey();
      if (e.getValue() != 0) {
        effects.postings.add(
            new PostingRow(
                line.account, line.period, line.offer, line.name, line.late, e.getValue()));
        sum = Math.addExact(sum, e.getValue());
      }
    }
    assert sum == 0 : "what sponsors pay in " + key + "/" + state.seq + " is off by " + sum;
    bills.forEach(
        (account, bill) ->
            effects.messages.add(
                new MessageRow(
                    effects.messages.size(),
                    ShardKey.of(account, rules.shards()),
                    new ShardMessage.Sponsored(account, bill.transit, bill.items))));
  }
}
