package io.millrace.processors.rating;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoundingTest {

  @ParameterizedTest
  @CsvSource({
    "25, 10, 3",
    "24, 10, 2",
    "-24, 10, -2",
    "-25, 10, -3",
    "5, 10, 1",
    "-5, 10, -1",
    "4, 10, 0",
    "0, 7, 0",
    "1, 3, 0",
    "2, 3, 1",
    "9223372036854775807, 9223372036854775807, 1",
    "4611686018427387903, 9223372036854775807, 0",
    "4611686018427387904, 9223372036854775807, 1",
    "-9223372036854775808, 1, -9223372036854775808",
    "-9223372036854775808, 9223372036854775807, -1",
  })
  void half_goesAwayFromZero(long numerator, long denominator, long expected) {
    assertEquals(expected, Rounding.halfUp(numerator, denominator));
    assertEquals(
        expected, Rounding.halfUp(BigInteger.valueOf(numerator), BigInteger.valueOf(denominator)));
  }

  @Property(tries = 2000)
  void anyQuotient_isBigDecimalsHalfUp(
      @ForAll long numerator, @ForAll @LongRange(min = 1) long denominator) {
    BigDecimal exact =
        BigDecimal.valueOf(numerator)
            .divide(BigDecimal.valueOf(denominator), 0, RoundingMode.HALF_UP);
    assertEquals(exact.longValueExact(), Rounding.halfUp(numerator, denominator));
    assertEquals(
        exact.longValueExact(),
        Rounding.halfUp(BigInteger.valueOf(numerator), BigInteger.valueOf(denominator)));
  }

  @Test
  void quotientThatIsNoLong_isAnError() {
    BigInteger twoPow63 = BigInteger.ONE.shiftLeft(63);
    assertThrows(ArithmeticException.class, () -> Rounding.halfUp(twoPow63, BigInteger.ONE));
  }
}
