package io.millrace.processors.shard;

import io.millrace.processors.shard.Notice.Kind;
import io.millrace.processors.shard.Notice.Money;
import io.millrace.processors.shard.Notice.Text;
import java.time.Instant;
import java.util.List;

/**
 * Has buckets of accounts run out by the shard's clock. What is left of one goes to a ledger
 * account of its own as its time is over, but for what open reservations were granted on it: that
 * stays until they end, and counts for no other grant.
 */
final class Expiring {
  private static final String EXPIRED = "expired";

  private final ShardState state;
  private final BalanceEntry entry;
  private final Effects effects;

  Expiring(ShardState state, BalanceEntry entry, Effects effects) {
    this.state = state;
    this.entry = entry;
    this.effects = effects;
  }

  /** Does what is due first of all buckets. */
  void runFirst() {
    Wallet wallet = state.wallets.firstWithDueBucket();
    state.wallets.touch(wallet, state.seq);
    for (MoneyBucket b : List.copyOf(buckets(wallet).live())) {
      if (b.nextDue() <= state.time) {
        if (!b.told && b.left() > 0 && b.expires > state.time) {
          effects.notices.add(
              Notice.of(
                  Kind.BUCKET_EXPIRES,
                  wallet.totals.id,
                  new Text("bucket", b.name),
                  new Money("left", b.left()),
                  new Text("expires", Instant.ofEpochMilli(b.expires).toString())));
        }
        b.told = true;
        b.overdue = b.expires <= state.time;
      }
    }
    runOut(wallet);
    state.wallets.index(wallet);
  }

  /** Takes what no grant needs of buckets whose time is over, and what came back to them. */
  void runOut(Wallet wallet) {
    MoneyBuckets all = wallet.buckets;
    if (all == null) {
      return;
    }
    for (MoneyBucket b : List.copyOf(all.live())) {
      long idle = b.overdue ? wallet.idle(b) : 0;
      if (idle > 0) {
        state.wallets.touch(wallet, state.seq);
        b.expired += idle;
        post(all, idle);
        changed(wallet, b.name, idle);
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
    if (all.returned != 0) {
      post(all, all.returned);
      all.returned = 0;
    }
  }

  private void changed(Wallet wallet, String bucket, long amount) {
    effects.accountChanges.add(
        new Effects.AccountChange(wallet.totals.id, EXPIRED, bucket, -amount, ""));
  }

  private void post(MoneyBuckets all, long amount) {
    entry.add(all.bonus, EXPIRED, amount);
    entry.add(all.expired, EXPIRED, -amount);
  }

  private static MoneyBuckets buckets(Wallet wallet) {
    MoneyBuckets all = wallet.buckets;
    if (all == null) {
      throw new AssertionError("a bucket is due, and there is none");
    }
    return all;
  }
}
