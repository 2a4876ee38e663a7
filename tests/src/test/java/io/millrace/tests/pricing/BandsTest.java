package io.millrace.tests.pricing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.processors.rating.Rules;
import io.millrace.processors.rating.Rules.UsageCharge;
import io.millrace.processors.shard.Effects.ChargeRow;
import io.millrace.processors.shard.Effects.Verdict;
import io.millrace.processors.shard.Reason;
import io.millrace.processors.trial.TrialShard;
import io.millrace.processors.usage.UsageBatch;
import io.millrace.tests.oracle.When;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Bands by the wall clock, over the days on which clocks change: the engine finds the band that a
 * person with a clock and a calendar would, and what is charged for each band is the price of its
 * total, whatever the order.
 */
class BandsTest {
  private static final int CATALOGS = 400;
  private static final int TIMES = 60;
  private static final int USAGES = 30;
  private static final int EVENTS = 12;

  @Test
  void anyMoment_isInTheBandOfTheWallClock() {
    int[] found = new int[16];
    for (long seed = 0; seed < CATALOGS; seed++) {
      AnyBands any = new AnyBands(seed);
      List<UsageCharge> charges = any.rules().offers().getFirst().last().usage();
      for (int t = 0; t < TIMES; t++) {
        long at = any.time();
        int holding = 0;
        for (int band = 0; band < charges.size(); band++) {
          When when = any.when(band);
          boolean holds = when.holds(at);
          assertEquals(holds, charges.get(band).isFor(at), any + " at " + at + ", band " + band);
          holding += holds ? 1 : 0;
          found[band] += holds ? 1 : 0;
        }
        assertEquals(1, holding, any + " at " + at);
      }
    }
    assertTrue(found[0] > 1_000 && found[1] > 1_000 && found[2] > 1_000, Arrays.toString(found));
  }

  @Test
  void chargesOfABand_addUpToThePriceOfItsTotal() {
    for (long seed = 0; seed < CATALOGS; seed++) {
      AnyBands any = new AnyBands(seed);
      Rules rules = any.rules().reaching(Duration.ofDays(36_500).toMillis());
      for (int usage = 0; usage < USAGES; usage++) {
        Map<String, BigInteger> expected = new TreeMap<>();
        Map<String, BigInteger> charged = charged(rules, any, expected);
        assertEquals(expected, charged, any.toString());
      }
    }
  }

  /**
   * What is charged for each band in each period; what the oracle asks goes to {@code expected}.
   */
  private static Map<String, BigInteger> charged(
      Rules rules, AnyBands any, Map<String, BigInteger> expected) {
    Map<String, BigInteger> charged = new TreeMap<>();
    TrialShard shard = new TrialShard(rules, new Summing(charged));
    shard.subscribe(1, 100, 0, Long.MIN_VALUE / 2, Long.MAX_VALUE);
    UsageBatch batch = new UsageBatch(EVENTS);
    Map<String, BigInteger> totals = new TreeMap<>();
    long last = Long.MIN_VALUE;
    for (int i = 0; i < EVENTS; i++) {
      long at = any.time();
      long reading = any.reading();
      last = Math.max(last, at);
      batch.add(0, 1, 1, i, true, at, at, 0, new long[] {reading}, 1, new byte[0], 0, 0);
      for (int band = 0; band < any.size(); band++) {
        if (any.when(band).holds(at)) {
          String key = any.name(band) + " in " + rules.periods().indexOf(at);
          totals.merge(key, BigInteger.valueOf(reading), BigInteger::add);
          expected.put(key, any.shape(band).priceOf(totals.get(key)));
        }
      }
    }
    shard.apply(batch);
    shard.runTo(rules.periods().endOf(rules.periods().indexOf(last)));
    return charged;
  }

  private record Summing(Map<String, BigInteger> sums) implements TrialShard.Watcher {
    @Override
    public void charged(ChargeRow c) {
      sums.merge(c.name() + " in " + c.period(), BigInteger.valueOf(c.amount()), BigInteger::add);
    }

    @Override
    public void taken(int row, Verdict verdict, @Nullable Reason why) {
      assertEquals(Verdict.CHARGED, verdict);
    }
  }

  /** A checker that can't fail proves nothing: a clock of another zone is found. */
  @Test
  void clockOfAnotherZone_isFound() {
    List<Long> differing = new ArrayList<>();
    AnyBands any = new AnyBands(1);
    for (int t = 0; t < 1_000; t++) {
      long at = any.time();
      UsageCharge charge = any.rules().offers().getFirst().last().usage().getFirst();
      if (any.when(0).holds(at + Duration.ofHours(1).toMillis()) != charge.isFor(at)) {
        differing.add(at);
      }
    }
    assertTrue(!differing.isEmpty());
  }
}
