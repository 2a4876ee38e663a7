package io.millrace.connectors.codec;

/** Reads times of RFC 3339 §5.6 without allocating. */
public final class Rfc3339 {

  /** What {@link #millis} returns for text that is not a time. */
  public static final long NOT_A_TIME = Long.MIN_VALUE;

  /** Digits of a second's fraction that are taken; those finer than a millisecond are cut. */
  public static final int MAX_FRACTION = 9;

  private static final int[] DAYS_BEFORE = {
    0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365
  };

  private Rfc3339() {}

  /**
   * A time as milliseconds since 1970-01-01 UTC: {@code 2026-11-02T10:01:07.5+01:00}. Years are
   * 0000 to 9999, {@code T} and {@code Z} may be lower case, a leap second (:60) has no place on
   * this scale and is refused.
   *
   * @return the milliseconds, or {@link #NOT_A_TIME}
   */
  public static long millis(byte[] text, int from, int length) {
    if (length < 20 || (text[from + 10] | 0x20) != 't') {
      return NOT_A_TIME;
    }
    if (text[from + 4] != '-'
        || text[from + 7] != '-'
        || text[from + 13] != ':'
        || text[from + 16] != ':') {
      return NOT_A_TIME;
    }
    int century = two(text, from);
    int yearOfCentury = two(text, from + 2);
    int month = two(text, from + 5);
    int day = two(text, from + 8);
    int hour = two(text, from + 11);
    int minute = two(text, from + 14);
    int second = two(text, from + 17);
    if ((century | yearOfCentury | month | day | hour | minute | second) < 0
        || hour > 23
        || minute > 59
        || second > 59
        || month < 1
        || month > 12
        || day < 1) {
      return NOT_A_TIME;
    }
    int year = century * 100 + yearOfCentury;
    boolean leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    if (day > DAYS_BEFORE[month] - DAYS_BEFORE[month - 1] + (leap && month == 2 ? 1 : 0)) {
      return NOT_A_TIME;
    }
    int at = from + 19;
    int end = from + length;
    int milli = 0;
    if (text[at] == '.') {
      int digits = 0;
      for (at++; at < end && isDigit(text[at]); at++, digits++) {
        if (digits < 3) {
          milli = milli * 10 + text[at] - '0';
        }
      }
      if (digits == 0 || digits > MAX_FRACTION) {
        return NOT_A_TIME;
      }
      for (; digits < 3; digits++) {
        milli *= 10;
      }
    }
    int offset = offsetMinutes(text, at, end);
    if (offset == Integer.MIN_VALUE) {
      return NOT_A_TIME;
    }
    long days =
        365L * year
            + (year + 3) / 4
            - (year + 99) / 100
            + (year + 399) / 400
            + DAYS_BEFORE[month - 1]
            + (leap && month > 2 ? 1 : 0)
            + day
            - 1
            - 719_528; // days from 0000-01-01 to 1970-01-01
    return (((days * 24 + hour) * 60 + minute - offset) * 60 + second) * 1_000 + milli;
  }

  /** The rest of the text as an offset from UTC; {@code Integer.MIN_VALUE} where it is none. */
  private static int offsetMinutes(byte[] text, int at, int end) {
    if (at + 1 == end && (text[at] | 0x20) == 'z') {
      return 0;
    }
    if (at + 6 != end || (text[at] != '+' && text[at] != '-') || text[at + 3] != ':') {
      return Integer.MIN_VALUE;
    }
    int hours = two(text, at + 1);
    int minutes = two(text, at + 4);
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) {
      return Integer.MIN_VALUE;
    }
    int offset = hours * 60 + minutes;
    return text[at] == '-' ? -offset : offset;
  }

  private static int two(byte[] text, int at) {
    int tens = text[at] - '0';
    int ones = text[at + 1] - '0';
    return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? -1 : tens * 10 + ones;
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }
}
