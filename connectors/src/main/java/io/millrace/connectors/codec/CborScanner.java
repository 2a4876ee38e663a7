package io.millrace.connectors.codec;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Scans CBOR (RFC 8949) as far as SenML needs it. Numbers come as exact decimals: an integer, a
 * decimal fraction (tag 4), or a binary fraction, which stands for the shortest decimal that is
 * read back as it. No length is believed before the bytes are there. Not thread-safe.
 */
final class CborScanner {
  static final long INDEFINITE = -1;
  static final long BAD = -2;

  private static final int MAX_DEPTH = 16;
  private static final int INTEGER = 0;
  private static final int NEGATIVE = 1;
  private static final int BYTES = 2;
  private static final int TEXT = 3;
  private static final int ARRAY = 4;
  private static final int MAP = 5;
  private static final int TAG = 6;
  private static final int SIMPLE = 7;
  private static final int DECIMAL_FRACTION = 4;
  private static final int BREAK = 0xFF;

  private byte[] in = {};
  private int at;
  private int end;
  private boolean good;
  private int textFrom;
  private int textLength;

  void begin(byte[] bytes, int from, int length) {
    in = bytes;
    at = from;
    end = from + length;
    good = true;
  }

  boolean isGood() {
    return good;
  }

  int position() {
    return at;
  }

  boolean atEnd() {
    return good && at == end;
  }

  private int peek() {
    return at < end ? in[at] & 0xFF : -1;
  }

  private int major() {
    return at < end ? (in[at] & 0xFF) >> 5 : -1;
  }

  boolean isText() {
    return major() == TEXT;
  }

  boolean isInteger() {
    return major() == INTEGER || major() == NEGATIVE;
  }

  boolean isNumber() {
    int b = peek();
    return isInteger() || major() == TAG || b >= 0xF9 && b <= 0xFB;
  }

  boolean takeBreak() {
    if (peek() == BREAK) {
      at++;
      return true;
    }
    return false;
  }

  /** Elements of an array that begins here, {@link #INDEFINITE} or {@link #BAD}. */
  long array() {
    return container(ARRAY);
  }

  /** Members of a map that begins here, {@link #INDEFINITE} or {@link #BAD}. */
  long map() {
    return container(MAP);
  }

  private long container(int kind) {
    if (major() != kind) {
      good = false;
      return BAD;
    }
    if ((in[at] & 0x1F) == 31) {
      at++;
      return INDEFINITE;
    }
    long count = argument();
    // Each element has a byte at least.
    good &= count >= 0 && count <= end - at;
    return good ? count : BAD;
  }

  /** The argument of the head that begins here; not good where there is none. */
  private long argument() {
    int low = in[at++] & 0x1F;
    if (low < 24) {
      return low;
    }
    int size = low <= 27 ? 1 << (low - 24) : 0;
    if (size == 0 || size > end - at) {
      good = false;
      return 0;
    }
    long value = 0;
    for (int i = 0; i < size; i++) {
      value = value << 8 | in[at++] & 0xFF;
    }
    return value;
  }

  /** An integer; one that no long holds is not good. */
  long integer() {
    boolean negative = major() == NEGATIVE;
    long argument = argument();
    good &= argument >= 0;
    return negative ? -1 - argument : argument;
  }

  /** Text of one piece, well-formed. */
  boolean text() {
    boolean whole = isText() && (in[at] & 0x1F) != 31;
    if (whole) {
      long length = argument();
      whole = good && length >= 0 && length <= end - at && length <= JsonScanner.MAX_STRING;
      if (whole) {
        textFrom = at;
        textLength = (int) length;
        at += textLength;
        whole = isUtf8();
      }
    }
    good &= whole;
    return good;
  }

  private boolean isUtf8() {
    int i = textFrom;
    while (i < at) {
      int width = in[i] >= 0 ? 1 : Utf8.width(in, i, at);
      if (width == 0) {
        return false;
      }
      i += width;
    }
    return true;
  }

  /** The text scanned last. */
  String string() {
    return new String(in, textFrom, textLength, StandardCharsets.UTF_8);
  }

  /** A number; null where it is over the bounds, or none. */
  @Nullable BigDecimal number() {
    if (isInteger()) {
      return bigInteger();
    }
    if (major() == TAG) {
      return decimalFraction();
    }
    int head = peek();
    at++;
    int size = 1 << (head - 0xF8);
    if (size > end - at) {
      good = false;
      return null;
    }
    long bits = 0;
    for (int i = 0; i < size; i++) {
      bits = bits << 8 | in[at++] & 0xFF;
    }
    String text =
        switch (size) {
          case 2 -> Float.toString(Float.float16ToFloat((short) bits));
          case 4 -> Float.toString(Float.intBitsToFloat((int) bits));
          default -> Double.toString(Double.longBitsToDouble(bits));
        };
    boolean isFinite = !text.endsWith("N") && !text.endsWith("y"); // NaN, Infinity
    return isFinite ? Decimals.bounded(new BigDecimal(text)) : null;
  }

  private @Nullable BigDecimal bigInteger() {
    boolean negative = major() == NEGATIVE;
    long argument = argument();
    BigInteger value = new BigInteger(Long.toUnsignedString(argument));
    return good ? new BigDecimal(negative ? value.not() : value) : null;
  }

  private @Nullable BigDecimal decimalFraction() {
    if (argument() != DECIMAL_FRACTION || array() != 2 || !isInteger()) {
      good = false;
      return null;
    }
    long exponent = integer();
    if (!good || !isInteger()) {
      good = false;
      return null;
    }
    BigDecimal mantissa = bigInteger();
    return mantissa == null || Math.abs(exponent) > Decimals.MOST_DIGITS
        ? null
        : Decimals.bounded(mantissa.scaleByPowerOfTen((int) exponent));
  }

  /** Scans any item and forgets it. */
  boolean skip() {
    good &= skip(0);
    return good;
  }

  private boolean skip(int depth) {
    int head = peek();
    if (head < 0 || head == BREAK || depth > MAX_DEPTH) {
      return false;
    }
    int kind = head >> 5;
    if (kind == ARRAY || kind == MAP) {
      return skipContainer(kind, depth);
    }
    if ((head & 0x1F) == 31) {
      return (kind == TEXT || kind == BYTES) && skipPieces(kind, depth);
    }
    long argument = argument();
    if (!good) {
      return false;
    }
    if (kind == TAG) {
      return skip(depth + 1);
    }
    if (kind == BYTES || kind == TEXT) {
      if (argument < 0 || argument > end - at) {
        return false;
      }
      at += (int) argument;
    }
    return kind != SIMPLE || (head & 0x1F) < 28;
  }

  private boolean skipPieces(int kind, int depth) {
    at++;
    while (!takeBreak()) {
      if (major() != kind || (in[at] & 0x1F) == 31 || !skip(depth + 1)) {
        return false;
      }
    }
    return true;
  }

  private boolean skipContainer(int kind, int depth) {
    long items = container(kind);
    if (items == BAD) {
      return false;
    }
    for (long i = 0; i != items; i++) {
      if (items == INDEFINITE && takeBreak()) {
        return true;
      }
      if (!skip(depth + 1) || kind == MAP && !skip(depth + 1)) {
        return false;
      }
    }
    return true;
  }
}
