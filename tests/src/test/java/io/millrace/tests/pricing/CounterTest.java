package io.millrace.tests.pricing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.CatalogFile;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.shard.Effects.ChargeRow;
import io.millrace.processors.shard.Effects.Verdict;
import io.millrace.processors.shard.Reason;
import io.millrace.processors.trial.TrialShard;
import io.millrace.processors.usage.UsageBatch;
import io.millrace.tests.oracle.Measuring;
import io.millrace.tests.oracle.Measuring.Taken;
import io.millrace.tests.oracle.Shape;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * I5 for running counters: in whatever order its readings come, what is charged for each period is
 * the price of what the counter has advanced by in it, window by window.
 */
class CounterTest {
  private static final int CASES = 10_000;
  private static final int MOST_READINGS = 12;
  private static final long START = Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();
  private static final long HOUR = Duration.ofHours(1).toMillis();
  private static final long PERIOD = 24 * HOUR;
  private static final Shape PRICE =
      new Shape(
          "graduated",
          List.of(
              new Shape.Tier(new BigDecimal("0.7"), new BigDecimal("0.0123457"), BigDecimal.ZERO),
              new Shape.Tier(null, new BigDecimal("0.07"), new BigDecimal("0.5"))),
          BigDecimal.ZERO,
          new BigDecimal(1_000_000),
          9,
          Shape.EXACT,
          Shape.EXACT);

  @ParameterizedTest
  @CsvSource({
    "baseline, from-zero, 0",
    "from-zero, from-zero, 0",
    "baseline, ignore, 0",
    "baseline, from-zero, 4096",
    "from-zero, ignore, 4096",
  })
  void readingsInAnyOrder_comeToWhatTheCounterAdvancedBy(
      String first, String reset, long rollsOver) {
    Rules rules = rules(first, reset, rollsOver);
    Measuring oracle = new Measuring("used", "delta", first, reset, rollsOver * 1_000, 64);
    int lower = 0;
    for (long seed = 0; seed < CASES; seed++) {
      Random random = new Random(seed);
      List<Taken> readings = readings(random, rollsOver * 1_000);
      Map<String, BigInteger> expected = expected(oracle, readings);
      Collections.shuffle(readings, random);
      assertEquals(expected, charged(rules, readings), "seed " + seed + ": " + readings);
      readings.sort(
          (a, b) ->
              a.at() == b.at() ? a.reading().compareTo(b.reading()) : Long.compare(a.at(), b.at()));
      for (int i = 1; i < readings.size(); i++) {
        lower += readings.get(i).reading().compareTo(readings.get(i - 1).reading()) < 0 ? 1 : 0;
      }
    }
    assertTrue(lower > CASES, "lower readings: " + lower);
  }

  /** A large reading may come to another window's charge, by the order; never to another period. */
  @ParameterizedTest
  @CsvSource({"max", "latest", "unique"})
  void readingsInAnyOrder_comeToTheOneThatCountsInItsPeriod(String kind) {
    boolean unique = kind.equals("unique");
    Rules rules = unique ? unique() : rules("aggregate: " + kind);
    Measuring oracle = Measuring.ofPeriods("used", kind);
    int below = 0;
    for (long seed = 0; seed < CASES; seed++) {
      Random random = new Random(seed);
      List<Taken> readings = new ArrayList<>();
      for (Taken t : readings(random, 0)) {
        if (unique) {
          readings.add(new Taken(t.at(), BigInteger.valueOf(random.nextInt(5) - 2)));
          continue;
        }
        readings.add(random.nextInt(6) == 0 ? new Taken(t.at(), t.reading().negate()) : t);
      }
      Map<String, BigInteger> expected = new TreeMap<>();
      readings.stream()
          .collect(Collectors.groupingBy(t -> Math.floorDiv(t.at() - START, PERIOD)))
          .forEach(
              (p, all) ->
                  expected.put(
                      "period " + p, (unique ? EACH : PRICE).priceOf(held(oracle, p, all))));
      Collections.shuffle(readings, random);
      Map<String, BigInteger> charged = charged(rules, readings);
      charged.keySet().removeIf(sum -> sum.startsWith("window"));
      assertEquals(expected, charged, "seed " + seed + ": " + readings);
      below += expected.values().stream().anyMatch(a -> a.signum() < 0) ? 1 : 0;
    }
    assertEquals(kind.equals("latest"), below > 100, "below zero: " + below);
  }

