package io.millrace.connectors.codec;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** One metric of a Sparkplug B payload (Sparkplug 3.0, 6.4.6), as far as usage needs it. */
final class SparkplugMetric {
  static final int NO_TYPE = 0;
  private static final long NONE = -1;
  private static final int LONGEST_NAME = 1_024;

  @Nullable String name;

  /** Below zero where it has none. */
  long alias;

  /** Milliseconds since 1970-01-01 UTC; below zero where it says none. */
  long time;

  /** As the standard numbers them, {@link #NO_TYPE} where it says none. */
  int datatype;

  private boolean isNull;
  private int valueField;
  private long bits;
  private final ProtoScanner scanner = new ProtoScanner();

  /** Reads one; false where it is malformed. */
  boolean read(byte[] in, int from, int length) {
    name = null;
    alias = NONE;
    time = NONE;
    datatype = NO_TYPE;
    isNull = false;
    valueField = 0;
    scanner.begin(in, from, length);
    boolean good = true;
    while (good && scanner.next()) {
      good = take(in);
    }
    return good && scanner.isGood();
  }

  private boolean take(byte[] in) {
    int wanted =
        switch (scanner.field) {
          case 1 -> ProtoScanner.BYTES;
          case 2, 3, 4, 7, 10, 11, 14 -> ProtoScanner.VARINT;
          case 12 -> ProtoScanner.FIXED32;
          case 13 -> ProtoScanner.FIXED64;
          default -> scanner.type; // of no use here
        };
    if (wanted != scanner.type) {
      return false;
    }
    switch (scanner.field) {
      case 1 -> {
        if (scanner.length > LONGEST_NAME || !Plain.isText(in, scanner.from, scanner.length)) {
          return false;
        }
        name = new String(in, scanner.from, scanner.length, StandardCharsets.UTF_8);
      }
      case 2 -> alias = scanner.number;
      case 3 -> time = scanner.number;
      case 4 -> datatype = (int) Math.min(scanner.number & Long.MAX_VALUE, Integer.MAX_VALUE);
      case 7 -> isNull = scanner.number != 0;
      case 10, 11, 12, 13, 14, 15, 16, 17, 18, 19 -> {
        valueField = scanner.field;
        bits = scanner.number;
      }
      default -> {
        // Metadata and properties say nothing about use.
      }
    }
    return true;
  }

  /**
   * Its number, exactly; a binary fraction stands for the shortest decimal that is read back as it.
   *
   * @param type the datatype, from here or from its birth
   * @return null where it has none, or one whose sign nobody said
   */
  @Nullable BigDecimal number(int type) {
    if (isNull) {
      return null;
    }
    return switch (valueField) {
      case 10 -> integer(type);
      case 11 ->
          type == 4 || bits >= 0 && type == NO_TYPE
              ? BigDecimal.valueOf(bits)
              : type == 8 || type == 7 ? new BigDecimal(Long.toUnsignedString(bits)) : null;
      case 12 -> finite(Float.toString(Float.intBitsToFloat((int) bits)));
      case 13 -> finite(Double.toString(Double.longBitsToDouble(bits)));
      default -> null;
    };
  }

  private @Nullable BigDecimal integer(int type) {
    int value = (int) bits;
    return switch (type) {
      case 1 -> BigDecimal.valueOf((byte) value);
      case 2 -> BigDecimal.valueOf((short) value);
      case 3 -> BigDecimal.valueOf(value);
      case 5, 6, 7 -> BigDecimal.valueOf(value & 0xFFFF_FFFFL);
      default -> type == NO_TYPE && value >= 0 ? BigDecimal.valueOf(value) : null;
    };
  }

  private static @Nullable BigDecimal finite(String text) {
    boolean isFinite = !text.endsWith("N") && !text.endsWith("y"); // NaN, Infinity
    return isFinite ? Decimals.bounded(new BigDecimal(text)) : null;
  }
}
