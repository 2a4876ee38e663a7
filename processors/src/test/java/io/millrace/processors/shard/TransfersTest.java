package io.millrace.processors.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.processors.shard.AccountAnswer.Outcome;
import io.millrace.processors.shard.Notice.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/**
 * Money between the accounts of three shards: none is lost, none is made, whatever is delivered
 * late or twice. Account n is in shard n % 3.
 */
class TransfersTest {
  private static final long START = OneShard.millis("2026-11-02T00:00:00Z");
  private static final int SHARDS = 3;
  private static final int ACCOUNTS = 6;
  private static final int TRANSIT = 9_006;

  private final List<ChargingShard> shards = new ArrayList<>();

  /** What is under way, by sender and receiver: 3 × from + to. */
  private final List<ArrayDeque<Command.Received>> mail = new ArrayList<>();

  private long serial;
  private long now = START;

  TransfersTest() {
    for (int s = 0; s < SHARDS; s++) {
      shards.add(new ChargingShard(s));
    }
    for (int i = 0; i < SHARDS * SHARDS; i++) {
      mail.add(new ArrayDeque<>());
    }
    for (int a = 0; a < ACCOUNTS; a++) {
      WalletTerms terms = ChargingShard.terms(true, 0, 1_000 + a);
      shards.get(a % SHARDS).ask(new AccountRequest.Open(key(), 1_000 + a, terms));
    }
    for (int s = 0; s < SHARDS; s++) {
      commit(s);
    }
  }

  private AccountRequest.Key key() {
    return ChargingShard.key(++serial);
  }

  private Effects commit(int shard) {
    Effects effects = shards.get(shard).commit(now);
    long seq = shards.get(shard).shard().seq();
    effects.messages.forEach(
        m ->
            mail.get(SHARDS * shard + m.to())
                .add(new Command.Received(shard, seq, m.n(), m.message())));
    return effects;
  }

  private AccountAnswer ask(int account, AccountRequest request) {
    shards.get(account % SHARDS).ask(request);
    AccountAnswer answer = commit(account % SHARDS).answers.get(request.key());
    assertTrue(answer != null);
    return answer;
  }

  private AccountRequest.Transfer transfer(int from, int to, long amount) {
    return new AccountRequest.Transfer(
        key(), 1_000 + from, 1_000 + to, to % SHARDS, amount, TRANSIT);
  }

  private void pay(int account, long amount) {
    ask(account, new AccountRequest.Pay(key(), 1_000 + account, amount, false));
  }

  private long available(int account) {
    return shards.get(account % SHARDS).shard().wallet(1_000 + account).orElseThrow().available();
  }

  /** Delivers what a shard has sent to another. */
  private Effects deliver(int from, int to) {
    ArrayDeque<Command.Received> inbox = mail.get(SHARDS * from + to);
    inbox.forEach(shards.get(to)::add);
    inbox.clear();
    return commit(to);
  }

  private long underWay() {
    return mail.stream()
        .flatMap(ArrayDeque::stream)
        .mapToLong(r -> ((ShardMessage.Money) r.message()).amount())
        .sum();
  }

  private long posted(int account) {
    return shards.stream().mapToLong(s -> s.ledger.getOrDefault(account, 0L)).sum();
  }

  @Test
  void moneyForAnotherShard_isInTransitUntilThatHasIt() {
    pay(0, 100);
    AccountRequest.Transfer sent = transfer(0, 1, 60);
    AccountAnswer answer = ask(0, sent);
    assertEquals(Outcome.TRANSFERRED, answer.outcome());
    assertEquals(40, answer.available());
    assertEquals(0, available(1));
    assertEquals(-60, posted(TRANSIT));
    assertEquals(answer.again(), ask(0, sent));
    assertEquals(60, underWay(), "the repeat sends nothing");
    Command.Received letter = mail.get(1).getFirst();
    assertEquals(
        List.of(Kind.TRANSFER_RECEIVED, Kind.UNBLOCKED),
        deliver(0, 1).notices.stream().map(Notice::kind).toList());
    assertEquals(60, available(1));
    assertEquals(0, posted(TRANSIT));
    shards.get(1).add(letter);
    commit(1);
    assertEquals(60, available(1), "told twice, taken once");
  }