  @ParameterizedTest
  @CsvSource({
    "burst, above: 3000, 15, 3000000, 0",
    "burst, above: 0, 60, 0, 0",
    "percentile, percentile: 95, 15, 0, 95",
    "percentile, percentile: 50, 180, 0, 50",
    "percentile, percentile: 99, 7, 0, 99",
  })
  void readingsInAnyOrder_comeToWhatTheSlotsOfThePeriodDo(
      String kind, String bound, int minutes, long above, int percent) {
    Rules rules = rules("aggregate: %s, every: %dm, %s".formatted(kind, minutes, bound));
    Measuring oracle =
        Measuring.ofSlots(
            "used",
            kind,
            new Measuring.Slots(Duration.ofMinutes(minutes).toMillis(), above, percent));
    int counted = 0;
    for (long seed = 0; seed < CASES; seed++) {
      Random random = new Random(seed);
      List<Taken> readings = new ArrayList<>();
      for (int n = 1 + random.nextInt(60); n > 0; n--) {
        long at = START + random.nextLong((random.nextBoolean() ? 3 : 30) * HOUR);
        long reading = random.nextLong(random.nextInt(8) == 0 ? 9_000_000 : 4_000);
        readings.add(
            new Taken(at, BigInteger.valueOf(random.nextInt(9) == 0 ? -reading : reading)));
      }
      Map<String, BigInteger> expected = new TreeMap<>();
      readings.stream()
          .collect(Collectors.groupingBy(t -> Math.floorDiv(t.at() - START, PERIOD)))
          .forEach((p, all) -> expected.put("period " + p, PRICE.priceOf(held(oracle, p, all))));
      Map<String, BigInteger> charged = charged(rules, readings);
      charged.keySet().removeIf(sum -> sum.startsWith("window"));
      assertEquals(expected, charged, "seed " + seed + ": " + readings);
      counted += expected.values().stream().anyMatch(a -> a.signum() > 0) ? 1 : 0;
    }
    assertTrue(counted > CASES / 20, "came to something: " + counted);
  }

  private static BigInteger held(Measuring oracle, long period, List<Taken> all) {
    return oracle.held(all, START + period * PERIOD, START + (period + 1) * PERIOD);
  }

  /** A counter that advances, and at times is exchanged, rolls over or shows anything. */
  private static List<Taken> readings(Random random, long rollsOver) {
    long most = rollsOver == 0 ? 10_000_000 : rollsOver;
    List<Taken> all = new ArrayList<>();
    long at = START + random.nextLong(PERIOD);
    long shows = random.nextLong(most);
    for (int n = 1 + random.nextInt(MOST_READINGS); n > 0; n--) {
      all.add(new Taken(at, BigInteger.valueOf(shows)));
      at += random.nextInt(5) == 0 ? 0 : random.nextLong(random.nextBoolean() ? HOUR : PERIOD);
      shows =
          switch (random.nextInt(6)) {
            case 0 -> random.nextLong(most);
            case 1 -> random.nextLong(100);
            default -> (shows + random.nextLong(most / 8)) % most;
          };
    }
    return all;
  }

  /** By window its quantity, and by period its price. */
  private static Map<String, BigInteger> expected(Measuring oracle, List<Taken> readings) {
    List<Taken> sorted = new ArrayList<>(readings);
    sorted.sort(
        (a, b) ->
            a.at() == b.at() ? a.reading().compareTo(b.reading()) : Long.compare(a.at(), b.at()));
    Map<String, BigInteger> sums = new TreeMap<>();
    Map<Long, BigInteger> totals = new TreeMap<>();
    oracle
        .counted(sorted)
        .forEach(
            (at, counts) -> {
              sums.merge("window " + Math.floorDiv(at, HOUR), counts, BigInteger::add);
              totals.merge(Math.floorDiv(at - START, PERIOD), counts, BigInteger::add);
            });
    totals.forEach((period, total) -> sums.put("period " + period, PRICE.priceOf(total)));
    return sums;
  }

  private static Map<String, BigInteger> charged(Rules rules, List<Taken> readings) {
    Map<String, BigInteger> sums = new TreeMap<>();
    TrialShard shard = new TrialShard(rules, new Summing(sums));
    shard.subscribe(1, 100, 0, Long.MIN_VALUE / 2, Long.MAX_VALUE);
    UsageBatch batch = new UsageBatch(readings.size());
    long id = 0;
    for (Taken t : readings) {
      long[] values = {t.reading().longValueExact()};
      batch.add(0, 1, 1, id++, true, t.at(), t.at(), 0, values, 1, new byte[0], 0, 0);
    }
    shard.apply(batch);
    shard.runTo(START + 100 * PERIOD);
    return sums;
  }

  private record Summing(Map<String, BigInteger> sums) implements TrialShard.Watcher {
    @Override
    public void charged(ChargeRow c) {
      sums.merge(
          "window " + c.windowStart() / HOUR, BigInteger.valueOf(c.quantity()), BigInteger::add);
      sums.merge("period " + c.period(), BigInteger.valueOf(c.amount()), BigInteger::add);
    }

