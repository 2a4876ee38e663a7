package io.millrace.processors.shard;

import io.millrace.processors.rating.OfferHistory;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.rating.Rules.CloseCharge;
import io.millrace.processors.rating.Rules.OfferRules;
import java.util.Arrays;
import java.util.List;
import java.util.function.ObjLongConsumer;

/**
 * The lines that a settlement period's end brings to a subscription: minimums and caps of its other
 * charges. Each is a position of its own, made as the period ends; what is charged to the period
 * later brings it up to date, so that the charges and their lines always add up to the bounded sum.
 */
final class PeriodEnds {
  private final Rules rules;

  PeriodEnds(Rules rules) {
    this.rules = rules;
  }

  /** The place of a period's end among what falls due; slots follow it. */
  static final int END = 0;

  /** When what time moves falls due first. */
  static long[] dues(Rules rules, OfferHistory offer, long from, long to) {
    long[] due = new long[1 + offer.slots()];
    due[END] = offer.closes() ? firstDue(rules, from, to) : Subscription.NEVER;
    for (int slot = 0; slot < offer.slots(); slot++) {
      due[1 + slot] = before(to, offer.firstDue(slot, from));
    }
    return due;
  }

  private static long dueAfter(OfferHistory offer, int slot, long from, long now) {
    if (from > now) {
      return offer.firstDue(slot, from);
    }
    return offer.recurring(slot, now) == null
        ? offer.dueAgain(slot, now, from)
        : offer.nextDue(slot, now);
  }

  private static long before(long to, long due) {
    return due < to ? due : Subscription.NEVER;
  }

  /**
   * When what time moves falls due under rules that have other versions ahead than those that the
   * subscription was under.
   *
   * @param now the time of the shard that it was in: what fell due by then is as it was
   */
  static long[] duesAgain(Rules rules, OfferHistory offer, Subscription s, long now) {
    long[] due = new long[1 + offer.slots()];
    Arrays.fill(due, Subscription.NEVER);
    System.arraycopy(s.recurring, 0, due, 0, Math.min(s.recurring.length, due.length));
    boolean closes = offer.closes() && s.memberOf == Effects.NOBODY;
    if (s.moves.home() != Succession.HERE) {
      return due; // Where the device is now, it goes on.
    }
    if (due[END] == Subscription.NEVER && closes) {
      due[END] = firstDue(rules, Math.max(s.from, periodStart(rules, now)), s.activeUntil());
    }
    for (int slot = 0; slot < offer.slots() && s.pool == null; slot++) {
      if (due[1 + slot] > now) {
        due[1 + slot] = before(s.to, dueAfter(offer, slot, s.from, now));
      }
    }
    return due;
  }

  /**
   * From when on a subscription has what falls due next in one of its places: a recurring charge as
   * it falls due, a period's lines as the period begins.
   */
  static long begins(Rules rules, Subscription s, int i) {
    long due = s.recurring[i];
    return i != END || due == Subscription.NEVER
        ? due
        : rules.periods().startOf(rules.periods().indexOf(due - 1));
  }

  private static long periodStart(Rules rules, long now) {
    long known = Math.max(now, rules.periods().startOf(0));
    return rules.periods().startOf(rules.periods().indexOf(known));
  }

  /** When the first period in which a subscription is active ends. */
  static long firstDue(Rules rules, long from, long to) {
    long active = Math.max(from, rules.periods().startOf(0));
    return active < to
        ? rules.periods().endOf(rules.periods().indexOf(active))
        : Subscription.NEVER;
  }

  /** When the next period ends, where the subscription is active in it. */
  long nextDue(Subscription s, long end) {
    return end < s.activeUntil()
        ? rules.periods().endOf(rules.periods().indexOf(end))
        : Subscription.NEVER;
  }

  /** Makes the lines of a period that ends; {@code change} takes each that is not 0. */
  void end(Subscription s, int period, ObjLongConsumer<CloseCharge> change) {
    for (CloseCharge line : lines(s, period)) {
      if (s.position(line.index(), period, 0) == null) {
        s.add(new Position(line.index(), period));
      }
      bringUpToDate(s, line, period, change);
    }
  }

  /** Brings the lines of a period that has ended up to date. */
  void update(Subscription s, int period, ObjLongConsumer<CloseCharge> change) {
    for (CloseCharge line : lines(s, period)) {
      bringUpToDate(s, line, period, change);
    }
  }

  /** As the version says that holds as the period ends. */
  private List<CloseCharge> lines(Subscription s, int period) {
    OfferRules then = rules.offers().get(s.offer).at(rules.periods().endOf(period) - 1);
    return then == null ? List.of() : then.closing();
  }

  private void bringUpToDate(
      Subscription s, CloseCharge line, int period, ObjLongConsumer<CloseCharge> change) {
    Position position = s.position(line.index(), period, 0);
    if (position == null) {
      return; // The period has not ended here yet, or lies past the horizon and is forgotten.
    }
    long target = line.amountAt(sum(s, line, period));
    long more = Math.subtractExact(target, position.amount);
    if (more != 0) {
      position.amount = target;
      change.accept(line, more);
    }
  }

  private static long sum(Subscription s, CloseCharge line, int period) {
    long sum = 0;
    for (int charge : line.of()) {
      sum = Math.addExact(sum, s.amount(charge, period));
    }
    return sum;
  }

  /** What each of a line's charges comes to, as its record keeps it. */
  static long[] slots(Subscription s, CloseCharge line, int period) {
    long[] slots = new long[2 * line.of().length];
    for (int i = 0; i < line.of().length; i++) {
      slots[2 * i] = s.amount(line.of()[i], period);
    }
    return slots;
  }
}
