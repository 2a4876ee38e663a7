package io.millrace.processors.shard;

import io.millrace.processors.rating.OfferHistory;
import io.millrace.processors.rating.PricedTiers;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.rating.Rules.CloseCharge;
import io.millrace.processors.rating.Rules.OfferRules;
import io.millrace.processors.rating.Rules.RecurringCharge;
import io.millrace.processors.rating.Rules.Sharing;
import io.millrace.processors.shard.Effects.ChargeRow;
import io.millrace.processors.shard.Effects.PostingRow;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** Runs what falls due: seals windows and recurring charges, and posts them in one entry. */
final class Sealing {
  private static final long[] NO_SLOTS = new long[0];

  private final ShardKey key;
  private final ShardState state;
  private final Rules rules;
  private final Effects effects;
  private final PeriodEnds ends;
  private final Sponsoring sponsoring;

  /** What is posted, net, in a stable order. */
  private record Line(int account, int period, int offer, String name, boolean late) {}

  private static final Comparator<Line> ORDER =
      Comparator.comparingInt(Line::account)
          .thenComparingInt(Line::period)
          .thenComparingInt(Line::offer)
          .thenComparing(Line::name)
          .thenComparing(Line::late);

  private final TreeMap<Line, Long> lines = new TreeMap<>(ORDER);

  /** Posted in this batch: what the parties share. */
  private final TreeMap<Pot, Long> toShare = new TreeMap<>(BY_POT);

  /** By what each is shared. */
  private final Map<Pot, Sharing> sharings = new HashMap<>();

  /** The quantity of what is shared where parties get some for units. */
  private final Map<Pot, BigInteger> units = new HashMap<>();

  private int bookedLast = -1;
  private long bookedEnd;

  /** What one agreement shares of a period; {@code sharing} tells the offer's apart. */
  private record Pot(int period, int offer, int sharing) {}

  private static final Comparator<Pot> BY_POT =
      Comparator.comparingInt(Pot::period)
          .thenComparingInt(Pot::offer)
          .thenComparingInt(Pot::sharing);

  Sealing(ShardKey key, ShardState state, Rules rules, Effects effects, Sponsoring sponsoring) {
    this.key = key;
    this.state = state;
    this.rules = rules;
    this.effects = effects;
    this.ends = new PeriodEnds(rules);
    this.sponsoring = sponsoring;
  }

  /** Runs at most {@code limit} items that are due, in (due, subscription) order. */
  void runDue(int limit) {
    int left = limit;
    while (!state.due.isEmpty() && state.due.first().at() <= state.time) {
      if (left-- == 0) {
        effects.moreDue = true;
        return;
      }
      Due first = state.due.first();
      Subscription s =
          Objects.requireNonNull(state.subscriptions.get(first.subscription()), "due, but unknown");
      state.touch(s);
      runOne(s, first.at());
      state.reindex(s);
    }
  }

  private void runOne(Subscription s, long due) {
    OfferHistory offer = rules.offers().get(s.offer);
    for (int i = PeriodEnds.END + 1; i < s.recurring.length; i++) {
      if (s.recurring[i] == due) {
        recur(s, offer, i);
        return;
      }
    }
    if (s.recurring[PeriodEnds.END] == due) {
      end(s);
      return;
    }
    Accrual accrual = s.remove(due);
    if (accrual == null) {
      throw new AssertionError("nothing of " + key + " is due at " + due);
    }
    seal(s, offer, accrual);
  }

  private void recur(Subscription s, OfferHistory offer, int i) {
    int slot = i - 1 - PeriodEnds.END;
    long due = s.recurring[i];
    OfferRules then = offer.at(due);
    RecurringCharge charge = then == null ? null : then.inSlot(slot);
    long next = charge == null ? offer.next(slot, due) : offer.nextDue(slot, due);
    s.recurring[i] = next >= s.to ? Subscription.NEVER : next;
    if (then == null || charge == null || due < rules.periods().startOf(0)) {
      return; // A version was taken back, or it is before the catalog's first day.
    }
    long end = charge.recurrence().endOf(due);
    int period = rules.periods().indexOf(due);
    int booked = Math.max(period, state.closed + 1);
    long amount = charge.recurrence().amount();
    if (charge.recurrence().isProrated()) {
      end = Math.min(end, s.to);
      amount = charge.recurrence().amountOf(due, end);
    }
    state.touch(s.account);
    AccountTotals.Line line = s.account.line(s.offer, charge.index(), booked);
    line.quantity++;
    line.amount = Math.addExact(line.amount, amount);
    Accrual once =
        new Accrual(charge.index(), 0, booked, booked != period, due, end, false, due, NO_SLOTS);
    once.quantity = 1;
    once.amount = amount;
    once.firstAt = due;
    once.lastAt = due;
    once.evidence = Accrual.NO_EVIDENCE;
    Subscription metered = state.pools.toMeter(s);
    long left = sponsoring.bear(metered, then, period, once, amount);
    state.wallets.spend(s.account, MoneyBucket.ANY, left, state.seq);
    charge(s, then, once);
    if (!offer.isCounted(charge.index())) {
      metered.forgetPositions(charge.index(), period);
    }
    count(metered, charge.index(), period, amount);
  }

