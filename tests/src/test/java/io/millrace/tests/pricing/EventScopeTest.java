package io.millrace.tests.pricing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.processors.rating.PricedTiers;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.shard.Effects.ChargeRow;
import io.millrace.processors.shard.Effects.Verdict;
import io.millrace.processors.shard.Reason;
import io.millrace.processors.trial.TrialShard;
import io.millrace.processors.usage.UsageBatch;
import io.millrace.tests.oracle.Shape;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Where each event is priced by itself, what is charged is the sum of what the oracle asks for each
 * of them, in whatever order, windows and periods they come; so is what charges say to be made of.
 */
class EventScopeTest {
  private static final int CASES = 10_000;
  private static final long START = Instant.parse("2026-03-01T00:00:00Z").toEpochMilli();
  private static final long DAY = 86_400_000;
  private static final BigInteger MOST = BigInteger.valueOf(Long.MAX_VALUE / 64);

  @ParameterizedTest
  @ValueSource(
      strings = {"per-unit", "graduated", "volume", "stair-step", "package", "flat", "free"})
  void eventsInAnyOrder_costWhatEachCostsByItself(String kind) {
    int judged = 0;
    int otherThanTogether = 0;
    for (long seed = 0; judged < CASES; seed++) {
      assertTrue(seed < 3 * CASES, "too few prices fit a long");
      AnyPrice any = new AnyPrice(seed);
      Priced some = any.of(kind);
      Shape shape = byEvent(some.shape());
      Priced priced =
          new Priced(some.currency(), some.meterUnit(), some.scale(), some.unit(), shape);
      long[] readings = any.readings(priced, 8);
      BigInteger expected = BigInteger.ZERO;
      BigInteger total = BigInteger.ZERO;
      boolean fits = true;
      Map<Integer, Shape.Part> parts = new TreeMap<>();
      for (long reading : readings) {
        BigInteger counted = shape.counted(BigInteger.valueOf(reading));
        total = total.add(counted);
        expected = expected.add(shape.priceOf(counted));
        fits &= counted.abs().compareTo(MOST) < 0;
        fits &= shape.priceOf(counted).abs().compareTo(MOST) < 0;
        shape
            .partsOf(counted)
            .forEach((tier, part) -> parts.merge(tier, part, EventScopeTest::sum));
      }
      if (!fits) {
        continue;
      }
      judged++;
      otherThanTogether += shape.priceOf(total).equals(expected) ? 0 : 1;
      Charged charged = new Charged();
      Rules rules = priced.rules("event").reaching(Duration.ofDays(36_500).toMillis());
      TrialShard shard = new TrialShard(rules, charged);
      shard.subscribe(1, 100, 0, Long.MIN_VALUE / 2, Long.MAX_VALUE);
      UsageBatch batch = new UsageBatch(readings.length);
      Random random = new Random(seed);
      for (int i = 0; i < readings.length; i++) {
        long at = START + random.nextLong(3 * DAY);
        long[] values = {readings[i]};
        batch.add(0, 1, 1, i, true, at, at, 0, values, 1, new byte[0], 0, 0);
      }
      shard.apply(batch);
      shard.runTo(START + 10 * DAY);
      String what = "seed " + seed + ": " + priced;
      assertEquals(expected, charged.amount, what);
      assertEquals(total, charged.quantity, what);
      if (!charged.parts.isEmpty()) {
        parts.values().removeIf(p -> p.units().signum() == 0 && p.flats() == 0);
        charged.parts.values().removeIf(p -> p.units().signum() == 0 && p.flats() == 0);
        assertEquals(parts, charged.parts, what);
      }
    }
    boolean differs = !kind.equals("per-unit") && !kind.equals("free");
    assertTrue(!differs || otherThanTogether > CASES / 10, "as together: " + otherThanTogether);
  }

  /** Nothing is included and no total is rounded. */
  private static Shape byEvent(Shape s) {
    return new Shape(s.kind(), s.tiers(), s.size(), s.steps(), s.digits(), s.each(), Shape.EXACT);
  }

  private static Shape.Part sum(Shape.Part a, Shape.Part b) {
    return new Shape.Part(a.units().add(b.units()), a.flats() + b.flats());
  }

  private static final class Charged implements TrialShard.Watcher {
    private BigInteger amount = BigInteger.ZERO;
    private BigInteger quantity = BigInteger.ZERO;
    private final Map<Integer, Shape.Part> parts = new TreeMap<>();

    @Override
    public void charged(ChargeRow c) {
      amount = amount.add(BigInteger.valueOf(c.amount()));
      quantity = quantity.add(BigInteger.valueOf(c.quantity()));
      List<PricedTiers.Part> made = PricedTiers.decode(c.tiers());
      for (PricedTiers.Part p : made) {
        Shape.Part part = new Shape.Part(BigInteger.valueOf(p.units()), Math.toIntExact(p.flats()));
        parts.merge(p.tier(), part, EventScopeTest::sum);
      }
    }

    @Override
    public void taken(int row, Verdict verdict, @Nullable Reason why) {
      assertEquals(Verdict.CHARGED, verdict, String.valueOf(why));
    }
  }
}
