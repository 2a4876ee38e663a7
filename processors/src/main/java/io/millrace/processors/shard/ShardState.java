package io.millrace.processors.shard;

import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import io.millrace.processors.undo.UndoLog;
import io.millrace.processors.usage.UsageBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * All that a shard knows, changed in place by one writer. What a batch changes is saved at its
 * first touch, so that {@link #undo} puts back the state of the last accepted batch.
 */
final class ShardState {
  private static final int VERSION = 21;
  private static final int OLDEST = 20; // What it says, it says in the same way.

  long seq;
  long time = Long.MIN_VALUE;
  int closing = -1;
  int closed = -1;

  /** The version of the rules of its last batch, 0 before the first. */
  int rules;

  final LongMap<Subscription> subscriptions = new LongMap<>();
  final LongMap<AccountTotals> accounts = new LongMap<>();
  final TreeSet<Due> due = new TreeSet<>();

  /** What became of a source's events: received, charged, duplicate, suspended, discarded. */
  final TreeMap<Integer, Sums> counts = new TreeMap<>();

  TreeMap<Long, SharedTotal> shared = new TreeMap<>();

  /** What usage has moved, up and down, by the open period it is booked to; ledger units. */
  TreeMap<Integer, Sums> moved = new TreeMap<>();

  /** The last message journalled of each shard that sent any. */
  TreeMap<Integer, Sent> seen = new TreeMap<>();

  /** Whether what is done is kept for good, provable and to be taken back; a trial's is not. */
  final boolean isKept;

  final UndoLog log = new UndoLog();
  final SuspendedBySource suspended = new SuspendedBySource(log);
  final Pools pools = new Pools(this);
  final Wallets wallets = new Wallets(pools::metered);

  /** What has changed since the last checkpoint that a delta was made from; not in a trial. */
  private final Changes<Subscription> changed =
      new Changes<>(0, subscriptions::forEach, subscriptions::get, s -> s.id);

  private final Changes<AccountTotals> changedAccounts =
      new Changes<>(0, accounts::forEach, accounts::get, a -> a.id);

  /** What has changed since its windows were last shown. */
  final Changes<Subscription> unshown =
      new Changes<>(1, subscriptions::forEach, subscriptions::get, s -> s.id);

  private final List<Subscription> reindexed = new ArrayList<>();
  private final List<Subscription> added = new ArrayList<>();
  private final List<Integer> addedAccounts = new ArrayList<>();
  private final List<Integer> addedSources = new ArrayList<>();
  private final List<Long> addedShared = new ArrayList<>();
  private final List<Integer> addedMoved = new ArrayList<>();
  private @Nullable Scalars scalars;

  private record Scalars(
      long seq,
      long time,
      int closing,
      int closed,
      int rules,
      TreeMap<Long, SharedTotal> shared,
      TreeMap<Integer, Sums> moved,
      TreeMap<Integer, Sent> seen) {}

  ShardState(boolean isKept) {
    this.isKept = isKept;
  }

  /** Begins a batch: from here on {@link #undo} leads back to this point. */
  void begin(long nextSeq) {
    assert scalars == null : "a batch is open";
    scalars = new Scalars(seq, time, closing, closed, rules, shared, moved, seen);
    seq = nextSeq;
  }

  /** Ends the batch for good. */
  void accept() {
    assert scalars != null : "no batch is open";
    forgetSaved();
  }

  /** Takes the batch back. */
  void undo() {
    Scalars before = scalars;
    if (before == null) {
      return;
    }
    assert isKept : "what a trial does is not taken back";
    wallets.undo();
    log.undo();
    reindexed.forEach(this::index);
    for (Subscription s : added) {
      due.remove(new Due(s.indexedDue, s.id));
      subscriptions.remove(s.id);
      s.account.removeLast();
      pools.remove(s);
    }
    addedAccounts.forEach(accounts::remove);
    addedSources.forEach(counts::remove);
    suspended.undo();
    shared = before.shared;
    addedShared.forEach(shared::remove);
    moved = before.moved;
    addedMoved.forEach(moved::remove);
    seen = before.seen;
    seq = before.seq;
    time = before.time;
    closing = before.closing;
    closed = before.closed;
    rules = before.rules;
    forgetSaved();
  }

  private void forgetSaved() {
    log.clear();
    reindexed.clear();
    added.clear();
    addedAccounts.clear();
    addedSources.clear();
    suspended.accept();
    wallets.accept();
    addedShared.clear();
    addedMoved.clear();
    scalars = null;
  }

  /** To be called before a subscription is changed. */
  void touch(Subscription s) {
    if (s.changedSeq != seq) {
      if (isKept) {
        s.save(log);
        note(s);
      }
      s.changedSeq = seq;
    }
  }

  /** To be called before an account's totals are changed. */
  void touch(AccountTotals account) {
    if (account.changedSeq != seq) {
      if (isKept) {
        account.save(log);
        changedAccounts.add(account);
      }
      account.changedSeq = seq;
      if (account.wallet != null) {
        wallets.notice(account.wallet, seq);
      }
    }
  }

  void add(Subscription s) {
    subscriptions.put(s.id, s);
    s.account.add(s.id);
    pools.index(s);
    added.add(s);
    s.changedSeq = seq;
    note(s);
    index(s);
  }

  private void note(Subscription s) {
    changed.add(s);
    unshown.add(s);
  }

  AccountTotals account(int id) {
    AccountTotals account = accounts.get(id);
    if (account == null) {
      account = new AccountTotals(id);
      accounts.put(id, account);
      addedAccounts.add(id);
      account.changedSeq = seq;
      changedAccounts.add(account);
    }
    return account;
  }

  /** A source's counts, to be changed. */
  long[] counts(int source) {
    return changing(counts, source, 5, addedSources);
  }

  /** The one sum of what usage has moved for a period, to be changed. */
  long[] moved(int period) {
    return changing(moved, period, 1, addedMoved);
  }

  private long[] changing(Map<Integer, Sums> all, int key, int sums, List<Integer> added) {
    Sums found = all.get(key);
    if (found == null) {
      found = new Sums(sums);
      all.put(key, found);
      added.add(key);
    } else if (found.savedSeq != seq) {
      found.save(log);
    }
    found.savedSeq = seq;
    return found.of;
  }

  /** What tells a row that can't be charged from another. */
  long fingerprint(UsageBatch usage, int i) {
    long first = usage.subscription[i];
    Subscription s = subscriptions.get(first);
    while (s != null && s.moves.before() != Effects.NOBODY) {
      first = s.moves.before();
      s = subscriptions.get(first);
    }
    return Digests.fingerprint(usage, i, first);
  }

  /** Whether a message is the first of its place, which it takes then. */
  boolean isNews(int from, long messageSeq, int n) {
    Sent last = seen.get(from);
    if (last != null && !last.isBefore(messageSeq, n)) {
      return false;
    }
    seen = new TreeMap<>(seen); // Undo keeps the one before.
    seen.put(from, new Sent(messageSeq, n));
    return true;
  }

  /**
   * What an agreement's parties share in a period, to be changed.
   *
   * @param sharing which of the offer's agreements it is
   */
  SharedTotal shared(int offer, int sharing, int period, int parties) {
    long key = SharedTotal.key(period, offer, sharing);
    SharedTotal found = shared.get(key);
    if (found == null) {
      found = new SharedTotal(parties);
      shared.put(key, found);
      addedShared.add(key);
    } else if (found.savedSeq != seq) {
      found.save(log);
    }
    found.savedSeq = seq;
    return found;
  }

  /** Drops what was shared and moved in closed periods: nothing is booked to them any more. */
  void forgetClosed() {
    long firstOpen = (closed + 1L) << 32;
    if (!shared.isEmpty() && shared.firstKey() < firstOpen) {
      shared = new TreeMap<>(shared.tailMap(firstOpen));
    }
    if (!moved.isEmpty() && moved.firstKey() <= closed) {
      moved = new TreeMap<>(moved.tailMap(closed + 1));
    }
  }

  /** Puts a subscription that was changed where its next due time says. */
  void reindex(Subscription s) {
    reindexed.add(s);
    index(s);
  }

  private void index(Subscription s) {
    long next = s.nextDue();
    if (next == s.indexedDue) {
      return;
    }
    if (s.indexedDue != Subscription.NEVER) {
      due.remove(new Due(s.indexedDue, s.id));
    }
    if (next != Subscription.NEVER) {
      due.add(new Due(next, s.id));
    }
    s.indexedDue = next;
  }

  /**
   * The state in bytes, the same for the same state.
   *
   * @param since only subscriptions, accounts and suspended prints changed after this seq; 0 for
   *     all
   */
  void encode(ByteWriter out, long since) {
    out.u8(VERSION);
    out.varint(seq);
    out.zigzag(time);
    out.zigzag(closing);
    out.zigzag(closed);
    out.varint(rules);
    out.varint(counts.size());
    for (Map.Entry<Integer, Sums> e : counts.entrySet()) {
      out.varint(e.getKey());
      for (long count : e.getValue().of) {
        out.zigzag(count);
      }
    }
    out.varint(shared.size());
    for (Map.Entry<Long, SharedTotal> e : shared.entrySet()) {
      out.varint(e.getKey());
      e.getValue().encode(out);
    }
    out.varint(moved.size());
    for (Map.Entry<Integer, Sums> e : moved.entrySet()) {
      out.varint(e.getKey());
      out.varint(e.getValue().of[0]);
    }
    out.varint(seen.size());
    for (Map.Entry<Integer, Sent> e : seen.entrySet()) {
      out.varint(e.getKey());
      out.varint(e.getValue().seq());
      out.varint(e.getValue().n());
    }
    suspended.encode(out, since);
    List<AccountTotals> someAccounts = changedAccounts.since(since);
    out.varint(someAccounts.size());
    someAccounts.forEach(a -> a.encode(out));
    List<Subscription> some = changed.since(since);
    out.varint(some.size());
    some.forEach(s -> SubscriptionCodec.encode(s, out));
    wallets.encode(out, since);
  }

  /** Lays encoded state over this one: first a full one, then each later one in order. */
  void overlay(ByteReader in) {
    int version = in.u8();
    if (version < OLDEST || version > VERSION) {
      throw new IllegalArgumentException("a checkpoint of another version");
    }
    seq = in.varint();
    time = in.zigzag();
    closing = (int) in.zigzag();
    closed = (int) in.zigzag();
    rules = in.count(Integer.MAX_VALUE);
    counts.clear();
    int sources = in.count(in.remaining());
    for (int i = 0; i < sources; i++) {
      int source = in.count(Integer.MAX_VALUE);
      Sums c = new Sums(5);
      for (int k = 0; k < c.of.length; k++) {
        c.of[k] = in.zigzag();
      }
      counts.put(source, c);
    }
    shared = new TreeMap<>();
    int agreements = in.count(in.remaining());
    for (int i = 0; i < agreements; i++) {
      shared.put(in.varint(), SharedTotal.decode(in));
    }
    moved = new TreeMap<>();
    int open = in.count(in.remaining());
    for (int i = 0; i < open; i++) {
      Sums sum = new Sums(1);
      moved.put(in.count(Integer.MAX_VALUE), sum);
      sum.of[0] = in.varint();
    }
    seen = new TreeMap<>();
    int senders = in.count(in.remaining());
    for (int i = 0; i < senders; i++) {
      seen.put(in.count(Integer.MAX_VALUE), new Sent(in.varint(), in.count(Integer.MAX_VALUE)));
    }
    suspended.overlay(in);
    int accountCount = in.count(in.remaining());
    for (int i = 0; i < accountCount; i++) {
      int id = in.count(Integer.MAX_VALUE);
      overlaid(id).decode(in);
    }
    int subscriptionCount = in.count(in.remaining());
    for (int i = 0; i < subscriptionCount; i++) {
      Subscription s = SubscriptionCodec.decode(in, this::overlaid);
      Subscription before = subscriptions.get(s.id);
      if (before == null) {
        s.account.add(s.id);
      } else if (before.indexedDue != Subscription.NEVER) {
        due.remove(new Due(before.indexedDue, s.id));
      }
      subscriptions.put(s.id, s);
      pools.index(s);
      index(s);
    }
    wallets.overlay(in, this::overlaid);
  }

  private AccountTotals overlaid(int id) {
    return accounts.getOrMake(id, made -> new AccountTotals((int) made));
  }
}
