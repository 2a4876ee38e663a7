package io.millrace.processors.journal;

import com.github.luben.zstd.ZstdDecompressCtx;
import io.millrace.processors.codec.ByteReader;
import java.util.Arrays;

/**
 * Reads what {@link ColumnWriter} wrote. Not thread-safe; scratch is kept between calls.
 *
 * @see JournalCodec for what is thrown
 */
final class ColumnReader implements AutoCloseable {

  private final ZstdDecompressCtx zstd = new ZstdDecompressCtx();
  private byte[] plane = new byte[0];

  ColumnReader() {
    zstd.setMagicless(true);
  }

  /** Fills {@code values[0]} to {@code values[n - 1]}. */
  void column(ByteReader in, long[] values, int n) {
    if (n == 0) {
      return;
    }
    int head = in.u8();
    int planes = head & 0xF;
    boolean delta = (head & ColumnWriter.DELTA) != 0;
    if (planes > 8 || head >> 6 != 0) {
      throw new IllegalArgumentException("not a column: " + head);
    }
    long base = in.zigzag();
    long divisor = (head & ColumnWriter.DIVIDED) != 0 ? in.varint() : 1;
    if (plane.length < n) {
      plane = new byte[n];
    }
    Arrays.fill(values, 0, n, 0);
    for (int p = 0; p < planes; p++) {
      bytes(in, plane, n);
      int shift = p << 3;
      for (int i = 0; i < n; i++) {
        values[i] |= (plane[i] & 0xFFL) << shift;
      }
    }
    if (delta) {
      long at = base;
      for (int i = 0; i < n; i++) {
        at += ((values[i] >>> 1) ^ -(values[i] & 1)) * divisor;
        values[i] = at;
      }
    } else {
      for (int i = 0; i < n; i++) {
        values[i] = base + values[i] * divisor;
      }
    }
  }

  /** The bytes that {@link ColumnWriter#block} wrote, of which there may be {@code limit}. */
  byte[] block(ByteReader in, int limit) {
    byte[] bytes = new byte[in.count(limit)];
    if (bytes.length > 0) {
      bytes(in, bytes, bytes.length);
    }
    return bytes;
  }

  @Override
  public void close() {
    zstd.close();
  }

  private void bytes(ByteReader in, byte[] into, int n) {
    int kind = in.u8();
    if (kind == ColumnWriter.ZSTD) {
      byte[] frame = in.bytes();
      int length = zstd.decompressByteArray(into, 0, n, frame, 0, frame.length);
      if (length != n) {
        throw new IllegalArgumentException("a frame of " + length + " bytes in place of " + n);
      }
    } else if (kind == ColumnWriter.RAW) {
      byte[] raw = in.raw(n);
      System.arraycopy(raw, 0, into, 0, n);
    } else {
      unpack(in, into, n, kind - ColumnWriter.PACKED);
    }
  }

  private static void unpack(ByteReader in, byte[] into, int n, int bits) {
    if (bits < 1 || bits > 7) {
      throw new IllegalArgumentException("no element has " + bits + " bits");
    }
    byte[] packed = in.raw((int) (((long) n * bits + 7) >> 3));
    int mask = (1 << bits) - 1;
    int window = 0;
    int filled = 0;
    int at = 0;
    for (int i = 0; i < n; i++) {
      if (filled < bits) {
        window |= (packed[at++] & 0xFF) << filled;
        filled += 8;
      }
      into[i] = (byte) (window & mask);
      window >>>= bits;
      filled -= bits;
    }
  }
}
