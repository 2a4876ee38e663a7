package io.millrace.processors.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.processors.rating.Rules.AccountName;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Two shards that write to each other; devices of both are paid for by a maker whose balance is in
 * one of them. Every message is told twice.
 */
final class SponsorShards {
  static final int MAKER = ChargingShard.account(new AccountName("customer", "maker"));
  static final int TRANSIT = ChargingShard.account(new AccountName("in-transit", ""));
  static final long START = OneShard.millis("2026-11-02T00:00:00Z");
  static final long HOUR = 3_600_000;

  /** Where the maker's balance is, and where it is not. */
  static final int HOME = ShardKey.of(MAKER, 2);

  static final int AWAY = 1 - HOME;

  final List<ChargingShard> shards;
  private final List<ArrayDeque<Command.Received>> mail =
      List.of(new ArrayDeque<>(), new ArrayDeque<>());

  /** What each has said to have lent, or to have been lent. */
  private final List<Map<Integer, Long>> lent = List.of(new TreeMap<>(), new TreeMap<>());

  long now = START;
  long paidIn;

  /** What was charged by a name, in all. */
  final Map<String, Long> charged = new TreeMap<>();

  private long serial;

  SponsorShards(String catalog) {
    this.shards = List.of(new ChargingShard(0, catalog), new ChargingShard(1, catalog));
  }

  /** Has both apply what comes next under a version of the catalog more. */
  void adopt(String catalog) {
    shards.forEach(s -> s.adopt(catalog));
  }

  AccountRequest.Key key() {
    return ChargingShard.key(++serial);
  }

  Effects commit(int shard) {
    Effects effects = shards.get(shard).commit(now);
    for (byte verdict : effects.verdicts) {
      if (verdict != Effects.Verdict.SUSPENDED.ordinal()) { // What a request has refused.
        assertEquals(Effects.Verdict.CHARGED.ordinal(), verdict, effects.refusals.toString());
      }
    }
    assertTrue(effects.refusals.isEmpty(), effects.refusals.toString());
    effects.lent.forEach(l -> lent.get(shard).put(l.account(), l.amount()));
    effects.charges.stream()
        .filter(c -> c.offer().equals("car"))
        .forEach(c -> charged.merge(c.name(), c.amount(), Long::sum));
    long seq = shards.get(shard).shard().seq();
    effects.messages.forEach(
        m -> mail.get(m.to()).add(new Command.Received(shard, seq, m.n(), m.message())));
    return effects;
  }

  void deliver(int to) {
    mail.get(to).forEach(shards.get(to)::add);
    mail.get(to).forEach(shards.get(to)::add);
    mail.get(to).clear();
    commit(to);
  }

  void exchange() {
    for (int i = 0; i < 3; i++) {
      deliver(HOME);
      deliver(AWAY);
    }
  }

  boolean isQuiet() {
    return mail.stream().allMatch(ArrayDeque::isEmpty);
  }

  /** Opens a prepaid balance without credit. */
  void open(int shard, int account) {
    WalletTerms terms = ChargingShard.terms(true, 0, account);
    shards.get(shard).ask(new AccountRequest.Open(key(), account, terms));
    commit(shard);
  }

  void open(long amount) {
    open(HOME, MAKER);
    pay(amount);
  }

  void pay(long amount) {
    paidIn += amount;
    shards.get(HOME).ask(new AccountRequest.Pay(key(), MAKER, amount, false));
    commit(HOME);
  }

  void subscribe(int shard, long device) {
    subscribe(shard, device, 2_000 + (int) device);
  }

  void subscribe(int shard, long device, int account) {
    shards.get(shard).add(new Command.Subscribe(device, "d", account, 0, START, Long.MAX_VALUE));
    commit(shard);
  }

  WalletView wallet() {
    return shards.get(HOME).shard().wallet(MAKER).orElseThrow();
  }

  long posted(int account) {
    return shards.stream().mapToLong(s -> s.ledger.getOrDefault(account, 0L)).sum();
  }

  long view(int account) {
    return shards.stream()
        .flatMap(s -> s.shard().account(account).stream())
        .mapToLong(v -> v.accrued() + v.posted())
        .sum();
  }

  /** Lent, of what is under way. */
  private long lentUnderWay() {
    return mail.stream()
        .flatMap(ArrayDeque::stream)
        .mapToLong(
            r ->
                switch (r.message()) {
                  case ShardMessage.QuotaSlice m -> m.amount();
                  case ShardMessage.QuotaBack m -> m.amount();
                  case ShardMessage.Sponsored m -> m.lent();
                  default -> 0;
                })
        .sum();
  }

  private long inTransit() {
    return mail.stream()
        .flatMap(ArrayDeque::stream)
        .mapToLong(r -> r.message() instanceof ShardMessage.Sponsored m ? m.amount() : 0)
        .sum();
  }

  /** What is lent is somewhere, and no more than there is; so is what is in transit. */
  void assertSound() {
    if (shards.get(HOME).shard().wallet(MAKER).isPresent()) {
      assertTrue(wallet().available() >= 0, "it pays more than it has");
    }
    assertKept();
  }

  /** The same, but that the maker's own use may have gone beyond what it has. */
  void assertKept() {
    long borrowed = shards.get(AWAY).shard().borrowed(MAKER);
    long home = 0;
    if (shards.get(HOME).shard().wallet(MAKER).isPresent()) {
      home = wallet().lent();
    }
    assertEquals(home, borrowed + lentUnderWay(), "lent is in hand, used or on its way");
    assertEquals(home, lent.get(HOME).getOrDefault(MAKER, 0L), "as the books have it");
    assertEquals(-borrowed, lent.get(AWAY).getOrDefault(MAKER, 0L), "as the books have it");
    assertEquals(posted(TRANSIT), inTransit(), "what is in transit is under way");
    for (ChargingShard each : shards) {
      long[] pledged = each.shard().pledged(MAKER);
      assertEquals(pledged[0], pledged[1], "what grants count on is kept for them");
    }
    long kept = shards.get(AWAY).shard().pledged(MAKER)[1];
    assertTrue(kept <= shards.get(AWAY).shard().slice(MAKER), "and is in hand");
  }

  void assertReplay() {
    shards.forEach(ChargingShard::assertReplays);
  }
}
