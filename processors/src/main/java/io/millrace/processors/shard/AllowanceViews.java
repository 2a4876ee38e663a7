package io.millrace.processors.shard;

import io.millrace.catalog.Allowance;
import io.millrace.catalog.ChargeRule;
import io.millrace.processors.rating.Drawn;
import io.millrace.processors.rating.OfferHistory;
import io.millrace.processors.rating.PriceCurve;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.rating.Rules.OfferRules;
import io.millrace.processors.rating.Rules.UsageCharge;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Sums up what an account's subscriptions have used of what is included, from where they are on
 * their price curves: nothing is counted for it as events come.
 */
final class AllowanceViews {
  private final ShardState state;
  private final Rules rules;
  private final int period;
  private final List<AllowanceView> views = new ArrayList<>();

  private AllowanceViews(ShardState state, Rules rules) {
    this.state = state;
    this.rules = rules;
    this.period = rules.periods().indexOf(Math.max(state.time, rules.periods().startOf(0)));
  }

  /** Of an account, as of the shard's time; none where none of its offers includes anything. */
  static List<AllowanceView> of(ShardState state, Rules rules, int account) {
    AllowanceViews views = new AllowanceViews(state, rules);
    AccountUse.ofCounters(state, rules, account, views::add);
    return List.copyOf(views.views);
  }

  private void add(Subscription s) {
    OfferHistory history = rules.offers().get(s.offer);
    OfferRules offer = history.includes() ? history.at(state.time) : null;
    if (offer == null) {
      return;
    }
    Set<Integer> seen = new HashSet<>();
    for (UsageCharge charge : offer.usage()) {
      if (charge.curve().allowances() > 0) {
        add(s, offer, charge);
      }
      for (Drawn d : charge.drawn()) {
        boolean isOwn = !d.isBought(); // What was bought is the account's, not a device's.
        if (isOwn && (!d.allowance().keeping().together() || seen.add(d.index()))) {
          addDrawn(s, offer, charge, d);
        }
      }
    }
  }

  private void add(Subscription s, OfferRules offer, UsageCharge charge) {
    long total = AccountUse.total(s, charge, period);
    PriceCurve curve = charge.curve();
    List<Allowance> allowances = allowances(offer, charge);
    int devices = s.pool == null ? 1 : s.pool.membersAfter(state.time);
    for (int a = 0; a < curve.allowances(); a++) {
      long included = curve.includedIn(a);
      long used = Math.max(curve.coveredBy(a, total), 0);
      add(
          new AllowanceView(
              offer.offer().name(),
              charge.name(),
              allowances.get(a).name(),
              s.pool == null ? "" : s.pool.group,
              period,
              devices,
              BigInteger.valueOf(included),
              BigInteger.valueOf(used),
              used == included ? devices : 0,
              BigInteger.valueOf(total),
              AccountUse.forecast(rules, period, state.time, BigInteger.valueOf(total))));
    }
  }

  /** What is there of it, what others left of periods before included, and what was drawn on it. */
  private void addDrawn(Subscription s, OfferRules offer, UsageCharge charge, Drawn d) {
    Drawing drawing = new Drawing(rules);
    long left = 0;
    for (int age = 0; age <= Math.min(d.periods(), period); age++) {
      int origin = d.isOnce() ? Draws.ONCE : period - age;
      left += drawing.capacity(s, d, origin, state.time, period);
    }
    long used = 0;
    for (Draws.Draw draw : s.draws == null ? new Draws.Draw[0] : s.draws.all()) {
      boolean counts = draw.allowance == d.index() && (d.isOnce() || draw.period == period);
      used += counts ? draw.amount : 0;
    }
    BigInteger total = BigInteger.ZERO;
    for (UsageCharge each : offer.usage()) {
      if (each.drawn().stream().anyMatch(other -> other.index() == d.index())) {
        total = total.add(AccountUse.used(s, each, period));
      }
    }
    int devices = s.pool == null ? 1 : s.pool.membersAfter(state.time);
    add(
        new AllowanceView(
            offer.offer().name(),
            charge.name(),
            d.allowance().name(),
            s.pool == null ? "" : s.pool.group,
            period,
            devices,
            BigInteger.valueOf(used).add(BigInteger.valueOf(left)),
            BigInteger.valueOf(used),
            left == 0 ? devices : 0,
            total,
            AccountUse.forecast(rules, period, state.time, total)));
  }

  private void add(AllowanceView more) {
    for (int i = 0; i < views.size(); i++) {
      if (views.get(i).isOf(more)) {
        views.set(i, views.get(i).plus(more));
        return;
      }
    }
    views.add(more);
  }

  private static List<Allowance> allowances(OfferRules offer, UsageCharge charge) {
    for (ChargeRule rule : offer.offer().charges()) {
      if (rule instanceof ChargeRule.Usage usage && rule.name().equals(charge.name())) {
        return usage.allowances();
      }
    }
    throw new AssertionError("no charge " + charge.name());
  }
}
