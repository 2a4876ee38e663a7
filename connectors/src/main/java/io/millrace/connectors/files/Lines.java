package io.millrace.connectors.files;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * The lines of a text that are not blank, ended by LF, CR LF or the text's end; a byte order mark
 * is left out. Quotes mean nothing here: a quote that is never closed spoils its own line alone.
 */
final class Lines {
  private static final int BUFFER = 1 << 16;

  private final InputStream in;
  private final int longest;
  private byte[] buffer = new byte[BUFFER];
  private int begin;
  private int scan;
  private int end;
  private int from;
  private int length;
  private long number;
  private boolean atEnd;

  /**
   * The lines of a text, from its first byte.
   *
   * @param longest bytes of one line; a longer one refuses the file
   */
  Lines(InputStream in, int longest) {
    this.in = in;
    this.longest = longest;
  }

  /** Goes to the next line that is not blank. Returns whether there is one. */
  boolean advance() throws IOException {
    while (next()) {
      if (length > 0) {
        return true;
      }
    }
    return false;
  }

  private boolean next() throws IOException {
    while (true) {
      for (int i = scan; i < end; i++) {
        if (buffer[i] == '\n') {
          line(i);
          begin = scan = i + 1;
          return true;
        }
      }
      scan = end;
      if (end - begin > longest + 1) {
        throw TextBlocks.tooLong(number + 1, longest);
      }
      if (atEnd) {
        if (begin == end) {
          return false;
        }
        line(end);
        begin = scan = end;
        return true;
      }
      fill();
    }
  }

  private void line(int to) throws FileRefused {
    number++;
    from = begin;
    if (number == 1
        && to - from >= 3
        && buffer[from] == (byte) 0xef
        && buffer[from + 1] == (byte) 0xbb
        && buffer[from + 2] == (byte) 0xbf) {
      from += 3;
    }
    length = to - from;
    if (length > 0 && buffer[to - 1] == '\r') {
      length--;
    }
    if (length > longest) {
      throw TextBlocks.tooLong(number, longest);
    }
  }

  private void fill() throws IOException {
    if (begin > 0) {
      System.arraycopy(buffer, begin, buffer, 0, end - begin);
      end -= begin;
      scan -= begin;
      begin = 0;
    }
    if (end == buffer.length) {
      buffer = Arrays.copyOf(buffer, buffer.length * 2);
    }
    int n = in.read(buffer, end, buffer.length - end);
    if (n < 0) {
      atEnd = true;
    } else {
      end += n;
    }
  }

  /** The number of the line it is at, from 1; blank ones count. */
  long number() {
    return number;
  }

  /** The bytes of the line it is at. */
  byte[] copy() {
    return Arrays.copyOfRange(buffer, from, from + length);
  }
}
