package io.millrace.processors.journal;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import io.millrace.processors.codec.ByteWriter;

/**
 * Writes columns of whole numbers, each as planes of bytes, each plane compressed by itself.
 *
 * <p>A column becomes small offsets: to its least number, or to the number before where that is
 * smaller by far, divided by their common divisor (times in whole seconds). The offsets' bytes of
 * equal weight lie side by side: a plane of noise is stored as it is, one of few values by zstd's
 * entropy coder, with a table of its own, which is why planes do not share a frame. Not
 * thread-safe; scratch is kept between calls.
 */
final class ColumnWriter implements AutoCloseable {

  static final int DELTA = 0x10;
  static final int DIVIDED = 0x20;

  static final int RAW = 0;
  static final int ZSTD = 1;

  /** {@code PACKED + b}: each element has b bits, 1 to 7, the first in a byte's lowest. */
  static final int PACKED = 2;

  /** Below this many bytes a frame's header costs more than it saves. */
  private static final int WORTH_A_FRAME = 24;

  private final ZstdCompressCtx zstd = new ZstdCompressCtx();
  private long[] offsets = new long[0];
  private byte[] plane = new byte[0];
  private byte[] frame = new byte[0];

  ColumnWriter(int level) {
    zstd.setLevel(level).setMagicless(true).setContentSize(false).setChecksum(false);
  }

  /** Writes {@code values[0]} to {@code values[n - 1]}; the reader has to know n. */
  void column(ByteWriter out, long[] values, int n) {
    if (n == 0) {
      return;
    }
    room(n);
    long least = values[0];
    long most = least;
    for (int i = 1; i < n; i++) {
      least = Math.min(least, values[i]);
      most = Math.max(most, values[i]);
    }
    // Where most - least leaves the long's range it reads as negative: still right as 64 bits.
    long range = most - least;
    boolean delta = range != 0 && deltaIsSmaller(values, n, least);
    long divisor = range > 0 ? divisor(values, n, least) : 1;
    long bits = 0;
    if (delta) {
      long before = values[0];
      for (int i = 0; i < n; i++) {
        long step = values[i] - before;
        before = values[i];
        long offset = divisor == 1 ? step : step / divisor;
        offsets[i] = (offset << 1) ^ (offset >> 63);
        bits |= offsets[i];
      }
    } else if (range != 0) {
      for (int i = 0; i < n; i++) {
        offsets[i] = values[i] - least;
      }
      if (divisor != 1) {
        for (int i = 0; i < n; i++) {
          offsets[i] /= divisor;
        }
      }
      bits = divisor == 1 ? range : range / divisor;
    }
    int width = 64 - Long.numberOfLeadingZeros(bits);
    int planes = (width + 7) >> 3;
    out.u8(planes | (delta ? DELTA : 0) | (divisor != 1 ? DIVIDED : 0));
    out.zigzag(delta ? values[0] : least);
    if (divisor != 1) {
      out.varint(divisor);
    }
    for (int p = 0; p < planes; p++) {
      int shift = p << 3;
      for (int i = 0; i < n; i++) {
        plane[i] = (byte) (offsets[i] >>> shift);
      }
      bytes(out, plane, n, Math.min(8, width - shift));
    }
  }

  /** Writes the length and the bytes, compressed where that is shorter. */
  void block(ByteWriter out, byte[] bytes, int length) {
    out.varint(length);
    if (length > 0) {
      bytes(out, bytes, length, 8);
    }
  }

  @Override
  public void close() {
    zstd.close();
  }

  private void bytes(ByteWriter out, byte[] from, int n, int bits) {
    int bound = (int) Math.max(Zstd.compressBound(n), 64);
    if (frame.length < bound) {
      frame = new byte[bound];
    }
    int packed = bits == 8 ? n : (int) (((long) n * bits + 7) >> 3);
    int framed =
        n < WORTH_A_FRAME
            ? Integer.MAX_VALUE
            : zstd.compressByteArray(frame, 0, frame.length, from, 0, n);
    if (framed < packed) {
      out.u8(ZSTD);
      out.varint(framed);
      out.raw(frame, 0, framed);
    } else if (bits == 8) {
      out.u8(RAW);
      out.raw(from, 0, n);
    } else {
      out.u8(PACKED + bits);
      pack(from, n, bits);
      out.raw(frame, 0, packed);
    }
  }

  private void pack(byte[] from, int n, int bits) {
    long window = 0;
    int filled = 0;
    int at = 0;
    for (int i = 0; i < n; i++) {
      window |= (long) (from[i] & 0xFF) << filled;
      filled += bits;
      if (filled >= 8) {
        frame[at++] = (byte) window;
        window >>>= 8;
        filled -= 8;
      }
    }
    if (filled > 0) {
      frame[at] = (byte) window;
    }
  }

  /** Steps between noise are noisier than the noise: they have to be shorter by an eighth. */
  private static boolean deltaIsSmaller(long[] values, int n, long least) {
    long plain = 0;
    long stepped = 0;
    long before = values[0];
    for (int i = 0; i < n; i++) {
      long step = values[i] - before;
      before = values[i];
      plain += Long.numberOfLeadingZeros(values[i] - least);
      stepped += Long.numberOfLeadingZeros((step << 1) ^ (step >> 63));
    }
    return (64L * n - stepped) * 8 < (64L * n - plain) * 7;
  }

  /** The greatest common divisor of the offsets; in noise the first few say 1. */
  private static long divisor(long[] values, int n, long least) {
    long divisor = 0;
    for (int i = 0; i < n && divisor != 1; i++) {
      long rest = values[i] - least;
      while (rest != 0) {
        long next = divisor % rest;
        divisor = rest;
        rest = next;
      }
    }
    return divisor;
  }

  private void room(int n) {
    if (plane.length < n) {
      int more = Math.max(n, Math.min(plane.length * 2, JournalCodec.MAX_VALUES));
      plane = new byte[more];
      offsets = new long[more];
    }
  }
}
