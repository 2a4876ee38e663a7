package io.millrace.processors.shard;

import io.millrace.processors.shard.AccountAnswer.Outcome;
import io.millrace.processors.shard.Notice.Kind;
import io.millrace.processors.shard.Notice.Money;
import io.millrace.processors.shard.WalletTerms.Ledger;

/**
 * Pays into balances, and from one to another. Money for an account of another shard leaves with
 * the commit that takes it off and is in transit, in a ledger account of its own, until a commit of
 * that shard takes it in: at each commit the books balance, and what is in transit is what messages
 * carry.
 */
final class Payments {
  private static final String TRANSFER = "transfer";

  private final ShardKey key;
  private final ShardState state;
  private final Wallets wallets;
  private final BalanceEntry entry;
  private final Effects effects;

  Payments(ShardKey key, ShardState state, BalanceEntry entry, Effects effects) {
    this.key = key;
    this.state = state;
    this.wallets = state.wallets;
    this.entry = entry;
    this.effects = effects;
  }

  AccountAnswer pay(AccountRequest.Pay r) {
    Wallet wallet = wallets.find(r.account());
    if (wallet == null) {
      return AccountAnswer.refused(Outcome.NO_BALANCE, 0);
    }
    if (!fits(wallet, r.amount())) {
      return AccountAnswer.refused(Outcome.TOO_MUCH, wallet.available());
    }
    if (r.amount() < 0 && wallet.available() + r.amount() < 0) {
      return AccountAnswer.refused(Outcome.INSUFFICIENT, wallet.available());
    }
    String name = r.adjustment() ? "adjustment" : "top-up";
    add(wallet, name, r.amount());
    Ledger ledger = wallet.terms.ledger();
    entry.add(r.adjustment() ? ledger.adjustment() : ledger.cash(), name, r.amount());
    if (!r.adjustment()) {
      tell(Kind.TOPPED_UP, wallet, r.amount());
    }
    return Charging.done(Outcome.PAID, r.amount(), wallet);
  }

  AccountAnswer transfer(AccountRequest.Transfer r) {
    Wallet from = wallets.find(r.account());
    boolean here = r.shard() == key.number();
    Wallet to = here ? wallets.find(r.to()) : null;
    if (from == null || here && to == null) {
      return AccountAnswer.refused(Outcome.NO_BALANCE, 0);
    }
    if (r.amount() > from.available()) {
      Outcome why = from.isBlocked() ? Outcome.BLOCKED : Outcome.INSUFFICIENT;
      return AccountAnswer.refused(why, from.available());
    }
    if (to != null && !fits(to, r.amount())) {
      return AccountAnswer.refused(Outcome.TOO_MUCH, from.available());
    }
    add(from, TRANSFER, -r.amount());
    if (to != null) {
      add(to, TRANSFER, r.amount());
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
      add(wallet, TRANSFER, money.amount());
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

  /** No deposits grow beyond what sums have room for. */
  private static boolean fits(Wallet wallet, long amount) {
    return Math.abs(wallet.deposits + amount) <= WalletTerms.MOST;
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
