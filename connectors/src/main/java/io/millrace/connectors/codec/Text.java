package io.millrace.connectors.codec;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Text of an event as valid UTF-8 bytes, {@code from} (included) on for {@code length} bytes: a
 * part of the payload where it holds no escapes. Reused: valid until the next event is decoded into
 * its owner.
 */
public final class Text {

  /** Holds the text; never to be written. */
  public byte[] bytes = {};

  /** The text's first byte. */
  public int from;

  /** How many bytes it has; 0 where the event lacks it. */
  public int length;

  private byte[] own = {};

  /** An empty text. */
  public Text() {}

  void clear() {
    length = 0;
  }

  /** Is a part of an array that outlives it. */
  void point(byte[] array, int first, int count) {
    bytes = array;
    from = first;
    length = count;
  }

  /** Is a copy of a part of an array that will be written again. */
  void keep(byte[] array, int first, int count) {
    if (own.length < count) {
      own = new byte[Math.max(count, 64)];
    }
    System.arraycopy(array, first, own, 0, count);
    point(own, 0, count);
  }

  /** Whether it is exactly these bytes. */
  public boolean is(byte[] other) {
    return Arrays.equals(bytes, from, from + length, other, 0, other.length);
  }

  /** The text, allocated: for reports, never for a hot path or a log. */
  @Override
  public String toString() {
    return new String(bytes, from, length, StandardCharsets.UTF_8);
  }
}
