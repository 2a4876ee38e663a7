package io.millrace.connectors.trial;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Numbers subjects, from 0, in the order in which they come. Found by their bytes, so that nothing
 * is allocated for an event. Has one writer; while nobody writes, any number of readers.
 */
final class SubjectTable {
  private int[] slots = new int[64];
  private long[] hashes = new long[16];
  private int[] to = new int[17];
  private byte[] bytes = new byte[256];
  private int size;

  /** The number of a subject, −1 where it is not known. */
  int find(byte[] in, int from, int length, long hash) {
    int mask = slots.length - 1;
    for (int slot = (int) (hash >>> 32) & mask; slots[slot] != 0; slot = slot + 1 & mask) {
      int i = slots[slot] - 1;
      if (hashes[i] == hash && Arrays.equals(bytes, to[i], to[i + 1], in, from, from + length)) {
        return i;
      }
    }
    return -1;
  }

  /** Reads where some subjects would be; what it gives keeps the reads from being left out. */
  long warm(long[] hash, int from, int end) {
    int mask = slots.length - 1;
    long sum = 0;
    for (int i = from; i < end; i++) {
      int found = slots[(int) (hash[i] >>> 32) & mask] - 1;
      sum += found < 0 ? 0 : hashes[found] + bytes[to[found]];
    }
    return sum;
  }

  /** Takes in a subject that is not known yet. */
  int add(byte[] in, int from, int length, long hash) {
    if (size == hashes.length) {
      hashes = Arrays.copyOf(hashes, size * 2);
      to = Arrays.copyOf(to, size * 2 + 1);
    }
    int end = to[size] + length;
    if (end > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, end));
    }
    System.arraycopy(in, from, bytes, to[size], length);
    hashes[size] = hash;
    to[size + 1] = end;
    size++;
    if (size * 2 > slots.length) {
      slots = new int[slots.length * 2];
      for (int i = 0; i < size; i++) {
        place(i);
      }
    } else {
      place(size - 1);
    }
    return size - 1;
  }

  private void place(int i) {
    int mask = slots.length - 1;
    int slot = (int) (hashes[i] >>> 32) & mask;
    while (slots[slot] != 0) {
      slot = slot + 1 & mask;
    }
    slots[slot] = i + 1;
  }

  String name(int i) {
    return new String(bytes, to[i], to[i + 1] - to[i], StandardCharsets.UTF_8);
  }
}
