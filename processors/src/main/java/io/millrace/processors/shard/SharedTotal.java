package io.millrace.processors.shard;

import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import io.millrace.processors.undo.UndoLog;
import java.math.BigInteger;

/** What has been posted under an agreement in a period, and each party's part of it. */
final class SharedTotal implements UndoLog.Undoable {
  /** A catalog of 1 MiB has fewer offers. */
  private static final int OFFER_BITS = 20;

  long posted;

  /** Of what was posted, in the meter's scaled integers; kept where parties get some for units. */
  BigInteger quantity = BigInteger.ZERO;

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

  void encode(ByteWriter out) {
    out.zigzag(posted);
    out.bytes(quantity.signum() == 0 ? new byte[0] : quantity.toByteArray());
    out.varint(parts.length);
    for (long part : parts) {
      out.zigzag(part);
    }
  }

  static SharedTotal decode(ByteReader in) {
    long posted = in.zigzag();
    byte[] quantity = in.bytes();
    SharedTotal total = new SharedTotal(in.count(in.remaining()));
    total.posted = posted;
    total.quantity = quantity.length == 0 ? BigInteger.ZERO : new BigInteger(quantity);
    for (int k = 0; k < total.parts.length; k++) {
      total.parts[k] = in.zigzag();
    }
    return total;
  }

  /** To be called before its first change in a batch. */
  void save(UndoLog log) {
    log.begin(this);
    log.put(savedSeq);
    log.put(posted);
    log.put(quantity);
    for (long part : parts) {
      log.put(part);
    }
  }

  @Override
  public void restore(UndoLog log) {
    savedSeq = log.number();
    posted = log.number();
    quantity = log.reference();
    for (int i = 0; i < parts.length; i++) {
      parts[i] = log.number();
    }
  }
}
