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
  private Distinct[] distinct = {};
  private SlotSums[] sums = {};

  /** What was met in periods before is forgotten. */
  private int firstKept;

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
      log.put(firstKept);
      log.put(distinct);
      for (Distinct each : distinct) {
        each.save(log);
      }
      log.put(sums);
      for (SlotSums each : sums) {
        each.save(log);
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
    firstKept = (int) log.number();
    distinct = log.reference();
    for (Distinct each : distinct) {
      each.restore(log);
    }
    sums = log.reference();
    for (SlotSums each : sums) {
      each.restore(log);
    }
  }

  /** The values of a period; null where there are none. */
  @Nullable Distinct distinct(int charge, int period) {
    for (Distinct each : distinct) {
      if (each.charge == charge && each.period == period) {
        return each;
      }
    }
    return null;
  }

  /** The sums of a period's slots; null where there are none. */
  @Nullable SlotSums sums(int charge, int period) {
    for (SlotSums each : sums) {
      if (each.charge == charge && each.period == period) {
        return each;
      }
    }
    return null;
  }

  /** Whether it still knows all that a period has had. */
  boolean keeps(int period) {
    return period >= firstKept;
  }

  /**
   * Takes a value of a period that is not among its values.
   *
   * @param oldest the first period that late events may still be of: those before are forgotten
   */
  void add(int charge, int period, long value, int oldest) {
    Distinct values = distinct(charge, period);
    if (values == null) {
      forget(oldest, period);
      values = new Distinct(charge, period);
      distinct = Arrays.copyOf(distinct, distinct.length + 1);
      distinct[distinct.length - 1] = values;
    }
    values.add(value);
  }

  /**
   * The sums of a period's slots, made where there are none; {@code oldest} as for {@link #add}.
   */
  SlotSums sums(int charge, int period, int oldest) {
    SlotSums ofPeriod = sums(charge, period);
    if (ofPeriod == null) {
      forget(oldest, period);
      ofPeriod = new SlotSums(charge, period);
      sums = Arrays.copyOf(sums, sums.length + 1);
      sums[sums.length - 1] = ofPeriod;
    }
    return ofPeriod;
  }

  private void forget(int oldest, int period) {
    firstKept = Math.max(firstKept, Math.min(oldest, period));
    distinct = Arrays.stream(distinct).filter(d -> d.period >= firstKept).toArray(Distinct[]::new);
    sums = Arrays.stream(sums).filter(d -> d.period >= firstKept).toArray(SlotSums[]::new);
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
    return all.length == 0 && distinct.length == 0 && sums.length == 0;
  }

  void encode(ByteWriter out) {
    out.varint(all.length);
    for (Gauge gauge : all) {
      gauge.encode(out);
    }
    out.varint(firstKept);
    out.varint(distinct.length);
    for (Distinct each : distinct) {
      each.encode(out);
    }
    out.varint(sums.length);
    for (SlotSums each : sums) {
      each.encode(out);
    }
  }

  static Gauges decode(ByteReader in) {
    Gauges gauges = new Gauges();
    gauges.all = new Gauge[in.count(in.remaining())];
    for (int i = 0; i < gauges.all.length; i++) {
      gauges.all[i] = Gauge.decode(in);
    }
    gauges.firstKept = in.count(Integer.MAX_VALUE);
    gauges.distinct = new Distinct[in.count(in.remaining())];
    for (int i = 0; i < gauges.distinct.length; i++) {
      gauges.distinct[i] = Distinct.decode(in);
    }
    gauges.sums = new SlotSums[in.count(in.remaining())];
    for (int i = 0; i < gauges.sums.length; i++) {
      gauges.sums[i] = SlotSums.decode(in);
    }
    return gauges;
  }
}
