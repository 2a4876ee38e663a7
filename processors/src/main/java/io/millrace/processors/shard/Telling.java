package io.millrace.processors.shard;

import io.millrace.processors.rating.Drawn;
import io.millrace.processors.rating.Included.Mark;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.rating.Rules.OfferRules;
import io.millrace.processors.rating.Rules.UsageCharge;
import io.millrace.processors.shard.Draws.Draw;
import java.util.List;

/**
 * Tells of allowances as so much of them is used. Use that is taken back and comes again reaches a
 * mark again: the notice's name is what makes it once.
 */
final class Telling {
  private final ShardState state;
  private final Rules rules;
  private final List<Notice> notices;

  Telling(ShardState state, Rules rules, List<Notice> notices) {
    this.state = state;
    this.rules = rules;
    this.notices = notices;
  }

  /** A subscription's total of a charge in a period has changed. */
  void moved(Subscription s, UsageCharge charge, int period, long before, long after) {
    if (after <= before || period <= state.closed) {
      return; // What comes late to a closed period is on the next statement, and no news.
    }
    for (Mark mark : charge.curve().marks()) {
      if (before < mark.at() && after >= mark.at()) {
        notices.add(notice(s, charge, charge.name(), period, mark));
      }
    }
  }

  /** A charge's use has drawn on a bucket. */
  void drawn(Subscription s, OfferRules offer, Draw draw, long before, long after) {
    int period = draw.origin == Draws.ONCE ? draw.period : draw.origin;
    if (after <= before || period <= state.closed) {
      return;
    }
    for (UsageCharge charge : offer.usage()) {
      for (Drawn d : charge.index() == draw.charge ? charge.drawn() : List.<Drawn>of()) {
        for (int percent :
            d.index() == draw.allowance ? d.allowance().tell() : List.<Integer>of()) {
          if (d.reaches(percent, before, after)) {
            int of = draw.origin; // What is there once is told of once.
            notices.add(notice(s, charge, "", of, new Mark(after, d.allowance(), percent)));
          }
        }
      }
    }
  }

  /** A notice whose name has a charge in it, where the allowance is that charge's alone. */
  private Notice notice(Subscription s, UsageCharge charge, String named, int period, Mark mark) {
    String offer = rules.offers().get(s.offer).name();
    String allowance = mark.allowance().name();
    return Notice.once(
        String.join(
            ":",
            "used",
            Long.toString(s.id),
            offer,
            named,
            allowance,
            Integer.toString(period),
            Integer.toString(mark.percent())),
        Notice.Kind.ALLOWANCE_USED,
        s.account.id,
        new Notice.Text("offer", offer),
        new Notice.Text("charge", charge.name()),
        new Notice.Text("allowance", allowance),
        new Notice.Text("included", mark.allowance().quantity().toPlainString()),
        new Notice.Text("unit", mark.allowance().unit().symbol()),
        new Notice.Count("percent", mark.percent()),
        new Notice.Count("subscription", s.id),
        new Notice.Count("period", period));
  }
}
