package io.millrace.processors.shard;

import io.millrace.processors.rating.PriceCurve;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.rating.Rules.OfferRules;
import io.millrace.processors.rating.Rules.UsageCharge;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Sums up in which tiers an account's subscriptions are, from where they are on their curves. */
final class TierViews {
  private final ShardState state;
  private final Rules rules;
  private final int period;
  private final List<TierView> views = new ArrayList<>();

  private TierViews(ShardState state, Rules rules) {
    this.state = state;
    this.rules = rules;
    this.period = rules.periods().indexOf(Math.max(state.time, rules.periods().startOf(0)));
  }

  /** Of an account, as of the shard's time; none where none of its charges has tiers. */
  static List<TierView> of(ShardState state, Rules rules, int account) {
    TierViews views = new TierViews(state, rules);
    AccountUse.ofCounters(state, rules, account, views::add);
    return List.copyOf(views.views);
  }

  private void add(Subscription s) {
    OfferRules offer = rules.offers().get(s.offer).at(state.time);
    if (offer == null) {
      return;
    }
    for (UsageCharge charge : offer.usage()) {
      if (charge.curve().tiers() > 1 && !charge.curve().isOfEvent()) {
        add(s, offer, charge);
      }
    }
  }

  private void add(Subscription s, OfferRules offer, UsageCharge charge) {
    PriceCurve curve = charge.curve();
    long priced = Math.max(AccountUse.total(s, charge, period), 0);
    long next = curve.nextTier(priced);
    BigInteger total = AccountUse.used(s, charge, period);
    int sharing = s.pool == null ? 1 : s.pool.membersAfter(state.time);
    List<Integer> devices = new ArrayList<>(Collections.nCopies(curve.tiers(), 0));
    devices.set(curve.tierAt(priced), sharing);
    add(
        new TierView(
            offer.offer().name(),
            charge.name(),
            s.pool == null ? "" : s.pool.group,
            period,
            devices,
            total,
            AccountUse.forecast(rules, period, state.time, total),
            next == Long.MAX_VALUE ? TierView.NONE : next - priced));
  }

  private void add(TierView more) {
    for (int i = 0; i < views.size(); i++) {
      if (views.get(i).isOf(more)) {
        views.set(i, views.get(i).plus(more));
        return;
      }
    }
    views.add(more);
  }
}
