package io.millrace.processors.shard;

import io.millrace.processors.undo.UndoLog;

/** Sums that events add to. */
final class Sums implements UndoLog.Undoable {
  final long[] of;
  long savedSeq;

  Sums(int sums) {
    of = new long[sums];
  }

  void save(UndoLog log) {
    log.begin(this);
    log.put(savedSeq);
    for (long sum : of) {
      log.put(sum);
    }
  }

  @Override
  public void restore(UndoLog log) {
    savedSeq = log.number();
    for (int i = 0; i < of.length; i++) {
      of[i] = log.number();
    }
  }
}
