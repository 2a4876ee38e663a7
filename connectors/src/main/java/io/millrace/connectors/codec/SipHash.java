package io.millrace.connectors.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * SipHash-2-4 (Aumasson and Bernstein, 2012): 64 bits of any bytes that nobody without the key can
 * predict, so that a sender can't make two ids collide. A tenant's key makes its fingerprints.
 */
public final class SipHash {

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final long k0;
  private final long k1;

  /**
   * With this key.
   *
   * @param key 16 bytes
   */
  public SipHash(byte[] key) {
    if (key.length != 16) {
      throw new IllegalArgumentException("a SipHash key has 16 bytes: " + key.length);
    }
    k0 = (long) LONG.get(key, 0);
    k1 = (long) LONG.get(key, 8);
  }

  /** The fingerprint of {@code length} bytes. */
  public long of(byte[] bytes, int from, int length) {
    long v0 = k0 ^ 0x736f6d6570736575L;
    long v1 = k1 ^ 0x646f72616e646f6dL;
    long v2 = k0 ^ 0x6c7967656e657261L;
    long v3 = k1 ^ 0x7465646279746573L;
    int whole = length >> 3;
    for (int word = 0; word <= whole + 2; word++) {
      long m = 0;
      if (word < whole) {
        m = (long) LONG.get(bytes, from + (word << 3));
      } else if (word == whole) {
        m = last(bytes, from, length);
      } else if (word == whole + 1) {
        v2 ^= 0xFF;
      }
      v3 ^= m;
      // Two rounds a word; the four of the end are the two words behind the last one, both zero.
      for (int round = 0; round < 2; round++) {
        v0 += v1;
        v2 += v3;
        v1 = Long.rotateLeft(v1, 13) ^ v0;
        v3 = Long.rotateLeft(v3, 16) ^ v2;
        v0 = Long.rotateLeft(v0, 32);
        v2 += v1;
        v0 += v3;
        v1 = Long.rotateLeft(v1, 17) ^ v2;
        v3 = Long.rotateLeft(v3, 21) ^ v0;
        v2 = Long.rotateLeft(v2, 32);
      }
      v0 ^= m;
    }
    return v0 ^ v1 ^ v2 ^ v3;
  }

  /** The bytes that make no whole word, and the length above them. */
  private static long last(byte[] bytes, int from, int length) {
    long m = (long) length << 56;
    int rest = length & 7;
    int start = from + length - rest;
    for (int i = 0; i < rest; i++) {
      m |= (bytes[start + i] & 0xFFL) << (i << 3);
    }
    return m;
  }
}
