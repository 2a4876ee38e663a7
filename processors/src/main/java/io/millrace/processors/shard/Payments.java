package io.millrace.processors.shard;

import io.millrace.processors.shard.AccountAnswer.Outcome;
import io.millrace.processors.shard.AccountRequest.Into;
import io.millrace.processors.shard.Notice.Kind;
import io.millrace.processors.shard.Notice.Money;
import io.millrace.processors.shard.WalletTerms.Ledger;
import org.jspecify.annotations.Nullable;

/**
 * Opens balances, pays into them and from one to another, and posts what they pay. Money for an
 * account of another shard leaves with the commit that takes it off and is in transit, in a ledger
 * account of its own, until a commit of that shard takes it in: at each commit the books balance,
 * and what is in transit is what messages carry.
 */
final class Payments {
  private static final String TRANSFER = "transfer";
  private static final String DRAWN = "drawn";

  private final ShardKey key;
  private final ShardState state;
  private final Wallets wallets;
  private final BalanceEntry entry;
  private final Effects effects;
  private final Expiring expiring;

  private final UnitPayments units;

  Payments(
      ShardKey key,
      ShardState state,
      BalanceEntry entry,
      Effects effects,
      Expiring expiring,
      UnitEntry units) {
    this.units = new UnitPayments(state, expiring, units);
    this.key = key;
    this.state = state;
    this.wallets = state.wallets;
    this.entry = entry;
    this.effects = effects;
    this.expiring = expiring;
  }

  AccountAnswer open(AccountRequest.Open r) {
    Wallet wallet = wallets.find(r.account());
    if (wallet == null) {
      AccountTotals before = state.accounts.get(r.account());
      if (before != null && (before.lines.length > 0 || before.posted != 0)) {
        return AccountAnswer.refused(Outcome.IN_USE, 0);
      }
      wallet = new Wallet(state.account(r.account()), r.terms());
      Standing.begin(wallet);
      wallets.add(wallet, state.seq);
    } else if (!wallet.terms.ledger().equals(r.terms().ledger())) {
      return AccountAnswer.refused(Outcome.IN_USE, 0);
    } else {
      wallets.touch(wallet, state.seq);
      wallet.terms = r.terms();
    }
    return Charging.done(Outcome.OPENED, 0, wallet);
  }

  AccountAnswer pay(AccountRequest.Pay r) {
    Wallet wallet = wallets.find(r.account());
    if (wallet == null) {
      return AccountAnswer.refused(Outcome.NO_BALANCE, 0);
    }
    expiring.runOut(wallet);
    String name = r.adjustment() ? "adjustment" : "top-up";
    Into into = r.into();
    Outcome refusal =
        into == null ? payMain(wallet, name, r.amount()) : payInto(wallet, into, name, r.amount());
    if (refusal != null) {
      return AccountAnswer.refused(refusal, wallet.available());
    }
    String bucket = into == null ? "" : into.bucket();
    changed(wallet, name, bucket, r.amount(), r.reason());
    Ledger ledger = wallet.terms.ledger();
    entry.add(r.adjustment() ? ledger.adjustment() : ledger.cash(), name, r.amount());
    if (!r.adjustment() && into == null) {
      tell(Kind.TOPPED_UP, wallet, r.amount());
    } else if (!r.adjustment() && into != null) {
      effects.notices.add(
          Notice.of(
              Kind.TOPPED_UP,
              wallet.totals.id,
              new Money("amount", r.amount()),
              new Money("left", wallet.left()),
              new Notice.Text("bucket", into.bucket())));
    }
    return Charging.done(Outcome.PAID, r.amount(), wallet);
  }

  AccountAnswer units(AccountRequest.Units r) {
    return units.pay(r);
  }

  private @Nullable Outcome payMain(Wallet wallet, String name, long amount) {
    if (!fits(wallet, amount)) {
      return Outcome.TOO_MUCH;
    }
    if (amount < 0 && wallet.availableOfMain() + amount < 0) {
      return Outcome.INSUFFICIENT;
    }
    add(wallet, name, amount);
    return null;
  }

  private @Nullable Outcome payInto(Wallet wallet, Into into, String name, long amount) {
    MoneyBucket bucket =
        wallet.buckets == null ? null : wallet.buckets.find(into.bucket(), state.time);
    if (bucket == null && amount < 0) {
      return Outcome.UNKNOWN_BUCKET;
    }
    boolean endsAnew = into.expires() != Into.UNSAID;
    if (endsAnew && into.expires() <= state.time
        || bucket != null && into.type() != Into.UNSAID && into.type() != bucket.type) {
      return Outcome.BUCKET_TERMS;
    }
    long before = wallet.buckets == null ? 0 : wallet.buckets.left();
    if (Math.max(bucket == null ? 0 : bucket.paid, before) + amount > WalletTerms.MOST) {
      return Outcome.TOO_MUCH;
    }
    if (bucket != null && amount < -wallet.idle(bucket)) {
      return Outcome.INSUFFICIENT;
    }
    wallets.touch(wallet, state.seq);
    MoneyBuckets all = wallet.buckets;
    if (all == null) {
      all = new MoneyBuckets(into.bonus(), into.expired());
      wallet.buckets = all;
      for (Reservations.Use use : wallets.reservations.uses(wallet.totals.id)) {
        all.hold(use.type(), Holds.held(wallets.reservations.open(use)));
      }
    }
    MoneyBucket of = bucket;
    if (of == null) {
      of =
          all.open(
              into.bucket(),
              into.type() == Into.UNSAID ? MoneyBucket.ANY : into.type(),
              endsAnew ? into.expires() : Long.MAX_VALUE,
              state.time);
      if (of == null) {
        return Outcome.TOO_MANY_BUCKETS;
      }
      of.mainBefore = wallet.paidByMain();
    } else if (endsAnew) {
      of.endAt(into.expires(), state.time);
      all.sort();
    }
    of.paid += amount;
    wallets.index(wallet);
    entry.add(all.bonus, name, -amount);
    return null;
  }

