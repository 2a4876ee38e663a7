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
import org.jspecify.annotations.Nullable;

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
  private final Quotas quotas;
  private final SponsorQuotes quotes;

  /** What sponsors have paid in this batch as it accrued. */
  private long borne;

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

  /** {@code lent} holds what of it was lent. */
  private record Bill(int transit, long[] lent, List<ShardMessage.Paid> items) {}

  Sponsoring(ShardKey key, ShardState state, Rules rules, Effects effects, Quotas quotas) {
    this.key = key;
    this.state = state;
    this.rules = rules;
    this.effects = effects;
    this.quotas = quotas;
    this.quotes = new SponsorQuotes(quotas);
  }

  /** Tells beforehand what it would leave to subscriptions' own accounts. */
  SponsorQuotes quotes() {
    return quotes;
  }

  /** What sponsors have paid in this batch as it accrued, ledger units; it may overflow. */
  long borne() {
    return borne;
  }

  /** What sponsors can pay. */
  Quotas quotas() {
    return quotas;
  }

  /**
   * Whether who pays for a charge, be it another, may owe so much more here: as of accounts that
   * pay for themselves, what does not fit is refused before any of it is stored.
   *
   * @throws ArithmeticException where the sum is no {@code long}
   */
  boolean fits(OfferRules offer, int charge, long more) {
    Sponsor by = offer.sponsors().of(charge);
    AccountTotals payer = by == null ? null : state.accounts.get(by.account());
    return payer == null
        || Math.absExact(Math.addExact(Math.addExact(payer.posted, payer.accrued), more))
            <= Metering.MOST_OWED;
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
    if (accrual.sponsor != Accrual.NOBODY && accrual.sponsor != by.account()) {
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
    if (by.withinBalance() || part < 0 && accrual.borrowed.lent() > 0) {
      part = quotas.take(s, accrual, by, period, part);
    }
    sum.paid = Math.addExact(sum.paid, part);
    sum.own = Math.addExact(sum.own, amount - part);
    borne += part;
    if (part != 0) {
      accrue(s, accrual, by.account(), part);
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
    a.borrowed = Borrowed.NOTHING;
    a.sponsor = Accrual.NOBODY;
  }

  private void accrue(Subscription s, Accrual accrual, int sponsor, long part) {
    accrual.sponsor = sponsor;
    accrual.sponsored = Math.addExact(accrual.sponsored, part);
    AccountTotals payer = state.account(sponsor);
    state.touch(payer);
    state.wallets.spend(payer, MoneyBucket.ANY, part, state.seq);
    payer.accrued = Math.addExact(payer.accrued, part);
    int charge = accrual.charge + PAID_BY_OTHERS;
    payer.line(s.offer, charge, accrual.booked).amount += part;
    s.account.line(s.offer, charge, accrual.booked).amount -= part;
  }

  /** Has a slice pay for what waits for it. */
  void arrive(ShardMessage.QuotaSlice slice) {
    quotas.arrive(slice, new Later());
  }

  /** Has sponsors pay what they would have paid at once, as far as that still is. */
  private final class Later implements Quotas.Payer {

    @Override
    public long payable(Subscription s, Accrual accrual, long most) {
      return payable(s, sponsor(s.offer, moment(accrual), accrual.charge), accrual, most);
    }

    private long payable(Subscription s, @Nullable Sponsor by, Accrual accrual, long most) {
      return by == null || by.account() != accrual.sponsor
          ? 0
          : payable(s, by, accrual.borrowed.period(), most);
    }

    private long payable(Subscription s, Sponsor by, int period, long most) {
      Sponsored.Sum sum = s.sponsored == null ? null : s.sponsored.find(by, period);
      return sum == null
          ? 0 // The device has left, and its sums with it: its account has paid.
          : Sponsored.Sum.part(sum.paid, sum.own, Math.min(most, Math.max(0, sum.own)), by.upTo());
    }

    @Override
    public long payable(Slices.Sealed sealed, long most) {
      ShardMessage.Paid paid = sealed.paid();
      Subscription s = state.subscriptions.get(paid.subscription());
      Sponsor by = sponsor(paid.offer(), sealed.at(), paid.charge());
      return s == null || by == null
          ? 0
          : payable(state.pools.metered(s), by, sealed.period(), most);
    }

    private @Nullable Sponsor sponsor(int offer, long at, int charge) {
      OfferRules then = rules.offers().get(offer).at(at);
      return then == null ? null : then.sponsors().of(charge);
    }

    @Override
    public void pay(Subscription s, Accrual accrual, long amount) {
      Sponsor by = Objects.requireNonNull(sponsor(s.offer, moment(accrual), accrual.charge));
      state.touch(s.account);
      state.wallets.spend(s.account, MoneyBucket.ANY, -amount, state.seq);
      s.account.accrued = Math.subtractExact(s.account.accrued, amount);
      count(s, by, accrual.borrowed.period(), amount);
      accrue(s, accrual, by.account(), amount);
    }

    @Override
    public void pay(Slices.Sealed sealed, long amount) {
      ShardMessage.Paid paid = sealed.paid();
      OfferHistory offer = rules.offers().get(paid.offer());
      Sponsor by = Objects.requireNonNull(sponsor(paid.offer(), sealed.at(), paid.charge()));
      Subscription s = Objects.requireNonNull(state.subscriptions.get(paid.subscription()));
      AccountTotals payer = state.account(by.account());
      state.touch(payer);
      state.touch(s.account);
      state.wallets.spend(s.account, MoneyBucket.ANY, -amount, state.seq);
      count(state.pools.toMeter(s), by, sealed.period(), amount);
      int booked = Math.max(paid.booked(), state.closed + 1);
      ShardMessage.Paid now = paid.of(amount).in(booked, paid.late() || booked != paid.booked());
      int charge = paid.charge() + PAID_BY_OTHERS;
      payer.line(paid.offer(), charge, booked).amount += amount;
      s.account.line(paid.offer(), charge, booked).amount -= amount;
      seal(now, s.account, payer, Objects.requireNonNull(offer.at(sealed.at())), amount);
    }

    private void count(Subscription s, Sponsor by, int period, long amount) {
      Sponsored sponsored = Objects.requireNonNull(s.sponsored);
      sponsored.touch(state.log, state.seq);
      Sponsored.Sum sum = Objects.requireNonNull(sponsored.find(by, period));
      sum.paid = Math.addExact(sum.paid, amount);
      sum.own = Math.subtractExact(sum.own, amount);
    }
  }

  /** A moment of the version that says who pays what is awaited: a period has one sponsor. */
  private long moment(Accrual a) {
    long start = rules.periods().startOf(a.borrowed.period());
    long end = rules.periods().endOf(a.borrowed.period());
    return Math.clamp(a.firstAt, start, end - 1);
  }

  /** The first period that events may still be of without an operator's leave. */
  private int oldestPeriod() {
    long oldest = Math.max(state.time - rules.horizon(), rules.periods().startOf(0));
    return rules.periods().indexOf(oldest);
  }

  /** Posts what a sponsor pays of a charge that is sealed now, behind it. */
  void seal(Subscription s, OfferRules then, Accrual a) {
    if (a.sponsor == Accrual.NOBODY) {
      return;
    }
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
    long lent =
        quotas.seal(
            a, new Slices.Sealed(paid.of(a.borrowed.awaited()), a.borrowed.period(), moment(a)));
    if (a.sponsored != 0) {
      AccountTotals payer = state.account(a.sponsor);
      state.touch(payer);
      payer.accrued = Math.subtractExact(payer.accrued, a.sponsored);
      seal(paid, s.account, payer, then, lent);
    }
  }

  /** Gives one account back what another pays from now on. */
  private void seal(
      ShardMessage.Paid paid, AccountTotals own, AccountTotals payer, OfferRules then, long lent) {
    OfferHistory offer = rules.offers().get(paid.offer());
    long amount = paid.amount();
    own.posted = Math.subtractExact(own.posted, amount);
    charge(paid, offer, own.id, paid.booked(), paid.late(), -amount);
    if (quotas.isHere(payer.id)) {
      payer.posted = Math.addExact(payer.posted, amount);
      charge(paid, offer, payer.id, paid.booked(), paid.late(), amount);
      return;
    }
    int transit = then.sponsors().transit();
    post(transit, paid.booked(), offer, paid.charge(), paid.late(), amount);
    Bill bill =
        bills.computeIfAbsent(
            payer.id, account -> new Bill(transit, new long[1], new ArrayList<>()));
    bill.items.add(paid);
    bill.lent[0] = Math.addExact(bill.lent[0], lent);
  }

  /** Charges an account of this shard what it pays for others elsewhere. */
  void arrive(ShardMessage.Sponsored bill) {
    if (bill.lent() != 0) {
      quotas.settle(bill.account(), bill.lent());
    }
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
                    new ShardMessage.Sponsored(account, bill.transit, bill.lent[0], bill.items))));
  }
}
