package io.millrace.processors.shard;

import io.millrace.processors.rating.Rules;
import io.millrace.processors.rating.Rules.UsageCharge;
import java.math.BigInteger;
import java.util.function.Consumer;

/** What an account's subscriptions have used in the period that runs, for those who look at it. */
final class AccountUse {
  private AccountUse() {}

  /** Shows the subscriptions of an account that have counters of their own here, as of now. */
  static void ofCounters(
      ShardState state, Rules rules, int account, Consumer<Subscription> counter) {
    AccountTotals totals = state.accounts.get(account);
    if (totals == null || state.time < rules.periods().startOf(0)) {
      return;
    }
    long periodStart = rules.periods().startOf(rules.periods().indexOf(state.time));
    for (long id : totals.subscriptions()) {
      Subscription s = state.subscriptions.get(id);
      if (s != null && counts(state, s, periodStart)) {
        counter.accept(s);
      }
    }
  }

  /** Whether a subscription has counters of its own in the period that runs, here. */
  private static boolean counts(ShardState state, Subscription s, long periodStart) {
    return s.from <= state.time
        && s.activeUntil() > periodStart
        && s.memberOf == Effects.NOBODY
        && s.moves.home() == Succession.HERE;
  }

  /** All that was used of a charge in the period, covered or priced. */
  static BigInteger used(Subscription s, UsageCharge charge, int period) {
    BigInteger sum = BigInteger.ZERO;
    for (Position p : s.positions) {
      boolean counts = p.charge == charge.index() && p.period == period;
      sum = counts ? sum.add(BigInteger.valueOf(p.quantity)) : sum;
    }
    for (Draws.Draw draw : s.draws == null ? new Draws.Draw[0] : s.draws.all()) {
      boolean counts = draw.charge == charge.index() && draw.period == period;
      sum = counts ? sum.add(BigInteger.valueOf(draw.amount)) : sum;
    }
    return sum;
  }

  /** What a subscription has used of a charge in a period, at all its prices, but what it drew. */
  static long total(Subscription s, UsageCharge charge, int period) {
    Position position = s.position(charge.index(), period, charge.revision());
    return position == null
        ? Metering.base(s, charge, period)
        : Math.addExact(position.base, position.quantity);
  }

  /** What a total comes to at the period's end, if use goes on as it did until now. */
  static BigInteger forecast(Rules rules, int period, long now, BigInteger total) {
    long start = rules.periods().startOf(period);
    long length = rules.periods().endOf(period) - start;
    long passed = Math.max(now - start, 1);
    return total.multiply(BigInteger.valueOf(length)).divide(BigInteger.valueOf(passed));
  }
}
