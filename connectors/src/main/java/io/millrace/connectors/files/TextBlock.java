package io.millrace.connectors.files;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Some whole lines of a text. Reused: what it holds is good until it is read again. Has one owner
 * while it is read, then any number of walks.
 */
public final class TextBlock {
  private static final int FIRST_SIZE = 1 << 16;
  private static final long LOW_BITS = 0x0101010101010101L;
  private static final long HIGH_BITS = LOW_BITS << 7;
  private static final long LINE_FEEDS = LOW_BITS * '\n';
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  byte[] bytes = new byte[FIRST_SIZE];
  int size;
  int longest;
  boolean isFirst;

  /** A walk over its lines, from before the first one. */
  public Walk walk() {
    return new Walk(this);
  }

  /** A walk over the lines that are not blank, as {@link Lines} has them. Has one owner. */
  public static final class Walk {
    private final TextBlock block;
    private int next;
    private int from;
    private int length;
    private int number;
    private boolean tooLong;

    private Walk(TextBlock block) {
      this.block = block;
    }

    /** Goes to the next line that is not blank. Returns whether there is one. */
    public boolean advance() {
      byte[] bytes = block.bytes;
      while (next < block.size && !tooLong) {
        int end = lineEnd(bytes, next, block.size);
        line(bytes, end);
        next = end + 1;
        if (length > 0 && !tooLong) {
          return true;
        }
      }
      return false;
    }

    /** The place of the next LF, or the end; looks at eight bytes at once. */
    private static int lineEnd(byte[] bytes, int from, int to) {
      int at = from;
      for (; at + Long.BYTES <= to; at += Long.BYTES) {
        // Zero where there is an LF; then the lowest byte that is zero has its high bit set here.
        long word = (long) LONG.get(bytes, at) ^ LINE_FEEDS;
        long found = word - LOW_BITS & ~word & HIGH_BITS;
        if (found != 0) {
          return at + (Long.numberOfTrailingZeros(found) >>> 3);
        }
      }
      while (at < to && bytes[at] != '\n') {
        at++;
      }
      return at;
    }

    private void line(byte[] bytes, int end) {
      from = next;
      number++;
      if (block.isFirst
          && number == 1
          && end - from >= 3
          && bytes[from] == (byte) 0xef
          && bytes[from + 1] == (byte) 0xbb
          && bytes[from + 2] == (byte) 0xbf) {
        from += 3;
      }
      length = end - from;
      if (length > 0 && bytes[end - 1] == '\r') {
        length--;
      }
      tooLong = length > block.longest;
    }

    /** Holds the line that it is at. */
    public byte[] bytes() {
      return block.bytes;
    }

    /** The line's first byte. */
    public int from() {
      return from;
    }

    /** How many bytes the line has, without what ends it. */
    public int length() {
      return length;
    }

    /** The number of the line in this block, from 1; blank ones count. */
    public int number() {
      return number;
    }

    /** Whether the walk ended at a line that is longer than the limit: the file is refused. */
    public boolean isTooLong() {
      return tooLong;
    }

    /** Bytes that a line may have. */
    public int longest() {
      return block.longest;
    }
  }
}
