package io.millrace.processors.shard;

import io.millrace.processors.undo.UndoLog;

/** What has been posted under an offer's agreement in a period, and each party's part of it. */
final class SharedTotal implements UndoLog.Undoable {
  long posted;
  final long[] parts;
  long savedSeq;

  SharedTotal(int parties) {
    parts = new long[parties];
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
