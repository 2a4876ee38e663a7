package io.millrace.processors.shard;

import io.millrace.processors.rating.Bundle;
import io.millrace.processors.rating.Gauging;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.rating.Rules.OfferRules;
import io.millrace.processors.rating.Rules.UsageCharge;
import io.millrace.processors.usage.UsageBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Does as {@link Metering} for offers with a meter whose readings don't just add up: what an event
 * adds depends on those that are known, and it may change what was counted at another moment. Each
 * such change is a move: a quantity at a moment, in that moment's band, window and period. All of
 * an event's are computed before any is stored, so that one that would not fit changes nothing.
 */
final class GaugedMetering {
  private final ShardState state;
  private final Rules rules;
  private final Metering metering;
  private final CounterStep counter = new CounterStep();
  private final LevelStep level;
  private final HeldStep held = new HeldStep();
  private final SlotStep slots = new SlotStep();

  /** Those of the event at hand come first; the others wait to be used again. */
  private final List<CurveMove> moves = new ArrayList<>();

  private int count;

  /** Whether some meter reads events of its type, and not this one: it is charged for nothing. */
  private boolean passed;

  private final Memories memories = new Memories();

  /** What the event changes of what the readings after it count for. */
  private final List<Next> nexts = new ArrayList<>();

  private record Next(int key, long moment, long quantity) {}

  private final Drawing drawing;
  private final Telling telling;

  GaugedMetering(
      ShardState state, Rules rules, Metering metering, Drawing drawing, Telling telling) {
    this.drawing = drawing;
    this.telling = telling;
    this.state = state;
    this.rules = rules;
    this.level = new LevelStep(rules.periods());
    this.metering = metering;
  }

  /** As {@link Metering#meter}. */
  @Nullable Reason meter(Subscription s, OfferRules offer, UsageBatch usage, int i) {
    count = 0;
    passed = false;
    nexts.clear();
    memories.clear();
    try {
      Reason refused = move(s, offer, usage, i);
      if (refused != null || count == 0) {
        return refused == null && !passed ? Reason.NO_OFFER : refused;
      }
      if (!fits(s, usage.type[i])) {
        return Reason.BAD_QUANTITY;
      }
    } catch (ArithmeticException overflow) {
      return Reason.BAD_QUANTITY;
    }
    state.touch(s.account);
    for (int m = 0; m < count; m++) {
      store(s, moves.get(m), i, usage.type[i]);
    }
    if (!memories.isEmpty()) {
      remember(s);
    }
    drawing.store(state, s, telling, offer);
    return null;
  }

  private @Nullable Reason move(Subscription s, OfferRules offer, UsageBatch usage, int i) {
    long at = usage.occurredAt[i];
    int first = usage.valueFrom[i];
    for (UsageCharge charge : offer.usage()) {
      int type = usage.type[i];
      if (!charge.reads(type)) {
        continue;
      }
      assert Bundle.lastOf(charge, type) < usage.valueFrom[i + 1] - first
          : "an event without the reading that " + charge.name() + " charges";
      long value = charge.seen(type, usage.values, first);
      if (value == UsageBatch.ABSENT) {
        return Reason.BAD_QUANTITY;
      }
      if (value == UsageBatch.NOT_READ) {
        passed = true;
        continue;
      }
      Gauging gauging = charge.gauging();
      // What a counter advanced by may count at another moment, where another band holds.
      boolean moves = gauging != null && gauging.isBetweenReadings();
      if (!moves && !charge.isFor(at, usage.values, first)) {
        continue;
      }
      if (gauging == null) {
        add(offer, charge, at, charge.quantity(type, usage.values, first));
      } else {
        Gauge known = s.gauges == null ? null : s.gauges.find(gauging.key());
        long reading = charge.quantity(type, usage.values, first);
        Reason refused =
            switch (gauging.how()) {
              case DELTA -> count(offer, charge, gauging, known, at, reading);
              case TIME_WEIGHTED -> weigh(offer, charge, gauging, known, at, reading);
              case UNIQUE -> tellApart(s, offer, charge, at, reading);
              case BURST, PERCENTILE -> sum(s, offer, charge, gauging, at, reading);
              default -> hold(offer, charge, gauging, known, at, reading);
            };
        if (refused != null) {
          return refused;
        }
      }
    }
    for (Next next : nexts) {
      add(s, next);
    }
    return null;
  }

