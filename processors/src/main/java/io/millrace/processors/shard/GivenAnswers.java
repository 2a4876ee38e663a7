package io.millrace.processors.shard;

import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The answers that a shard has given, by the keys of their requests, the oldest first: a repeat
 * gets the same. Kept for {@link #KEPT}; where there are {@link #MOST}, the oldest make room that
 * have been kept long enough, and where there are none, no more requests are taken. The last
 * quarter of the room is for accounts that have few, so that one that asks without end is refused
 * before any other.
 */
final class GivenAnswers {
  /** How long a repeat is known for one. */
  static final long KEPT = Duration.ofHours(24).toMillis();

  /** How long a repeat is known at the least, of requests that come by the thousand a second. */
  static final long KEPT_OF_USE = Duration.ofMinutes(15).toMillis();

  /** Answers that a shard remembers of a kind; some 250 bytes each. */
  static final int MOST = 1 << 16;

  /** What part of the room is for accounts that have few, and of what part of it less is few. */
  private static final int RESERVED_OF = 4;

  private static final int FEW_OF = 64;

  private record Hash(long high, long low) {
    static Hash of(AccountRequest.Key key) {
      return new Hash(key.high(), key.low());
    }
  }

  /** An answer, when it was given, and the shard's seq then; 0 after a restart. */
  private record Given(
      AccountRequest.Key key, int account, long at, long seq, AccountAnswer answer) {}

  private final Map<Hash, Given> byKey = new HashMap<>();
  private final ArrayDeque<Given> inOrder = new ArrayDeque<>();

  /** How many there are of each account. */
  private final Map<Integer, Integer> byAccount = new HashMap<>();

  private final List<Runnable> undo;
  private final int most;
  private final long leastKept;

  /**
   * Knows none.
   *
   * @param leastKept for how long none is forgotten, in milliseconds
   */
  GivenAnswers(List<Runnable> undo, int most, long leastKept) {
    this.undo = undo;
    this.most = most;
    this.leastKept = leastKept;
  }

  /** What a request gets that has been here before: its answer, or that its key is another's. */
  @Nullable AccountAnswer find(AccountRequest.Key key) {
    Given given = byKey.get(Hash.of(key));
    if (given == null) {
      return null;
    }
    return given.key.equals(key)
        ? given.answer.again()
        : AccountAnswer.refused(AccountAnswer.Outcome.OTHER_REQUEST, 0);
  }

  void add(AccountRequest.Key key, int account, long time, long seq, AccountAnswer answer) {
    Given given = new Given(key, account, time, seq, answer);
    keep(given);
    undo.add(
        () -> {
          inOrder.removeLast();
          byKey.remove(Hash.of(key));
          count(account, -1);
        });
  }

  int size() {
    return inOrder.size();
  }

  /** Whether it can remember one more of an account, after the oldest has made room if it may. */
  boolean hasRoom(long time, int account) {
    boolean few = byAccount.getOrDefault(account, 0) < Math.max(1, most / FEW_OF);
    int room = few ? most : most - most / RESERVED_OF;
    while (inOrder.size() >= room && inOrder.getFirst().at < time - leastKept) {
      forgetFirst();
    }
    return inOrder.size() < room;
  }

  private void keep(Given given) {
    inOrder.add(given);
    byKey.put(Hash.of(given.key), given);
    count(given.account, 1);
  }

  private void count(int account, int more) {
    if (byAccount.merge(account, more, Integer::sum) == 0) {
      byAccount.remove(account);
    }
  }

  private void forgetFirst() {
    Given first = inOrder.removeFirst();
    byKey.remove(Hash.of(first.key));
    count(first.account, -1);
    undo.add(
        () -> {
          count(first.account, 1);
          inOrder.addFirst(first);
          byKey.put(Hash.of(first.key), first);
        });
  }

  /** Forgets what is over. */
  void forget(long time) {
    while (!inOrder.isEmpty() && inOrder.getFirst().at < time - KEPT) {
      forgetFirst();
    }
  }

  void encode(ByteWriter out, long since) {
    out.varint(inOrder.size());
    List<Given> changed = new ArrayList<>();
    for (Iterator<Given> last = inOrder.descendingIterator(); last.hasNext(); ) {
      Given g = last.next();
      if (since != 0 && g.seq <= since) {
        break; // They are in the order of their commits, and most are old.
      }
      changed.add(g);
    }
    out.varint(changed.size());
    for (Given g : changed.reversed()) {
      out.fixed64(g.key.high());
      out.fixed64(g.key.low());
      out.fixed64(g.key.bodyHigh());
      out.fixed64(g.key.bodyLow());
      out.zigzag(g.account);
      out.zigzag(g.at);
      g.answer.encode(out);
    }
  }

  /** Adds what has come since, and drops as many of the oldest as have gone. */
  void overlay(ByteReader in) {
    int left = in.count(Integer.MAX_VALUE);
    int changed = in.count(in.remaining());
    for (int i = 0; i < changed; i++) {
      keep(
          new Given(
              new AccountRequest.Key(in.fixed64(), in.fixed64(), in.fixed64(), in.fixed64()),
              (int) in.zigzag(),
              in.zigzag(),
              0,
              AccountAnswer.decode(in)));
    }
    while (inOrder.size() > left) {
      Given gone = inOrder.removeFirst();
      count(gone.account, -1);
      byKey.remove(Hash.of(gone.key), gone); // Its key may be used again by now.
    }
  }
}
