package io.millrace.connectors.codec;

import java.math.BigDecimal;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/** How a format writes times: as RFC 3339 says, or as a number since 1970-01-01 UTC. */
enum TimeReading {
  RFC3339(0),
  S(3),
  MS(0),
  US(-3),
  NS(-6);

  private static final BigDecimal LEAST = BigDecimal.valueOf(Rfc3339Bounds.FIRST);
  private static final BigDecimal MOST = BigDecimal.valueOf(Rfc3339Bounds.LAST);

  private final int toMillis;

  TimeReading(int toMillis) {
    this.toMillis = toMillis;
  }

  /** The years 0000 to 9999, beyond which no time of RFC 3339 lies. */
  private static final class Rfc3339Bounds {
    static final long FIRST = -62_167_219_200_000L;
    static final long LAST = 253_402_300_799_999L;
  }

  /** By its name in an option. */
  static TimeReading of(Options options) {
    return valueOf(
        options
            .oneOf("timeFormat", "rfc3339", java.util.List.of("rfc3339", "s", "ms", "us", "ns"))
            .toUpperCase(java.util.Locale.ROOT));
  }

  /**
   * A time in milliseconds since 1970-01-01 UTC, finer digits cut towards the past.
   *
   * @return {@link Rfc3339#NOT_A_TIME} where it is none
   */
  long millis(byte[] text, int from, int length) {
    if (this == RFC3339) {
      return Rfc3339.millis(text, from, length);
    }
    if (this == MS || this == S) {
      long whole = digits(text, from, length, this == MS ? 14 : 11); // up to the year 5138
      if (whole >= 0) {
        return this == MS ? whole : whole * 1_000;
      }
    }
    BigDecimal number = Decimals.read(text, from, length);
    return number == null ? Rfc3339.NOT_A_TIME : millis(number);
  }

  /** The number that is digits and nothing else; -1 for anything else. */
  private static long digits(byte[] text, int from, int length, int most) {
    if (length < 1 || length > most) {
      return -1;
    }
    long value = 0;
    for (int i = from; i < from + length; i++) {
      int digit = text[i] - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      value = value * 10 + digit;
    }
    return value;
  }

  /** The same of a number. */
  long millis(BigDecimal number) {
    BigDecimal millis = number.scaleByPowerOfTen(toMillis);
    return millis.compareTo(LEAST) < 0 || millis.compareTo(MOST) > 0
        ? Rfc3339.NOT_A_TIME
        : millis.setScale(0, RoundingMode.FLOOR).longValueExact();
  }

  /** The time of a number that may be absent. */
  long millisOf(@Nullable BigDecimal number) {
    return number == null ? Rfc3339.NOT_A_TIME : millis(number);
  }
}
