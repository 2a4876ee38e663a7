package io.millrace.processors.shard;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.catalog.CatalogFile;
import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import io.millrace.processors.journal.Section;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.usage.UsageBatch;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Poison that comes again, and poison that comes in a flood. */
class SuspendedBySourceTest {
  private static final long START = Instant.parse("2026-11-02T00:00:00Z").toEpochMilli();
  private static final long DAY = Duration.ofDays(1).toMillis();
  private static final int MOST = Rules.MOST_SUSPENDED;

  private final Rules rules = rules();
  private final Shard shard = shard();

  private static Rules rules() {
    String text =
        """
        catalog: city
        effective: 2026-11-02
        currency: EUR
        zone: UTC
        period: 24h
        meters:
          energy: {event: lamp.report, value: data.wh, unit: Wh, scale: 3, aggregate: sum}
        offers:
          lamp:
            scope: device
            window: 1h
            charges:
              energy: {meter: energy, per-unit: 1, unit: kWh}
        """;
    return switch (CatalogFile.read("test", text.getBytes(StandardCharsets.UTF_8))) {
      case CatalogFile.Result.Accepted a -> Rules.compile(1, 2, a.catalog(), name -> 1);
      case CatalogFile.Result.Rejected r -> throw new AssertionError(r.problems());
    };
  }

  private Shard shard() {
    return new Shard(new ShardKey(1, 0), rules);
  }

  /** Applies a commit with the poison of these numbers; returns how many were suspended. */
  private int apply(long now, int source, int from, int to) {
    List<Command> poison = new ArrayList<>();
    for (int n = from; n < to; n++) {
      byte[] raw = ByteBuffer.allocate(4).putInt(n).array();
      byte[] hash = Digests.suspense(source, raw);
      poison.add(
          new Command.Suspend(
              source, Reason.MALFORMED, Digests.head(hash), now, raw, raw.length, hash));
    }
    long seq = shard.seq() + 1;
    Section section = new Section(0, 1, seq, now, 1_000, poison, 0, 0);
    return shard.apply(seq, section, new UsageBatch(1)).suspended.size();
  }

  private int accepted(long now, int source, int from, int to) {
    int suspended = apply(now, source, from, to);
    shard.accept();
    return suspended;
  }

  private static byte[] bytes(Shard of, long since) {
    ByteWriter out = new ByteWriter();
    of.encode(out, since);
    return out.toByteArray();
  }

  @Test
  void redelivery_isADuplicateForTheHorizon() {
    assertEquals(3, accepted(START, 1, 0, 3));
    assertEquals(0, accepted(START, 1, 0, 3));
    assertEquals(3, accepted(START, 2, 0, 3), "of another source it is another event");
    assertEquals(0, accepted(START + 34 * DAY, 1, 0, 3));
    assertEquals(3, accepted(START + 36 * DAY, 1, 0, 3));
    assertEquals(Map.of(), shard.flooded(), "their time was over");
  }

  @Test
  void sourceThatIsQuiet_isForgottenAsDaysGoBy() {
    accepted(START, 1, 0, 1_000);
    int full = bytes(shard, 0).length;
    accepted(START + 36 * DAY, 2, 0, 1);
    assertTrue(full > 8_000 && bytes(shard, 0).length < 100, "" + bytes(shard, 0).length);
  }

  @Test
  void flood_isRememberedUpToABoundAndToldOf() {
    for (int from = 0; from < 20_000; from += 500) {
      assertEquals(500, accepted(START, 1, from, from + 500));
    }
    assertTrue(bytes(shard, 0).length < 9 * MOST, "" + bytes(shard, 0).length);
    assertEquals(0, accepted(START, 1, 20_000 - MOST / 2, 20_000), "the newest are known");
    long forgotten = shard.flooded().get(1);
    assertTrue(forgotten >= 20_000 - MOST && forgotten <= 20_000 - MOST / 2, "" + forgotten);
    assertEquals(1, accepted(START, 1, 0, 1), "of the oldest only suspense knows");
    SourceCounts counts = shard.counts().getFirst();
    assertEquals(counts.received(), counts.duplicate() + counts.suspended());
  }

  @Test
  void floodOfOneSource_leavesTheOthersAlone() {
    accepted(START, 2, 0, 10);
    accepted(START, 1, 0, 3 * MOST);
    assertEquals(0, accepted(START, 2, 0, 10));
  }

  @Test
  void batchTakenBack_leavesNoTrace() {
    accepted(START, 1, 0, MOST - 10);
    accepted(START + 20 * DAY, 2, 0, 5);
    byte[] before = bytes(shard, 0);
    apply(START + 40 * DAY, 1, MOST, 3 * MOST);
    shard.undo();
    assertArrayEquals(before, bytes(shard, 0));
    apply(START + 20 * DAY, 3, 0, 10);
    shard.undo();
    assertArrayEquals(before, bytes(shard, 0));
    assertEquals(0, accepted(START + 20 * DAY, 1, MOST / 2, MOST - 10));
  }

  @Test
  void checkpointOfChanges_namesOnlyTheSourcesThatChanged() {
    accepted(START, 1, 0, 1_000);
    byte[] full = bytes(shard, 0);
    long base = shard.seq();
    accepted(START, 2, 0, 3);
    accepted(START, 1, 0, 1_000);
    byte[] changes = bytes(shard, base);
    assertTrue(changes.length < 150, "" + changes.length);
    Shard copy = shard();
    copy.overlay(new ByteReader(full));
    copy.overlay(new ByteReader(changes));
    assertArrayEquals(bytes(shard, 0), bytes(copy, 0));
  }
}
