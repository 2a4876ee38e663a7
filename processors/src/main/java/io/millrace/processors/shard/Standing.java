package io.millrace.processors.shard;

import io.millrace.processors.shard.Notice.Kind;
import io.millrace.processors.shard.Notice.Money;
import java.util.List;

/**
 * Tells how accounts with balances stand where a batch has changed that. An account that is low or
 * blocked is told of as it becomes so, and not again before it was otherwise.
 */
final class Standing {
  private Standing() {}

  /** A new account's standing is what it was opened with, and no news. */
  static void begin(Wallet wallet) {
    wallet.saidLow = wallet.isLow();
    wallet.saidBlocked = wallet.isBlocked();
  }

  static void tell(Wallets wallets, Wallet wallet, long seq, List<Notice> notices) {
    boolean low = wallet.isLow();
    boolean blocked = wallet.isBlocked();
    if (low == wallet.saidLow && blocked == wallet.saidBlocked) {
      return;
    }
    int account = wallet.totals.id;
    Money left = new Money("left", wallet.left());
    if (low && !wallet.saidLow) {
      Money threshold = new Money("threshold", wallet.terms.low());
      notices.add(Notice.of(Kind.LOW_BALANCE, account, left, threshold));
    }
    if (blocked != wallet.saidBlocked) {
      notices.add(Notice.of(blocked ? Kind.BLOCKED : Kind.UNBLOCKED, account, left));
    }
    wallets.touch(wallet, seq);
    wallet.saidLow = low;
    wallet.saidBlocked = blocked;
  }
}
