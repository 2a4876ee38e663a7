package io.millrace.processors.shard;

import io.millrace.catalog.Offer;
import io.millrace.processors.rating.Bundle;
import io.millrace.processors.rating.PriceCurve;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.rating.Rules.OfferRules;
import io.millrace.processors.rating.Rules.UsageCharge;
import io.millrace.processors.usage.UsageBatch;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Moves one event's readings up the price curves of its offer: the cumulative quantity is priced
 * and the difference accrues. All sums of an event are computed before any is stored, so that one
 * that would not fit changes nothing: it is refused, and whatever sums up what was taken fits.
 */
final class Metering {
  private static final int REFUSED = -1;

  /** What an account owes stays so far from a {@code long}'s end that parts of it fit as well. */
  static final long MOST_OWED = Long.MAX_VALUE / 2;

  private final ShardState state;
  private final Rules rules;
  private final long commit;
  private final long mostMoved;
  private final long mostUsed;
  private int movedPeriod = -1;
  private long quoted;
  private long[] moved = new long[1];

  private final UsageCharge[] charges;
  private final @Nullable Position[] positions;
  private final @Nullable Accrual[] accruals;
  private final AccountTotals.@Nullable Line[] lines;
  private final long[] bases;
  private final long[] baseAmounts;
  private final long[] quantities;
  private final long[] amounts;
  private final long[] deltas;
  private final long[][] slots;
  private long[] none = new long[0];
  private final GaugedMetering gauged;
  private final Telling telling;
  private final Drawing drawing;
  private final Sponsoring sponsoring;

  /** What the charges of one event are worked out in; one batch after the other uses it again. */
  static final class Room {
    private final UsageCharge[] charges = new UsageCharge[Offer.MOST_CHARGES];
    private final @Nullable Position[] positions = new @Nullable Position[Offer.MOST_CHARGES];
    private final @Nullable Accrual[] accruals = new @Nullable Accrual[Offer.MOST_CHARGES];
    private final AccountTotals.@Nullable Line[] lines =
        new AccountTotals.@Nullable Line[Offer.MOST_CHARGES];
    private final long[] bases = new long[Offer.MOST_CHARGES];
    private final long[] baseAmounts = new long[Offer.MOST_CHARGES];
    private final long[] quantities = new long[Offer.MOST_CHARGES];
    private final long[] amounts = new long[Offer.MOST_CHARGES];
    private final long[] deltas = new long[Offer.MOST_CHARGES];
    private final long[][] slots = new long[Offer.MOST_CHARGES][0];
  }

  Metering(
      ShardState state,
      Rules rules,
      long commit,
      Effects effects,
      Sponsoring sponsoring,
      Room room) {
    this.charges = room.charges;
    this.positions = room.positions;
    this.accruals = room.accruals;
    this.lines = room.lines;
    this.bases = room.bases;
    this.baseAmounts = room.baseAmounts;
    this.quantities = room.quantities;
    this.amounts = room.amounts;
    this.deltas = room.deltas;
    this.slots = room.slots;
    this.state = state;
    this.rules = rules;
    this.commit = state.isKept ? commit : Accrual.UNPROVED;
    this.mostMoved = rules.mostMoved();
    this.mostUsed = rules.mostUsed();
    this.telling = new Telling(state, rules, effects.notices);
    this.drawing = new Drawing(rules);
    this.sponsoring = sponsoring;
    this.gauged = new GaugedMetering(state, rules, this, drawing, telling);
  }

  /**
   * Meters row {@code i} for a subscription that has been touched.
   *
   * @return why it can't be charged; null where it is
   */
  @Nullable Reason meter(Subscription s, UsageBatch usage, int i) {
    long at = usage.occurredAt[i];
    OfferRules offer = rules.offers().get(s.offer).at(at);
    if (offer == null) {
      return Reason.NO_OFFER;
    }
    if (offer.gauged()) {
      return gauged.meter(s, offer, usage, i);
    }
    int period = rules.periods().indexOf(at);
    int booked = Math.max(period, state.closed + 1);
    long windowStart = offer.windows().startOf(at);
    int n;
    try {
      n = price(s, offer, usage, i, period, booked, windowStart);
    } catch (ArithmeticException overflow) {
      n = REFUSED;
    }
    if (n <= 0) {
      return n == REFUSED ? Reason.BAD_QUANTITY : Reason.NO_OFFER;
    }
    AccountTotals account = s.account;
    state.touch(account);
    for (int k = 0; k < n; k++) {
      UsageCharge charge = charges[k];
      Position position = positions[k];
      if (position == null) {
        position =
            new Position(charge.index(), period, charge.revision(), bases[k], baseAmounts[k]);
        s.add(position);
      }
      long used = quantities[k] - position.quantity;
      tell(s, charge, position, used);
      position.quantity = quantities[k];
      position.amount = amounts[k];
      Accrual accrual = accruals[k];
      if (accrual == null) {
        accrual = open(s, offer, charge, windowStart, booked, booked != period);
        s.add(accrual);
        state.reindex(s);
      }
      accrual.quantity += used;
      accrual.amount += deltas[k];
      accrual.add(commit, i, at);
      System.arraycopy(slots[k], 0, accrual.slots, 0, accrual.slots.length);
      long left = left(s, offer, period, accrual, deltas[k]);
      state.wallets.spend(account, usage.type[i], left, state.seq);
      account.accrued += left;
      moved[0] += Math.abs(deltas[k]);
      AccountTotals.Line found = lines[k];
      AccountTotals.Line line =
          found == null ? account.line(s.offer, charge.index(), booked) : found;
      line.quantity += used;
      line.amount += deltas[k];
    }
    return null;
  }

