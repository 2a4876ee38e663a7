package io.millrace.processors.codec;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads what {@link ByteWriter} wrote. Every method throws {@link IllegalArgumentException} where the
 * bytes end too early or can't have been written so; a length is checked before anything is allocated
 * for it. Not thread-safe.
 */
public final class ByteReader {

  private final byte[] bytes;
  private final int end;
  private int at;

  /** Reads all of {@code bytes}. */
  public ByteReader(byte[] bytes) {
    this(bytes, 0, bytes.length);
  }

  /**
   * Reads a part of {@code bytes}.
   *
   * @param from its first byte
   * @param length how many it has
   */
  public ByteReader(byte[] bytes, int from, int length) {
    if (from < 0 || length < 0 || length > bytes.length - from) {
      throw new IllegalArgumentException(length + " bytes from " + from + " of " + bytes.length);
    }
    this.bytes = bytes;
    this.at = from;
    this.end = from + length;
  }

  /** How many bytes are left. */
  public int remaining() {
    return end - at;
  }

  /** One byte, 0 to 255. */
  public int u8() {
    need(1);
    return bytes[at++] & 0xFF;
  }

  /** A byte that must be 1 or 0. */
  public boolean bool() {
    int value = u8();
    if (value > 1) {
      throw new IllegalArgumentException("not a boolean at byte " + (at - 1) + ": " + value);
    }
    return value == 1;
  }

  /** Four bytes, the most significant first. */
  public int fixed32() {
    need(4);
    int value = 0;
    for (int i = 0; i < 4; i++) {
      value = value << 8 | bytes[at++] & 0xFF;
    }
    return value;
  }

  /** Eight bytes, the most significant first. */
  public long fixed64() {
    need(8);
    long value = 0;
    for (int i = 0; i < 8; i++) {
      value = value << 8 | bytes[at++] & 0xFF;
    }
    return value;
  }

  /** What {@link ByteWriter#varint} wrote. */
  public long varint() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      int b = u8();
      value |= (long) (b & 0x7F) << shift;
      if (b < 0x80) {
        if (shift == 63 && b > 1) {
          break;
        }
        return value;
      }
    }
    throw new IllegalArgumentException("not a varint before byte " + at);
  }

  /** A {@link #varint} that must lie from 0 to {@code limit}, both included. */
  public int count(int limit) {
    long value = varint();
    if (value < 0 || value > limit) {
      throw new IllegalArgumentException(
          "before byte " + at + ": " + Long.toUnsignedString(value) + " is over " + limit);
    }
    return (int) value;
  }

  /** What {@link ByteWriter#zigzag} wrote. */
  public long zigzag() {
    long value = varint();
    return (value >>> 1) ^ -(value & 1);
  }

  /** The next {@code length} bytes, copied. */
  public byte[] raw(int length) {
    need(length);
    at += length;
    return Arrays.copyOfRange(bytes, at - length, at);
  }

  /** What {@link ByteWriter#bytes} wrote. */
  public byte[] bytes() {
    return raw(count(remaining()));
  }

  /** What {@link ByteWriter#string} wrote. */
  public String string() {
    return new String(bytes(), StandardCharsets.UTF_8);
  }

  private void need(int more) {
    if (more < 0 || more > end - at) {
      throw new IllegalArgumentException(
          "the bytes end at " + end + ": " + more + " more wanted at " + at);
    }
  }
}
