package io.millrace.processors.trial;

import io.millrace.catalog.BoughtUnits;
import io.millrace.catalog.Catalog;
import io.millrace.catalog.TopUp;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.shard.AccountRequest;
import io.millrace.processors.shard.AccountRequest.Into;
import io.millrace.processors.shard.AccountRequest.Key;
import io.millrace.processors.shard.Command;
import io.millrace.processors.shard.WalletTerms;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What accounts of a trial get and what is put right of it, each at its time, by the requests that
 * a node would make of it: the shard opens them with a balance, and adds to it. Has one owner.
 */
final class TrialFunds {
  /** Nobody reads the ledger of a trial: all of it is one account. */
  private static final WalletTerms TERMS =
      new WalletTerms(true, 0, Long.MIN_VALUE, new WalletTerms.Ledger(1, 1, 1, 1, 1));

  private final Rules rules;
  private final Map<String, BoughtUnits> bought;
  private final Set<Integer> open = new HashSet<>();

  /** By their times, then as they were told. */
  private final TreeMap<Due, Asked> due = new TreeMap<>();

  private final Map<Key, TopUp> asked = new HashMap<>();
  private long last;

  private record Due(long at, long number) implements Comparable<Due> {
    @Override
    public int compareTo(Due other) {
      int byTime = Long.compare(at, other.at);
      return byTime != 0 ? byTime : Long.compare(number, other.number);
    }
  }

  private record Asked(int account, TopUp topUp) {}

  TrialFunds(Rules rules) {
    this.rules = rules;
    this.bought = BoughtUnits.of(rules.catalogs());
  }

  /**
   * Has an account get something in its time; whoever gets anything has a balance from the first
   * moment on.
   *
   * @param to takes what is to be done at once
   */
  void add(int account, TopUp topUp, List<Command> to) {
    if (open.add(account)) {
      to.add(new Command.Account(new AccountRequest.Open(key(), account, TERMS)));
    }
    long at = topUp.at().map(Instant::toEpochMilli).orElse(Long.MIN_VALUE);
    due.put(new Due(at, ++last), new Asked(account, topUp));
  }

  /** When the next one is due, {@link Long#MAX_VALUE} where none is. */
  long nextDue() {
    return due.isEmpty() ? Long.MAX_VALUE : due.firstKey().at;
  }

  /** Takes out what is due by a time. */
  void takeDue(long time, List<Command> to) {
    while (nextDue() <= time) {
      Asked next = due.pollFirstEntry().getValue();
      AccountRequest request = request(next.account, next.topUp);
      if (request != null) {
        asked.put(request.key(), next.topUp);
        to.add(new Command.Account(request));
      }
    }
  }

  /** What was asked for under a key; null where it was no top-up. */
  @Nullable TopUp asked(Key key) {
    return asked.remove(key);
  }

  private Key key() {
    return new Key(0, ++last, 0, 0);
  }

  /** Null where there is nothing to do. */
  private @Nullable AccountRequest request(int account, TopUp topUp) {
    return switch (topUp.paid()) {
      case TopUp.Money money -> {
        Catalog catalog = rules.catalog();
        long amount = money.amount().movePointRight(catalog.ledgerScale()).longValueExact();
        yield amount == 0
            ? null
            : new AccountRequest.Pay(key(), account, amount, money.adjustment());
      }
      case TopUp.Units units ->
          new AccountRequest.Units(
              key(),
              account,
              units.bucket(),
              units.allowance(),
              Objects.requireNonNull(bought.get(units.allowance()))
                  .scaled(units.quantity())
                  .orElseThrow(),
              units.adjustment(),
              units.expires().map(Instant::toEpochMilli).orElse((long) Into.UNSAID),
              "");
    };
  }
}
