package io.millrace.connectors.codec;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** Readings by the book: slow, obvious. */
final class BigDecimalQuantities implements QuantityParser {

  @Override
  public long parse(char[] text, int from, int length, int scale, boolean roundsFiner) {
    try {
      BigDecimal value = new BigDecimal(text, from, length);
      if (value.signum() == 0) {
        return 0;
      }
      if (Math.abs((long) value.precision() - value.scale()) > 30) {
        return BAD;
      }
      RoundingMode mode = roundsFiner ? RoundingMode.HALF_UP : RoundingMode.UNNECESSARY;
      return value.setScale(scale, mode).unscaledValue().longValueExact();
    } catch (ArithmeticException | NumberFormatException e) {
      return BAD;
    }
  }
}