  /**
   * Prices row {@code i} for a subscription; nothing that was charged changes.
   *
   * @return why it can't be charged; null where {@link #quoted} says what it would add
   */
  @Nullable Reason quote(Subscription s, UsageBatch usage, int i) {
    long at = usage.occurredAt[i];
    OfferRules offer = rules.offers().get(s.offer).at(at);
    if (offer == null) {
      return Reason.NO_OFFER;
    }
    int period = rules.periods().indexOf(at);
    int booked = Math.max(period, state.closed + 1);
    quoted = 0;
    sponsoring.quotes().begin();
    drawing.begin(usage.type[i]);
    try {
      int n = price(s, offer, usage, i, period, booked, offer.windows().startOf(at));
      for (int k = 0; k < n; k++) {
        sponsoring.quotes().add(s, offer, charges[k].index(), period, deltas[k]);
      }
      quoted = sponsoring.quotes().own(s);
      return n == 0 ? Reason.NO_OFFER : n == REFUSED ? Reason.BAD_QUANTITY : null;
    } catch (ArithmeticException overflow) {
      return Reason.BAD_QUANTITY;
    }
  }

  /** Has what sponsors would pay of row {@code i}, and have not lent yet, come. */
  void expectSponsors(Subscription s, UsageBatch usage, int i) {
    if (quote(s, usage, i) == null) {
      sponsoring.quotes().expect();
    }
  }

  /** What the last {@link #quote} leaves to the subscription's own account, ledger units. */
  long quoted() {
    return quoted;
  }

  private int price(
      Subscription s,
      OfferRules offer,
      UsageBatch usage,
      int i,
      int period,
      int booked,
      long windowStart) {
    List<UsageCharge> all = offer.usage();
    if (booked != movedPeriod) {
      moved = state.moved(booked);
      movedPeriod = booked;
    }
    long movedByAll = moved[0];
    long owed = Math.addExact(s.account.posted, s.account.accrued);
    long windowEnd = offer.windows().endOf(windowStart);
    int n = 0;
    for (int c = 0; c < all.size(); c++) {
      UsageCharge charge = all.get(c);
      if (!charge.reads(usage.type[i])
          || !charge.isFor(usage.occurredAt[i], usage.values, usage.valueFrom[i])) {
        continue;
      }
      assert Bundle.lastOf(charge, usage.type[i]) < usage.valueFrom[i + 1] - usage.valueFrom[i]
          : "an event without the reading that " + charge.name() + " charges";
      long seen = charge.seen(usage.type[i], usage.values, usage.valueFrom[i]);
      if (seen == UsageBatch.ABSENT) {
        return REFUSED;
      }
      if (seen == UsageBatch.NOT_READ) {
        continue;
      }
      long reading = charge.quantity(usage.type[i], usage.values, usage.valueFrom[i]);
      Position position = s.position(charge.index(), period, charge.revision());
      if (position == null) {
        bases[n] = base(s, charge, period);
        baseAmounts[n] = bases[n] == 0 ? 0 : charge.curve().amountAt(bases[n]);
      } else {
        bases[n] = position.base;
        baseAmounts[n] = position.baseAmount;
      }
      long counted = position == null ? 0 : position.quantity;
      long priced =
          charge.drawn().isEmpty()
              ? reading
              : drawing.priced(s, charge, usage.occurredAt[i], period, reading);
      long quantity = Math.addExact(counted, priced);
      long from = Math.addExact(bases[n], counted);
      long to = Math.addExact(from, priced);
      long was = position == null ? 0 : position.amount;
      long amount = amount(charge.curve(), from, to, baseAmounts[n], was);
      long delta = Math.subtractExact(amount, was);
      owed = Math.addExact(owed, delta);
      movedByAll = Math.addExact(movedByAll, Math.absExact(delta));
      AccountTotals.Line line = s.account.find(s.offer, charge.index(), booked);
      long used = Math.addExact(line == null ? 0 : line.quantity, reading);
      Accrual accrual =
          s.accrual(
              charge.index(), charge.revision(), windowStart, windowEnd, booked, booked != period);
      if (accrual != null) {
        Math.addExact(accrual.quantity, reading);
      }
      if (!fits(used, owed, movedByAll) || !sponsoring.fits(offer, charge.index(), delta)) {
        return REFUSED;
      }
      explain(n, charge, from, to, accrual);
      charges[n] = charge;
      positions[n] = position;
      accruals[n] = accrual;
      lines[n] = line;
      quantities[n] = quantity;
      amounts[n] = amount;
      deltas[n] = delta;
      n++;
    }
    return n;
  }

