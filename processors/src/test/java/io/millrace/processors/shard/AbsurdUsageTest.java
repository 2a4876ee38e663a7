package io.millrace.processors.shard;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.CatalogFile;
import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import io.millrace.processors.journal.Section;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.shard.Effects.SuspenseRow;
import io.millrace.processors.usage.UsageBatch;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Usage that is valid by itself and can't be true: it is refused, and the shard goes on. */
class AbsurdUsageTest {
  private static final long START = Instant.parse("2026-11-02T00:00:00Z").toEpochMilli();
  private static final long HOUR = 3_600_000;
  private static final int SHARDS = 2;

  /** What an account may use: 2^62 of the meter's steps. */
  private static final long MOST_USED = Long.MAX_VALUE / SHARDS;

  private final List<Command> subscribed = new ArrayList<>();
  private Shard shard = shard("24h", "0.00005");
  private Rules rules = shard.rules();
  private int serial;

  private static Shard shard(String period, String perUnit) {
    String text =
        """
        catalog: city
        effective: 2026-11-02
        currency: EUR
        zone: UTC
        period: %s
        meters:
          energy: {event: lamp.report, value: data.wh, unit: Wh, scale: 3, aggregate: sum}
        offers:
          lamp:
            scope: device
            window: 1h
            charges:
              energy: {meter: energy, per-unit: %s, unit: kWh}
            share:
              - {party: telco, percent: 70}
              - {party: lamp-vendor, remainder: true}
        """
            .formatted(period, perUnit);
    Catalog catalog =
        switch (CatalogFile.read("test", text.getBytes(StandardCharsets.UTF_8))) {
          case CatalogFile.Result.Accepted a -> a.catalog();
          case CatalogFile.Result.Rejected r -> throw new AssertionError(r.problems());
        };
    Rules rules = Rules.compile(1, SHARDS, catalog, name -> 1 + Math.abs(name.hashCode() % 1000));
    return new Shard(new ShardKey(1, 0), rules);
  }

  private void use(String period, String perUnit) {
    shard = shard(period, perUnit);
    rules = shard.rules();
    subscribed.clear();
  }

  /** Devices 1 to n, each of an account of its own. */
  private void subscribe(int devices) {
    for (int d = 1; d <= devices; d++) {
      subscribed.add(
          new Command.Subscribe(d, "lamp-" + d, 2_000 + d, 0, START - 1, Long.MAX_VALUE));
    }
  }

  private record Reading(long device, long at, long value) {}

  /**
   * Applies one commit. Returns why each reading was suspended, {@code charged} where it wasn't.
   */
  private List<String> apply(long now, Reading... readings) {
    UsageBatch usage = new UsageBatch(readings.length);
    for (Reading r : readings) {
      byte[] raw = ("{" + serial + "}").getBytes(StandardCharsets.UTF_8);
      usage.add(
          0,
          r.device,
          1,
          serial++,
          true,
          r.at,
          now,
          0,
          new long[] {r.value},
          1,
          raw,
          0,
          raw.length);
    }
    long seq = shard.seq() + 1;
    Section section = new Section(0, 1, seq, now, 1_000, subscribed, 0, readings.length);
    Effects effects = shard.apply(seq, section, usage);
    shard.accept();
    subscribed.clear();
    List<String> verdicts = new ArrayList<>();
    int suspended = 0;
    for (byte verdict : effects.verdicts) {
      boolean waits = verdict == Effects.Verdict.SUSPENDED.ordinal();
      SuspenseRow row = waits ? effects.suspended.get(suspended++) : null;
      verdicts.add(row == null ? "charged" : row.reason().code());
    }
    return verdicts;
  }

  private static Reading reading(long device, long value) {
    return new Reading(device, START, value);
  }

