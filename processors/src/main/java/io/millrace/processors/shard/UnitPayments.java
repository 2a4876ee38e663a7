package io.millrace.processors.shard;

import io.millrace.processors.shard.AccountAnswer.Outcome;
import io.millrace.processors.shard.AccountRequest.Into;
import io.millrace.processors.shard.AccountRequest.Units;
import io.millrace.processors.shard.Notice.Kind;
import org.jspecify.annotations.Nullable;

/** Adds units that were bought to buckets of accounts, and puts them right. */
final class UnitPayments {
  private final ShardState state;
  private final Expiring expiring;
  private final UnitEntry entry;

  UnitPayments(ShardState state, Expiring expiring, UnitEntry entry) {
    this.state = state;
    this.expiring = expiring;
    this.entry = entry;
  }

  AccountAnswer pay(Units r) {
    Wallet wallet = state.wallets.find(r.account());
    if (wallet == null) {
      return AccountAnswer.refused(Outcome.NO_BALANCE, 0);
    }
    expiring.runOut(wallet);
    UnitBuckets all = wallet.units == null ? new UnitBuckets() : wallet.units;
    UnitBucket bucket = all.find(r.bucket(), state.time);
    boolean endsAnew = r.expires() != Into.UNSAID;
    Outcome refusal = refusal(r, all, bucket);
    if (refusal != null) {
      return AccountAnswer.refused(refusal, wallet.available());
    }
    state.wallets.touch(wallet, state.seq);
    if (bucket == null) {
      long expires = endsAnew ? r.expires() : Long.MAX_VALUE;
      bucket = all.open(r.bucket(), r.allowance(), expires, state.time);
      if (bucket == null) {
        return AccountAnswer.refused(Outcome.TOO_MANY_BUCKETS, wallet.available());
      }
    } else if (endsAnew) {
      bucket.endAt(r.expires(), state.time);
      all.sort();
    }
    wallet.units = all;
    bucket.paid += r.quantity();
    state.wallets.index(wallet);
    String name = r.adjustment() ? "adjustment" : "top-up";
    entry.add(wallet, r.allowance(), name, r.quantity());
    entry.changed(wallet, name, bucket.name, r.allowance(), r.quantity(), r.reason());
    if (!r.adjustment()) {
      entry.tell(Kind.TOPPED_UP, wallet, bucket, "quantity", r.quantity());
    }
    return new AccountAnswer(Outcome.PAID, 0, 0, r.quantity(), 0, 0, wallet.available(), 0, false);
  }

  private @Nullable Outcome refusal(Units r, UnitBuckets all, @Nullable UnitBucket bucket) {
    if (bucket == null && r.quantity() < 0) {
      return Outcome.UNKNOWN_BUCKET;
    }
    if (r.expires() != Into.UNSAID && r.expires() <= state.time
        || bucket != null && !bucket.allowance.equals(r.allowance())) {
      return Outcome.BUCKET_TERMS;
    }
    long most = Math.max(bucket == null ? 0 : bucket.paid, all.left(r.allowance()));
    if (most + r.quantity() > AccountRequest.MOST_UNITS) {
      return Outcome.TOO_MUCH;
    }
    return bucket != null && r.quantity() < -all.idle(bucket) ? Outcome.INSUFFICIENT : null;
  }
}
