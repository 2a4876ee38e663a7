package io.millrace.processors.shard;

import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import io.millrace.processors.undo.UndoLog;
import java.util.Arrays;

/**
 * The different values that a charge of a subscription has met in a settlement period, in the order
 * in which they came: {@link #MOST} at most, each of them exactly.
 */
final class Distinct {

  /** Values that are told apart in a period, at most. */
  static final int MOST = 1_000;

  private static final int ROOM = 8;

  final int charge;
  final int period;

  /** Only grows: what is appended after is written over after undo. */
  private long[] values = new long[ROOM];

  private int size;

  Distinct(int charge, int period) {
    this.charge = charge;
    this.period = period;
  }

  boolean contains(long value) {
    for (int i = 0; i < size; i++) {
      if (values[i] == value) {
        return true;
      }
    }
    return false;
  }

  boolean isFull() {
    return size == MOST;
  }

  /** Takes a value that it doesn't contain. */
  void add(long value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, 2 * size);
    }
    values[size++] = value;
  }

  void save(UndoLog log) {
    log.put(size);
    log.put(values);
  }

  void restore(UndoLog log) {
    size = (int) log.number();
    values = log.reference();
  }

  void encode(ByteWriter out) {
    out.varint(charge);
    out.varint(period);
    out.varint(size);
    for (int i = 0; i < size; i++) {
      out.zigzag(values[i]);
    }
  }

  static Distinct decode(ByteReader in) {
    Distinct distinct = new Distinct(in.count(Integer.MAX_VALUE), in.count(Integer.MAX_VALUE));
    int size = in.count(MOST);
    for (int i = 0; i < size; i++) {
      distinct.add(in.zigzag());
    }
    return distinct;
  }
}
