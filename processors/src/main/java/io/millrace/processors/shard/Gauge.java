package io.millrace.processors.shard;

import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import io.millrace.processors.undo.UndoLog;
import java.util.Arrays;

/**
 * Some readings of a subscription that what comes next is held against, each with its moment, in
 * the order of (moment, reading): the newest {@link #MOST} of all, or of one for each period. Of
 * those before, it only knows that there were some.
 */
final class Gauge {

  /** Readings that are remembered, at most: so many may come before one that comes late. */
  static final int MOST = 64;

  private static final int PAIR = 2;
  private static final int ROOM = 4 * PAIR;

  /** What it belongs to, see {@link io.millrace.processors.rating.Gauging#key}. */
  final int key;

  /**
   * Moments and readings in turn. What is between {@link #from} and {@link #to} never changes where
   * it is, so that undo needs no copy of it.
   */
  private long[] pairs = new long[ROOM];

  private int from;
  private int to;
  private boolean forgotten;

  Gauge(int key) {
    this.key = key;
  }

  /** How many readings it remembers. */
  int size() {
    return (to - from) / PAIR;
  }

  /** When its {@code i}-th reading was taken. */
  long at(int i) {
    return pairs[from + PAIR * i];
  }

  /** Its {@code i}-th reading. */
  long reading(int i) {
    return pairs[from + PAIR * i + 1];
  }

  /** How many of its readings come before this one. */
  int before(long at, long reading) {
    int i = size();
    while (i > 0 && (at(i - 1) > at || at(i - 1) == at && reading(i - 1) > reading)) {
      i--;
    }
    return i;
  }

  /** Whether it can tell what came before a reading in this place. */
  boolean knowsBefore(int place) {
    return place > 0 || !forgotten;
  }

  /** The only one of its readings from {@code start} up to {@code end}; −1 where there is none. */
  int heldIn(long start, long end) {
    int i = before(end, Long.MIN_VALUE) - 1;
    return i >= 0 && at(i) >= start ? i : -1;
  }

  /** Takes a reading in place of the one that it holds for these moments, if there is any. */
  void hold(long at, long reading, long start, long end) {
    int held = heldIn(start, end);
    if (held < 0) {
      insert(at, reading);
    } else {
      pairs = Arrays.copyOfRange(pairs, from, Math.max(to, from + ROOM));
      to -= from;
      from = 0;
      pairs[PAIR * held] = at;
      pairs[PAIR * held + 1] = reading;
    }
  }

  /** Takes a reading to its place. */
  void insert(long at, long reading) {
    int place = from + PAIR * before(at, reading);
    if (place < to || to == pairs.length) {
      int room = Math.min(Math.max(ROOM, 2 * (to - from)), 2 * PAIR * MOST);
      long[] moved = new long[Math.max(room, to - from + PAIR)];
      System.arraycopy(pairs, from, moved, 0, place - from);
      System.arraycopy(pairs, place, moved, place - from + PAIR, to - place);
      place -= from;
      to = to - from;
      from = 0;
      pairs = moved;
    }
    pairs[place] = at;
    pairs[place + 1] = reading;
    to += PAIR;
    if (size() > MOST) {
      from += PAIR;
      forgotten = true;
    }
  }

  void save(UndoLog log) {
    log.put(from, to);
    log.put(forgotten ? 1 : 0);
    log.put(pairs);
  }

  void restore(UndoLog log) {
    long ends = log.number();
    from = (int) (ends >>> Integer.SIZE);
    to = (int) ends;
    forgotten = log.number() == 1;
    pairs = log.reference();
  }

  void encode(ByteWriter out) {
    out.varint(key);
    out.bool(forgotten);
    out.varint(size());
    for (int i = from; i < to; i++) {
      out.zigzag(i < from + PAIR ? pairs[i] : pairs[i] - pairs[i - PAIR]);
    }
  }

  static Gauge decode(ByteReader in) {
    Gauge gauge = new Gauge(in.count(Integer.MAX_VALUE));
    gauge.forgotten = in.bool();
    gauge.to = PAIR * in.count(MOST);
    gauge.pairs = Arrays.copyOf(gauge.pairs, Math.max(ROOM, gauge.to));
    for (int i = 0; i < gauge.to; i++) {
      gauge.pairs[i] = in.zigzag() + (i < PAIR ? 0 : gauge.pairs[i - PAIR]);
    }
    return gauge;
  }
}
