package io.millrace.processors.shard;

import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import io.millrace.processors.undo.UndoLog;
import java.util.Arrays;

/**
 * What a charge of a subscription has summed up in each short slot of a settlement period. Its
 * pages never change, each change makes new ones, so that undo needs no copy.
 */
final class SlotSums {
  private static final int PAGE = 64;
  private static final long[] EMPTY = new long[PAGE];

  final int charge;
  final int period;
  private long[][] pages = {};
  private long ranked;

  SlotSums(int charge, int period) {
    this.charge = charge;
    this.period = period;
  }

  /** The sum of a slot; 0 where nothing was used in it. */
  long get(int slot) {
    return slot / PAGE < pages.length ? pages[slot / PAGE][slot % PAGE] : 0;
  }

  /** The sum at the rank that counts, as it was given last. */
  long ranked() {
    return ranked;
  }

  /** Has a slot sum up to this, after which {@code atRank} is at the rank that counts. */
  void set(int slot, long sum, long atRank) {
    ranked = atRank;
    int page = slot / PAGE;
    long[][] next = Arrays.copyOf(pages, Math.max(pages.length, page + 1));
    Arrays.fill(next, pages.length, next.length, EMPTY);
    next[page] = next[page].clone();
    next[page][slot % PAGE] = sum;
    pages = next;
  }

  /**
   * The sum at a rank among all slots of the period, counted from the largest on; sums below 0 are
   * as good as none.
   *
   * @param rank 1 or more
   * @param slot one whose sum is taken to be {@code sum}
   */
  long atRank(int rank, int slot, long sum) {
    long[] some = new long[(pages.length + 1) * PAGE];
    int n = 0;
    for (int page = 0; page < pages.length; page++) {
      for (int i = 0; i < PAGE; i++) {
        if (pages[page][i] > 0 && page * PAGE + i != slot) {
          some[n++] = pages[page][i];
        }
      }
    }
    if (sum > 0) {
      some[n++] = sum;
    }
    if (n < rank) {
      return 0;
    }
    Arrays.sort(some, 0, n);
    return some[n - rank];
  }

  void save(UndoLog log) {
    log.put(pages);
    log.put(ranked);
  }

  void restore(UndoLog log) {
    pages = log.reference();
    ranked = log.number();
  }

  void encode(ByteWriter out) {
    out.varint(charge);
    out.varint(period);
    out.zigzag(ranked);
    out.varint(pages.length);
    for (long[] page : pages) {
      for (long sum : page) {
        out.zigzag(sum);
      }
    }
  }

  static SlotSums decode(ByteReader in) {
    SlotSums sums = new SlotSums(in.count(Integer.MAX_VALUE), in.count(Integer.MAX_VALUE));
    sums.ranked = in.zigzag();
    sums.pages = new long[in.count(in.remaining())][PAGE];
    for (long[] page : sums.pages) {
      for (int i = 0; i < PAGE; i++) {
        page[i] = in.zigzag();
      }
    }
    return sums;
  }
}