  /**
   * What a position comes to as it goes from one total to another.
   *
   * @param base what former prices come to
   * @param was what it has come to so far
   */
  static long amount(PriceCurve curve, long from, long to, long base, long was) {
    return curve.isOfEvent()
        ? Math.addExact(was, curve.between(from, to))
        : Math.subtractExact(curve.amountAt(to), base);
  }

  /**
   * Whether an account may have used so much of a charge and owe so much, and a shard move so much;
   * what is no {@code long} as its magnitude is an {@link ArithmeticException}.
   */
  boolean fits(long used, long owed, long movedByAll) {
    return Math.absExact(used) <= mostUsed
        && Math.absExact(owed) <= MOST_OWED
        && movedByAll <= mostMoved;
  }

  /**
   * Whether who pays for a move, be it another account, may owe it too; throws as {@link #fits}.
   */
  boolean isPayable(CurveMove move) {
    return sponsoring.fits(Objects.requireNonNull(move.offer), move.charge().index(), move.delta);
  }

  /** Tells of what a position that is going to move by so much comes to. */
  void tell(Subscription s, UsageCharge charge, Position position, long used) {
    if (charge.curve().tells()) {
      long before = position.base + position.quantity;
      telling.moved(s, charge, position.period, before, before + used);
    }
  }

  /** What of an amount that accrues is left to the subscription's own account. */
  long left(Subscription s, OfferRules offer, int period, Accrual accrual, long amount) {
    return offer.sponsors().isNone() ? amount : sponsoring.bear(s, offer, period, accrual, amount);
  }

  /** Tells what others pay. */
  Sponsoring sponsoring() {
    return sponsoring;
  }

  /** The number of the commit that is applied. */
  long commit() {
    return commit;
  }

  /** What former prices of a charge have counted in the period by now. */
  static long base(Subscription s, UsageCharge charge, int period) {
    long sum = 0;
    for (int revision : charge.carried()) {
      Position former = s.position(charge.index(), period, revision);
      sum = former == null ? sum : Math.addExact(sum, former.quantity);
    }
    return sum;
  }

  private void explain(
      int n, UsageCharge charge, long before, long after, @Nullable Accrual accrual) {
    int size = charge.curve().slots();
    if (size > 0) {
      if (slots[n].length < size) {
        slots[n] = new long[size];
      }
      charge.curve().explain(before, after, accrual == null ? none(size) : accrual.slots, slots[n]);
    }
  }

  private long[] none(int size) {
    if (none.length < size) {
      none = new long[size];
    }
    return none;
  }

  Accrual open(
      Subscription s,
      OfferRules offer,
      UsageCharge charge,
      long windowStart,
      int booked,
      boolean late) {
    long windowEnd = offer.windows().endOf(windowStart);
    long periodEnd = rules.periods().endOf(booked);
    long grace = offer.offer().grace().toMillis();
    // A window that reaches into the next period is sealed as its own period ends.
    boolean over = Math.min(windowEnd + grace, periodEnd) <= state.time;
    // Where the device came from, the window is sealed with what was used of it there.
    boolean delta = over || windowStart <= s.moves.sharedUntil();
    // What comes late to its window is sealed with the window that is open now.
    long end = over ? offer.windows().endOf(offer.windows().startOf(state.time)) : windowEnd;
    return new Accrual(
        charge.index(),
        charge.revision(),
        booked,
        late,
        windowStart,
        windowEnd,
        delta,
        Math.min(end + grace, periodEnd),
        new long[charge.slots()]);
  }
}
