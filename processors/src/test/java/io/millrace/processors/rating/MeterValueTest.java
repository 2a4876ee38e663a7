package io.millrace.processors.rating;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.Duration;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MeterValueTest {

  @ParameterizedTest
  @CsvSource({
    // text, scale, refusing finer ones, rounding them
    "0.412, 3, 412, 412",
    "-0.412, 3, -412, -412",
    "+1, 3, 1000, 1000",
    "12, 0, 12, 12",
    "1.5, 0, bad, 2",
    "-1.5, 0, bad, -2",
    "1.4999999999999999999999999999, 0, bad, 1",
    "1.5000, 1, 15, 15",
    "0.0004, 3, bad, 0",
    "0.0005, 3, bad, 1",
    "0.00049, 3, bad, 0",
    "-0, 3, 0, 0",
    "4.12e-1, 3, 412, 412",
    "412E-3, 3, 412, 412",
    "0.000412e+3, 3, 412, 412",
    "1e3, 0, 1000, 1000",
    "1e18, 0, 1000000000000000000, 1000000000000000000",
    "1e19, 0, bad, bad",
    "9223372036854775807, 0, 9223372036854775807, 9223372036854775807",
    "9223372036854775808, 0, bad, bad",
    "-9223372036854775807, 0, -9223372036854775807, -9223372036854775807",
    "-9223372036854775808, 0, bad, bad",
    "9223372036854775807.4, 0, bad, 9223372036854775807",
    "9223372036854775807.5, 0, bad, bad",
    "1e999999999, 3, bad, bad",
    "1e99999999999999999999999999, 3, bad, bad",
    "1e-999999999, 3, bad, 0",
    "0e999999999, 3, 0, 0",
    "000000000000000000000000000001, 0, 1, 1",
    "100000000000000000000000000000e-29, 0, 1, 1",
    "5., 0, 5, 5",
    ".5, 1, 5, 5",
    "'', 3, bad, bad",
    "-, 3, bad, bad",
    "., 3, bad, bad",
    "+-1, 3, bad, bad",
    "1.2.3, 3, bad, bad",
    "1e, 3, bad, bad",
    "1e+, 3, bad, bad",
    "1e1.5, 3, bad, bad",
    "e5, 3, bad, bad",
    "NaN, 3, bad, bad",
    "Infinity, 3, bad, bad",
    "0x10, 3, bad, bad",
    "'1,5', 3, bad, bad",
    "' 1', 3, bad, bad",
    "1d, 3, bad, bad",
    "٣, 3, bad, bad",
    "null, 3, bad, bad",
  })
  void text_isReadExactlyOrNotAtAll(String text, int scale, String refusing, String rounding) {
    assertEquals(value(refusing), parse(text, scale, false));
    assertEquals(value(rounding), parse(text, scale, true));
  }

  @Test
  void manyDigits_areQuick() {
    String zeros = "0".repeat(1_000_000);
    assertTimeout(
        Duration.ofSeconds(2),
        () -> {
          assertEquals(1, parse("1" + zeros + "e-1000000", 0, false));
          assertEquals(0, parse("0." + zeros + "1", 3, true));
          assertEquals(MeterValue.BAD, parse("1e" + "9".repeat(1_000_000), 3, true));
        });
  }

  @Property(tries = 5000)
  void anyNumber_isWhatBigDecimalReads(
      @ForAll("numbers") String text, @ForAll @IntRange(max = 9) int scale) {
    BigDecimal exact = new BigDecimal(text).scaleByPowerOfTen(scale);
    BigInteger whole = exact.setScale(0, RoundingMode.HALF_UP).toBigInteger();
    boolean fits = whole.abs().bitLength() < 64;
    boolean fine = exact.stripTrailingZeros().scale() > 0;
    assertEquals(fits ? whole.longValue() : MeterValue.BAD, parse(text, scale, true));
    assertEquals(fits && !fine ? whole.longValue() : MeterValue.BAD, parse(text, scale, false));
  }

  /** BigDecimal's grammar is ours but for digits of other scripts, which these texts lack. */
  @Property(tries = 5000)
  void anyText_isANumberExactlyWhereBigDecimalSaysSo(@ForAll("scraps") String text) {
    boolean number;
    try {
      new BigDecimal(text);
      number = true;
    } catch (NumberFormatException e) {
      number = false;
    }
    assertEquals(number, parse(text, 0, true) != MeterValue.BAD, text);
  }

  @Provide
  static Arbitrary<String> numbers() {
    Arbitrary<String> digits = Arbitraries.strings().numeric().ofMinLength(1).ofMaxLength(25);
    Arbitrary<String> fraction = digits.map(d -> "." + d);
    Arbitrary<String> exponent = Arbitraries.integers().between(-30, 30).map(e -> "e" + e);
    return Combinators.combine(
            Arbitraries.of("", "-", "+"), digits, fraction.optional(), exponent.optional())
        .as((sign, whole, part, power) -> sign + whole + part.orElse("") + power.orElse(""));
  }

  @Provide
  static Arbitrary<String> scraps() {
    return Arbitraries.strings()
        .withChars("+-.eE059 xN")
        .ofMaxLength(5)
        .filter(s -> !s.matches(".*[eE][+]?[0-9]{2,}.*"));
  }

  private static long parse(String text, int scale, boolean roundsFiner) {
    char[] padded = ("7" + text + "7").toCharArray();
    return MeterValue.parse(padded, 1, text.length(), scale, roundsFiner);
  }

  private static long value(String expected) {
    return expected.equals("bad") ? MeterValue.BAD : Long.parseLong(expected);
  }
}
