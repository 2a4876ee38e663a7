package io.millrace.processors.shard;

import io.millrace.processors.rating.Rules;
import io.millrace.processors.rating.Rules.OfferRules;
import io.millrace.processors.rating.Rules.UsageCharge;
import io.millrace.processors.usage.UsageBatch;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Moves one event's readings up the price curves of its offer: the cumulative quantity is priced
 * and the difference accrues. All sums of an event are computed before any is stored, so that one
 * that overflows changes nothing.
 */
final class Metering {
  private static final int MOST_CHARGES = 64;

  private final ShardState state;
  private final Rules rules;
  private final long commit;

  private final UsageCharge[] charges = new UsageCharge[MOST_CHARGES];
  private final @Nullable Position[] positions = new @Nullable Position[MOST_CHARGES];
  private final long[] quantities = new long[MOST_CHARGES];
  private final long[] amounts = new long[MOST_CHARGES];
  private final long[] deltas = new long[MOST_CHARGES];

  Metering(ShardState state, Rules rules, long commit) {
    this.state = state;
    this.rules = rules;
    this.commit = commit;
  }

  /**
   * Meters row {@code i} for a subscription that has been touched.
   *
   * @return why it can't be charged; null where it is
   */
  @Nullable Reason meter(Subscription s, UsageBatch usage, int i) {
    OfferRules offer = rules.offers().get(s.offer);
    long at = usage.occurredAt[i];
    int period = rules.periods().indexOf(at);
    int n;
    try {
      n = price(s, offer, usage, i, period);
    } catch (ArithmeticException overflow) {
      return Reason.BAD_QUANTITY;
    }
    if (n == 0) {
      return Reason.NO_OFFER;
    }
    AccountTotals account = s.account;
    state.touch(account);
    int booked = Math.max(period, state.closed + 1);
    long windowStart = offer.windows().startOf(at);
    for (int k = 0; k < n; k++) {
      UsageCharge charge = charges[k];
      Position position = positions[k];
      if (position == null) {
        position = new Position(charge.index(), period, 0, 0);
        s.add(position);
      }
      long used = quantities[k] - position.quantity;
      position.quantity = quantities[k];
      position.amount = amounts[k];
      Accrual accrual = s.accrual(charge.index(), windowStart, booked, booked != period);
      if (accrual == null) {
        accrual = open(offer, charge.index(), windowStart, booked, booked != period);
        s.add(accrual);
        state.reindex(s);
      }
      accrual.quantity += used;
      accrual.amount += deltas[k];
      accrual.add(commit, i, at);
      account.accrued += deltas[k];
      AccountTotals.Line line = account.line(s.offer, charge.index(), booked);
      line.quantity += used;
      line.amount += deltas[k];
    }
    return null;
  }

  private int price(Subscription s, OfferRules offer, UsageBatch usage, int i, int period) {
    List<UsageCharge> all = offer.usage();
    int booked = Math.max(period, state.closed + 1);
    long accrued = s.account.accrued;
    int n = 0;
    for (int c = 0; c < all.size(); c++) {
      UsageCharge charge = all.get(c);
      if (charge.type() != usage.type[i]) {
        continue;
      }
      assert charge.value() < usage.valueFrom[i + 1] - usage.valueFrom[i]
          : "an event without the reading that " + charge.name() + " charges";
      long reading = charge.value() < 0 ? 1 : usage.values[usage.valueFrom[i] + charge.value()];
      Position position = s.position(charge.index(), period);
      long before = position == null ? 0 : position.amount;
      long quantity = Math.addExact(position == null ? 0 : position.quantity, reading);
      long amount = charge.curve().amountAt(quantity);
      long delta = Math.subtractExact(amount, before);
      accrued = Math.addExact(accrued, delta);
      AccountTotals.Line line = s.account.find(s.offer, charge.index(), booked);
      if (line != null) {
        // Several subscriptions add up here: what fits each of them need not fit all.
        Math.addExact(line.quantity, reading);
        Math.addExact(line.amount, delta);
      }
      charges[n] = charge;
      positions[n] = position;
      quantities[n] = quantity;
      amounts[n] = amount;
      deltas[n] = delta;
      n++;
    }
    // What is owed in all must fit as well.
    long owed = Math.addExact(s.account.posted, accrued);
    assert owed != Long.MIN_VALUE;
    return n;
  }

  private Accrual open(OfferRules offer, int charge, long windowStart, int booked, boolean late) {
    long windowEnd = offer.windows().endOf(windowStart);
    long periodEnd = rules.periods().endOf(booked);
    // A window that reaches into the next period is sealed as its own period ends.
    boolean delta = Math.min(windowEnd, periodEnd) <= state.time;
    // What comes late to its window is sealed with the window that is open now.
    long due = delta ? offer.windows().endOf(offer.windows().startOf(state.time)) : windowEnd;
    return new Accrual(
        charge, booked, late, windowStart, windowEnd, delta, Math.min(due, periodEnd));
  }
}
