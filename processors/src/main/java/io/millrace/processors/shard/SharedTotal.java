package io.millrace.processors.shard;

import io.millrace.processors.undo.UndoLog;

/** What has been posted under an agreement in a period, and each party's part of it. */
final class SharedTotal implements UndoLog.Undoable {
  /** A catalog of 1 MiB has fewer offers. */
  private static final int OFFER_BITS = 20;

  long posted;
  final long[] parts;
  long savedSeq;

  SharedTotal(int parties) {
    parts = new long[parties];
  }

  /**
   * Of the period in the high half, so that they are in its order; an offer's own agreement, of
   * which there are most, leaves the middle 0.
   *
   * @param sharing which of the offer's agreements it is
   */
  static long key(int period, int offer, int sharing) {
    assert offer < 1 << OFFER_BITS && sharing < 1 << (Integer.SIZE - 1 - OFFER_BITS) : offer;
    return ((long) period << Integer.SIZE) | ((long) sharing << OFFER_BITS) | offer;
  }

  /** To be called before its first change in a batch. */
  void save(UndoLog log) {
    log.begin(this);
    log.put(savedSeq);
    log.put(posted);
    for (long part : parts) {
      log.put(part);
    }
  }

  @Override
  public void restore(UndoLog log) {
    savedSeq = log.number();
    posted = log.number();
    for (int i = 0; i < parts.length; i++) {
      parts[i] = log.number();
    }
  }
}