  private @Nullable Reason count(
      OfferRules offer,
      UsageCharge charge,
      Gauging gauging,
      @Nullable Gauge known,
      long at,
      long reading) {
    Reason refused = counter.take(gauging, known, at, reading);
    if (refused == null) {
      if (charge.isFor(at)) {
        add(offer, charge, at, counter.own);
      }
      if (memories.count(gauging.key(), at, reading) && counter.next != 0) {
        nexts.add(new Next(gauging.key(), counter.nextAt, counter.next));
      }
    }
    return refused;
  }

  private @Nullable Reason weigh(
      OfferRules offer,
      UsageCharge charge,
      Gauging gauging,
      @Nullable Gauge known,
      long at,
      long reading) {
    Reason refused = level.take(gauging, known, at, reading, state.time - rules.horizon());
    if (refused == null) {
      if (charge.isFor(at)) {
        add(offer, charge, at, level.own);
      }
      if (memories.count(gauging.key(), at, reading)) {
        for (int i = 0; i < level.count; i++) {
          nexts.add(new Next(gauging.key(), level.moments[i], level.quantities[i]));
        }
      }
    }
    return refused;
  }

  /** What the next reading counts for by this one, by the version of that moment. */
  private void add(Subscription s, Next next) {
    OfferRules then = rules.offers().get(s.offer).at(next.moment);
    if (then == null) {
      return;
    }
    for (UsageCharge charge : then.usage()) {
      if (charge.gauging() != null
          && charge.gauging().key() == next.key
          && charge.isFor(next.moment)) {
        add(then, charge, next.moment, next.quantity);
      }
    }
  }

  private @Nullable Reason hold(
      OfferRules offer,
      UsageCharge charge,
      Gauging gauging,
      @Nullable Gauge known,
      long at,
      long reading) {
    int period = rules.periods().indexOf(at);
    long start = rules.periods().startOf(period);
    Reason refused = held.take(gauging, known, at, reading, start, rules.periods().endOf(period));
    if (refused == null) {
      add(offer, charge, at, held.own);
      if (held.holds) {
        memories.hold(gauging.key(), at, reading, period);
      }
    }
    return refused;
  }

  private @Nullable Reason tellApart(
      Subscription s, OfferRules offer, UsageCharge charge, long at, long value) {
    int period = rules.periods().indexOf(at);
    Gauges gauges = s.gauges;
    if (gauges != null && !gauges.keeps(period)) {
      return Reason.OUT_OF_ORDER;
    }
    Distinct known = gauges == null ? null : gauges.distinct(charge.index(), period);
    boolean isNew = known == null || !known.contains(value);
    if (known != null && isNew && known.isFull()) {
      return Reason.TOO_MANY_DISTINCT;
    }
    add(offer, charge, at, isNew ? 1 : 0);
    if (isNew) {
      memories.meet(charge.index(), value, period);
    }
    return null;
  }

  private @Nullable Reason sum(
      Subscription s,
      OfferRules offer,
      UsageCharge charge,
      Gauging gauging,
      long at,
      long reading) {
    int period = rules.periods().indexOf(at);
    Gauges gauges = s.gauges;
    if (gauges != null && !gauges.keeps(period)) {
      return Reason.OUT_OF_ORDER;
    }
    long start = rules.periods().startOf(period);
    SlotSums known = gauges == null ? null : gauges.sums(charge.index(), period);
    slots.take(gauging, known, at, reading, start, rules.periods().endOf(period));
    add(offer, charge, at, slots.own);
    memories.sum(charge.index(), period, slots);
    return null;
  }

  private void remember(Subscription s) {
    Gauges gauges = s.gauges;
    if (gauges == null) {
      gauges = new Gauges();
      s.gauges = gauges; // One that is left empty by undo is as good as none.
    }
    gauges.touch(state.log, state.seq);
    memories.storeIn(gauges, rules.periods(), oldestPeriod());
  }

  /** The first period that events may still be of without an operator's leave. */
  private int oldestPeriod() {
    long oldest = Math.max(state.time - rules.horizon(), rules.periods().startOf(0));
    return rules.periods().indexOf(oldest);
  }

  /** Adds a move, to the one of the same charge, window and period where there is one. */
  private void add(OfferRules offer, UsageCharge charge, long moment, long quantity) {
    int period = rules.periods().indexOf(moment);
    long windowStart = offer.windows().startOf(moment);
    long windowEnd = offer.windows().endOf(windowStart);
    for (int m = 0; m < count; m++) {
      CurveMove other = moves.get(m);
      if (other.isOf(charge, period)
          && other.windowStart == windowStart
          && other.windowEnd == windowEnd) {
        other.quantity = Math.addExact(other.quantity, quantity);
        return;
      }
    }
    if (count == moves.size()) {
      moves.add(new CurveMove());
    }
    CurveMove move = moves.get(count++);
    move.charge = charge;
    move.offer = offer;
    move.moment = moment;
    move.quantity = quantity;
    move.period = period;
    move.booked = Math.max(period, state.closed + 1);
    move.windowStart = windowStart;
    move.windowEnd = windowEnd;
  }