  AccountAnswer transfer(AccountRequest.Transfer r) {
    Wallet from = wallets.find(r.account());
    boolean here = r.shard() == key.number();
    Wallet to = here ? wallets.find(r.to()) : null;
    if (from == null || here && to == null) {
      return AccountAnswer.refused(Outcome.NO_BALANCE, 0);
    }
    if (r.amount() > from.availableOfMain()) {
      Outcome why = from.isBlocked() ? Outcome.BLOCKED : Outcome.INSUFFICIENT;
      return AccountAnswer.refused(why, from.availableOfMain());
    }
    if (to != null && !fits(to, r.amount())) {
      return AccountAnswer.refused(Outcome.TOO_MUCH, from.available());
    }
    transfer(from, -r.amount());
    if (to != null) {
      transfer(to, r.amount());
      tell(Kind.TRANSFER_RECEIVED, to, r.amount());
    } else {
      send(r.shard(), new ShardMessage.Money(r.to(), r.account(), r.amount(), r.transit(), false));
    }
    assert from.available() >= 0 : "a transfer below the floor";
    return Charging.done(Outcome.TRANSFERRED, r.amount(), from);
  }

  private void send(int shard, ShardMessage.Money money) {
    entry.add(money.transit(), TRANSFER, -money.amount());
    effects.messages.add(new Effects.MessageRow(effects.messages.size(), shard, money));
  }

  /** Takes in what was sent here; what does not fit, or is for nobody, goes back. */
  void arrive(ShardMessage.Money money, int sender) {
    entry.add(money.transit(), TRANSFER, money.amount());
    Wallet wallet = wallets.find(money.account());
    if (wallet != null && (money.returned() || fits(wallet, money.amount()))) {
      transfer(wallet, money.amount());
      tell(
          money.returned() ? Kind.TRANSFER_RETURNED : Kind.TRANSFER_RECEIVED,
          wallet,
          money.amount());
    } else if (!money.returned()) {
      send(
          sender,
          new ShardMessage.Money(
              money.from(), money.account(), money.amount(), money.transit(), true));
    } else {
      throw new AssertionError("money comes back to an account that is not there");
    }
  }

  /**
   * Posts what the balance and its buckets pay of what was sealed in this batch, and what went
   * beyond.
   */
  void settle(Wallet wallet) {
    expiring.runOut(wallet);
    long kept = wallet.keptNow();
    if (kept != wallet.kept) {
      wallets.touch(wallet, state.seq);
      wallet.kept = kept;
    }
    MoneyBuckets all = wallet.buckets;
    long burned = all == null ? 0 : wallet.drawnOfBuckets() - all.drawn;
    if (all != null && burned != 0) {
      wallets.touch(wallet, state.seq);
      all.drawn += burned;
      entry.add(all.bonus, DRAWN, burned);
    }
    long drawn = wallet.payable() - wallet.drawn;
    long overrun = wallet.postedToMain() - wallet.payable() - wallet.overrun;
    Ledger ledger = wallet.terms.ledger();
    if (drawn != 0 || overrun != 0) {
      wallets.touch(wallet, state.seq);
      wallet.drawn += drawn;
      wallet.overrun += overrun;
      entry.add(ledger.balance(), DRAWN, drawn);
      entry.add(ledger.overrun(), "overrun", overrun);
      entry.add(ledger.drawn(), "overrun", -overrun);
    }
    entry.add(ledger.drawn(), DRAWN, -drawn - burned);
  }

  /** No deposits grow beyond what sums have room for. */
  private static boolean fits(Wallet wallet, long amount) {
    return Math.abs(wallet.deposits + amount) <= WalletTerms.MOST;
  }

  private void transfer(Wallet wallet, long amount) {
    add(wallet, TRANSFER, amount);
    changed(wallet, TRANSFER, "", amount, "");
  }

  private void changed(Wallet wallet, String kind, String bucket, long amount, String reason) {
    effects.accountChanges.add(
        new Effects.AccountChange(wallet.totals.id, kind, bucket, amount, reason));
  }

  private void add(Wallet wallet, String name, long amount) {
    wallets.touch(wallet, state.seq);
    wallet.deposits = Math.addExact(wallet.deposits, amount);
    entry.add(wallet.terms.ledger().balance(), name, -amount);
  }

  private void tell(Kind kind, Wallet wallet, long amount) {
    effects.notices.add(
        Notice.of(
            kind, wallet.totals.id, new Money("amount", amount), new Money("left", wallet.left())));
  }
}