  /**
   * Gives back what a subscription was charged for a time in which it is not active, since it ends
   * earlier than was known.
   *
   * @param to where it ends now, after the shard's time
   */
  void giveBack(Subscription s, long to) {
    OfferHistory offer = rules.offers().get(s.offer);
    for (int i = PeriodEnds.END + 1; to < s.to && i < s.recurring.length; i++) {
      int slot = i - 1 - PeriodEnds.END;
      long due = offer.lastDue(slot, s.from, to - 1);
      RecurringCharge charge = due == OfferHistory.NEVER ? null : offer.recurring(slot, due);
      if (charge == null || !charge.recurrence().isProrated()) {
        continue;
      }
      long end = Math.min(charge.recurrence().endOf(due), s.to);
      boolean isCharged = due >= rules.periods().startOf(0) && s.recurring[i] > due;
      if (isCharged && to < end) {
        giveBack(s, charge, due, to, end);
      }
    }
  }

  private void giveBack(Subscription s, RecurringCharge charge, long due, long to, long end) {
    long amount = charge.recurrence().amountBack(to, end);
    int period = rules.periods().indexOf(due);
    int booked = Math.max(period, state.closed + 1);
    state.touch(s.account);
    AccountTotals.Line line = s.account.line(s.offer, charge.index(), booked);
    line.amount = Math.addExact(line.amount, amount);
    Accrual back =
        new Accrual(charge.index(), 0, booked, booked != period, to, end, true, to, NO_SLOTS);
    back.amount = amount;
    back.firstAt = to;
    back.lastAt = to;
    back.evidence = Accrual.NO_EVIDENCE;
    OfferRules then = Objects.requireNonNull(rules.offers().get(s.offer).at(due));
    Subscription metered = state.pools.toMeter(s);
    long left = sponsoring.bear(metered, then, period, back, amount);
    state.wallets.spend(s.account, MoneyBucket.ANY, left, state.seq);
    charge(s, then, back);
    Position position = metered.position(charge.index(), period, 0);
    if (position != null) {
      position.amount = Math.addExact(position.amount, amount);
      ends.update(metered, period, (l, more) -> close(metered, l, period, more, true));
    }
  }

  /**
   * Keeps what recurs in a period for the lines of its end: until it ends a version may come whose
   * lines count it.
   */
  private void count(Subscription s, int charge, int period, long amount) {
    Position position = s.position(charge, period, 0);
    if (position == null) {
      position = new Position(charge, period);
      s.add(position);
    }
    position.quantity++;
    position.amount = Math.addExact(position.amount, amount);
    ends.update(s, period, (line, more) -> close(s, line, period, more, true));
  }

  /** A period ends for a subscription whose offer has lines for it. */
  private void end(Subscription s) {
    long end = s.recurring[PeriodEnds.END];
    int period = rules.periods().indexOf(end - 1);
    s.recurring[PeriodEnds.END] = ends.nextDue(s, end);
    ends.end(s, period, (line, more) -> close(s, line, period, more, false));
    s.forgetPositions(rules.periods().indexOf(state.time - rules.horizon()));
  }

  /**
   * Brings the lines of ended periods up to date with what has accrued and is not sealed yet: it is
   * sealed here, where the lines no longer are once the device has left.
   */
  void settle(Subscription s) {
    if (rules.offers().get(s.offer).closes()) {
      for (int period : s.periods()) {
        ends.update(s, period, (line, more) -> close(s, line, period, more, true));
      }
    }
  }

  private void close(Subscription s, CloseCharge line, int period, long amount, boolean delta) {
    int booked = Math.max(period, state.closed + 1);
    long end = rules.periods().endOf(period);
    OfferRules then = Objects.requireNonNull(rules.offers().get(s.offer).at(end - 1));
    state.touch(s.account);
    AccountTotals.Line total = s.account.line(s.offer, line.index(), booked);
    total.quantity++;
    total.amount = Math.addExact(total.amount, amount);
    Accrual once =
        new Accrual(
            line.index(),
            0,
            booked,
            booked != period,
            rules.periods().startOf(period),
            end,
            delta,
            end,
            PeriodEnds.slots(s, line, period));
    once.quantity = 1;
    once.amount = amount;
    once.firstAt = end;
    once.lastAt = end;
    once.evidence = Accrual.NO_EVIDENCE;
    long left = sponsoring.bear(s, then, period, once, amount);
    state.wallets.spend(s.account, MoneyBucket.ANY, left, state.seq);
    charge(s, then, once);
  }

