package io.millrace.connectors.codec;

/**
 * Scans protocol buffers (the wire format, version 3) field by field. No length is believed before
 * the bytes are there. Not thread-safe.
 */
final class ProtoScanner {
  static final int VARINT = 0;
  static final int FIXED64 = 1;
  static final int BYTES = 2;
  static final int FIXED32 = 5;

  private byte[] in = {};
  private int at;
  private int end;
  private boolean good;

  /** The field read last: its number, its wire type, and what it holds. */
  int field;

  int type;

  /** The number of a varint or a fixed field, its bits as they came. */
  long number;

  /** The part of the bytes that a field of bytes has. */
  int from;

  int length;

  void begin(byte[] bytes, int first, int count) {
    in = bytes;
    at = first;
    end = first + count;
    good = true;
  }

  /** Whether what was read so far is well-formed. */
  boolean isGood() {
    return good;
  }

  /** Reads the next field; false at the end, and where there is none. */
  boolean next() {
    if (!good || at == end) {
      return false;
    }
    long tag = varint();
    field = (int) (tag >>> 3);
    type = (int) tag & 7;
    good &= tag > 0 && tag <= 0xFFFF_FFFFL && field > 0;
    switch (type) {
      case VARINT -> number = varint();
      case FIXED64 -> number = fixed(8);
      case FIXED32 -> number = fixed(4);
      case BYTES -> {
        long size = varint();
        good &= size >= 0 && size <= end - at;
        if (good) {
          from = at;
          length = (int) size;
          at += length;
        }
      }
      default -> good = false; // groups are no part of version 3
    }
    return good;
  }

  private long varint() {
    long value = 0;
    for (int shift = 0; shift < 64 && at < end; shift += 7) {
      byte b = in[at++];
      value |= (long) (b & 0x7F) << shift;
      if (b >= 0) {
        return value;
      }
    }
    good = false;
    return 0;
  }

  private long fixed(int size) {
    if (size > end - at) {
      good = false;
      return 0;
    }
    long value = 0;
    for (int i = 0; i < size; i++) {
      value |= (in[at++] & 0xFFL) << (8 * i);
    }
    return value;
  }
}
