package io.millrace.connectors.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * 64 bits of bytes for tables in memory: fast, unkeyed, never stored and never a proof of equality.
 */
public final class TextHash {

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long MIX = 0x9E3779B97F4A7C15L;

  private TextHash() {}

  /** The hash of {@code length} bytes. */
  public static long of(byte[] bytes, int from, int length) {
    long hash = length * MIX;
    int done = 0;
    for (; done + 8 <= length; done += 8) {
      hash = mix(hash ^ (long) LONG.get(bytes, from + done));
    }
    return done == length ? hash : mix(hash ^ word(bytes, from + done, length - done));
  }

  /** The same hash of the same bytes, given as {@link #word words}. */
  public static long of(long[] words, int from, int length) {
    long hash = length * MIX;
    for (int i = 0; i < length + 7 >> 3; i++) {
      hash = mix(hash ^ words[from + i]);
    }
    return hash;
  }

  /**
   * Up to eight bytes as a number, the first one lowest, zeros for those that are missing.
   *
   * @param count how many, from 1; those behind eight are not taken
   */
  public static long word(byte[] bytes, int from, int count) {
    if (from + 8 <= bytes.length) {
      long word = (long) LONG.get(bytes, from);
      return count >= 8 ? word : word & (1L << (count << 3)) - 1;
    }
    long word = 0;
    for (int i = 0; i < count; i++) {
      word |= (bytes[from + i] & 0xFFL) << (i << 3);
    }
    return word;
  }

  private static long mix(long value) {
    long mixed = value * MIX;
    return mixed ^ (mixed >>> 32);
  }
}
