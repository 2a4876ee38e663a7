package io.millrace.processors.codec;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A byte array that grows as it is written. What {@link ByteReader} reads back in the same order is
 * equal; the same calls always make the same bytes. Not thread-safe.
 */
public final class ByteWriter {

  private byte[] bytes;
  private int size;

  /** An empty one with room for 256 bytes. */
  public ByteWriter() {
    this(256);
  }

  /**
   * An empty one.
   *
   * @param room bytes it holds before it grows
   */
  public ByteWriter(int room) {
    bytes = new byte[Math.max(room, 16)];
  }

  /** How many bytes have been written. */
  public int size() {
    return size;
  }

  /** Forgets what has been written and keeps the room. */
  public void clear() {
    size = 0;
  }

  /** The array being written, valid up to {@link #size()} and until the next write. */
  public byte[] array() {
    return bytes;
  }

  /** What has been written, copied. */
  public byte[] toByteArray() {
    return Arrays.copyOf(bytes, size);
  }

  /** One byte: the lowest eight bits of {@code value}. */
  public void u8(int value) {
    room(1);
    bytes[size++] = (byte) value;
  }

  /** One byte, 1 or 0. */
  public void bool(boolean value) {
    u8(value ? 1 : 0);
  }

  /** Four bytes, the most significant first. */
  public void fixed32(int value) {
    room(4);
    for (int shift = 24; shift >= 0; shift -= 8) {
      bytes[size++] = (byte) (value >>> shift);
    }
  }

  /** Eight bytes, the most significant first. */
  public void fixed64(long value) {
    room(8);
    for (int shift = 56; shift >= 0; shift -= 8) {
      bytes[size++] = (byte) (value >>> shift);
    }
  }

  /** One to ten bytes, seven bits each, the least significant first; short for small, not negative. */
  public void varint(long value) {
    room(10);
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      bytes[size++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[size++] = (byte) rest;
  }

  /** A {@link #varint} that is short for numbers near zero on both sides. */
  public void zigzag(long value) {
    varint((value << 1) ^ (value >> 63));
  }

  /** {@code length} bytes as they are, without their length. */
  public void raw(byte[] from, int offset, int length) {
    room(length);
    System.arraycopy(from, offset, bytes, size, length);
    size += length;
  }

  /** The length as a varint, then the bytes. */
  public void bytes(byte[] value) {
    varint(value.length);
    raw(value, 0, value.length);
  }

  /** UTF-8 {@link #bytes}. */
  public void string(String value) {
    bytes(value.getBytes(StandardCharsets.UTF_8));
  }

  private void room(int more) {
    int needed = Math.addExact(size, more);
    if (needed > bytes.length) {
      int doubled = (int) Math.min(2L * bytes.length, Integer.MAX_VALUE - 8);
      bytes = Arrays.copyOf(bytes, Math.max(doubled, needed));
    }
  }
}
