package io.millrace.connectors.codec;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** One record of a SenML pack (RFC 8428, 4) as it stands there; null or empty where absent. */
final class SenmlRecord {
  /** The version of RFC 8428, which a pack has that says none; lower ones are read, higher not. */
  static final int VERSION = 10;

  @Nullable String baseName;
  @Nullable String baseUnit;
  @Nullable BigDecimal baseTime;
  @Nullable BigDecimal baseValue;
  @Nullable BigDecimal baseSum;
  @Nullable String name;
  @Nullable String unit;
  @Nullable BigDecimal value;
  @Nullable BigDecimal sum;
  @Nullable BigDecimal time;

  /** Whether it has a value that is no number: text, a truth or bytes. */
  boolean hasOtherValue;

  /** Whether it has a value or a sum, be it one that nobody can hold. */
  boolean hasNumber;

  /** Whether a number of its bases, or its time, is over the bounds. */
  boolean hasBadBase;

  boolean hasBadTime;

  /** The version that it says; 0 where it says none. */
  int version;

  /** Whether it has a label that must be understood, as it ends in {@code _}, and is not. */
  boolean isForeign;

  void clear() {
    baseName = null;
    baseUnit = null;
    baseTime = null;
    baseValue = null;
    baseSum = null;
    name = null;
    unit = null;
    value = null;
    sum = null;
    time = null;
    hasOtherValue = false;
    hasNumber = false;
    hasBadBase = false;
    hasBadTime = false;
    isForeign = false;
    version = 0;
  }

  /** Takes a number; false where no number belongs under this label. */
  boolean number(String label, @Nullable BigDecimal number) {
    hasBadBase |= number == null && label.charAt(0) == 'b';
    hasBadTime |= number == null && label.equals("t");
    hasNumber |= label.equals("v") || label.equals("s");
    switch (label) {
      case "bt" -> baseTime = number;
      case "bv" -> baseValue = number;
      case "bs" -> baseSum = number;
      case "v" -> value = number;
      case "s" -> sum = number;
      case "t" -> time = number;
      case "ut" -> {
        // When the next one is to be expected says nothing about use.
      }
      case "bver" -> version = version(number);
      default -> {
        return false;
      }
    }
    return true;
  }

  /** Takes text; false where no text belongs under this label. */
  boolean text(String label, String text) {
    switch (label) {
      case "bn" -> baseName = text;
      case "bu" -> baseUnit = text;
      case "n" -> name = text;
      case "u" -> unit = text;
      case "vs", "vd" -> hasOtherValue = true;
      default -> {
        return false;
      }
    }
    return true;
  }

  /** A version that nobody understands is one above all. */
  private static int version(@Nullable BigDecimal number) {
    boolean isKnown =
        number != null
            && number.signum() > 0
            && number.compareTo(BigDecimal.valueOf(VERSION)) <= 0
            && number.stripTrailingZeros().scale() <= 0;
    return isKnown && number != null ? number.intValueExact() : VERSION + 1;
  }

  /** Whether a label is one that this knows. */
  static boolean isKnown(String label) {
    return switch (label) {
      case "bn", "bu", "bt", "bv", "bs", "bver", "n", "u", "v", "vs", "vb", "vd", "s", "t", "ut" ->
          true;
      default -> false;
    };
  }
}
