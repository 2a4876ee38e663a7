package io.millrace.connectors.codec;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Numbers as exact decimals where a format has to add them up. Bounded before anything is expanded:
 * {@code 1e999999999} is no number here.
 */
final class Decimals {
  /** The largest exponent, and the most digits on either side of the point. */
  static final int MOST_DIGITS = 64;

  private Decimals() {}

  /** The number that this text writes as JSON does; null where it is none, or over the bounds. */
  static @Nullable BigDecimal read(byte[] text, int from, int length) {
    if (length < 1 || length > JsonScanner.MAX_NUMBER) {
      return null;
    }
    try {
      return bounded(new BigDecimal(new String(text, from, length, StandardCharsets.ISO_8859_1)));
    } catch (NumberFormatException e) {
      return null;
    }
  }

  /** The number; null where it is over the bounds. */
  static @Nullable BigDecimal bounded(BigDecimal number) {
    return Math.abs((long) number.scale()) > MOST_DIGITS
            || number.precision() - (long) number.scale() > MOST_DIGITS
        ? null
        : number;
  }

  /** The number as plain text without zeros at its end: equal numbers make equal text. */
  static byte[] plain(BigDecimal number) {
    BigDecimal stripped = number.signum() == 0 ? BigDecimal.ZERO : number.stripTrailingZeros();
    return stripped.toPlainString().getBytes(StandardCharsets.ISO_8859_1);
  }
}
