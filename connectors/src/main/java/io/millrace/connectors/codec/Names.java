package io.millrace.connectors.codec;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;

/**
 * A few names (sources, event types) and the number of each, found by their bytes without making a
 * string. Immutable.
 */
public final class Names {

  private final byte[][] name;
  private final int[] number;

  /** The names and their numbers, which are not negative. */
  public Names(Map<String, Integer> numbers) {
    int room = Integer.highestOneBit(Math.max(numbers.size(), 1)) * 4;
    name = new byte[room][];
    number = new int[room];
    numbers.forEach(
        (text, value) -> {
          if (value < 0) {
            throw new IllegalArgumentException("a number below 0: " + value);
          }
          byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
          int at = place(bytes, 0, bytes.length);
          while (name[at] != null) {
            at = (at + 1) & (room - 1);
          }
          name[at] = bytes;
          number[at] = value;
        });
  }

  /** The number of this name, -1 where it is not among them. */
  public int find(Text text) {
    return find(text.bytes, text.from, text.length);
  }

  /** The number of the name with these bytes, -1 where it is not among them. */
  public int find(byte[] bytes, int from, int length) {
    for (int at = place(bytes, from, length); ; at = (at + 1) & (name.length - 1)) {
      byte[] candidate = name[at];
      if (candidate == null) {
        return -1;
      }
      if (Arrays.equals(bytes, from, from + length, candidate, 0, candidate.length)) {
        return number[at];
      }
    }
  }

  private int place(byte[] bytes, int from, int length) {
    return (int) (TextHash.of(bytes, from, length) >>> 32) & (name.length - 1);
  }
}
