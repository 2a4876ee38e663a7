package io.millrace.connectors.codec;

/** What stands behind a backslash in a JSON string (RFC 8259, 7). */
final class JsonEscapes {
  private JsonEscapes() {}

  /** The byte that an escape of one letter stands for, {@code 'u'} itself, or -1. */
  static int simple(byte letter) {
    return switch (letter) {
      case '"', '\\', '/', 'u' -> letter;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      default -> -1;
    };
  }

  /** The number of four hexadecimal digits; -1 where there are none. */
  static int hex(byte[] in, int first, int end) {
    if (first + 4 > end) {
      return -1;
    }
    int value = 0;
    for (int i = first; i < first + 4; i++) {
      int digit = in[i] < 0 ? -1 : Character.digit(in[i], 16);
      if (digit < 0) {
        return -1;
      }
      value = value << 4 | digit;
    }
    return value;
  }
}
