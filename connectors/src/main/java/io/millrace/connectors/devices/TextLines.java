package io.millrace.connectors.devices;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Lines of UTF-8, each of a bounded length; one that is longer is passed over to its end. */
final class TextLines {
  /** Bytes of a line. */
  static final int LONGEST = 4096;

  private final InputStream in;
  private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
  private final byte[] read = new byte[1 << 16];
  private int at;
  private int end;
  private final byte[] line = new byte[LONGEST];
  private int length;
  private int number;

  TextLines(InputStream in) {
    this.in = in;
  }

  /** The number of the line read last, from 1. */
  int number() {
    return number;
  }

  /** Whether the line read last was longer than {@link #LONGEST}; its text is cut then. */
  boolean isTooLong() {
    return length > LONGEST;
  }

  /** Goes to the next line. Returns whether there is one. */
  boolean next() throws IOException {
    length = 0;
    boolean any = false;
    while (at < end || fill()) {
      any = true;
      byte b = read[at++];
      if (b == '\n') {
        number++;
        return true;
      }
      if (length < LONGEST) {
        line[length++] = b;
      } else if (b != '\r') {
        length = LONGEST + 1;
      }
    }
    number += any ? 1 : 0;
    return any;
  }

  private boolean fill() throws IOException {
    at = 0;
    end = in.read(read);
    return end > 0;
  }

  /** The line's text without the carriage return that it may end in; null where it is not UTF-8. */
  @Nullable String text() {
    int n = Math.min(length, LONGEST);
    if (n > 0 && line[n - 1] == '\r') {
      n--;
    }
    try {
      return decoder.decode(ByteBuffer.wrap(line, 0, n)).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }
}
