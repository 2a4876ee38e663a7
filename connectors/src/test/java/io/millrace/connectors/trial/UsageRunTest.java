package io.millrace.connectors.trial;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.CatalogFile;
import io.millrace.connectors.files.FileLimits;
import io.millrace.connectors.files.TextBlocks;
import io.millrace.connectors.tenant.Device;
import io.millrace.connectors.tenant.DeviceVerdict;
import io.millrace.connectors.trial.UsageTrial.ChargeSink;
import io.millrace.connectors.trial.UsageTrial.Outcome;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.shard.Effects.ChargeRow;
import io.millrace.processors.shard.Effects.Verdict;
import io.millrace.processors.shard.Reason;
import io.millrace.processors.trial.TrialShard;
import io.millrace.processors.usage.UsageBatch;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class UsageRunTest {
  private static final FileLimits LIMITS = new FileLimits(1L << 30, 1L << 30, 100, 1 << 20);
  private static final Instant START = Instant.parse("2026-11-02T00:00:00Z");
  private static final Instant END = Instant.parse("2026-11-09T00:00:00Z");
  private static final long REACH = Duration.ofDays(36_500).toMillis();
  private static final String TARIFF =
      """
      catalog: race
      effective: 2026-11-02
      currency: EUR
      zone: UTC
      period: 24h
      meters:
        energy: {event: lamp.report, value: data.wh, unit: Wh, scale: 3, aggregate: sum}
        peak: {event: lamp.report, value: data.wh, unit: Wh, scale: 3, aggregate: max}
      offers:
        lamp:
          scope: device
          window: 1h
          grace: 5m
          charges:
            energy: {meter: energy, unit: kWh, graduated: [{to: 1, per-unit: 0.39}, {per-unit: 0.3}]}
            peak: {meter: peak, unit: kWh, per-unit: 0.7}
            lease: {recurring: 0.10, every: day}
            floor: {minimum: 0.2, of: [energy, lease]}
          share:
            - {party: telco, percent: 33.3333}
            - {party: vendor, remainder: true}
      """;

  /** Numbers of pools are above it. */
  private static final long POOL = 1_000_000;

  /** An event of the race, as it was made. */
  private record Made(String subject, long id, long at, long wh) {}

  private final Random random = new Random(3);
  private final List<Made> made = new ArrayList<>();
  private final StringBuilder text = new StringBuilder("\ufeff");

  private String tariff = TARIFF;

  private Catalog catalog() {
    return switch (CatalogFile.read("race", tariff.getBytes(StandardCharsets.UTF_8))) {
      case CatalogFile.Result.Accepted(Catalog catalog) -> catalog;
      case CatalogFile.Result.Rejected r -> throw new AssertionError(r.problems().toString());
    };
  }

  /** Weeks of reports in the order of time, or not; with all that can be wrong with some. */
  private void make(int events) {
    long week = END.toEpochMilli() - START.toEpochMilli();
    for (int i = 0; i < events; i++) {
      long at = START.toEpochMilli() + week / events * i;
      if (random.nextInt(10) == 0) {
        at = Math.max(START.toEpochMilli(), at - random.nextInt(100_000_000));
      }
      Made one = new Made("lamp-" + random.nextInt(300), i, at, random.nextInt(5_000));
      append(one);
      made.add(one);
      switch (random.nextInt(400)) {
        case 0 -> append(one); // again
        case 1 -> text.append("\r\n");
        case 2 -> text.append("no event\n");
        case 3 -> append(new Made("nobody", i, at, 1));
        case 4 -> append(new Made("lamp-1", -i, END.toEpochMilli() + week * 1_000, 1));
        default -> {}
      }
    }
  }

  private void append(Made one) {
    text.append("{\"specversion\":\"1.0\",\"source\":\"/s")
        .append(Math.floorMod(one.id, 3))
        .append("\",\"type\":\"lamp.report\",\"id\":\"")
        .append(one.id)
        .append("\",\"subject\":\"")
        .append(one.subject)
        .append("\",\"time\":\"")
        .append(Instant.ofEpochMilli(one.at))
        .append("\",\"data\":{\"wh\":")
        .append(one.wh)
        .append("}}\n");
  }

  private static final class Kept implements ChargeSink {
    final StringBuilder all = new StringBuilder();

    @Override
    public void write(
        ChargeRow charge, Rules rules, String subject, String account, StringBuilder to) {
      to.append(key(subject, charge))
          .append(' ')
          .append(account)
          .append(' ')
          .append(charge.delta())
          .append(' ')
          .append(charge.amount())
          .append('\n');
    }

    @Override
    public void written(StringBuilder charges) {
      all.append(charges);
    }
  }

  private static String key(String subject, ChargeRow charge) {
    return subject + " " + charge.name() + " " + charge.windowStart();
  }

  private record Ran(Outcome outcome, String charges) {
    List<Object> told() {
      return List.of(
          outcome.devices(),
          outcome.charged(),
          outcome.duplicates(),
          outcome.suspended(),
          outcome.refused(),
          outcome.until(),
          outcome.totals().charges(),
          outcome.totals().parties(),
          outcome.accounts(),
          charges);
    }
  }

  private Ran rate(int threads, boolean isListed) throws IOException {
    Kept kept = new Kept();
    UsageTrial trial =
        isListed
            ? UsageTrial.ofList(catalog(), List.of(), kept)
            : UsageTrial.ofAnyone(catalog(), "lamp", Optional.of(START), List.of(), kept);
    for (int i = 0; isListed && i < 300; i++) {
      trial.add(new Device("lamp-" + i, "a" + i % 7, "lamp", START, Optional.empty()));
    }
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    try (Workers workers = new Workers(threads);
        TextBlocks blocks = new TextBlocks(new ByteArrayInputStream(bytes), LIMITS)) {
      UsageRun.rate(List.of(trial), blocks, workers, lines -> {});
      return new Ran(trial.finish(Optional.of(END), workers), kept.all.toString());
    }
  }

  @Test
  void anyNumberOfThreads_comesToTheSameInTheSameOrder() throws IOException {
    make(90_000); // more than two blocks
    for (boolean isListed : new boolean[] {true, false}) {
      Ran one = rate(1, isListed);
      assertTrue(one.outcome.charged() >= 90_000, one.outcome::toString);
      assertEquals(isListed ? 300 : 301, one.outcome.devices());
      assertTrue(one.outcome.duplicates() > 100);
      assertTrue(one.outcome.suspended() > 100);
      for (int threads : new int[] {2, 3, 7}) {
        assertEquals(one.told(), rate(threads, isListed).told(), threads + " threads");
      }
    }
  }

  /** What many shards make of it is what one makes of it, charge by charge. */
  @Test
  void oneShardForAll_comesToTheSame() throws IOException {
    make(30_000);
    Map<String, Long> dealt = new TreeMap<>();
    for (String line : rate(3, true).charges.split("\n")) {
      String[] words = line.split(" ");
      dealt.merge(words[0] + " " + words[1] + " " + words[2], Long.parseLong(words[5]), Long::sum);
    }
    dealt.values().removeIf(amount -> amount == 0);
    assertEquals(inOne(), dealt);
  }

  /** Whatever lanes there are, devices of an account that share are in one of them. */
  @Test
  void devicesThatShare_comeToTheSameInOneShard() throws IOException {
    tariff = TARIFF.replace("scope: device", "scope: account");
    make(30_000);
    Ran ran = rate(3, true);
    assertEquals(300, ran.outcome.devices());
    Map<String, Long> dealt = new TreeMap<>();
    for (String line : ran.charges.split("\n")) {
      String[] words = line.split(" ");
      String who = words[1].equals("lease") ? words[0] : words[3];
      dealt.merge(who + " " + words[1] + " " + words[2], Long.parseLong(words[5]), Long::sum);
    }
    dealt.values().removeIf(amount -> amount == 0);
    assertEquals(inOne(), dealt);
  }

  @Test
  void subjectOfTwoAccounts_isRefusedAtTheSameTime_alsoWhereDevicesShare() {
    tariff = TARIFF.replace("scope: device", "scope: account");
    UsageTrial trial = UsageTrial.ofList(catalog(), List.of(), new Kept());
    Optional<Instant> to = Optional.of(START.plusSeconds(60));
    for (int i = 0; i < 20; i++) {
      String lamp = "lamp-" + i;
      assertEquals(DeviceVerdict.CREATED, trial.add(new Device(lamp, "a" + i, "lamp", START, to)));
      assertEquals(
          DeviceVerdict.OVERLAP,
          trial.add(new Device(lamp, "b" + i, "lamp", START.plusSeconds(59), Optional.empty())));
      assertEquals(
          DeviceVerdict.CREATED,
          trial.add(new Device(lamp, "b" + i, "lamp", START.plusSeconds(60), Optional.empty())));
      assertEquals(
          DeviceVerdict.GROUP_OF_NOTHING,
          trial.add(new Device("x" + i, "b", "lamp", START, Optional.empty(), "north")));
    }
  }

  private Map<String, Long> inOne() {
    boolean shares = !tariff.equals(TARIFF);
    Rules rules = Rules.compile(1, 4, catalog(), account -> 1).reaching(REACH);
    Map<String, Long> charges = new TreeMap<>();
    TrialShard shard =
        new TrialShard(
            rules,
            new TrialShard.Watcher() {
              @Override
              public void charged(ChargeRow charge) {
                if (charge.windowStart() < END.toEpochMilli()) {
                  long number = charge.subscription();
                  String who = number > POOL ? "a" + (number - POOL - 1) : "lamp-" + (number - 1);
                  charges.merge(key(who, charge), charge.amount(), Long::sum);
                }
              }

              @Override
              public void taken(int row, Verdict verdict, @Nullable Reason why) {
                assertEquals(Verdict.CHARGED, verdict);
              }
            });
    for (int i = 0; i < 300; i++) {
      if (shares) {
        long pool = POOL + 1 + i % 7;
        shard.subscribe(i + 1, 100 + i % 7, 0, START.toEpochMilli(), Long.MAX_VALUE, pool, "");
      } else {
        shard.subscribe(i + 1, 100 + i % 7, 0, START.toEpochMilli(), Long.MAX_VALUE);
      }
    }
    UsageBatch usage = new UsageBatch(1);
    for (Made one : made) {
      long lamp = Long.parseLong(one.subject.substring("lamp-".length()));
      long[] values = {one.wh * 1_000, one.wh * 1_000};
      usage.clear();
      byte[] raw = {};
      usage.add(
          0, lamp + 1, (int) (one.id % 3), one.id, true, one.at, one.at, 0, values, 2, raw, 0, 0);
      shard.apply(usage);
    }
    shard.runTo(END.toEpochMilli());
    charges.values().removeIf(amount -> amount == 0);
    return charges;
  }

  @Test
  void lineThatIsTooLong_refusesTheFileByItsNumber() {
    text.append("x\n".repeat(3_000_000)).append("y".repeat(1 << 21));
    IOException refused = assertThrows(IOException.class, () -> rate(2, false));
    assertTrue(refused.getMessage().startsWith("line 3000001 is longer"), refused::getMessage);
  }
}
