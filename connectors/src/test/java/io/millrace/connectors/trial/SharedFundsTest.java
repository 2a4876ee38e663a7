package io.millrace.connectors.trial;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.CatalogFile;
import io.millrace.catalog.TopUp;
import io.millrace.catalog.TopUpText;
import io.millrace.connectors.files.FileLimits;
import io.millrace.connectors.files.TextBlocks;
import io.millrace.connectors.tenant.Device;
import io.millrace.connectors.trial.UsageTrial.ChargeSink;
import io.millrace.connectors.trial.UsageTrial.Outcome;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.shard.Effects.ChargeRow;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Units that many devices of an account draw on, and a sponsor's balance that all devices draw on:
 * it comes to the same by any number of threads, and as one adds it up by hand.
 */
class SharedFundsTest {
  private static final FileLimits LIMITS = new FileLimits(1L << 30, 1L << 30, 100, 1 << 20);
  private static final Instant START = Instant.parse("2026-11-01T00:00:00Z");
  private static final Instant END = Instant.parse("2026-12-01T00:00:00Z");
  private static final int DEVICES = 300;
  private static final int ACCOUNTS = 7;
  private static final String TARIFF =
      """
      catalog: passes
      effective: 2026-11-01
      currency: EUR
      zone: UTC
      period: month
      meters:
        data: {event: data, value: data.mb, unit: MB, scale: 0, aggregate: sum}
        app: {event: app, value: data.mb, unit: MB, scale: 0, aggregate: sum}
      offers:
        sim:
          scope: device
          window: day
          allowances:
            - {allowance: extra, bought: true, unit: MB, of: data}
          charges:
            data: {meter: data, unit: MB, per-unit: 1}
            app: {meter: app, unit: MB, per-unit: 0.5, paid-by: {account: maker, within: balance}}
      """;

  /** An event; those of one step are as good in one order as in another. */
  private record Made(int device, long id, int step, String type, long mb) {
    Instant at() {
      return START.plus(Duration.ofMinutes(step));
    }

    int account() {
      return device % ACCOUNTS;
    }
  }

  private record Ran(Outcome outcome, String charges) {
    /** What is to be the same, threads or not; the order of charges too. */
    List<Object> told() {
      return List.of(outcome.charged(), outcome.totals().charges(), outcome.accounts(), charges);
    }
  }

  private final Random random = new Random(11);
  private final Catalog catalog = catalog();

  private static Catalog catalog() {
    return switch (CatalogFile.read("passes", TARIFF.getBytes(StandardCharsets.UTF_8))) {
      case CatalogFile.Result.Accepted(Catalog catalog) -> catalog;
      case CatalogFile.Result.Rejected r -> throw new AssertionError(r.problems().toString());
    };
  }

  private List<TopUp> given(String... lines) {
    List<TopUp> given = new ArrayList<>();
    for (String line : lines) {
      byte[] text = line.getBytes(StandardCharsets.UTF_8);
      switch (TopUpText.read("given", given.size() + 1, text, catalog)) {
        case TopUpText.Result.Accepted(TopUp topUp) -> given.add(topUp);
        case TopUpText.Result.Rejected r -> throw new AssertionError(r.problems().toString());
      }
    }
    return given;
  }

  private List<Made> made(int events) {
    List<Made> all = new ArrayList<>();
    for (int i = 0; i < events; i++) {
      int step = (int) (40_000L * i / events / 100 * 100);
      String type = random.nextInt(3) == 0 ? "app" : "data";
      all.add(new Made(random.nextInt(DEVICES), i, step, type, random.nextInt(100)));
    }
    return all;
  }

  /** The same in another order, as far as it was not told which comes first. */
  private List<Made> shuffled(List<Made> events) {
    List<Made> all = new ArrayList<>(events);
    Collections.shuffle(all, random);
    all.sort((a, b) -> Integer.compare(a.step, b.step));
    assertNotEquals(events, all);
    return all;
  }

  private static final class Kept implements ChargeSink {
    final StringBuilder all = new StringBuilder();

    @Override
    public void write(
        ChargeRow charge, Rules rules, String subject, String account, StringBuilder to) {
      to.append(subject).append(' ').append(charge.offer()).append(' ').append(charge.name());
      to.append(' ').append(charge.windowStart()).append(' ').append(account);
      to.append(' ').append(charge.quantity()).append(' ').append(charge.amount()).append('\n');
    }

    @Override
    public void written(StringBuilder charges) {
      all.append(charges);
    }
  }

