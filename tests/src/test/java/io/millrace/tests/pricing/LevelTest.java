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
import io.millrace.tests.oracle.Levels;
import io.millrace.tests.oracle.Levels.Report;
import io.millrace.tests.oracle.Shape;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * I5 for levels: in whatever order its readings come, what is charged for each period is the price
 * of what the level came to in it, second by second.
 */
class LevelTest {
  private static final int CASES = 10_000;
  private static final int MOST_READINGS = 12;
  private static final long HOUR = Duration.ofHours(1).toMillis();

  /** Around a month's end on which a clock is changed, in New York and in Madrid. */
  private static final long START = Instant.parse("2026-10-30T00:00:00Z").toEpochMilli();

  private static final Shape PRICE =
      new Shape(
          "graduated",
          List.of(
              new Shape.Tier(new BigDecimal("0.7"), new BigDecimal("0.0123457"), BigDecimal.ZERO),
              new Shape.Tier(null, new BigDecimal("0.07"), new BigDecimal("0.5"))),
          BigDecimal.ZERO,
          new BigDecimal(3_600_000_000L),
          9,
          Shape.EXACT,
          Shape.EXACT);

  @ParameterizedTest
  @CsvSource({
    "24h, UTC, PT600S",
    "24h, UTC, 24h",
    "6h, UTC, 5h",
    "day, America/New_York, 23h",
    "day, Europe/Madrid, PT7201S",
    "month, Europe/Madrid, 600h",
  })
  void readingsInAnyOrder_comeToWhatTheLevelDidInEachPeriod(
      String period, String zone, String holds) {
    Rules rules = rules(period, zone, holds);
    long longest =
        holds.startsWith("PT")
            ? Duration.parse(holds).toMillis()
            : Long.parseLong(holds.replace("h", "")) * HOUR;
    Levels oracle = new Levels(period, ZoneId.of(zone), longest);
    int[] parted = {0};
    for (long seed = 0; seed < CASES; seed++) {
      Random random = new Random(seed);
      List<Report> readings = readings(random);
      Map<String, BigInteger> expected = new TreeMap<>();
      oracle.comesTo(readings).forEach((p, total) -> expected.put(p, PRICE.priceOf(total)));
      expected.values().removeIf(amount -> amount.signum() == 0);
      parted[0] += expected.size() > 1 ? 1 : 0;
      Collections.shuffle(readings, random);
      Map<String, BigInteger> charged = charged(rules, readings, oracle);
      assertEquals(expected, charged, "seed " + seed + ": " + readings);
    }
    assertTrue(parted[0] > CASES / 5, "in several periods: " + parted[0]);
  }

  /** A checker that can't fail proves nothing: an oracle that lets levels hold on is found out. */
  @Test
  void oracleWithoutSilence_isFound() {
    Rules rules = rules("24h", "UTC", "1h");
    Levels oracle = new Levels("24h", ZoneId.of("UTC"), 24 * HOUR);
    int differing = 0;
    for (long seed = 0; seed < 100; seed++) {
      List<Report> readings = readings(new Random(seed));
      Map<String, BigInteger> expected = new TreeMap<>();
      oracle.comesTo(readings).forEach((p, total) -> expected.put(p, PRICE.priceOf(total)));
      differing += charged(rules, readings, oracle).equals(expected) ? 0 : 1;
    }
    assertTrue(differing > 50, "found: " + differing);
  }

