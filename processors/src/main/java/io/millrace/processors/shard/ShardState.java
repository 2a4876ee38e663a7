package io.millrace.processors.shard;

import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import io.millrace.processors.dedupe.DedupeWindow;
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
  private static final int VERSION = 2;

  /** A subscription's place in the order in which things fall due. */
  record Due(long at, long subscription) implements Comparable<Due> {
    @Override
    public int compareTo(Due other) {
      int byTime = Long.compare(at, other.at);
      return byTime != 0 ? byTime : Long.compare(subscription, other.subscription);
    }
  }

  /** What has been posted under an offer's agreement in a period, and each party's part of it. */
  static final class SharedTotal {
    long posted;
    final long[] parts;

    SharedTotal(int parties) {
      parts = new long[parties];
    }
  }

  long seq;
  long time = Long.MIN_VALUE;
  int closing = -1;
  int closed = -1;
  final LongMap<Subscription> subscriptions = new LongMap<>();
  final TreeMap<Integer, AccountTotals> accounts = new TreeMap<>();
  final TreeSet<Due> due = new TreeSet<>();
  TreeMap<Integer, long[]> counts = new TreeMap<>();
  TreeMap<Long, SharedTotal> shared = new TreeMap<>();

  /** What usage has moved, up and down, by the open period it is booked to; ledger units. */
  TreeMap<Integer, long[]> moved = new TreeMap<>();

  /** Fingerprints of what went to suspense, by the day it was received. */
  DedupeWindow suspended = new DedupeWindow();

  private final List<Subscription.Saved> savedSubscriptions = new ArrayList<>();
  private final List<AccountTotals.Saved> savedAccounts = new ArrayList<>();
  private final List<Subscription> added = new ArrayList<>();
  private final List<Integer> addedAccounts = new ArrayList<>();
  private @Nullable Scalars scalars;

  private record Scalars(
      long seq,
      long time,
      int closing,
      int closed,
      TreeMap<Integer, long[]> counts,
      TreeMap<Long, SharedTotal> shared,
      TreeMap<Integer, long[]> moved,
      DedupeWindow.Mark suspended) {}

  /** Begins a batch: from here on {@link #undo} leads back to this point. */
  void begin(long nextSeq) {
    assert scalars == null : "a batch is open";
    TreeMap<Integer, long[]> countsCopy = new TreeMap<>();
    counts.forEach((source, c) -> countsCopy.put(source, c.clone()));
    TreeMap<Long, SharedTotal> sharedCopy = new TreeMap<>();
    shared.forEach(
        (key, total) -> {
          SharedTotal copy = new SharedTotal(total.parts.length);
          copy.posted = total.posted;
          System.arraycopy(total.parts, 0, copy.parts, 0, total.parts.length);
          sharedCopy.put(key, copy);
        });
    TreeMap<Integer, long[]> movedCopy = new TreeMap<>();
    moved.forEach((period, m) -> movedCopy.put(period, m.clone()));
    scalars =
        new Scalars(
            seq, time, closing, closed, countsCopy, sharedCopy, movedCopy, suspended.save());
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
    for (int i = savedSubscriptions.size() - 1; i >= 0; i--) {
      Subscription.Saved saved = savedSubscriptions.get(i);
      saved.of().restore(saved);
      reindex(saved.of());
    }
    for (Subscription s : added) {
      due.remove(new Due(s.indexedDue, s.id));
      subscriptions.remove(s.id);
    }
    for (int i = savedAccounts.size() - 1; i >= 0; i--) {
      AccountTotals.Saved saved = savedAccounts.get(i);
      saved.of().restore(saved);
    }
    addedAccounts.forEach(accounts::remove);
    seq = before.seq;
    time = before.time;
    closing = before.closing;
    closed = before.closed;
    counts = before.counts;
    shared = before.shared;
    moved = before.moved;
    suspended.restore(before.suspended);
    forgetSaved();
  }

  private void forgetSaved() {
    savedSubscriptions.clear();
    savedAccounts.clear();
    added.clear();
    addedAccounts.clear();
    scalars = null;
  }

  /** To be called before a subscription is changed. */
  void touch(Subscription s) {
    if (s.changedSeq != seq) {
      savedSubscriptions.add(s.save());
      s.changedSeq = seq;
    }
  }

  /** To be called before an account's totals are changed. */
  void touch(AccountTotals account) {
    if (account.changedSeq != seq) {
      savedAccounts.add(account.save());
      account.changedSeq = seq;
    }
  }

  void add(Subscription s) {
    subscriptions.put(s.id, s);
    added.add(s);
    s.changedSeq = seq;
    reindex(s);
  }

  AccountTotals account(int id) {
    AccountTotals account = accounts.get(id);
    if (account == null) {
      account = new AccountTotals(id);
      accounts.put(id, account);
      addedAccounts.add(id);
      account.changedSeq = seq;
    }
    return account;
  }

  long[] counts(int source) {
    return counts.computeIfAbsent(source, s -> new long[5]);
  }

  long[] moved(int period) {
    return moved.computeIfAbsent(period, p -> new long[1]);
  }

  SharedTotal shared(int offer, int period, int parties) {
    return shared.computeIfAbsent(((long) period << 32) | offer, key -> new SharedTotal(parties));
  }

  /** Puts a subscription where its next due time says. */
  void reindex(Subscription s) {
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
   * @param since only subscriptions and accounts changed after this seq; 0 for all
   */
  void encode(ByteWriter out, long since) {
    out.u8(VERSION);
    out.varint(seq);
    out.zigzag(time);
    out.zigzag(closing);
    out.zigzag(closed);
    out.varint(counts.size());
    for (Map.Entry<Integer, long[]> e : counts.entrySet()) {
      out.varint(e.getKey());
      for (long count : e.getValue()) {
        out.zigzag(count);
      }
    }
    out.varint(shared.size());
    for (Map.Entry<Long, SharedTotal> e : shared.entrySet()) {
      out.varint(e.getKey());
      out.zigzag(e.getValue().posted);
      out.varint(e.getValue().parts.length);
      for (long part : e.getValue().parts) {
        out.zigzag(part);
      }
    }
    out.varint(moved.size());
    for (Map.Entry<Integer, long[]> e : moved.entrySet()) {
      out.varint(e.getKey());
      out.varint(e.getValue()[0]);
    }
    suspended.encode(out);
    List<AccountTotals> changedAccounts =
        accounts.values().stream().filter(a -> a.changedSeq > since || since == 0).toList();
    out.varint(changedAccounts.size());
    changedAccounts.forEach(a -> a.encode(out));
    List<Subscription> changed = new ArrayList<>();
    subscriptions.forEach(
        s -> {
          if (s.changedSeq > since || since == 0) {
            changed.add(s);
          }
        });
    changed.sort((a, b) -> Long.compare(a.id, b.id));
    out.varint(changed.size());
    changed.forEach(s -> s.encode(out));
  }

  /** Lays encoded state over this one: first a full one, then each later one in order. */
  void overlay(ByteReader in) {
    if (in.u8() != VERSION) {
      throw new IllegalArgumentException("a checkpoint of another version");
    }
    seq = in.varint();
    time = in.zigzag();
    closing = (int) in.zigzag();
    closed = (int) in.zigzag();
    counts = new TreeMap<>();
    int sources = in.count(in.remaining());
    for (int i = 0; i < sources; i++) {
      int source = in.count(Integer.MAX_VALUE);
      long[] c = new long[5];
      for (int k = 0; k < c.length; k++) {
        c[k] = in.zigzag();
      }
      counts.put(source, c);
    }
    shared = new TreeMap<>();
    int agreements = in.count(in.remaining());
    for (int i = 0; i < agreements; i++) {
      long key = in.varint();
      long posted = in.zigzag();
      SharedTotal total = new SharedTotal(in.count(in.remaining()));
      total.posted = posted;
      for (int k = 0; k < total.parts.length; k++) {
        total.parts[k] = in.zigzag();
      }
      shared.put(key, total);
    }
    moved = new TreeMap<>();
    int open = in.count(in.remaining());
    for (int i = 0; i < open; i++) {
      moved(in.count(Integer.MAX_VALUE))[0] = in.varint();
    }
    suspended = DedupeWindow.decode(in);
    int accountCount = in.count(in.remaining());
    for (int i = 0; i < accountCount; i++) {
      int id = in.count(Integer.MAX_VALUE);
      accounts.computeIfAbsent(id, AccountTotals::new).decode(in);
    }
    int subscriptionCount = in.count(in.remaining());
    for (int i = 0; i < subscriptionCount; i++) {
      Subscription s =
          Subscription.decode(in, id -> accounts.computeIfAbsent(id, AccountTotals::new));
      Subscription before = subscriptions.get(s.id);
      if (before != null && before.indexedDue != Subscription.NEVER) {
        due.remove(new Due(before.indexedDue, s.id));
      }
      subscriptions.put(s.id, s);
      reindex(s);
    }
  }
}
