package io.millrace.processors.shard;

import io.millrace.processors.rating.OfferHistory;
import io.millrace.processors.rating.Rules;
import java.util.Comparator;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A shard's pools: for each account, offer and group one subscription that is no device's. What
 * members use is metered into it; what recurs, dedupe windows and moves stay a member's own.
 */
final class Pools {
  private record Key(int account, int offer, String group) {
    static final Comparator<Key> ORDER =
        Comparator.comparingInt(Key::account)
            .thenComparingInt(Key::offer)
            .thenComparing(Key::group);
  }

  private final ShardState state;
  private final TreeMap<Key, Subscription> byKey = new TreeMap<>(Key.ORDER);

  Pools(ShardState state) {
    this.state = state;
  }

  /** Notes a subscription that was added or read, where it is a pool. */
  void index(Subscription s) {
    if (s.pool != null) {
      byKey.put(new Key(s.account.id, s.offer, s.pool.group), s);
    }
  }

  /** Forgets one that is taken back. */
  void remove(Subscription s) {
    if (s.pool != null) {
      byKey.remove(new Key(s.account.id, s.offer, s.pool.group));
    }
  }

  /** What counts the use of a subscription that is here: its pool, else itself. */
  Subscription metered(Subscription s) {
    return s.memberOf == Effects.NOBODY
        ? s
        : Objects.requireNonNull(state.subscriptions.get(s.memberOf), "a member without its pool");
  }

  /** The id of what counts a subscription's use, its own where it is not known. */
  long metered(long subscription) {
    Subscription s = state.subscriptions.get(subscription);
    return s == null || s.memberOf == Effects.NOBODY ? subscription : s.memberOf;
  }

  /** As {@link #metered(Subscription)}, to be changed. */
  Subscription toMeter(Subscription s) {
    Subscription metered = metered(s);
    state.touch(metered);
    return metered;
  }

  /**
   * Has a subscription that is about to be added join its pool, which the first member makes.
   *
   * @param share the pool as it was told; null where the subscription counts for itself
   */
  void join(Rules rules, Subscription s, Command.@Nullable Share share) {
    OfferHistory offer = rules.offers().get(s.offer);
    if (share == null || !offer.isPooled()) {
      assert share == null && !offer.isPooled() : "a pool of an offer without, or none: " + s.id;
      return;
    }
    s.recurring[PeriodEnds.END] = Subscription.NEVER; // Lines of a period's end are the pool's.
    Subscription pool = byKey.get(new Key(s.account.id, s.offer, share.group()));
    if (pool == null) {
      pool = begin(rules, offer, s, share);
    } else {
      state.touch(pool);
      if (pool.recurring[PeriodEnds.END] == Subscription.NEVER && offer.closes()) {
        long ended = Objects.requireNonNull(pool.pool).last();
        long from = Math.max(s.from, rules.periods().endOf(rules.periods().indexOf(ended - 1)));
        pool.recurring[PeriodEnds.END] = PeriodEnds.firstDue(rules, from, s.to);
      }
      pool.become(Objects.requireNonNull(pool.pool).with(s.to), state.log, state.seq);
      state.reindex(pool);
    }
    s.memberOf = pool.id;
  }

  private Subscription begin(
      Rules rules, OfferHistory offer, Subscription first, Command.Share share) {
    long[] due = PeriodEnds.dues(rules, offer, first.from, first.to);
    for (int i = PeriodEnds.END + 1; i < due.length; i++) {
      due[i] = Subscription.NEVER; // What recurs is each member's.
    }
    Subscription pool =
        new Subscription(share.pool(), first.account, first.offer, first.from, Long.MAX_VALUE, due);
    pool.pool = Pool.of(share.group()).with(first.to);
    assert state.subscriptions.get(pool.id) == null : "the number of a pool is taken: " + pool.id;
    state.add(pool);
    return pool;
  }

  /** A member has used something; of what is ahead of the shard's time a move must know. */
  void used(Subscription member, long at) {
    if (at > state.time) {
      Subscription pool = toMeter(member);
      Pool now = Objects.requireNonNull(pool.pool);
      pool.become(now.usedAhead(member.id, at, state.time), state.log, state.seq);
    }
  }

  /** Whether something was used then, after the shard's time, or later. */
  boolean isUsedAt(Subscription s, long time) {
    return s.memberOf == Effects.NOBODY
        ? s.usedAt(time)
        : Objects.requireNonNull(metered(s).pool).isUsedAt(s.id, time);
  }

  /** A member ends earlier than was known; its use until then stays where it is. */
  void leave(Rules rules, Subscription member, long to) {
    if (member.memberOf == Effects.NOBODY || to >= member.to) {
      return;
    }
    Subscription pool = toMeter(member);
    pool.become(Objects.requireNonNull(pool.pool).moved(member.to, to), state.log, state.seq);
    if (PeriodEnds.begins(rules, pool, PeriodEnds.END) >= pool.activeUntil()) {
      pool.recurring[PeriodEnds.END] = Subscription.NEVER;
    }
    state.reindex(pool);
  }
}
