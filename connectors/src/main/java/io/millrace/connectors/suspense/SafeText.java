package io.millrace.connectors.suspense;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Bytes of a stranger as text that a terminal can print: what is no UTF-8 and what would steer a
 * terminal or turn the reading direction is written as {@code \xNN} or by its code point.
 */
public final class SafeText {

  private SafeText() {}

  /**
   * The text.
   *
   * @param most characters of it; a longer one ends in {@code …}
   */
  public static String of(byte[] bytes, int most) {
    StringBuilder text = new StringBuilder(Math.min(bytes.length, most) + 1);
    int at = 0;
    while (at < bytes.length && text.length() < most) {
      int length = sequence(bytes, at);
      if (length == 0) {
        text.append("\\x%02x".formatted(bytes[at] & 0xFF));
        at++;
      } else {
        append(text, new String(bytes, at, length, StandardCharsets.UTF_8).codePointAt(0));
        at += length;
      }
    }
    if (at < bytes.length) {
      text.append('…');
    }
    return text.toString();
  }

  private static void append(StringBuilder text, int c) {
    switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          text.append((c > 0xFFFF ? "\\U%08x" : "\\u%04x").formatted(c));
      default -> text.appendCodePoint(c);
    }
  }

  /** The length of the well-formed sequence that begins here; 0 where there is none. */
  private static int sequence(byte[] bytes, int at) {
    int lead = bytes[at] & 0xFF;
    int length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (at + length > bytes.length) {
      return 0;
    }
    try {
      CharBuffer one =
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT)
              .decode(ByteBuffer.wrap(bytes, at, length));
      return one.toString().codePointCount(0, one.length()) == 1 ? length : 0;
    } catch (CharacterCodingException e) {
      return 0;
    }
  }
}
