package io.millrace.connectors.codec;

/**
 * The fields of one record of RFC 4180, as parts of its bytes. Quotes within a quoted field stay
 * doubled until {@link #text} takes it. Used again for record after record.
 */
final class CsvRecord {
  /** Fields of a record. */
  static final int MAX_FIELDS = 512;

  private final byte delimiter;
  private byte[] bytes = {};
  private final int[] from = new int[MAX_FIELDS];
  private final int[] length = new int[MAX_FIELDS];
  private final boolean[] doubled = new boolean[MAX_FIELDS];
  private int fields;
  private int contentEnd;

  CsvRecord(char delimiter) {
    this.delimiter = (byte) delimiter;
  }

  /**
   * Reads a record.
   *
   * @return the first byte behind it and its line's end; -1 where it is none: a quote that does not
   *     end, or stands where none may, a CR that ends no line, too many fields
   */
  int read(byte[] in, int first, int end) {
    bytes = in;
    fields = 0;
    int at = first;
    while (true) {
      if (fields == MAX_FIELDS) {
        return -1;
      }
      at = at < end && in[at] == '"' ? quoted(at + 1, end) : plain(at, end);
      if (at < 0) {
        return -1;
      }
      fields++;
      if (at == end) {
        contentEnd = end;
        return end;
      }
      if (in[at] == delimiter) {
        at++;
      } else {
        contentEnd = at;
        return lineBreak(in, at, end);
      }
    }
  }

  /** A field without quotes; returns what ends it. */
  private int plain(int first, int end) {
    int at = first;
    while (at < end && bytes[at] != delimiter && bytes[at] != '\n' && bytes[at] != '\r') {
      if (bytes[at] == '"') {
        return -1;
      }
      at++;
    }
    set(first, at - first, false);
    return at;
  }

  private int quoted(int first, int end) {
    boolean hasDoubled = false;
    int at = first;
    while (at < end) {
      if (bytes[at] == '"') {
        if (at + 1 < end && bytes[at + 1] == '"') {
          hasDoubled = true;
          at++;
        } else {
          set(first, at - first, hasDoubled);
          int behind = at + 1;
          boolean ends =
              behind == end
                  || bytes[behind] == delimiter
                  || bytes[behind] == '\n'
                  || bytes[behind] == '\r';
          return ends ? behind : -1;
        }
      }
      at++;
    }
    return -1;
  }

  private void set(int first, int count, boolean hasDoubled) {
    from[fields] = first;
    length[fields] = count;
    doubled[fields] = hasDoubled;
  }

  private static int lineBreak(byte[] in, int at, int end) {
    if (in[at] == '\n') {
      return at + 1;
    }
    return at + 1 < end && in[at + 1] == '\n' ? at + 2 : -1;
  }

  /** Where the line ends that begins here: at its LF, or at the end. */
  static int lineEnd(byte[] in, int first, int end) {
    int at = first;
    while (at < end && in[at] != '\n') {
      at++;
    }
    return at;
  }

  /** The first byte behind a line that ends there. */
  static int behindLine(byte[] in, int lineEnd, int end) {
    return lineEnd < end && in[lineEnd] == '\n' ? lineEnd + 1 : lineEnd;
  }

  /** The first byte behind the record, before its line's end. */
  int contentEnd() {
    return contentEnd;
  }

  int fields() {
    return fields;
  }

  int length(int field) {
    return length[field];
  }

  /** Takes a field's text. */
  void text(int field, Text into) {
    if (!doubled[field]) {
      into.point(bytes, from[field], length[field]);
      return;
    }
    byte[] single = new byte[length[field]];
    int n = 0;
    for (int i = 0; i < length[field]; i++) {
      byte b = bytes[from[field] + i];
      single[n++] = b;
      i += b == '"' ? 1 : 0;
    }
    into.keep(single, 0, n);
  }
}
