package io.millrace.connectors.files;

import io.millrace.connectors.files.FileRefused.Code;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * The text of a file that nobody claims or counts in blocks of whole lines, packed by gzip or not
 * as its first bytes say. Where blocks end depends on the text alone. Has one reader.
 */
public final class TextBlocks implements AutoCloseable {
  private static final int SIZE = 1 << 22;

  private final InputStream text;
  private final int size;
  private final int longest;
  private byte[] rest = {};
  private boolean begun;
  private boolean ended;

  /**
   * The blocks of a stream, from its first byte.
   *
   * @param limits of its text; a stream's own size is not known before it ends
   * @throws FileRefused where it is no text
   */
  public TextBlocks(InputStream in, FileLimits limits) throws IOException {
    this(in, limits, SIZE);
  }

  TextBlocks(InputStream in, FileLimits limits, int size) throws IOException {
    text = FileText.of(in, limits.bytes(), limits);
    longest = limits.lineBytes();
    // With a byte order mark, and what ends a line, the longest line fits.
    this.size = Math.max(size, longest + 8);
  }

  /**
   * Reads the next block.
   *
   * @return whether there is one
   * @throws FileRefused where it is damaged or larger than the limits
   */
  public boolean read(TextBlock into) throws IOException {
    into.longest = longest;
    into.isFirst = !begun;
    begun = true;
    into.size = 0;
    room(into, rest.length);
    System.arraycopy(rest, 0, into.bytes, 0, rest.length);
    into.size = rest.length;
    rest = new byte[0];
    fill(into);
    if (!ended) {
      int cut = into.size;
      while (cut > 0 && into.bytes[cut - 1] != '\n') {
        cut--;
      }
      // Without an end of a line it is one that is too long, as the walk will find.
      if (cut > 0) {
        rest = Arrays.copyOfRange(into.bytes, cut, into.size);
        into.size = cut;
      }
    }
    return into.size > 0;
  }

  private void fill(TextBlock into) throws IOException {
    while (!ended && into.size < size) {
      room(into, into.size + 1);
      int n = text.read(into.bytes, into.size, Math.min(into.bytes.length, size) - into.size);
      if (n < 0) {
        ended = true;
      } else {
        into.size += n;
      }
    }
  }

  private static void room(TextBlock block, int least) {
    if (block.bytes.length < least) {
      block.bytes = Arrays.copyOf(block.bytes, Math.max(block.bytes.length * 2, least));
    }
  }

  /**
   * What refuses a file for a line.
   *
   * @param number of the line, from 1
   */
  public static FileRefused tooLong(long number, int longest) {
    return new FileRefused(
        Code.LINE_TOO_LONG,
        "line " + number + " is longer than " + longest + " bytes; raise longestLine");
  }

  @Override
  public void close() throws IOException {
    text.close();
  }
}
