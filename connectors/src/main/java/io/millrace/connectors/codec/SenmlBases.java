package io.millrace.connectors.codec;

import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The base values that hold for a record (RFC 8428, 4.1), from the records before it and itself.
 */
final class SenmlBases {
  private static final int LONGEST_NUMBER = 2 * Decimals.MOST_DIGITS + 3;

  String name = "";
  String unit = "";
  @Nullable BigDecimal time;
  @Nullable BigDecimal value;
  @Nullable BigDecimal sum;

  void clear() {
    name = "";
    unit = "";
    time = null;
    value = null;
    sum = null;
  }

  /** Takes those that a record sets. */
  void apply(SenmlRecord record) {
    name = record.baseName == null ? name : record.baseName;
    unit = record.baseUnit == null ? unit : record.baseUnit;
    time = record.baseTime == null ? time : record.baseTime;
    value = record.baseValue == null ? value : record.baseValue;
    sum = record.baseSum == null ? sum : record.baseSum;
  }

  void write(ByteWriter out) {
    out.string(name);
    out.string(unit);
    number(out, time);
    number(out, value);
    number(out, sum);
  }

  private static void number(ByteWriter out, @Nullable BigDecimal number) {
    out.bytes(number == null ? new byte[0] : Decimals.plain(number));
  }

  /**
   * Takes those that were written.
   *
   * @throws IllegalArgumentException where the bytes are damaged
   */
  void read(ByteReader in) {
    name = in.string();
    unit = in.string();
    time = number(in);
    value = number(in);
    sum = number(in);
  }

  private static @Nullable BigDecimal number(ByteReader in) {
    byte[] text = in.bytes();
    if (text.length > LONGEST_NUMBER) {
      throw new IllegalArgumentException("a base value of " + text.length + " digits");
    }
    return text.length == 0 ? null : new BigDecimal(new String(text, StandardCharsets.ISO_8859_1));
  }

  /** A number of a record with its base; null where the record has none, or it is over bounds. */
  static @Nullable BigDecimal resolved(@Nullable BigDecimal base, @Nullable BigDecimal number) {
    return number == null || base == null ? number : Decimals.bounded(base.add(number));
  }
}
