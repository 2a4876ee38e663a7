package io.millrace.processors.shard;

import io.millrace.processors.shard.Notice.Kind;
import io.millrace.processors.shard.Notice.Money;
import io.millrace.processors.shard.Notice.Text;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Has buckets of accounts run out by the shard's clock. What is left of one is posted as run out as
 * its time is over, but for what open reservations were granted on it: that stays until they end,
 * and counts for no other grant.
 */
final class Expiring {
  private static final String EXPIRED = "expired";

  private final ShardState state;
  private final BalanceEntry entry;
  private final Effects effects;
  private final UnitEntry units;

  Expiring(ShardState state, BalanceEntry entry, Effects effects, UnitEntry units) {
    this.state = state;
    this.entry = entry;
    this.effects = effects;
    this.units = units;
  }

  /** Does what is due first of all buckets. */
  void runFirst() {
    Wallet wallet = state.wallets.firstWithDueBucket();
    state.wallets.touch(wallet, state.seq);
    for (MoneyBucket b : wallet.buckets == null ? List.<MoneyBucket>of() : wallet.buckets.live()) {
      if (b.nextDue() <= state.time && b.fallsDue(state.time)) {
        effects.notices.add(
            Notice.of(
                Kind.BUCKET_EXPIRES,
                wallet.totals.id,
                new Text("bucket", b.name),
                new Money("left", b.left()),
                new Text("expires", Instant.ofEpochMilli(b.expires).toString())));
      }
    }
    for (UnitBucket b : wallet.units == null ? List.<UnitBucket>of() : wallet.units.live()) {
      if (b.nextDue() <= state.time && b.fallsDue(state.time)) {
        units.tell(
            Kind.BUCKET_EXPIRES,
            wallet,
            b,
            "left",
            b.left(),
            new Text("expires", Instant.ofEpochMilli(b.expires).toString()));
      }
    }
    runOut(wallet);
    state.wallets.index(wallet);
  }

  /** Takes what no grant needs of buckets whose time is over, and what came back to them. */
  void runOut(Wallet wallet) {
    MoneyBuckets money = wallet.buckets;
    if (money != null) {
      runOut(wallet, money);
    }
    UnitBuckets bought = wallet.units;
    if (bought != null) {
      runOut(wallet, bought);
    }
  }

  private void runOut(Wallet wallet, MoneyBuckets all) {
    for (MoneyBucket b : all.over()) {
      if (b.returned != 0) {
        ranOut(wallet, all, b, b.returned);
        b.returned = 0;
      }
    }
    for (MoneyBucket b : List.copyOf(all.live())) {
      long idle = b.overdue ? wallet.idle(b) : 0;
      if (idle > 0) {
        state.wallets.touch(wallet, state.seq);
        b.expired += idle;
        ranOut(wallet, all, b, idle);
      }
      if (b.overdue && b.left() == 0) {
        state.wallets.touch(wallet, state.seq);
        all.end(b);
        if (b.expired > 0) {
          effects.notices.add(
              Notice.of(
                  Kind.BUCKET_EXPIRED,
                  wallet.totals.id,
                  new Text("bucket", b.name),
                  new Money("amount", b.expired)));
        }
      }
    }
  }

  private void ranOut(Wallet wallet, MoneyBuckets all, MoneyBucket b, long amount) {
    entry.add(all.bonus, EXPIRED, amount);
    entry.add(all.expired, EXPIRED, -amount);
    effects.accountChanges.add(
        new Effects.AccountChange(wallet.totals.id, EXPIRED, b.name, -amount, ""));
  }

  private void runOut(Wallet wallet, UnitBuckets all) {
    for (UnitBucket b : all.over()) {
      if (b.returned != 0) {
        ranOut(wallet, b, b.allowance, b.returned);
        b.returned = 0;
      }
    }
    all.lost.forEach((allowance, quantity) -> ranOut(wallet, null, allowance, quantity));
    all.lost.clear();
    for (UnitBucket b : List.copyOf(all.live())) {
      long idle = b.overdue ? all.idle(b) : 0;
      if (idle > 0) {
        state.wallets.touch(wallet, state.seq);
        b.expired += idle;
        ranOut(wallet, b, b.allowance, idle);
      }
      if (b.overdue && b.left() == 0) {
        state.wallets.touch(wallet, state.seq);
        all.end(b);
        if (b.expired > 0) {
          units.tell(Kind.BUCKET_EXPIRED, wallet, b, "quantity", b.expired);
        }
      }
    }
  }

  /** What came back to a bucket that nobody knows any more has none to be told of. */
  private void ranOut(Wallet wallet, @Nullable UnitBucket b, String allowance, long quantity) {
    String name = b == null ? "" : b.name;
    units.add(wallet, allowance, EXPIRED, -quantity);
    units.changed(wallet, EXPIRED, name, allowance, -quantity, "");
  }
}