    @Override
    public void taken(int row, Verdict verdict, @Nullable Reason why) {
      assertEquals(Verdict.CHARGED, verdict, String.valueOf(why));
    }
  }

  /**
   * What comes before all that is remembered is refused, and takes nothing from what is charged.
   */
  @ParameterizedTest
  @CsvSource({
    "delta, 60000, true",
    "max, 86400000, true",
    "delta, 60000, false",
    "max, 86400000, false"
  })
  void readingFromBeforeAllThatAreRemembered_isOutOfOrder(String kind, long step, boolean before) {
    List<String> reasons = new ArrayList<>();
    long[] charged = {0};
    TrialShard shard =
        new TrialShard(
            rules("aggregate: " + kind),
            new TrialShard.Watcher() {
              @Override
              public void charged(ChargeRow c) {
                charged[0] += c.quantity();
              }

              @Override
              public void taken(int row, Verdict verdict, @Nullable Reason why) {
                if (why != null) {
                  reasons.add(row + " " + why.code());
                }
              }
            });
    shard.subscribe(1, 100, 0, Long.MIN_VALUE / 2, Long.MAX_VALUE);
    UsageBatch batch = new UsageBatch(1);
    for (int i = 0; i < 70; i++) {
      long at = START + 10 * PERIOD + i * step;
      batch.add(0, 1, 1, i, true, at, at, 0, new long[] {1_000L + i}, 1, new byte[0], 0, 0);
    }
    // The newest 64 are remembered: those from the seventh on.
    long at = START + 10 * PERIOD + 6 * step + (before ? -step / 2 : step / 2);
    batch.add(0, 1, 1, 70, true, at, at, 0, new long[] {1_006}, 1, new byte[0], 0, 0);
    shard.apply(batch);
    shard.runTo(START + 200 * PERIOD);
    assertEquals(before ? List.of("70 out-of-order") : List.of(), reasons);
    long peaks = 70 * 1_000 + 69 * 70 / 2;
    assertEquals(kind.equals("delta") ? 69 : peaks, charged[0]);
  }

  /** More values than are told apart wait in suspense, and none that is known does. */
  @Test
  void valuesBeyondTheBound_areSuspendedForTheirReason() {
    TrialShard shard = new TrialShard(unique(), new Bounded(new int[1]));
    shard.subscribe(1, 100, 0, Long.MIN_VALUE / 2, Long.MAX_VALUE);
    UsageBatch batch = new UsageBatch(1);
    for (int i = 0; i < 2_500; i++) {
      long[] values = {i % 1_250};
      batch.add(0, 1, 1, i, true, START + i, START + i, 0, values, 1, new byte[] {(byte) i}, 0, 1);
    }
    shard.apply(batch);
  }

  private record Bounded(int[] taken) implements TrialShard.Watcher {
    @Override
    public void charged(ChargeRow c) {}

    @Override
    public void taken(int row, Verdict verdict, @Nullable Reason why) {
      boolean fits = taken[0]++ % 1_250 < 1_000;
      assertEquals(fits, verdict == Verdict.CHARGED, "event " + taken[0]);
      assertTrue(fits || why == null || why == Reason.TOO_MANY_DISTINCT, String.valueOf(why));
    }
  }

  private static Rules rules(String first, String reset, long rollsOver) {
    String over = rollsOver == 0 ? "" : ", rolls-over-at: " + rollsOver;
    return rules("aggregate: delta, first: " + first + ", reset: " + reset + over);
  }

  private static final Shape EACH = Shape.perUnit(new BigDecimal("0.0123457"), BigDecimal.ONE, 9);

  private static Rules unique() {
    return compiled(
        TEXT.replace("unit: Wh, %s", "aggregate: unique")
            .replaceAll("unit: kWh.*}", "unit: each, per-unit: 0.0123457}"));
  }

  private static Rules rules(String aggregate) {
    return compiled(TEXT.formatted(aggregate));
  }

  private static final String TEXT =
      """
      catalog: counters
      effective: 2026-01-01
      currency: EUR
      zone: UTC
      period: 24h
      meters:
        used: {event: e, value: data.v, unit: Wh, %s}
      offers:
        thing:
          scope: device
          window: 1h
          charges:
            used: {meter: used, unit: kWh, graduated: [{to: 0.7, per-unit: 0.0123457}, {per-unit: 0.07, flat: 0.5}]}
      """;

  private static Rules compiled(String text) {
    return switch (CatalogFile.read("counters.yaml", text.getBytes(StandardCharsets.UTF_8))) {
      case CatalogFile.Result.Accepted(Catalog catalog) ->
          Rules.compile(1, 4, catalog, n -> 1).reaching(Duration.ofDays(36_500).toMillis());
      case CatalogFile.Result.Rejected rejected -> throw new AssertionError(rejected.problems());
    };
  }
}
