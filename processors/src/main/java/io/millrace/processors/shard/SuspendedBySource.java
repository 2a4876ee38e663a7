package io.millrace.processors.shard;

import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import io.millrace.processors.undo.UndoLog;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What all sources of a shard have had suspended; part of its state and undone with it. */
final class SuspendedBySource {
  private static final long DAY_MILLIS = 86_400_000;

  private final TreeMap<Integer, SuspendedPrints> bySource = new TreeMap<>();
  private final List<Integer> added = new ArrayList<>();
  private final UndoLog log;

  SuspendedBySource(UndoLog log) {
    this.log = log;
  }

  /** By source. */
  Map<Integer, SuspendedPrints> all() {
    return bySource;
  }

  boolean contains(int source, long print, long time) {
    SuspendedPrints prints = bySource.get(source);
    return prints != null && prints.contains(print, time);
  }

  /** A source's, to be changed by batch {@code seq}. */
  SuspendedPrints of(int source, long seq) {
    SuspendedPrints prints = bySource.get(source);
    if (prints == null) {
      prints = new SuspendedPrints();
      prints.changedSeq = seq;
      bySource.put(source, prints);
      added.add(source);
    }
    touch(prints, seq);
    return prints;
  }

  private void touch(SuspendedPrints prints, long seq) {
    if (prints.changedSeq != seq) {
      prints.save(log);
      prints.changedSeq = seq;
    }
  }

  /** Forgets the days that end before the horizon when it moves on in batch {@code seq}. */
  void advance(long fromHorizon, long toHorizon, long seq) {
    if (Math.floorDiv(fromHorizon, DAY_MILLIS) != Math.floorDiv(toHorizon, DAY_MILLIS)) {
      for (SuspendedPrints prints : bySource.values()) {
        touch(prints, seq);
        prints.expire(toHorizon);
      }
    }
  }

  /** Takes out what the batch has added; what it changed is restored by the log. */
  void undo() {
    added.forEach(bySource::remove);
    added.clear();
  }

  void accept() {
    added.clear();
  }

  void encode(ByteWriter out, long since) {
    List<Map.Entry<Integer, SuspendedPrints>> changed =
        bySource.entrySet().stream()
            .filter(e -> e.getValue().changedSeq > since || since == 0)
            .toList();
    out.varint(changed.size());
    for (Map.Entry<Integer, SuspendedPrints> e : changed) {
      out.varint(e.getKey());
      e.getValue().encode(out);
    }
  }

  void overlay(ByteReader in) {
    int changed = in.count(in.remaining());
    for (int i = 0; i < changed; i++) {
      bySource.put(in.count(Integer.MAX_VALUE), SuspendedPrints.decode(in));
    }
  }
}
