package io.millrace.connectors.codec;

/** Text that may name an event or a device: well-formed UTF-8 without control characters. */
final class Plain {
  private Plain() {}

  static boolean isText(byte[] bytes, int from, int length) {
    int end = from + length;
    int at = from;
    while (at < end) {
      byte b = bytes[at];
      if (b >= ' ' && b != 0x7F) {
        at++;
      } else {
        int width = b < 0 ? Utf8.width(bytes, at, end) : 0;
        if (width == 0 || b == (byte) 0xC2 && bytes[at + 1] < (byte) 0xA0) {
          return false;
        }
        at += width;
      }
    }
    return length <= JsonScanner.MAX_STRING;
  }
}
