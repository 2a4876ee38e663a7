package io.millrace.processors.shard;

import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import io.millrace.processors.shard.Reservation.Id;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A shard's reservations: those that are open, with when they expire, and those that have ended,
 * kept for a late commit for {@link #KEPT}, {@link #MOST_ENDED} at most.
 */
final class Reservations {
  /** How long after its end a reservation can be committed, late. */
  static final long KEPT = Duration.ofHours(24).toMillis();

  /** Reservations that have ended and are remembered; some 120 bytes each. */
  static final int MOST_ENDED = 1 << 16;

  /**
   * What grants are priced together for: the event type of their uses, of a subscription or of the
   * pool that counts for it.
   */
  record Use(int account, long subscription, int type) implements Comparable<Use> {
    @Override
    public int compareTo(Use other) {
      int byAccount = Integer.compare(account, other.account);
      if (byAccount != 0) {
        return byAccount;
      }
      int bySubscription = Long.compare(subscription, other.subscription);
      return bySubscription != 0 ? bySubscription : Integer.compare(type, other.type);
    }
  }

  private record Expiry(long at, Id id) implements Comparable<Expiry> {
    static Expiry of(Reservation r) {
      return new Expiry(r.until(), r.id());
    }

    @Override
    public int compareTo(Expiry other) {
      int byTime = Long.compare(at, other.at);
      return byTime != 0 ? byTime : id.compareTo(other.id);
    }
  }

  /** Those that are open. */
  private final TreeMap<Id, Reservation> byId = new TreeMap<>();

  private final TreeSet<Expiry> expiries = new TreeSet<>();
  private final TreeMap<Use, TreeMap<Id, Reservation>> byUse = new TreeMap<>();

  private final EndedReservations ended = new EndedReservations();

  /**
   * Those forgotten since the last checkpoint that a delta was made from: the seq and n of each,
   * and the shard's seq then.
   */
  private final Records forgotten = new Records(3);

  /**
   * The seq and n of those that have changed since then; maybe some that have not, and some more
   * than once.
   */
  private final Records changed = new Records(2);

  private long changedSince;

  private final List<Runnable> undo;
  private final Runnable undoForget = this::restoreFirst;
  private final int mostEnded;
  private final LongUnaryOperator metered;
  private long lastEnded;

  Reservations(List<Runnable> undo, int mostEnded, LongUnaryOperator metered) {
    this.undo = undo;
    this.mostEnded = mostEnded;
    this.metered = metered;
  }

  /** What a reservation is priced together with. */
  Use use(Reservation r) {
    return new Use(r.account(), metered.applyAsLong(r.subscription()), r.type());
  }

  @Nullable Reservation find(long seq, int n) {
    Reservation open = byId.get(new Id(seq, n));
    return open == null ? ended.find(seq, n) : open;
  }

  /** What an account has open reservations for, in a fixed order. */
  List<Use> uses(int account) {
    return List.copyOf(
        byUse
            .subMap(new Use(account, Long.MIN_VALUE, 0), new Use(account + 1, Long.MIN_VALUE, 0))
            .keySet());
  }

  /** The same of one of its subscriptions, or of the pool that counts for some. */
  List<Use> uses(int account, long subscription) {
    return List.copyOf(
        byUse
            .subMap(
                new Use(account, subscription, Integer.MIN_VALUE),
                true,
                new Use(account, subscription, Integer.MAX_VALUE),
                true)
            .keySet());
  }

  /** The open ones of a use, the first one granted first. */
  List<Reservation> open(Use use) {
    TreeMap<Id, Reservation> open = byUse.get(use);
    return open == null ? List.of() : List.copyOf(open.values());
  }

  /** As {@link #open(Use)}, of what counts a subscription's use. */
  List<Reservation> open(int account, long subscription, int type) {
    return open(new Use(account, metered.applyAsLong(subscription), type));
  }

  /** When the next one expires, {@link Long#MAX_VALUE} where none does. */
  long nextDue() {
    return expiries.isEmpty() ? Long.MAX_VALUE : expiries.first().at;
  }

  /** The one that expires next. */
  Reservation first() {
    Reservation first = byId.get(expiries.first().id);
    if (first == null) {
      throw new AssertionError("a reservation expires that is not there");
    }
    return first;
  }

  /** The place of the next one that ends. */
  long nextEnded() {
    long before = lastEnded++;
    undo.add(() -> lastEnded = before);
    return lastEnded;
  }

  /** Puts a reservation in the place of what it was before, if it was. */
  void put(Reservation r) {
    Reservation before = find(r.seq(), r.n());
    replace(before, r);
    if (before == null || before.changedSeq() <= changedSince) {
      name(r.id()); // Else it has been.
    }
    undo.add(() -> replace(r, before));
  }

  private void name(Id id) {
    long record = changed.add();
    changed.set(record, 0, id.seq());
    changed.set(record, 1, id.n());
  }

  private void replace(@Nullable Reservation before, @Nullable Reservation with) {
    if (before != null && before.isOpen()) {
      index(before, false);
    }
    if (with != null && with.isOpen()) {
      index(with, true);
    }
    boolean hadEnded = before != null && !before.isOpen();
    if (with != null && !with.isOpen()) {
      if (hadEnded) {
        ended.set(with);
      } else {
        ended.add(with);
      }
    } else if (before != null && hadEnded) {
      ended.removeLast(before.seq(), before.n());
    }
  }

  private void index(Reservation r, boolean in) {
    Use use = use(r);
    TreeMap<Id, Reservation> open = byUse.computeIfAbsent(use, u -> new TreeMap<>());
    if (in) {
      byId.put(r.id(), r);
      expiries.add(Expiry.of(r));
      open.put(r.id(), r);
    } else {
      byId.remove(r.id());
      expiries.remove(Expiry.of(r));
      open.remove(r.id());
    }
    if (open.isEmpty()) {
      byUse.remove(use);
    }
  }

  /** Forgets those whose end is long ago, and the oldest of too many. */
  void forget(long time, long seq) {
    while (ended.size() > mostEnded
        || ended.size() > 0 && ended.endedAt(ended.first()) < time - KEPT) {
      long record = forgotten.add();
      forgotten.set(record, 0, ended.seq(ended.first()));
      forgotten.set(record, 1, ended.n(ended.first()));
      forgotten.set(record, 2, seq);
      ended.removeFirst();
      undo.add(undoForget);
    }
  }

  private void restoreFirst() {
    ended.restoreFirst();
    forgotten.removeLast();
  }

  /** What has been forgotten is not put back any more. */
  void accept() {
    ended.accept();
  }

  void encode(ByteWriter out, long since) {
    out.varint(lastEnded);
    while (since > 0 && !forgotten.isEmpty() && forgotten.get(forgotten.first(), 2) <= since) {
      forgotten.removeFirst(); // No delta goes back further than the one before.
    }
    forgotten.accept();
    out.varint(since == 0 ? 0 : forgotten.size());
    if (since > 0) {
      for (long record = forgotten.first(); record < forgotten.end(); record++) {
        out.varint(forgotten.get(record, 0));
        out.varint(forgotten.get(record, 1));
      }
    }
    Collection<Reservation> those = since == 0 ? all() : changedSince(since);
    out.varint(those.size());
    those.forEach(r -> r.encode(out));
  }

  private List<Reservation> all() {
    List<Reservation> all = new ArrayList<>(byId.values());
    for (long record = ended.first(); record < ended.end(); record++) {
      all.add(ended.get(record));
    }
    all.sort(Comparator.comparingLong(Reservation::seq).thenComparingInt(Reservation::n));
    return all;
  }

  private Collection<Reservation> changedSince(long since) {
    TreeMap<Id, Reservation> those = new TreeMap<>();
    for (; !changed.isEmpty(); changed.removeFirst()) {
      long record = changed.first();
      Reservation r = find(changed.get(record, 0), (int) changed.get(record, 1));
      if (r != null && r.changedSeq() > since) {
        those.put(r.id(), r);
      }
    }
    those.keySet().forEach(this::name);
    changed.accept();
    changedSince = since;
    return those.values();
  }

  /** Lays what has changed over it, less what was forgotten. */
  void overlay(ByteReader in) {
    lastEnded = in.varint();
    for (int gone = in.count(in.remaining()); gone > 0; gone--) {
      drop(in.varint(), in.count(Integer.MAX_VALUE));
    }
    List<Reservation> thatEnded = new ArrayList<>();
    for (int left = in.count(in.remaining()); left > 0; left--) {
      Reservation r = Reservation.decode(in);
      if (r.isOpen()) {
        replace(find(r.seq(), r.n()), r);
      } else {
        thatEnded.add(r);
      }
    }
    thatEnded.sort(Comparator.comparingLong(Reservation::ended));
    thatEnded.forEach(r -> replace(find(r.seq(), r.n()), r));
    accept();
  }

  private void drop(long seq, int n) {
    Reservation r = find(seq, n);
    if (r == null) {
      return; // It came and went since the last time.
    }
    if (r.isOpen()) {
      replace(r, null);
    } else if (seq == ended.seq(ended.first()) && n == ended.n(ended.first())) {
      ended.removeFirst();
    } else {
      throw new AssertionError("one is forgotten before another that ended before it");
    }
  }
}