  private void seal(Subscription s, OfferHistory offer, Accrual accrual) {
    state.touch(s.account);
    s.account.accrued = Math.subtractExact(s.account.accrued, accrual.amount - accrual.sponsored);
    OfferRules then = Objects.requireNonNull(offer.at(accrual.firstAt));
    charge(s, then, accrual);
    if (s.account.wallet != null && s.account.wallet.units != null) {
      UnitEntry.seal(effects, s.account.id, then, accrual);
    }
    if (offer.closes()) {
      int last = rules.periods().indexOf(accrual.windowEnd - 1);
      for (int p = rules.periods().indexOf(accrual.windowStart); p <= last; p++) {
        int period = p;
        ends.update(s, period, (line, more) -> close(s, line, period, more, true));
      }
    }
    long forgotten = state.time - rules.horizon();
    s.expire(forgotten);
    s.forgetPositions(rules.periods().indexOf(forgotten));
  }

  /** Seals it under the version that priced it. */
  private void charge(Subscription s, OfferRules then, Accrual a) {
    s.account.posted = Math.addExact(s.account.posted, a.amount);
    OfferHistory offer = rules.offers().get(s.offer);
    String name = offer.chargeName(a.charge);
    byte[] evidence = Arrays.copyOf(a.evidence, a.evidenceSize);
    ChargeRow row =
        new ChargeRow(
            effects.charges.size(),
            s.id,
            s.account.id,
            then.catalog().hash(),
            offer.name(),
            name,
            a.booked,
            a.late,
            a.windowStart,
            a.windowEnd,
            a.delta,
            a.events,
            a.quantity,
            a.amount,
            a.firstAt,
            a.lastAt,
            PricedTiers.encode(a.slots),
            evidence,
            Accrual.NO_EVIDENCE);
    effects.charges.add(Digests.sealed(key, state.seq, row));
    add(new Line(s.account.id, a.booked, s.offer, name, a.late), a.amount);
    add(new Line(rules.revenue(), a.booked, s.offer, name, a.late), -a.amount);
    if (a.booked != bookedLast) {
      bookedLast = a.booked;
      bookedEnd = rules.periods().endOf(a.booked);
    }
    Sharing sharing = offer.sharing(a.charge, bookedEnd);
    if (sharing != null) {
      Pot pot = new Pot(a.booked, s.offer, sharing.index());
      toShare.merge(pot, a.amount, Math::addExact);
      sharings.putIfAbsent(pot, sharing);
      if (sharing.units() != null) {
        units.merge(pot, BigInteger.valueOf(a.quantity), BigInteger::add);
      }
    }
    sponsoring.seal(s, then, a);
  }

  /** Shares what was posted and writes the entry's lines; they sum to zero. */
  void post() {
    toShare.forEach(this::share);
    long sum = 0;
    for (Map.Entry<Line, Long> e : lines.entrySet()) {
      Line line = e.getKey();
      if (e.getValue() != 0) {
        String offer = rules.offers().get(line.offer).name();
        effects.postings.add(
            new PostingRow(line.account, line.period, offer, line.name, line.late, e.getValue()));
        sum = Math.addExact(sum, e.getValue());
      }
    }
    assert sum == 0 : "the entry of " + key + "/" + state.seq + " is off by " + sum;
  }

  /** Shares the cumulative amount and posts the difference, so that the parts add up to it. */
  private void share(Pot pot, long amount) {
    Sharing sharing = Objects.requireNonNull(sharings.get(pot));
    int[] parties = sharing.parties();
    SharedTotal total = state.shared(pot.offer, sharing.index(), pot.period, parties.length);
    total.posted = Math.addExact(total.posted, amount);
    long[] parts = new long[parties.length];
    if (sharing.units() == null) {
      sharing.split().accrue(total.posted, parts);
    } else {
      total.quantity = total.quantity.add(units.getOrDefault(pot, BigInteger.ZERO));
      sharing.split().accrue(total.posted, sharing.units().of(total.quantity), parts);
    }
    for (int i = 0; i < parties.length; i++) {
      Line line = new Line(parties[i], pot.period, pot.offer, sharing.line(), false);
      add(line, total.parts[i] - parts[i]);
      total.parts[i] = parts[i];
    }
    add(new Line(rules.shared(), pot.period, pot.offer, sharing.line(), false), amount);
  }

  private void add(Line line, long amount) {
    lines.merge(line, amount, Math::addExact);
  }
}