  private Ran rate(List<Made> events, List<TopUp> given, int threads) throws IOException {
    StringBuilder text = new StringBuilder();
    for (Made m : events) {
      text.append("{\"specversion\":\"1.0\",\"source\":\"/s\",\"id\":\"").append(m.id);
      text.append("\",\"type\":\"").append(m.type).append("\",\"subject\":\"sim-").append(m.device);
      text.append("\",\"time\":\"").append(m.at()).append("\",\"data\":{\"mb\":").append(m.mb);
      text.append("}}\n");
    }
    Kept kept = new Kept();
    UsageTrial trial = UsageTrial.ofList(catalog, given, kept);
    for (int i = 0; i < DEVICES; i++) {
      trial.add(new Device("sim-" + i, "a" + i % ACCOUNTS, "sim", START, Optional.empty()));
    }
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    try (Workers workers = new Workers(threads);
        TextBlocks blocks = new TextBlocks(new ByteArrayInputStream(bytes), LIMITS)) {
      UsageRun.rate(List.of(trial), blocks, workers, lines -> {});
      return new Ran(trial.finish(Optional.of(END), workers), kept.all.toString());
    }
  }

  private static BigDecimal sum(List<Made> events, String type, int account) {
    return BigDecimal.valueOf(
        events.stream()
            .filter(e -> e.type.equals(type) && (account < 0 || e.account() == account))
            .mapToLong(Made::mb)
            .sum());
  }

  @Test
  void fundsThatDevicesShare_comeToTheSameByAnyThreads() throws IOException {
    List<Made> events = made(60_000); // two blocks
    List<TopUp> given =
        given(
            "{account: maker, balance: 100000}",
            "{account: maker, balance: 50000, at: 2026-11-12}",
            "{account: a0, allowance: extra, units: 1000}",
            "{account: a1, allowance: extra, units: 99999999}",
            "{account: a2, allowance: extra, units: 5000, at: 2026-11-10}");
    Ran one = rate(events, given, 1);
    for (int threads : new int[] {2, 5}) {
      assertEquals(one.told(), rate(events, given, threads).told(), threads + " threads");
    }
    Map<String, BigDecimal> owed = new TreeMap<>();
    BigDecimal app = sum(events, "app", -1).movePointLeft(1).multiply(BigDecimal.valueOf(5));
    BigDecimal has = BigDecimal.valueOf(150_000);
    owed.put("maker", app.min(has));
    assertEquals(1, app.compareTo(has), "it is to be too little");
    one.outcome.accounts().forEach((name, amount) -> owed.putIfAbsent(name, amount));
    assertEquals(0, owed.get("maker").compareTo(one.outcome.accounts().get("maker")));
    // Who was paid for goes by what came first; the sums don't, nor does who has bought enough.
    Ran other = rate(shuffled(events), given, 2);
    assertEquals(one.outcome.totals().total(), other.outcome.totals().total());
    assertEquals(one.outcome.accounts().get("maker"), other.outcome.accounts().get("maker"));
  }

  @Test
  void unitsOfAnAccount_coverWhicheverOfItsDevices() throws IOException {
    List<Made> events = made(60_000);
    List<TopUp> given =
        given(
            "{account: a0, allowance: extra, units: 1000}",
            "{account: a1, allowance: extra, units: 99999999}",
            "{account: a2, allowance: extra, units: 5000, expires: 2026-11-10}",
            "{account: a2, allowance: extra, units: 6000, bucket: more, at: 2026-11-10}");
    Ran one = rate(events, given, 1);
    for (int threads : new int[] {2, 5}) {
      assertEquals(one.told(), rate(events, given, threads).told(), threads + " threads");
    }
    long[] bought = {1_000, 99_999_999, 11_000};
    BigDecimal covered = BigDecimal.ZERO;
    for (int i = 0; i < bought.length; i++) {
      covered = covered.add(sum(events, "data", i).min(BigDecimal.valueOf(bought[i])));
    }
    BigDecimal data = sum(events, "data", -1).subtract(covered);
    BigDecimal app = sum(events, "app", -1).divide(BigDecimal.TWO);
    assertEquals(0, data.add(app).compareTo(one.outcome.totals().total()));
    // Each account has the same whichever of its devices came first.
    assertEquals(one.outcome.accounts(), rate(shuffled(events), given, 5).outcome.accounts());
  }

  @Test
  void unitsNobodyTakes_areTold() throws IOException {
    List<TopUp> given =
        given(
            "{account: a0, allowance: extra, units: 1, expires: 2026-10-01}",
            "{account: a1, allowance: extra, units: 1}");
    Outcome outcome = rate(made(100), given, 2).outcome;
    assertEquals(
        List.of("1 bucket-terms"),
        outcome.notGiven().stream()
            .map(n -> n.topUp().place().line() + " " + n.why().code())
            .toList());
  }
}
