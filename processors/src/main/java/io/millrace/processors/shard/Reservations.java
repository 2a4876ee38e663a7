package io.millrace.processors.shard;

import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import io.millrace.processors.shard.Reservation.Id;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
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

  /** Reservations that have ended and are remembered; some 200 bytes each. */
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

  private record Forgotten(long seq, Id id) {}

  private final TreeMap<Id, Reservation> all = new TreeMap<>();
  private final TreeSet<Expiry> expiries = new TreeSet<>();
  private final TreeMap<Long, Id> inOrderOfEnd = new TreeMap<>();

  /** Those that are open. */
  private final TreeMap<Use, TreeMap<Id, Reservation>> byUse = new TreeMap<>();

  /** Those forgotten since the last checkpoint that a delta was made from. */
  private final ArrayDeque<Forgotten> forgotten = new ArrayDeque<>();

  /** Those that have changed since then, and maybe some that have not. */
  private final TreeSet<Id> changed = new TreeSet<>();

  private final List<Runnable> undo;
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
    return all.get(new Id(seq, n));
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
    Reservation first = all.get(expiries.first().id);
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
    Reservation before = replace(r.id(), r);
    changed.add(r.id());
    undo.add(() -> replace(r.id(), before));
  }

  private @Nullable Reservation replace(Id id, @Nullable Reservation with) {
    Reservation before = with == null ? all.remove(id) : all.put(id, with);
    if (before != null) {
      index(before, false);
    }
    if (with != null) {
      index(with, true);
    }
    return before;
  }

  private void index(Reservation r, boolean in) {
    if (!r.isOpen()) {
      if (in) {
        inOrderOfEnd.put(r.ended(), r.id());
      } else {
        inOrderOfEnd.remove(r.ended());
      }
      return;
    }
    if (in) {
      expiries.add(Expiry.of(r));
    } else {
      expiries.remove(Expiry.of(r));
    }
    Use use = use(r);
    TreeMap<Id, Reservation> open = byUse.computeIfAbsent(use, u -> new TreeMap<>());
    if (in) {
      open.put(r.id(), r);
    } else {
      open.remove(r.id());
    }
    if (open.isEmpty()) {
      byUse.remove(use);
    }
  }

  /** Forgets those whose end is long ago, and the oldest of too many. */
  void forget(long time, long seq) {
    while (!inOrderOfEnd.isEmpty()) {
      Id id = inOrderOfEnd.firstEntry().getValue();
      Reservation first = all.get(id);
      if (first == null) {
        throw new AssertionError("a reservation has ended that is not there");
      }
      if (first.endedAt() >= time - KEPT && inOrderOfEnd.size() <= mostEnded) {
        return;
      }
      replace(id, null);
      forgotten.add(new Forgotten(seq, id));
      undo.add(
          () -> {
            replace(id, first);
            forgotten.removeLast();
          });
    }
  }

  void encode(ByteWriter out, long since) {
    out.varint(lastEnded);
    while (since > 0 && !forgotten.isEmpty() && forgotten.getFirst().seq <= since) {
      forgotten.removeFirst(); // No delta goes back further than the one before.
    }
    out.varint(since == 0 ? 0 : forgotten.size());
    if (since > 0) {
      for (Forgotten f : forgotten) {
        out.varint(f.id.seq());
        out.varint(f.id.n());
      }
    }
    Collection<Reservation> those = since == 0 ? all.values() : changedSince(since);
    out.varint(those.size());
    those.forEach(r -> r.encode(out));
  }

  private List<Reservation> changedSince(long since) {
    List<Reservation> those = new ArrayList<>();
    for (Iterator<Id> ids = changed.iterator(); ids.hasNext(); ) {
      Reservation r = all.get(ids.next());
      if (r == null || r.changedSeq() <= since) {
        ids.remove();
      } else {
        those.add(r);
      }
    }
    return those;
  }

  /** Lays what has changed over it, less what was forgotten. */
  void overlay(ByteReader in) {
    lastEnded = in.varint();
    for (int gone = in.count(in.remaining()); gone > 0; gone--) {
      replace(new Id(in.varint(), in.count(Integer.MAX_VALUE)), null);
    }
    for (int changed = in.count(in.remaining()); changed > 0; changed--) {
      Reservation r = Reservation.decode(in);
      replace(r.id(), r);
    }
  }
}
