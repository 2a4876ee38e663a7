package io.millrace.connectors.codec;

/**
 * Finds the elements of a JSON array by its brackets and quotes alone, so that one element that is
 * no JSON can be set aside and the next one read. Judges nothing else.
 */
final class JsonSlices {
  private JsonSlices() {}

  /** The first byte from here on that is no white space; {@code end} where there is none. */
  static int skipSpace(byte[] in, int from, int end) {
    int at = from;
    while (at < end && (in[at] == ' ' || in[at] == '\n' || in[at] == '\r' || in[at] == '\t')) {
      at++;
    }
    return at;
  }

  /**
   * Where the element that begins here ends: at the comma or bracket behind it that is not within
   * it.
   *
   * @return {@code end} where nothing ends it
   */
  static int elementEnd(byte[] in, int from, int end) {
    int depth = 0;
    int at = from;
    while (at < end) {
      switch (in[at]) {
        case '"' -> at = stringEnd(in, at + 1, end);
        case '{', '[' -> depth++;
        case '}' -> depth--;
        case ']' -> {
          if (depth <= 0) {
            return at;
          }
          depth--;
        }
        case ',' -> {
          if (depth <= 0) {
            return at;
          }
        }
        default -> {
          // Whatever it is, it ends nothing.
        }
      }
      at++;
    }
    return end;
  }

  /**
   * Where the array or object that begins here ends: behind the bracket that closes it.
   *
   * @return {@code end} where nothing closes it
   */
  static int valueEnd(byte[] in, int from, int end) {
    int depth = 0;
    int at = from;
    while (at < end) {
      switch (in[at]) {
        case '"' -> at = stringEnd(in, at + 1, end);
        case '{', '[' -> depth++;
        case '}', ']' -> {
          if (--depth == 0) {
            return at + 1;
          }
        }
        default -> {
          // Whatever it is, it closes nothing.
        }
      }
      at++;
    }
    return end;
  }

  /** The closing quote of a string. */
  private static int stringEnd(byte[] in, int from, int end) {
    int at = from;
    while (at < end && in[at] != '"') {
      at += in[at] == '\\' ? 2 : 1;
    }
    return at;
  }
}
