package io.millrace.processors.journal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * What raw events of one shape share: all bytes but the digits. A run of digits is a hole, written
 * as one {@code '0'} (a skeleton has no other digit), and its number goes to the hole's column. A
 * run of more than {@link #MAX_DIGITS} digits makes several holes.
 *
 * <p>An event is exactly its skeleton and, for each hole, a number and how many digits it is
 * written with. Those are kept in one long: number × 32 + digits.
 */
final class Skeleton {

  static final byte HOLE = '0';
  static final int MAX_BYTES = 4096;
  static final int MAX_HOLES = 64;

  /** 10^17 × 32 is below 2^63. */
  static final int MAX_DIGITS = 17;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final byte[] text;
  private final int holes;
  private final int[] from;
  private final int[] length;
  private final long[][] column;
  private int[] row = new int[256];
  private int rows;
  private int ordinal;

  /** The skeleton with this text, of {@code bytes[0]} to {@code bytes[size - 1]}. */
  Skeleton(byte[] bytes, int size) {
    text = Arrays.copyOf(bytes, size);
    int count = 0;
    for (byte b : text) {
      count += b == HOLE ? 1 : 0;
    }
    holes = count;
    from = new int[holes + 1];
    length = new int[holes + 1];
    int piece = 0;
    for (int i = 0; i < size; i++) {
      if (text[i] == HOLE) {
        length[piece] = i - from[piece];
        from[++piece] = i + 1;
      }
    }
    length[piece] = size - from[piece];
    column = new long[holes][256];
  }

  /**
   * The skeleton of an event.
   *
   * @param into room for {@link #MAX_BYTES}
   * @return its length, or -1 where it has too many bytes or holes
   */
  static int of(byte[] raw, int from, int to, byte[] into) {
    int size = 0;
    int found = 0;
    int digits = 0;
    for (int i = from; i < to; i++) {
      byte b = raw[i];
      boolean digit = b >= '0' && b <= '9';
      if (digit && digits > 0 && digits < MAX_DIGITS) {
        digits++;
        continue;
      }
      if (size == MAX_BYTES || digit && ++found > MAX_HOLES) {
        return -1;
      }
      into[size++] = digit ? HOLE : b;
      digits = digit ? 1 : 0;
    }
    return size;
  }

  byte[] text() {
    return text;
  }

  int holes() {
    return holes;
  }

  int rows() {
    return rows;
  }

  int row(int i) {
    return row[i];
  }

  /** Which of the commit's skeletons it is, from 1; 0 where it has no row yet. */
  int ordinal() {
    return ordinal;
  }

  /** A hole's numbers and digits, one element a row. */
  long[] column(int hole) {
    return column[hole];
  }

  boolean hasText(byte[] bytes, int size) {
    return Arrays.equals(text, 0, text.length, bytes, 0, size);
  }

  /** Forgets the rows. */
  void clear() {
    rows = 0;
    ordinal = 0;
  }

  /** Takes the first row of a commit to come. */
  void begin(int as) {
    ordinal = as;
  }

  /** Takes the event as its next row if it has this skeleton. */
  boolean take(byte[] raw, int start, int to, int rawRow) {
    int at = start;
    int n = rows;
    if (n == row.length) {
      grow();
    }
    for (int hole = 0; hole < holes; hole++) {
      int size = length[hole];
      if (at + size >= to || !same(raw, at, from[hole], size)) {
        return false;
      }
      at += size;
      long number = 0;
      int first = at;
      int limit = Math.min(to, at + MAX_DIGITS);
      while (at < limit) {
        int digit = raw[at] - '0';
        if (digit < 0 || digit > 9) {
          break;
        }
        number = number * 10 + digit;
        at++;
      }
      if (at == first) {
        return false;
      }
      column[hole][n] = number << 5 | (at - first);
    }
    int size = length[holes];
    if (at + size != to || !same(raw, at, from[holes], size)) {
      return false;
    }
    row[n] = rawRow;
    rows = n + 1;
    return true;
  }

  private boolean same(byte[] raw, int at, int piece, int size) {
    if (size < 8) {
      for (int i = 0; i < size; i++) {
        if (raw[at + i] != text[piece + i]) {
          return false;
        }
      }
      return true;
    }
    int last = size - 8;
    for (int i = 0; i < last; i += 8) {
      if ((long) LONG.get(raw, at + i) != (long) LONG.get(text, piece + i)) {
        return false;
      }
    }
    return (long) LONG.get(raw, at + last) == (long) LONG.get(text, piece + last);
  }

  private void grow() {
    int n = row.length * 2;
    row = Arrays.copyOf(row, n);
    for (int hole = 0; hole < holes; hole++) {
      column[hole] = Arrays.copyOf(column[hole], n);
    }
  }
}
