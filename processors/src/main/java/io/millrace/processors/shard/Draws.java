package io.millrace.processors.shard;

import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import io.millrace.processors.undo.UndoLog;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a subscription has drawn on allowances whose use is ordered. A bucket, what a period brings
 * of an allowance, is known by what was drawn on it alone. Saved for undo apart from its
 * subscription, which costs those without any nothing.
 */
final class Draws implements UndoLog.Undoable {
  /** Stands for the period of an allowance that is there once. */
  static final int ONCE = -1;

  /** Stands for a bucket of units that were bought, by its number; 1 at least. */
  static int bought(int number) {
    return ONCE - number;
  }

  /** The number of a bucket that was bought; less than 1 where none is meant. */
  static int number(int origin) {
    return ONCE - origin;
  }

  /**
   * What a charge's use of a period has drawn on a bucket.
   *
   * <p>{@code allowance} is its number in the offer, {@code origin} the period that brought the
   * bucket, or says that it is there once or was bought, {@code last} the last one whose use can
   * draw on it.
   */
  static final class Draw {
    final int allowance;
    final int origin;
    final int charge;
    final int period;
    final int last;
    long amount;

    Draw(int allowance, int origin, int charge, int period, int last) {
      this.allowance = allowance;
      this.origin = origin;
      this.charge = charge;
      this.period = period;
      this.last = last;
    }
  }

  private Draw[] all = {};
  private long savedSeq;

  /** All of them, not to be changed. */
  Draw[] all() {
    return all;
  }

  /** What was drawn on a bucket by use of periods from one on. */
  long drawn(int allowance, int origin, int firstPeriod) {
    long sum = 0;
    for (Draw d : all) {
      if (d.allowance == allowance && d.origin == origin && d.period >= firstPeriod) {
        sum += d.amount;
      }
    }
    return sum;
  }

  @Nullable Draw find(int allowance, int origin, int charge, int period) {
    for (Draw d : all) {
      if (d.allowance == allowance
          && d.origin == origin
          && d.charge == charge
          && d.period == period) {
        return d;
      }
    }
    return null;
  }

  /** To be called before one changes, or is added. */
  void touch(UndoLog log, long seq) {
    if (savedSeq != seq) {
      log.begin(this);
      log.put(savedSeq);
      log.put(all);
      for (Draw d : all) {
        log.put(d.amount);
      }
      savedSeq = seq;
    }
  }

  @Override
  public void restore(UndoLog log) {
    savedSeq = log.number();
    all = log.reference();
    for (Draw d : all) {
      d.amount = log.number();
    }
  }

  /** The one like this; made where there is none, and those that nothing can draw on go then. */
  Draw get(Draw like, int oldest) {
    Draw found = find(like.allowance, like.origin, like.charge, like.period);
    if (found == null) {
      Draw[] kept = Arrays.stream(all).filter(d -> d.last >= oldest).toArray(Draw[]::new);
      all = Arrays.copyOf(kept, kept.length + 1);
      all[kept.length] = new Draw(like.allowance, like.origin, like.charge, like.period, like.last);
      found = all[kept.length];
    }
    return found;
  }

  void encode(ByteWriter out) {
    out.varint(all.length);
    for (Draw d : all) {
      out.varint(d.allowance);
      out.zigzag(d.origin);
      out.varint(d.charge);
      out.zigzag(d.period);
      out.varint(d.last);
      out.varint(d.amount);
    }
  }

  static Draws decode(ByteReader in) {
    Draws draws = new Draws();
    draws.all = new Draw[in.count(in.remaining())];
    for (int i = 0; i < draws.all.length; i++) {
      Draw d =
          new Draw(
              in.count(Integer.MAX_VALUE),
              (int) in.zigzag(),
              in.count(Integer.MAX_VALUE),
              (int) in.zigzag(),
              in.count(Integer.MAX_VALUE));
      d.amount = in.varint();
      draws.all[i] = d;
    }
    return draws;
  }
}
