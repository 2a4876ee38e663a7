package io.millrace.processors.shard;

import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import io.millrace.processors.undo.UndoLog;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a subscription remembers of readings that don't just add up. Saved for undo apart from its
 * subscription, which costs those without any nothing.
 */
final class Gauges implements UndoLog.Undoable {
  private Gauge[] all = {};
  private long savedSeq;

  @Nullable Gauge find(int key) {
    for (Gauge gauge : all) {
      if (gauge.key == key) {
        return gauge;
      }
    }
    return null;
  }

  /** To be called before one of them changes, or is made. */
  void touch(UndoLog log, long seq) {
    if (savedSeq != seq) {
      log.begin(this);
      log.put(savedSeq);
      log.put(all);
      for (Gauge gauge : all) {
        gauge.save(log);
      }
      savedSeq = seq;
    }
  }

  @Override
  public void restore(UndoLog log) {
    savedSeq = log.number();
    all = log.reference();
    for (Gauge gauge : all) {
      gauge.restore(log);
    }
  }

  /** The one with this key, which is made where there is none. */
  Gauge get(int key) {
    Gauge gauge = find(key);
    if (gauge == null) {
      gauge = new Gauge(key);
      all = Arrays.copyOf(all, all.length + 1);
      all[all.length - 1] = gauge;
    }
    return gauge;
  }

  boolean isEmpty() {
    return all.length == 0;
  }

  void encode(ByteWriter out) {
    out.varint(all.length);
    for (Gauge gauge : all) {
      gauge.encode(out);
    }
  }

  static Gauges decode(ByteReader in) {
    Gauges gauges = new Gauges();
    gauges.all = new Gauge[in.count(in.remaining())];
    for (int i = 0; i < gauges.all.length; i++) {
      gauges.all[i] = Gauge.decode(in);
    }
    return gauges;
  }
}