  @Test
  void readingsThatFitAlone_overflowNoSumOfTheShard() {
    use("24h", "0.5"); // 500 ledger units for a thousandth of a Wh
    subscribe(20);
    long most = rules.mostMoved() / 500;
    assertEquals(
        List.of("charged", "charged", "bad-quantity", "charged", "bad-quantity"),
        apply(
            START,
            reading(1, most / 2),
            reading(2, -most / 2),
            reading(3, most / 2),
            reading(4, 1),
            reading(5, Long.MIN_VALUE + 1)));
    // All of it is sealed, posted and shared; the next period begins with nothing moved.
    subscribed.add(new Command.ClosePeriod(0));
    apply(START + 24 * HOUR);
    assertEquals(0, shard.closed());
    assertEquals(0, shard.money()[0]);
    assertEquals(500, shard.money()[1]);
    assertEquals(
        List.of("charged"), apply(START + 25 * HOUR, new Reading(6, START + 25 * HOUR, most)));
  }

  @Test
  void windowWhoseSumFits_onlyByWhatOtherWindowsTakeBack_isRefused() {
    subscribe(1);
    long most = MOST_USED;
    assertEquals(
        List.of("charged", "charged", "charged", "charged"),
        apply(
            START + HOUR,
            new Reading(1, START, most),
            new Reading(1, START + HOUR, -most),
            new Reading(1, START, most),
            new Reading(1, START + HOUR, -most)));
    assertEquals(
        List.of("bad-quantity", "charged"),
        apply(START + HOUR + 1, new Reading(1, START, 2), new Reading(1, START, 1)));
  }

  @Test
  void accountThatOwesTooMuch_isChargedNoMore_andOthersAre() {
    use("1m", "0.5");
    subscribe(2);
    long most = rules.mostMoved() / 500;
    List<String> verdicts = new ArrayList<>();
    for (int minute = 0; minute < 6; minute++) {
      long now = START + minute * 60_000L;
      verdicts.addAll(apply(now, new Reading(1, now, most), new Reading(2, now, 1)));
      subscribed.add(new Command.ClosePeriod(minute));
    }
    // Two shards: a period takes an eighth of what a long holds, an account half of it.
    assertEquals(
        List.of(
            "charged",
            "bad-quantity",
            "charged",
            "bad-quantity",
            "charged",
            "bad-quantity",
            "charged",
            "bad-quantity",
            "bad-quantity",
            "charged",
            "bad-quantity",
            "charged"),
        verdicts);
  }

  @ParameterizedTest
  @CsvSource({
    "1m, 9999-12-31T23:59:59Z, in-the-future",
    "1m, 0000-01-01T00:00:00Z, no-offer",
    "1m, 1970-01-01T00:00:00Z, no-offer",
    "month, 9999-12-31T23:59:59Z, in-the-future",
    "month, 0000-01-01T00:00:00Z, no-offer",
    "month, 2026-11-02T01:00:00.001Z, in-the-future",
    "month, 2026-11-02T01:00:00Z, charged",
  })
  void anyTimeThatCanBeWritten_hasAReason(String period, Instant at, String expected) {
    use(period, "0.5");
    subscribed.add(new Command.Subscribe(1, "lamp", 2_001, 0, Long.MIN_VALUE, Long.MAX_VALUE));
    assertEquals(List.of(expected), apply(START, new Reading(1, at.toEpochMilli(), 1)));
  }

  @Test
  void whatWasMoved_comesBackWithACheckpoint() {
    use("24h", "0.5");
    subscribe(3);
    apply(START, reading(1, rules.mostMoved() / 500));
    ByteWriter out = new ByteWriter();
    shard.encode(out, 0);
    shard = new Shard(shard.key(), rules);
    shard.overlay(new ByteReader(out.toByteArray()));
    assertEquals(List.of("bad-quantity"), apply(START, reading(2, 1)));
    ByteWriter undone = new ByteWriter();
    shard.encode(undone, 0);
    UsageBatch usage = new UsageBatch(1);
    usage.add(0, 3, 1, 99, true, START, START, 0, new long[] {0}, 1, new byte[1], 0, 1);
    long seq = shard.seq() + 1;
    shard.apply(seq, new Section(0, 1, seq, START, 1_000, List.of(), 0, 1), usage);
    shard.undo();
    ByteWriter after = new ByteWriter();
    shard.encode(after, 0);
    assertArrayEquals(undone.toByteArray(), after.toByteArray());
  }
}
