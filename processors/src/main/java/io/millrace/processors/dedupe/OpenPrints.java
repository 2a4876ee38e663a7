package io.millrace.processors.dedupe;

import java.util.Arrays;

/**
 * Fingerprints in the order in which they came, each with its day, and a hash index on them. It can
 * be cut back to any earlier size: an index with linear probing where the last one in is the first
 * one out needs no tombstones, since no other's search ever passed a slot that was filled later.
 */
final class OpenPrints {

  private static final int FIRST_ROOM = 4;

  private long[] prints;
  private int[] daysOf;
  private int size;

  /** Place in {@link #prints} plus one, 0 where empty; a power of two, at most two thirds full. */
  private int[] index = new int[2 * FIRST_ROOM];

  OpenPrints() {
    this(new long[FIRST_ROOM], new int[FIRST_ROOM], 0);
  }

  private OpenPrints(long[] prints, int[] daysOf, int size) {
    this.prints = prints;
    this.daysOf = daysOf;
    this.size = size;
  }

  /**
   * What is there now, to be read in order only: it has no index. It shares the arrays, where what
   * lies before its size is not written again unless it is cut back below.
   */
  OpenPrints frozen() {
    return new OpenPrints(prints, daysOf, size);
  }

  int size() {
    return size;
  }

  int day(int at) {
    return daysOf[at];
  }

  /** The place of a print, or a negative number. */
  int find(long print) {
    int mask = index.length - 1;
    for (int slot = slot(print, mask); ; slot = slot + 1 & mask) {
      int at = index[slot] - 1;
      if (at < 0 || prints[at] == print) {
        return at;
      }
    }
  }

  /** Adds a print that is not there. */
  void add(long print, int day) {
    if (size == prints.length) {
      int room = size + Math.max(FIRST_ROOM, size / 4);
      prints = Arrays.copyOf(prints, room);
      daysOf = Arrays.copyOf(daysOf, room);
    }
    if (3 * (size + 1) > 2 * index.length) {
      index = new int[2 * index.length];
      for (int at = 0; at < size; at++) {
        index(at);
      }
    }
    prints[size] = print;
    daysOf[size] = day;
    index(size++);
  }

  private void index(int at) {
    int mask = index.length - 1;
    int slot = slot(prints[at], mask);
    while (index[slot] != 0) {
      slot = slot + 1 & mask;
    }
    index[slot] = at + 1;
  }

  /** Forgets all but the first {@code keep}. */
  void truncate(int keep) {
    int mask = index.length - 1;
    while (size > keep) {
      int slot = slot(prints[size - 1], mask);
      while (index[slot] != size) {
        slot = slot + 1 & mask;
      }
      index[slot] = 0;
      size--;
    }
  }

  int oldestDay() {
    int oldest = Integer.MAX_VALUE;
    for (int at = 0; at < size; at++) {
      oldest = Math.min(oldest, daysOf[at]);
    }
    return oldest;
  }

  /** The days that occur, in any order. */
  int[] days() {
    return Arrays.stream(daysOf, 0, size).distinct().toArray();
  }

  /** {@code sorted} and the prints of a day, sorted; {@code sorted} itself where there is none. */
  long[] withThoseOf(int day, long[] sorted) {
    int more = 0;
    for (int at = 0; at < size; at++) {
      more += daysOf[at] == day ? 1 : 0;
    }
    if (more == 0) {
      return sorted;
    }
    long[] all = Arrays.copyOf(sorted, sorted.length + more);
    int to = sorted.length;
    for (int at = 0; at < size; at++) {
      if (daysOf[at] == day) {
        all[to++] = prints[at];
      }
    }
    Arrays.sort(all);
    return all;
  }

  int bytes() {
    return 32
        + DedupeWindow.ARRAY_HEADER
        + 8 * prints.length
        + Fingerprints.align(DedupeWindow.ARRAY_HEADER + 4 * daysOf.length)
        + Fingerprints.align(DedupeWindow.ARRAY_HEADER + 4 * index.length);
  }

  private static int slot(long print, int mask) {
    return (int) ((print * 0x9E3779B97F4A7C15L) >>> 32) & mask;
  }
}