  /** Computes where the moves lead, each after those before it. */
  private boolean fits(Subscription s, int type) {
    long owed = Math.addExact(s.account.posted, s.account.accrued);
    drawing.begin(type);
    for (int m = 0; m < count; m++) {
      CurveMove move = moves.get(m);
      UsageCharge charge = move.charge();
      Position position = s.position(charge.index(), move.period, charge.revision());
      if (position == null) {
        move.base = Metering.base(s, charge, move.period);
        move.baseAmount = move.base == 0 ? 0 : charge.curve().amountAt(move.base);
      } else {
        move.base = position.base;
        move.baseAmount = position.baseAmount;
      }
      long priced = position == null ? 0 : position.amount;
      move.before = position == null ? 0 : position.quantity;
      AccountTotals.Line line = s.account.find(s.offer, charge.index(), move.booked);
      long used = line == null ? 0 : line.quantity;
      long movedByAll = state.moved(move.booked)[0];
      move.accrual = move.accrualOf(s);
      long[] slots = move.accrual == null ? CurveMove.NONE : move.accrual.slots;
      for (int k = 0; k < m; k++) {
        CurveMove earlier = moves.get(k);
        boolean same = earlier.isOf(charge, move.period);
        if (same) {
          move.before = earlier.after;
          priced = earlier.amount;
        }
        if (earlier.charge().index() == charge.index() && earlier.booked == move.booked) {
          used = earlier.used;
        }
        if (earlier.sharesAccrual(move)) {
          slots = earlier.slots;
        }
        if (earlier.booked == move.booked) {
          movedByAll = Math.addExact(movedByAll, Math.absExact(earlier.delta));
        }
      }
      move.priced =
          charge.drawn().isEmpty()
              ? move.quantity
              : drawing.priced(s, charge, move.moment, move.period, move.quantity);
      move.after = Math.addExact(move.before, move.priced);
      long from = Math.addExact(move.base, move.before);
      long to = Math.addExact(move.base, move.after);
      move.amount = Metering.amount(charge.curve(), from, to, move.baseAmount, priced);
      move.delta = Math.subtractExact(move.amount, priced);
      move.used = Math.addExact(used, move.quantity);
      owed = Math.addExact(owed, move.delta);
      movedByAll = Math.addExact(movedByAll, Math.absExact(move.delta));
      if (move.accrual != null) {
        Math.addExact(move.accrual.quantity, move.quantity);
      }
      if (!metering.fits(move.used, owed, movedByAll) || !metering.isPayable(move)) {
        return false;
      }
      move.explain(slots, drawing);
    }
    return true;
  }

  private void store(Subscription s, CurveMove move, int row, int type) {
    UsageCharge charge = move.charge();
    Position position = s.position(charge.index(), move.period, charge.revision());
    if (position == null) {
      position =
          new Position(charge.index(), move.period, charge.revision(), move.base, move.baseAmount);
      s.add(position);
    }
    metering.tell(s, charge, position, move.quantity);
    position.quantity = move.after;
    position.amount = move.amount;
    Accrual accrual = move.accrual;
    if (accrual == null) { // It may be there by now.
      accrual = move.accrualOf(s);
    }
    if (accrual == null) {
      accrual =
          metering.open(
              s,
              Objects.requireNonNull(move.offer),
              charge,
              move.windowStart,
              move.booked,
              move.isLate());
      s.add(accrual);
      state.reindex(s);
    }
    accrual.quantity += move.quantity;
    accrual.amount += move.delta;
    if (charge.listsMoves()) {
      accrual.add(metering.commit(), row, move.moment, move.priced);
    } else {
      accrual.add(metering.commit(), row, move.moment);
    }
    System.arraycopy(move.slots, 0, accrual.slots, 0, accrual.slots.length);
    OfferRules offer = Objects.requireNonNull(move.offer);
    long left = metering.left(s, offer, move.period, accrual, move.delta);
    state.wallets.spend(s.account, type, left, state.seq);
    s.account.accrued += left;
    state.moved(move.booked)[0] += Math.abs(move.delta);
    AccountTotals.Line line = s.account.line(s.offer, charge.index(), move.booked);
    line.quantity += move.quantity;
    line.amount += move.delta;
  }
}
