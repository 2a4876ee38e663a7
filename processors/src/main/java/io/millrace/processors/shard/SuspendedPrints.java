package io.millrace.processors.shard;

import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import io.millrace.processors.dedupe.DedupeWindow;
import io.millrace.processors.undo.UndoLog;

/**
 * What a source has had suspended here, so that a redelivery is told from another event: the newest
 * fingerprints up to a bound, by the UTC day of the shard's time, for the horizon. A flood of
 * poison pushes the oldest out before their time, half of the bound at once. What comes again then
 * counts as suspended again; its row in suspense, unique by its hash, stays the only one.
 */
final class SuspendedPrints implements UndoLog.Undoable {
  private DedupeWindow older = new DedupeWindow();
  private DedupeWindow newer = new DedupeWindow();

  /** How many were pushed out within the horizon. */
  long forgotten;

  long changedSeq;

  boolean contains(long print, long time) {
    return newer.test(print, false, time) != DedupeWindow.Verdict.NEW
        || older.test(print, false, time) != DedupeWindow.Verdict.NEW;
  }

  /** Takes in one that is not there; of a touched source only. */
  void add(long print, long time, int most) {
    if (newer.count() >= most / 2) {
      forgotten += older.count();
      older = newer;
      newer = new DedupeWindow();
    }
    newer.mark(print, false, time);
  }

  /** Drops the days that ended before the horizon; of a touched source only. */
  void expire(long horizonStart) {
    older.expire(horizonStart);
    newer.expire(horizonStart);
  }

  /** How many it remembers. */
  long count() {
    return older.count() + newer.count();
  }

  /** To be called before its first change in a batch. */
  void save(UndoLog log) {
    log.begin(this);
    log.put(changedSeq);
    log.put(forgotten);
    log.put(older);
    log.put(newer);
    older.save(log);
    newer.save(log);
  }

  @Override
  public void restore(UndoLog log) {
    changedSeq = log.number();
    forgotten = log.number();
    older = log.reference();
    newer = log.reference();
    older.restore(log);
    newer.restore(log);
  }

  void encode(ByteWriter out) {
    out.varint(forgotten);
    older.encode(out);
    newer.encode(out);
  }

  static SuspendedPrints decode(ByteReader in) {
    SuspendedPrints prints = new SuspendedPrints();
    prints.forgotten = in.varint();
    prints.older = DedupeWindow.decode(in);
    prints.newer = DedupeWindow.decode(in);
    return prints;
  }
}
