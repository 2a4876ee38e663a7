package io.millrace.processors.rating;

/** Readings from their text: exact, without a detour through {@code double}, without allocation. */
public final class MeterValue {

  /** Returned for what is no quantity: the event goes to suspense as {@code bad-quantity}. */
  public static final long BAD = Long.MIN_VALUE;

  /** Beyond any exponent that a text of 2^31 digits could make up for. */
  private static final long ENDLESS = 1L << 40;

  private MeterValue() {}

  /**
   * Reads a decimal number: an optional sign, digits with an optional point among, before or after
   * them, an optional exponent.
   *
   * @param scale decimal digits kept
   * @param roundsFiner whether digits beyond {@code scale} are rounded half up on the magnitude;
   *     otherwise they must be zeros
   * @return the number × 10^scale, or {@link #BAD} where the text is no number, is too fine, or
   *     does not fit
   */
  public static long parse(char[] text, int from, int length, int scale, boolean roundsFiner) {
    int end = from + length;
    int start = from;
    boolean negative = start < end && text[start] == '-';
    if (negative || (start < end && text[start] == '+')) {
      start++;
    }
    int point = -1;
    int at = start;
    for (; at < end; at++) {
      if (text[at] == '.' && point < 0) {
        point = at;
      } else if (!isDigit(text[at])) {
        break;
      }
    }
    int digits = at - start - (point < 0 ? 0 : 1);
    long exponent = at < end ? exponent(text, at, end) : 0;
    if (digits == 0 || exponent == BAD) {
      return BAD;
    }
    int fraction = point < 0 ? 0 : at - point - 1;
    long kept = digits - fraction + exponent + scale;
    long magnitude = magnitude(text, start, at, kept, roundsFiner);
    return negative ? -magnitude : magnitude; // −BAD is BAD
  }

  /** The first {@code kept} digits as a number, zeros added where there are fewer. */
  private static long magnitude(char[] text, int start, int end, long kept, boolean roundsFiner) {
    long value = 0;
    long up = 0;
    long digit = 0;
    for (int at = start; at < end; at++) {
      if (text[at] == '.') {
        continue;
      }
      int d = text[at] - '0';
      if (digit < kept) {
        value = append(value, d);
        if (value < 0) {
          return BAD;
        }
      } else if (d != 0) {
        if (!roundsFiner) {
          return BAD;
        }
        if (digit == kept) {
          up = Rounding.halfUp(d, 10);
        }
      }
      digit++;
    }
    for (; value > 0 && digit < kept; digit++) {
      value = append(value, 0);
    }
    return value < 0 ? BAD : value + up; // one past the largest long is BAD
  }

  /** One more digit; negative where it does not fit. */
  private static long append(long value, int digit) {
    return value > Long.MAX_VALUE / 10 ? -1 : value * 10 + digit;
  }

  private static long exponent(char[] text, int from, int end) {
    if (text[from] != 'e' && text[from] != 'E') {
      return BAD;
    }
    int at = from + 1;
    boolean negative = at < end && text[at] == '-';
    if (negative || (at < end && text[at] == '+')) {
      at++;
    }
    if (at == end) {
      return BAD;
    }
    long value = 0;
    for (; at < end; at++) {
      if (!isDigit(text[at])) {
        return BAD;
      }
      value = Math.min(value * 10 + text[at] - '0', ENDLESS);
    }
    return negative ? -value : value;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
