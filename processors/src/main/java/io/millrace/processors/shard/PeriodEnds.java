package io.millrace.processors.shard;

import io.millrace.processors.rating.Rules;
import io.millrace.processors.rating.Rules.CloseCharge;
import io.millrace.processors.rating.Rules.OfferRules;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;

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

  /** When what time moves falls due first: what recurs, then a period's end where it has lines. */
  static long[] dues(Rules rules, OfferRules offer, long from, long to) {
    int recurring = offer.recurring().size();
    long[] due = new long[recurring + (offer.closing().isEmpty() ? 0 : 1)];
    for (int i = 0; i < recurring; i++) {
      due[i] = offer.recurring().get(i).recurrence().firstDue(from);
    }
    if (due.length > recurring) {
      due[recurring] = firstDue(rules, from, to);
    }
    return due;
  }

  /**
   * From when on a subscription has what falls due next in one of its places: a recurring charge as
   * it falls due, a period's lines as the period begins.
   */
  static long begins(Rules rules, Subscription s, int i) {
    long due = s.recurring[i];
    return i < rules.offers().get(s.offer).recurring().size() || due == Subscription.NEVER
        ? due
        : rules.periods().startOf(rules.periods().indexOf(due - 1));
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
    return end < s.to ? rules.periods().endOf(rules.periods().indexOf(end)) : Subscription.NEVER;
  }

  /** Makes the lines of a period that ends; {@code change} takes each that is not 0. */
  void end(Subscription s, int period, ObjLongConsumer<CloseCharge> change) {
    for (CloseCharge line : rules.offers().get(s.offer).closing()) {
      if (s.position(line.index(), period) == null) {
        s.add(new Position(line.index(), period, 0, 0));
      }
      bringUpToDate(s, line, period, change);
    }
  }

  /** Brings the lines of a period that has ended up to date. */
  void update(Subscription s, int period, ObjLongConsumer<CloseCharge> change) {
    for (CloseCharge line : rules.offers().get(s.offer).closing()) {
      bringUpToDate(s, line, period, change);
    }
  }

  private void bringUpToDate(
      Subscription s, CloseCharge line, int period, ObjLongConsumer<CloseCharge> change) {
    Position position = s.position(line.index(), period);
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
      sum = Math.addExact(sum, amount(s.position(charge, period)));
    }
    return sum;
  }

  /** What each of a line's charges comes to, as its record keeps it. */
  static long[] slots(Subscription s, CloseCharge line, int period) {
    long[] slots = new long[2 * line.of().length];
    for (int i = 0; i < line.of().length; i++) {
      slots[2 * i] = amount(s.position(line.of()[i], period));
    }
    return slots;
  }

  private static long amount(@Nullable Position position) {
    return position == null ? 0 : position.amount;
  }
}
