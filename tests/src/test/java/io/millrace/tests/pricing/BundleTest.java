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
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * I5 for bundles: in whatever order the events of its meters come, what is charged for each period
 * is the price of all their credits together.
 */
class BundleTest {
  private static final int CATALOGS = 300;
  private static final int USAGES = 40;
  private static final long START = Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();
  private static final long DAY = Duration.ofDays(1).toMillis();

  /** A meter of an event type that it may share with another. */
  private record Measured(String name, String type, int scale, boolean counts, String credits) {}

  /** An event of a type, with what each meter of it reads. */
  private record Event(String type, long at, Map<String, BigDecimal> readings) {}

  private final List<Measured> meters = new ArrayList<>();
  private BigDecimal included = BigDecimal.ZERO;
  private BigDecimal bound = BigDecimal.ONE;
  private BigDecimal low = BigDecimal.ONE;
  private BigDecimal high = BigDecimal.ONE;

  @Test
  void creditsOfAllMeters_areOneTotal() {
    int beyond = 0;
    for (long seed = 0; seed < CATALOGS; seed++) {
      Random random = new Random(seed);
      Rules rules = draw(random);
      for (int usage = 0; usage < USAGES; usage++) {
        List<Event> events = events(random);
        Map<Integer, BigDecimal> expected = new TreeMap<>();
        for (Event event : events) {
          int period = rules.periods().indexOf(event.at);
          expected.merge(period, credits(event), BigDecimal::add);
        }
        beyond += expected.values().stream().anyMatch(c -> c.compareTo(bound) > 0) ? 1 : 0;
        expected.replaceAll((period, credits) -> price(credits));
        Collections.shuffle(events, random);
        Map<Integer, BigDecimal> charged = charged(rules, events);
        expected.values().removeIf(a -> a.signum() == 0);
        assertEquals(expected, charged, seed + ": " + meters + " " + events);
      }
    }
    assertTrue(beyond > CATALOGS * USAGES / 10, "beyond the tier: " + beyond);
  }

  private Rules draw(Random random) {
    meters.clear();
    int n = 1 + random.nextInt(4);
    for (int i = 0; i < n; i++) {
      boolean counts = random.nextInt(3) == 0;
      int digits = random.nextInt(4);
      BigDecimal credits = BigDecimal.valueOf(1 + random.nextInt(5_000), digits);
      meters.add(
          new Measured(
              "m" + i,
              random.nextBoolean() ? "shared" : "e" + i,
              counts ? 0 : random.nextInt(4),
              counts,
              credits.toPlainString()));
    }
    included = BigDecimal.valueOf(random.nextInt(3) * 1_000L);
    bound = BigDecimal.valueOf(1 + random.nextInt(20_000));
    low = BigDecimal.valueOf(1 + random.nextInt(1_000_000), 9);
    high = BigDecimal.valueOf(1 + random.nextInt(1_000_000), 9);
    StringBuilder yaml = new StringBuilder();
    StringBuilder weights = new StringBuilder();
    for (Measured m : meters) {
      yaml.append(
          m.counts
              ? "  %s: {event: %s, aggregate: count}%n".formatted(m.name, m.type)
              : "  %s: {event: %s, value: data.%s, unit: kWh, scale: %d, aggregate: sum}%n"
                  .formatted(m.name, m.type, m.name, m.scale));
      weights.append(weights.isEmpty() ? "" : ", ").append(m.name + ": " + m.credits);
    }
    String allowance =
        included.signum() == 0
            ? ""
            : "    allowances: [{allowance: a, included: %s, unit: credit, of: use}]%n"
                .formatted(included.toPlainString());
    String text =
        """
        catalog: bundles
        effective: 2026-01-01
        currency: EUR
        zone: UTC
        period: 24h
        meters:
        %soffers:
          thing:
            scope: device
            window: 1h
        %s    charges:
              use: {meters: {%s}, graduated: [{to: %s, per-unit: %s}, {per-unit: %s}]}
        """
            .formatted(
                yaml,
                allowance,
                weights,
                bound.toPlainString(),
                low.toPlainString(),
                high.toPlainString());
    return switch (CatalogFile.read("b.yaml", text.getBytes(StandardCharsets.UTF_8))) {
      case CatalogFile.Result.Accepted(Catalog catalog) ->
          Rules.compile(1, 4, catalog, a -> 1).reaching(Duration.ofDays(36_500).toMillis());
      case CatalogFile.Result.Rejected rejected ->
          throw new AssertionError(rejected.problems() + "\n" + text);
    };
  }

  private List<Event> events(Random random) {
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      String type = meters.get(random.nextInt(meters.size())).type;
      Map<String, BigDecimal> readings = new TreeMap<>();
      for (Measured m : meters) {
        if (m.type.equals(type) && !m.counts) {
          long reading = random.nextLong(4_000) - 500;
          readings.put(m.name, BigDecimal.valueOf(reading, m.scale));
        }
      }
      events.add(new Event(type, START + random.nextLong(3 * DAY), readings));
    }
    return events;
  }

  private BigDecimal credits(Event event) {
    BigDecimal sum = BigDecimal.ZERO;
    for (Measured m : meters) {
      if (m.type.equals(event.type)) {
        BigDecimal reading = m.counts ? BigDecimal.ONE : event.readings.get(m.name);
        sum = sum.add(reading.multiply(new BigDecimal(m.credits)));
      }
    }
    return sum;
  }

  /** What is below zero costs the negative of its magnitude. */
  private BigDecimal price(BigDecimal credits) {
    BigDecimal beyond = credits.abs().subtract(included).max(BigDecimal.ZERO);
    BigDecimal first = beyond.min(bound);
    BigDecimal amount = first.multiply(low).add(beyond.subtract(first).multiply(high));
    BigDecimal rounded = amount.setScale(9, RoundingMode.HALF_UP);
    return credits.signum() < 0 ? rounded.negate() : rounded;
  }

  private static Map<Integer, BigDecimal> charged(Rules rules, List<Event> events) {
    Map<Integer, BigDecimal> sums = new TreeMap<>();
    TrialShard shard =
        new TrialShard(
            rules,
            new TrialShard.Watcher() {
              @Override
              public void charged(ChargeRow c) {
                sums.merge(c.period(), BigDecimal.valueOf(c.amount(), 9), BigDecimal::add);
              }

              @Override
              public void taken(int row, Verdict verdict, @Nullable Reason why) {
                assertEquals(Verdict.CHARGED, verdict, String.valueOf(why));
              }
            });
    shard.subscribe(1, 100, 0, Long.MIN_VALUE / 2, Long.MAX_VALUE);
    UsageBatch batch = new UsageBatch(events.size());
    long id = 0;
    for (Event event : events) {
      int type = 0;
      while (!rules.types().get(type).name().equals(event.type)) {
        type++;
      }
      long[] values =
          rules.types().get(type).meters().stream()
              .mapToLong(
                  m ->
                      event
                          .readings
                          .getOrDefault(m.name(), BigDecimal.ZERO)
                          .movePointRight(m.scale())
                          .longValueExact())
              .toArray();
      batch.add(
          0, 1, 1, id++, true, event.at, event.at, type, values, values.length, new byte[0], 0, 0);
    }
    shard.apply(batch);
    shard.runTo(START + 10 * DAY);
    sums.values().removeIf(a -> a.signum() == 0);
    return sums;
  }
}
