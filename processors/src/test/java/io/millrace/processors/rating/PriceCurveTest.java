package io.millrace.processors.rating;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.ChargeRule;
import io.millrace.catalog.ChargeRule.Every;
import io.millrace.catalog.Meter;
import io.millrace.catalog.PeriodRule;
import io.millrace.catalog.Price;
import io.millrace.catalog.QuantityRounding;
import io.millrace.catalog.Unit;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Currency;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.statistics.Statistics;
import net.jqwik.api.statistics.StatisticsReport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PriceCurveTest {

  /** A tariff, and the price it asks by plain BigDecimal. */
  record Tariff(String currency, Unit meterUnit, int scale, BigDecimal price, Unit unit) {

    PriceCurve curve() {
      Meter meter = new Meter("m", "e", "v", meterUnit, scale, Meter.Aggregate.SUM, false);
      return PriceCurve.of(
          new ChargeRule.Usage(
              "c",
              meter,
              unit,
              new Price.PerUnit(price),
              QuantityRounding.NONE,
              java.util.Optional.empty()),
          catalog(currency));
    }

    BigInteger oracle(long quantity) {
      return BigDecimal.valueOf(quantity, scale)
          .multiply(BigDecimal.valueOf(meterUnit.factor()))
          .multiply(price)
          .scaleByPowerOfTen(Currency.getInstance(currency).getDefaultFractionDigits() + 7)
          .divide(BigDecimal.valueOf(unit.factor()), 0, RoundingMode.HALF_UP)
          .toBigIntegerExact();
    }
  }

  @ParameterizedTest
  @CsvSource({
    // currency, meter unit, scale, price, per unit, quantity, ledger units
    "EUR, Wh, 3, 0.00005, kWh, 412, 21", // 20.6 nano-euro
    "EUR, Wh, 3, 0.00005, kWh, 10, 1", // 0.5 up
    "EUR, Wh, 3, 0.00005, kWh, -10, -1",
    "EUR, Wh, 3, 0.00005, kWh, 9, 0",
    "EUR, Wh, 3, 0.00005, kWh, 1000000000, 50000000",
    "EUR, Wh, 3, 0.00005, kWh, 9223372036854775807, 461168601842738790",
    "EUR, kWh, 0, 1, Wh, 1, 1000000000000",
    "JPY, s, 0, 1, h, 1, 2778",
    "KWD, MB, 9, 999999999999.999999999999999999, MB, 1, 10000000000000",
    "EUR, Wh, 3, 0, kWh, 9223372036854775807, 0",
  })
  void quantity_costsItsExactPriceRoundedOnce(
      String currency,
      String meterUnit,
      int scale,
      BigDecimal price,
      String unit,
      long quantity,
      long amount) {
    Tariff tariff = new Tariff(currency, unit(meterUnit), scale, price, unit(unit));
    assertEquals(amount, tariff.curve().amountAt(quantity));
  }

  @Test
  void priceThatIsNoLong_isAnError() {
    PriceCurve curve = new Tariff("EUR", unit("Wh"), 0, new BigDecimal("10"), unit("Wh")).curve();
    long most = 922_337_203; // × 10^10 is just below 2^63
    assertEquals(9_223_372_030_000_000_000L, curve.amountAt(most));
    assertThrows(ArithmeticException.class, () -> curve.amountAt(most + 1));
    assertThrows(ArithmeticException.class, () -> curve.amountAt(Long.MIN_VALUE));
    assertThrows(ArithmeticException.class, () -> curve.between(-most, most));
  }

  @Property(tries = 5000)
  void anyQuantityAndTariff_costWhatTheOracleSays(
      @ForAll("tariffs") Tariff tariff, @ForAll long quantity) {
    BigInteger expected = tariff.oracle(quantity);
    if (expected.bitLength() > 63) {
      assertThrows(ArithmeticException.class, () -> tariff.curve().amountAt(quantity));
    } else {
      assertEquals(expected.longValueExact(), tariff.curve().amountAt(quantity));
    }
  }

  /** I5: however usage is cut, reordered or taken back, its charges add up to the total's price. */
  @Property(tries = 2000, edgeCases = EdgeCasesMode.NONE)
  @StatisticsReport(StatisticsReport.StatisticsReportMode.OFF)
  void chargesOfAnySplitAndOrder_addUpToThePriceOfTheTotal(
      @ForAll("tariffs") Tariff tariff,
      @ForAll @Size(max = 50) List<@LongRange(min = -1_000_000, max = 5_000_000) Long> parts,
      @ForAll long seed) {
    long most = parts.stream().mapToLong(Math::abs).sum();
    boolean fits = tariff.oracle(most).bitLength() < 63;
    Statistics.label("fits").collect(fits).coverage(c -> c.check(true).percentage(p -> p > 50));
    if (!fits) {
      return;
    }
    List<Long> shuffled = new ArrayList<>(parts);
    Collections.shuffle(shuffled, new Random(seed));
    BigInteger expected = tariff.oracle(parts.stream().mapToLong(Long::longValue).sum());
    assertEquals(expected, charged(tariff.curve(), parts));
    assertEquals(expected, charged(tariff.curve(), shuffled));
  }

  private static BigInteger charged(PriceCurve curve, List<Long> parts) {
    BigInteger charged = BigInteger.ZERO;
    long total = 0;
    for (long part : parts) {
      charged = charged.add(BigInteger.valueOf(curve.between(total, total + part)));
      total += part;
    }
    return charged;
  }

  @Property(tries = 2000, edgeCases = EdgeCasesMode.NONE)
  void negativeQuantity_costsTheMirrorImage(
      @ForAll("tariffs") Tariff tariff,
      @ForAll @LongRange(min = 0, max = 1_000_000) long quantity,
      @ForAll @LongRange(min = 0, max = 1_000) long more) {
    PriceCurve curve = tariff.curve();
    if (tariff.oracle(quantity + more).bitLength() > 63) {
      return;
    }
    assertEquals(-curve.amountAt(quantity), curve.amountAt(-quantity));
    assertTrue(curve.amountAt(quantity) <= curve.amountAt(quantity + more));
    assertTrue(curve.amountAt(-quantity - more) <= curve.amountAt(-quantity));
  }

  @Provide
  static Arbitrary<Tariff> tariffs() {
    Arbitrary<BigDecimal> small =
        Arbitraries.bigDecimals().between(BigDecimal.ZERO, BigDecimal.ONE).ofScale(7);
    Arbitrary<BigDecimal> any =
        Arbitraries.bigDecimals()
            .between(BigDecimal.ZERO, new BigDecimal("999999999999"))
            .ofScale(18);
    Arbitrary<List<Unit>> units =
        Arbitraries.of(List.of("Wh", "kWh", "MWh"), List.of("B", "GB"), List.of("s", "min", "h"))
            .flatMap(symbols -> Arbitraries.of(symbols).map(PriceCurveTest::unit).list().ofSize(2));
    return Combinators.combine(
            Arbitraries.of("EUR", "JPY", "KWD", "CLF"),
            units,
            Arbitraries.integers().between(0, Meter.MAX_SCALE),
            Arbitraries.oneOf(small, any))
        .as(
            (currency, two, scale, price) ->
                new Tariff(currency, two.get(0), scale, price, two.get(1)));
  }

  private static Unit unit(String symbol) {
    return Unit.of(symbol).orElseThrow();
  }

  private static Catalog catalog(String currency) {
    return new Catalog(
        "test",
        Instant.EPOCH,
        Currency.getInstance(currency),
        ZoneOffset.UTC,
        new PeriodRule.Calendar(Every.DAY),
        Map.of(),
        Map.of(),
        false,
        "");
  }
}