  @Test
  void moneyWithinAShard_isThereAtOnce() {
    pay(0, 100);
    assertEquals(Outcome.TRANSFERRED, ask(0, transfer(0, 3, 100)).outcome());
    assertEquals(100, available(3));
    assertEquals(0, posted(TRANSIT));
    assertEquals(Outcome.BLOCKED, ask(0, transfer(0, 3, 1)).outcome());
    assertEquals(Outcome.INSUFFICIENT, ask(3, transfer(3, 1, 101)).outcome());
    assertEquals(Outcome.NO_BALANCE, ask(3, transfer(3, 9, 1)).outcome());
    assertEquals(Outcome.NO_BALANCE, ask(9, transfer(9, 3, 1)).outcome());
    assertEquals(100, available(3));
  }

  @Test
  void moneyThatFitsNowhere_comesBack() {
    pay(0, 100);
    pay(1, WalletTerms.MOST);
    ask(0, transfer(0, 1, 60));
    ask(0, transfer(0, 8, 5)); // Nobody is there.
    assertEquals(List.of(), deliver(0, 1).notices);
    deliver(0, 2);
    assertEquals(65, underWay());
    assertEquals(-65, posted(TRANSIT));
    deliver(2, 0);
    assertEquals(
        List.of(Kind.TRANSFER_RETURNED), deliver(1, 0).notices.stream().map(Notice::kind).toList());
    assertEquals(100, available(0));
    assertEquals(0, posted(TRANSIT));
    assertEquals(0, underWay());
  }

  @Property(tries = 100)
  void anyTransfersAndDeliveries_conserveWhatWasPaidIn(@ForAll long seed) {
    new TransfersTest().live(new Random(seed));
  }

  private void live(Random random) {
    long paid = 0;
    List<AccountRequest.Transfer> sent = new ArrayList<>();
    for (int i = 0; i < 80; i++) {
      now += random.nextInt(10_000);
      int from = random.nextInt(ACCOUNTS);
      switch (random.nextInt(6)) {
        case 0 -> {
          long amount = 1 + random.nextInt(1_000);
          pay(from, amount);
          paid += amount;
        }
        case 1 -> {
          if (!sent.isEmpty()) {
            AccountRequest.Transfer again = sent.get(random.nextInt(sent.size()));
            assertTrue(ask(again.account() - 1_000, again).repeated());
          }
        }
        case 2, 3 -> {
          int to = (from + 1 + random.nextInt(ACCOUNTS - 1)) % ACCOUNTS;
          long before = available(from);
          AccountRequest.Transfer t = transfer(from, to, 1 + random.nextInt(600));
          AccountAnswer answer = ask(from, t);
          assertEquals(t.amount() > before, answer.outcome().isRefusal());
          if (!answer.outcome().isRefusal()) {
            sent.add(t);
          }
        }
        case 4 -> {
          int shard = random.nextInt(SHARDS);
          shards.get(shard).checkpoint();
        }
        default -> deliver(random.nextInt(SHARDS), random.nextInt(SHARDS));
      }
      judge(paid);
    }
    for (int i = 0; i < SHARDS * SHARDS; i++) {
      deliver(i / SHARDS, i % SHARDS);
    }
    judge(paid);
    assertEquals(0, underWay());
    shards.forEach(ChargingShard::assertReplays);
  }

  private void judge(long paid) {
    long sum = underWay();
    assertEquals(-sum, posted(TRANSIT), "in transit is what is under way");
    for (int a = 0; a < ACCOUNTS; a++) {
      assertTrue(available(a) >= 0, "I10");
      assertEquals(-posted(10 * (1_000 + a) + 1), available(a), "balance = postings");
      sum += available(a);
    }
    assertEquals(paid, sum, "conserved");
  }
}
