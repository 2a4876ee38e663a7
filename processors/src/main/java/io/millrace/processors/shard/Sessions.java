package io.millrace.processors.shard;

import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A shard's charging sessions: those under way, until they have had no step for {@link #KEPT}, and
 * those that were released, as long at most. A grant lasts a day at most, so one that has had no
 * step for longer holds nothing and its network function is gone.
 */
final class Sessions {
  static final long KEPT = Duration.ofHours(48).toMillis();

  /** Sessions of a shard; some 200 bytes each, and 12 more for each grant. */
  static final int MOST = 1 << 16;

  private record Id(long seq, int n) implements Comparable<Id> {
    @Override
    public int compareTo(Id other) {
      int bySeq = Long.compare(seq, other.seq);
      return bySeq != 0 ? bySeq : Integer.compare(n, other.n);
    }
  }

  private record Forgotten(long seq, Id id) {}

  private final Map<Id, Session> all = new TreeMap<>();

  /** In the order of their last steps. */
  private final TreeMap<Long, Session> open = new TreeMap<>();

  private final TreeMap<Long, Session> ended = new TreeMap<>();

  private final List<Runnable> undo;
  private final int most;
  private long lastPlace;

  /** Those forgotten since the last checkpoint that a delta was made from. */
  private final ArrayDeque<Forgotten> forgotten = new ArrayDeque<>();

  Sessions(List<Runnable> undo, int most) {
    this.undo = undo;
    this.most = most;
  }

  @Nullable Session find(long seq, int n) {
    return all.get(new Id(seq, n));
  }

  /** Whether one more can begin, after the one that has ended first has made room where it must. */
  boolean hasRoom(long seq) {
    if (all.size() >= most && !ended.isEmpty()) {
      forgetFirst(ended, seq);
    }
    return all.size() < most;
  }

  /** The place of the next step. */
  long nextPlace() {
    long before = lastPlace++;
    undo.add(() -> lastPlace = before);
    return lastPlace;
  }

  /** Puts one in the place of what it was before, if it was. */
  void put(Session session) {
    Session before = replace(session);
    undo.add(
        () -> {
          drop(session);
          if (before != null) {
            replace(before);
          }
        });
  }

  private @Nullable Session replace(Session session) {
    Session before = all.put(new Id(session.seq(), session.n()), session);
    if (before != null) {
      byPlace(before).remove(before.place());
    }
    byPlace(session).put(session.place(), session);
    return before;
  }

  private void drop(Session session) {
    all.remove(new Id(session.seq(), session.n()));
    byPlace(session).remove(session.place());
  }

  private TreeMap<Long, Session> byPlace(Session session) {
    return session.ended() ? ended : open;
  }

  /** Forgets those that have had no step for long. */
  void forget(long time, long seq) {
    for (TreeMap<Long, Session> some : List.of(open, ended)) {
      while (!some.isEmpty() && some.firstEntry().getValue().at() < time - KEPT) {
        forgetFirst(some, seq);
      }
    }
  }

  private void forgetFirst(TreeMap<Long, Session> some, long seq) {
    Session first = some.firstEntry().getValue();
    drop(first);
    forgotten.add(new Forgotten(seq, new Id(first.seq(), first.n())));
    undo.add(
        () -> {
          replace(first);
          forgotten.removeLast();
        });
  }

  void encode(ByteWriter out, long since) {
    out.varint(lastPlace);
    while (since > 0 && !forgotten.isEmpty() && forgotten.getFirst().seq <= since) {
      forgotten.removeFirst(); // No delta goes back further than the one before.
    }
    out.varint(since == 0 ? 0 : forgotten.size());
    if (since > 0) {
      for (Forgotten f : forgotten) {
        out.varint(f.id.seq);
        out.varint(f.id.n);
      }
    }
    List<Session> changed = new ArrayList<>();
    for (TreeMap<Long, Session> some : List.of(open, ended)) {
      for (Session session : some.descendingMap().values()) {
        if (since != 0 && session.changedSeq() <= since) {
          break; // They are in the order of their commits.
        }
        changed.add(session);
      }
    }
    out.varint(changed.size());
    changed.forEach(session -> session.encode(out));
  }

  /** Lays what has changed over it, less what was forgotten. */
  void overlay(ByteReader in) {
    lastPlace = in.varint();
    for (int gone = in.count(in.remaining()); gone > 0; gone--) {
      Session before = all.get(new Id(in.varint(), in.count(Integer.MAX_VALUE)));
      if (before != null) {
        drop(before);
      }
    }
    for (int changed = in.count(in.remaining()); changed > 0; changed--) {
      replace(Session.decode(in));
    }
  }
}
