package io.millrace.tests.pricing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.processors.rating.PricedTiers;
import io.millrace.processors.rating.Rules.UsageCharge;
import io.millrace.tests.oracle.Shape;
import java.math.BigInteger;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * I5 for every shape: whatever the split and the order of usage, its charges add up to what the
 * oracle asks for the total, and what they say to be made of adds up to what it is made of.
 */
class ShapeTest {
  private static final int CASES = 10_000;
  private static final BigInteger MOST = BigInteger.valueOf(Long.MAX_VALUE);

  @ParameterizedTest
  @ValueSource(
      strings = {"per-unit", "graduated", "volume", "stair-step", "package", "flat", "free"})
  void chargesOfAnySplit_addUpToWhatTheOracleAsksForTheTotal(String kind) {
    int judged = 0;
    for (long seed = 0; judged < CASES; seed++) {
      AnyPrice any = new AnyPrice(seed);
      Priced priced = any.of(kind);
      judged += isJudged(priced, any.readings(priced, 12), "seed " + seed + ": " + priced) ? 1 : 0;
      assertTrue(seed < 3 * CASES, "too few prices fit a long");
    }
  }

  /** Whether all fits a long, as it must for usage to be taken at all. */
  private static boolean isJudged(Priced priced, long[] readings, String what) {
    UsageCharge charge = priced.charge();
    Shape shape = priced.shape();
    BigInteger total = BigInteger.ZERO;
    BigInteger charged = BigInteger.ZERO;
    long[] slots = new long[charge.curve().slots()];
    for (long reading : readings) {
      BigInteger before = total;
      total = total.add(countedBy(shape, reading));
      if (total.abs().compareTo(MOST.shiftRight(1)) > 0
          || shape.priceOf(total).abs().compareTo(MOST.shiftRight(1)) > 0
          || shape.partsOf(total).values().stream()
              .anyMatch(p -> p.units().abs().compareTo(MOST.shiftRight(1)) > 0)) {
        return false;
      }
      long quantity = charge.quantity(0, new long[] {reading}, 0);
      assertEquals(total.subtract(before).longValueExact(), quantity, what);
      long from = before.longValueExact();
      charged = charged.add(BigInteger.valueOf(charge.curve().between(from, from + quantity)));
      charge.curve().explain(from, from + quantity, slots, slots);
      assertEquals(shape.priceOf(total), charged, what + " at " + total);
      assertEquals(shape.priceOf(total.negate()).negate(), charged, what + " mirrored");
    }
    if (slots.length > 0) {
      assertEquals(shape.partsOf(total), parts(slots), what + " at " + total);
    }
    return true;
  }

  private static BigInteger countedBy(Shape shape, long reading) {
    return shape.counted(BigInteger.valueOf(reading));
  }

  private static Map<Integer, Shape.Part> parts(long[] slots) {
    Map<Integer, Shape.Part> all = new TreeMap<>();
    for (PricedTiers.Part part : PricedTiers.decode(PricedTiers.encode(slots))) {
      all.put(
          part.tier(),
          new Shape.Part(BigInteger.valueOf(part.units()), Math.toIntExact(part.flats())));
    }
    return all;
  }
}