  /** After a silence of longer than the horizon nothing is lost, and nothing counts twice. */
  @Test
  void levelBeforeALongSilence_countsWithTheReadingThatEndsIt() {
    Map<String, Long> quantities = new TreeMap<>();
    Rules rules = Rules.compile(1, 4, catalog("24h", "UTC", "24h"), n -> 1).reaching(3 * 24 * HOUR);
    TrialShard shard =
        new TrialShard(
            rules,
            new TrialShard.Watcher() {
              @Override
              public void charged(ChargeRow c) {
                String day = Instant.ofEpochMilli(c.windowStart()).toString().substring(0, 10);
                quantities.merge(day, c.quantity(), Long::sum);
              }

              @Override
              public void taken(int row, Verdict verdict, @Nullable Reason why) {
                assertEquals(Verdict.CHARGED, verdict, String.valueOf(why));
              }
            });
    shard.subscribe(1, 100, 0, Long.MIN_VALUE / 2, Long.MAX_VALUE);
    UsageBatch batch = new UsageBatch(3);
    long day = 24 * HOUR;
    add(batch, 1, START);
    add(batch, 1, START + 10 * HOUR);
    // Ten hours of the first day are known by now; 14 of it and ten of the next are far away.
    add(batch, 1, START + 20 * day + HOUR);
    // One in between takes its part of what the level came to with the next one.
    add(batch, 1, START + 20 * day + HOUR / 2);
    add(batch, 1, START + 20 * day + 2 * HOUR);
    shard.apply(batch);
    shard.runTo(START + 30 * day);
    assertEquals(Map.of("2026-10-30", 50L * 3_600, "2026-11-19", 255L * 1_800), quantities);
  }

  private static void add(UsageBatch batch, long device, long at) {
    long[] values = {5};
    batch.add(0, device, 1, at, true, at, at, 0, values, 1, new byte[0], 0, 0);
  }

  private static List<Report> readings(Random random) {
    List<Report> all = new ArrayList<>();
    long at = START + random.nextLong(24 * HOUR);
    for (int n = 1 + random.nextInt(MOST_READINGS); n > 0; n--) {
      all.add(new Report(at, random.nextInt(5) == 0 ? 0 : random.nextLong(200_000)));
      at +=
          switch (random.nextInt(6)) {
            case 0 -> 0;
            case 1 -> random.nextLong(30 * HOUR);
            case 2 -> Math.floorDiv(at, 6 * HOUR) * 6 * HOUR + 6 * HOUR - at;
            default -> random.nextLong(5 * HOUR);
          };
    }
    return all;
  }

  private static Map<String, BigInteger> charged(
      Rules rules, List<Report> readings, Levels oracle) {
    Map<String, BigInteger> sums = new TreeMap<>();
    TrialShard shard = new TrialShard(rules, new Summing(sums, oracle, rules));
    shard.subscribe(1, 100, 0, Long.MIN_VALUE / 2, Long.MAX_VALUE);
    UsageBatch batch = new UsageBatch(readings.size());
    long id = 0;
    for (Report t : readings) {
      long[] values = {t.level()};
      batch.add(0, 1, 1, id++, true, t.at(), t.at(), 0, values, 1, new byte[0], 0, 0);
    }
    shard.apply(batch);
    shard.runTo(START + 90 * 24 * HOUR);
    sums.values().removeIf(amount -> amount.signum() == 0);
    return sums;
  }

  private record Summing(Map<String, BigInteger> sums, Levels oracle, Rules rules)
      implements TrialShard.Watcher {
    @Override
    public void charged(ChargeRow c) {
      String period = oracle.periodOf(rules.periods().startOf(c.period()));
      sums.merge(period, BigInteger.valueOf(c.amount()), BigInteger::add);
    }

    @Override
    public void taken(int row, Verdict verdict, @Nullable Reason why) {
      assertEquals(Verdict.CHARGED, verdict, String.valueOf(why));
    }
  }

  private static Rules rules(String period, String zone, String holds) {
    return Rules.compile(1, 4, catalog(period, zone, holds), n -> 1)
        .reaching(Duration.ofDays(36_500).toMillis());
  }

  private static Catalog catalog(String period, String zone, String holds) {
    String text =
        """
        catalog: levels
        effective: 2026-10-01T00:00:00Z
        currency: EUR
        zone: %s
        period: %s
        meters:
          kept: {event: e, value: data.v, unit: MB, scale: 3, aggregate: time-weighted, holds-for: %s}
        offers:
          thing:
            scope: device
            window: 1h
            charges:
              kept: {meter: kept, unit: GB-hour, graduated: [{to: 0.7, per-unit: 0.0123457}, {per-unit: 0.07, flat: 0.5}]}
        """
            .formatted(zone, period, holds);
    return switch (CatalogFile.read("levels.yaml", text.getBytes(StandardCharsets.UTF_8))) {
      case CatalogFile.Result.Accepted(Catalog catalog) -> catalog;
      case CatalogFile.Result.Rejected rejected -> throw new AssertionError(rejected.problems());
    };
  }
}
