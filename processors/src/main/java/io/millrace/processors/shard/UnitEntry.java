package io.millrace.processors.shard;

import io.millrace.catalog.BoughtUnits;
import io.millrace.processors.rating.Drawn;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.rating.Rules.OfferRules;
import io.millrace.processors.rating.Rules.UsageCharge;
import io.millrace.processors.shard.Effects.UnitPosting;
import io.millrace.processors.shard.Notice.Fact;
import io.millrace.processors.shard.Notice.Kind;
import io.millrace.processors.shard.Notice.Text;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a batch posts and tells of units that accounts have bought. They have a ledger of their own,
 * since postings are money: by account and allowance, what came in, ran out, and covered the
 * charges that were sealed.
 */
final class UnitEntry {
  private static final Comparator<UnitPosting> ORDER =
      Comparator.comparingInt(UnitPosting::account)
          .thenComparing(UnitPosting::allowance)
          .thenComparing(UnitPosting::name);

  private final Rules rules;
  private final Effects effects;

  /** What is bought by any version, looked up when something is first told of it. */
  private @Nullable Map<String, BoughtUnits> bought;

  UnitEntry(Rules rules, Effects effects) {
    this.rules = rules;
    this.effects = effects;
  }

  /** Adds to a line. */
  void add(Wallet wallet, String allowance, String name, long quantity) {
    effects.unitPostings.add(new UnitPosting(wallet.totals.id, allowance, name, quantity));
  }

  /** Notes a change for the account's history. */
  void changed(
      Wallet wallet, String kind, String bucket, String allowance, long quantity, String reason) {
    effects.accountChanges.add(
        new Effects.AccountChange(wallet.totals.id, kind, bucket, allowance, quantity, reason));
  }

  /** Posts what covered a charge that is sealed, under the version that priced it. */
  static void seal(Effects effects, int account, OfferRules then, Accrual sealed) {
    for (UsageCharge charge : then.usage()) {
      if (charge.index() == sealed.charge && charge.revision() == sealed.revision) {
        int place = charge.curve().slots();
        for (Drawn d : charge.drawn()) {
          long units = d.isBought() ? sealed.slots[place] : 0;
          place += 2 * (d.periods() + 1);
          if (units != 0) {
            effects.unitPostings.add(
                new UnitPosting(account, d.allowance().name(), "drawn", -units));
          }
        }
      }
    }
  }

  /** Nets what was added by line, in a stable order. */
  static void net(Effects effects) {
    TreeMap<UnitPosting, Long> lines = new TreeMap<>(ORDER);
    effects.unitPostings.forEach(p -> lines.merge(p, p.quantity(), Math::addExact));
    effects.unitPostings.clear();
    lines.forEach(
        (line, sum) -> {
          if (sum != 0) {
            effects.unitPostings.add(
                new UnitPosting(line.account(), line.allowance(), line.name(), sum));
          }
        });
  }

  /**
   * Tells of a bucket.
   *
   * @param fact what the quantity is called
   * @param scaled the quantity, in the scaled integers of the allowance's meter
   */
  void tell(Kind kind, Wallet wallet, UnitBucket b, String fact, long scaled, Fact... more) {
    List<Fact> facts = new ArrayList<>();
    facts.add(new Text("bucket", b.name));
    facts.add(new Text("allowance", b.allowance));
    BoughtUnits in = units(b.allowance);
    facts.add(new Text(fact, in == null ? "" : in.quantity(scaled).toPlainString()));
    facts.add(new Text("unit", in == null ? "" : in.unit().symbol()));
    facts.addAll(List.of(more));
    effects.notices.add(Notice.of(kind, wallet.totals.id, facts.toArray(Fact[]::new)));
  }

  private @Nullable BoughtUnits units(String allowance) {
    Map<String, BoughtUnits> all = bought;
    if (all == null) {
      all = BoughtUnits.of(rules.catalogs());
      bought = all;
    }
    return all.get(allowance);
  }
}
