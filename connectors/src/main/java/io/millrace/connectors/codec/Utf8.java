package io.millrace.connectors.codec;

/** Well-formed UTF-8, as Unicode's table 3-7 has it: no overlong forms, no surrogates. */
final class Utf8 {

  private Utf8() {}

  /** Bytes of the sequence of two to four that begins at {@code i}; 0 where there is none. */
  static int width(byte[] bytes, int i, int end) {
    int lead = bytes[i] & 0xFF;
    if (lead >= 0xC2 && lead <= 0xDF) {
      return within(bytes, i + 1, end, 0x80, 0xBF) ? 2 : 0;
    }
    if (lead >= 0xE0 && lead <= 0xEF) {
      int least = lead == 0xE0 ? 0xA0 : 0x80;
      int most = lead == 0xED ? 0x9F : 0xBF;
      return within(bytes, i + 1, end, least, most) && tail(bytes, i + 2, end) ? 3 : 0;
    }
    if (lead >= 0xF0 && lead <= 0xF4) {
      int least = lead == 0xF0 ? 0x90 : 0x80;
      int most = lead == 0xF4 ? 0x8F : 0xBF;
      return within(bytes, i + 1, end, least, most)
              && tail(bytes, i + 2, end)
              && tail(bytes, i + 3, end)
          ? 4
          : 0;
    }
    return 0;
  }

  /** Writes a code point that is no surrogate; returns how many bytes it has. */
  static int encode(int point, byte[] into, int at) {
    if (point < 0x80) {
      into[at] = (byte) point;
      return 1;
    }
    if (point < 0x800) {
      into[at] = (byte) (0xC0 | point >> 6);
      into[at + 1] = (byte) (0x80 | point & 0x3F);
      return 2;
    }
    if (point < 0x10000) {
      into[at] = (byte) (0xE0 | point >> 12);
      into[at + 1] = (byte) (0x80 | point >> 6 & 0x3F);
      into[at + 2] = (byte) (0x80 | point & 0x3F);
      return 3;
    }
    into[at] = (byte) (0xF0 | point >> 18);
    into[at + 1] = (byte) (0x80 | point >> 12 & 0x3F);
    into[at + 2] = (byte) (0x80 | point >> 6 & 0x3F);
    into[at + 3] = (byte) (0x80 | point & 0x3F);
    return 4;
  }

  private static boolean tail(byte[] bytes, int i, int end) {
    return within(bytes, i, end, 0x80, 0xBF);
  }

  private static boolean within(byte[] bytes, int i, int end, int least, int most) {
    return i < end && (bytes[i] & 0xFF) >= least && (bytes[i] & 0xFF) <= most;
  }
}
