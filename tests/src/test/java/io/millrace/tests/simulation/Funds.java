package io.millrace.tests.simulation;

import io.millrace.processors.shard.AccountRequest;
import io.millrace.processors.shard.Command;
import io.millrace.processors.shard.Shard;
import io.millrace.processors.shard.ShardKey;
import io.millrace.processors.shard.WalletTerms;
import io.millrace.processors.shard.WalletView;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SplittableRandom;

/** Opens balances, pays in, and buys units. */
final class Funds {
  private final Added added;
  private final int shards;
  private final SplittableRandom random;
  private final Fault.Tally faults;
  private long serial;

  /** Of a city. */
  Funds(Added added, int shards, long seed, Fault.Tally faults) {
    this.added = added;
    this.shards = shards;
    this.random = new SplittableRandom(seed ^ 0x66756E64L);
    this.faults = faults;
  }

  /** What is asked before anything else is. */
  List<Message> opening() {
    List<Message> all = new ArrayList<>();
    added.balances().forEach(f -> all.add(message(f.account(), open(f.account()))));
    if (added.funds() != null) {
      all.add(message(Added.MAKER, pay(added.funds().first())));
    }
    all.forEach(m -> m.opens = true);
    return all;
  }

  /** What is paid in and bought as time passes. */
  List<Message> next(long now) {
    List<Message> all = new ArrayList<>();
    if (added.funds() != null && random.nextInt(12) == 0) {
      faults.add(Fault.PAID_IN);
      all.add(message(Added.MAKER, pay(1 + random.nextLong(20_000_000))));
    }
    if (added.bought() && random.nextInt(8) == 0) {
      faults.add(Fault.UNITS_BOUGHT);
      int account = Added.FIRST_CUSTOMER + random.nextInt(Added.CUSTOMERS);
      all.add(message(account, buy(account)));
    }
    if (!all.isEmpty() && random.nextInt(4) == 0) {
      all.add(all.getFirst().again()); // Under the same key.
    }
    for (Message m : all) {
      m.availableAt = now + (random.nextInt(4) == 0 ? random.nextLong(Plan.hours(1)) : 0);
    }
    return all;
  }

  /** What shards say of who lends: it never pays more than it has. */
  static List<String> judge(Collection<Shard> shards) {
    List<String> findings = new ArrayList<>();
    for (Shard s : shards) {
      long available = s.wallet(Added.MAKER).map(WalletView::available).orElse(0L);
      if (available < 0) {
        findings.add("funds: " + s.key() + "/" + s.seq() + " has " + available + " available");
      }
    }
    return findings;
  }

  private AccountRequest.Key key() {
    serial++;
    return new AccountRequest.Key(serial * 0x9E3779B97F4A7C15L, serial, serial, 0);
  }

  private AccountRequest open(int account) {
    WalletTerms.Ledger ledger =
        new WalletTerms.Ledger(
            Added.balance(account), Added.overrun(account), Added.DRAWN, Added.CASH, Added.CASH);
    return new AccountRequest.Open(
        key(), account, new WalletTerms(true, 0, Long.MIN_VALUE, ledger));
  }

  private AccountRequest pay(long amount) {
    return new AccountRequest.Pay(key(), Added.MAKER, amount, false);
  }

  private AccountRequest buy(int account) {
    return new AccountRequest.Units(
        key(),
        account,
        "pot-" + random.nextInt(3),
        Added.UNITS,
        1 + random.nextInt(150_000),
        false,
        AccountRequest.Into.UNSAID,
        "");
  }

  private Message message(int account, AccountRequest request) {
    return Message.command(
        Message.Kind.ACCOUNT,
        0,
        new Command.Account(request),
        account,
        ShardKey.of(account, shards));
  }
}
