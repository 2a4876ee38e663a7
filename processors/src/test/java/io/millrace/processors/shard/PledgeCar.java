package io.millrace.processors.shard;

import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** A car of {@link PledgeLife}: which subscription it has when, of whose account, and where. */
final class PledgeCar {
  private static final int MOST_MOVES = 8;

  private final int number;
  private final TreeMap<Long, Long> subscriptions = new TreeMap<>(); // by their first moments
  private final Map<Long, Integer> accounts = new TreeMap<>();

  /** Where it is, or will be when it arrives. */
  int shard;

  boolean onItsWay;

  PledgeCar(int number, int shard, int account, long from) {
    this.number = number;
    this.shard = shard;
    subscriptions.put(from, (long) number);
    accounts.put((long) number, account);
  }

  boolean mayMove(long now) {
    return !onItsWay && subscriptions.size() <= MOST_MOVES && now > subscriptions.lastKey();
  }

  /** Its subscription at a time. */
  long at(long time) {
    return subscriptions.floorEntry(time).getValue();
  }

  int account(long subscription) {
    return Objects.requireNonNull(accounts.get(subscription));
  }

  /** Has it leave for a shard, where it is on an account from a time on. */
  Command.Move move(long from, int to, int account) {
    long last = subscriptions.lastEntry().getValue();
    long next = 10L * subscriptions.size() + number;
    subscriptions.put(from, next);
    accounts.put(next, account);
    shard = to;
    onItsWay = true;
    return new Command.Move(last, from, next, to, "d", account, 0, Long.MAX_VALUE);
  }
}
