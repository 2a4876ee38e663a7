package io.millrace.processors.rating;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.catalog.Agreement.Percent;
import io.millrace.catalog.Agreement.Step;
import io.millrace.catalog.ChargeRule;
import io.millrace.catalog.Meter;
import io.millrace.catalog.QuantityRounding;
import io.millrace.catalog.Unit;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Currency;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Percentages of values and of sums, against BigDecimal. */
class PercentsTest {

  /** However values are cut into events, their charges add up to the part of the sum. */
  @Property(tries = 10_000)
  void chargesOfAnyValues_addUpToThePartOfTheirSum(@ForAll long seed) {
    Random random = new Random(seed);
    int scale = random.nextInt(7);
    BigDecimal percent = percent(random, 6);
    PriceCurve curve =
        PriceShapesTest.curve(
            "EUR",
            "value: data.v, unit: EUR, aggregate: sum, scale: " + scale,
            "percent: " + percent.toPlainString());
    long sum = 0;
    long charged = 0;
    for (int i = random.nextInt(1, 20); i > 0; i--) {
      long most = BigDecimal.valueOf(100_000_000, -scale).longValueExact();
      long value = random.nextLong(-1_000, random.nextBoolean() ? 100_000 : most);
      charged += curve.between(sum, sum + value);
      sum += value;
      BigDecimal part =
          BigDecimal.valueOf(sum, scale).multiply(percent).divide(new BigDecimal(100));
      assertEquals(
          part.setScale(9, RoundingMode.HALF_UP).movePointRight(9).longValueExact(), charged);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "0.01, 5", // at least
    "4.99, 5",
    "5, 5",
    "5.01, 6", // begun
    "399, 399",
    "399.01, 400",
    "400.01, 400", // at most
    "1000000, 400",
    "-0.01, -5",
    "-1000000, -400",
  })
  void valueOfAnEvent_isRoundedThenBounded(BigDecimal value, BigDecimal counts) {
    QuantitySteps steps = steps("1", "5", "400");
    assertEquals(
        counts.movePointRight(2).longValueExact(),
        steps.of(value.movePointRight(2).longValueExact()));
  }

  @Property(tries = 10_000)
  void boundedValue_isThatOfBigDecimal(@ForAll long seed) {
    Random random = new Random(seed);
    BigDecimal least = BigDecimal.valueOf(random.nextInt(3) == 0 ? 0 : random.nextInt(500), 2);
    BigDecimal most = least.add(BigDecimal.valueOf(1 + random.nextInt(500), 2));
    BigDecimal step = BigDecimal.valueOf(1 + random.nextInt(100), 2);
    BigDecimal value = BigDecimal.valueOf(random.nextInt(-1_500, 1_500), 2);
    BigDecimal judged =
        value.abs().divide(step, 0, RoundingMode.UP).multiply(step).max(least).min(most);
    if (value.signum() <= 0) {
      judged = value.signum() == 0 ? BigDecimal.ZERO : judged.negate();
    }
    assertEquals(
        judged.movePointRight(2).longValueExact(),
        steps(step.toPlainString(), least.toPlainString(), most.toPlainString())
            .of(value.movePointRight(2).longValueExact()));
  }

  private static QuantitySteps steps(String upTo, String least, String most) {
    Unit euro = Unit.of(Currency.getInstance("EUR"));
    Meter meter = new Meter("m", "e", "v", euro, 2, Meter.Aggregate.SUM, false);
    QuantityRounding rounding =
        new QuantityRounding(
            QuantityRounding.Each.EVENT,
            QuantityRounding.Way.UP,
            new BigDecimal(upTo),
            new BigDecimal(least),
            new BigDecimal(most));
    return QuantitySteps.of(rounding, QuantityRounding.Each.EVENT, meter, euro);
  }

  @ParameterizedTest
  @CsvSource({
    // 0 % up to 1, 5 % up to 2, 12.5 % above; ledger units of 10^-9
    "0, 0",
    "1000000000, 0", // the bound itself is in the tier before
    "1000000001, -50000000", // 5 % of all of it, a twentieth of a unit rounded off
    "1000000010, -50000001", // a half is one
    "2000000000, -100000000",
    "2000000004, -250000001",
    "-2000000000, 100000000",
    "-2000000004, 250000001",
  })
  void discount_isOfTheWholeByTheTierItReaches(long sum, long off) {
    List<Step> steps = List.of(step("1", 0), step("2", 50_000), step("", 125_000));
    assertEquals(off, ladder(steps, 9).applyAsLong(sum));
  }

  @Property(tries = 10_000)
  void discountOfAnySum_isThatOfBigDecimal(@ForAll long seed, @ForAll long any) {
    Random random = new Random(seed);
    int scale = 7 + random.nextInt(4);
    List<Step> steps = new ArrayList<>();
    List<Long> bounds = new ArrayList<>();
    long to = 0;
    for (int i = random.nextInt(4); i > 0; i--) {
      to += random.nextLong(1, 1_000_000_000_000L);
      bounds.add(to);
      steps.add(
          new Step(
              Optional.of(BigDecimal.valueOf(to, scale)),
              percent(random, 4).movePointRight(4).intValueExact()));
    }
    steps.add(new Step(Optional.empty(), percent(random, 4).movePointRight(4).intValueExact()));
    long sum =
        bounds.isEmpty() || random.nextInt(3) == 0
            ? any / 2
            : bounds.getFirst() + random.nextInt(-1, 2);
    BigDecimal amount = BigDecimal.valueOf(sum, scale);
    BigDecimal percent = BigDecimal.ZERO;
    for (int i = steps.size() - 1; i >= 0; i--) {
      if (steps.get(i).to().isEmpty() || amount.abs().compareTo(steps.get(i).to().get()) <= 0) {
        percent = BigDecimal.valueOf(steps.get(i).partsPerMillion(), 6);
      }
    }
    BigDecimal off = amount.multiply(percent).setScale(scale, RoundingMode.HALF_UP).negate();
    assertEquals(off.movePointRight(scale).longValueExact(), ladder(steps, scale).applyAsLong(sum));
  }

  private static BigDecimal percent(Random random, int digits) {
    return switch (random.nextInt(4)) {
      case 0 -> BigDecimal.ZERO.setScale(digits);
      case 1 -> new BigDecimal(100).setScale(digits);
      case 2 -> BigDecimal.valueOf(random.nextInt(101)).setScale(digits);
      default -> BigDecimal.valueOf(random.nextInt(1_000_000), 4).setScale(digits);
    };
  }

  private static Step step(String to, int parts) {
    return new Step(to.isEmpty() ? Optional.empty() : Optional.of(new BigDecimal(to)), parts);
  }

  private static DiscountLadder ladder(List<Step> steps, int scale) {
    return new DiscountLadder(
        new ChargeRule.Discount("off", new Percent(steps), List.of("all")), scale);
  }
}
