package io.millrace.processors.shard;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.CatalogFile;
import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import io.millrace.processors.explain.EvidenceList.Ref;
import io.millrace.processors.journal.Section;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.shard.Effects.ChargeRow;
import io.millrace.processors.shard.Effects.PostingRow;
import io.millrace.processors.usage.UsageBatch;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A shard of one device on the only offer of a catalog, driven by hand. After each commit it goes
 * on from its encoded state, so that whatever isn't kept there shows.
 */
final class OneShard {
  private static final int DEVICE = 7;

  private final Rules rules;
  private Shard shard;
  private int serial;
  private final List<Command> commands = new ArrayList<>();
  private final List<PostingRow> postings = new ArrayList<>();
  private final List<Used> used = new ArrayList<>();
  private final List<Notice> notices = new ArrayList<>();

  /** An event that was charged, and where it is journalled. */
  record Used(Ref ref, long at, long[] readings) {}

  /** With the device subscribed from a moment on. */
  OneShard(String text, String from, String to) {
    Catalog catalog =
        switch (CatalogFile.read("test", text.getBytes(StandardCharsets.UTF_8))) {
          case CatalogFile.Result.Accepted a -> a.catalog();
          case CatalogFile.Result.Rejected r -> throw new AssertionError(r.problems());
        };
    rules = Rules.compile(1, 2, catalog, OneShard::account);
    shard = new Shard(new ShardKey(1, 0), rules);
    long end = to.isEmpty() ? Long.MAX_VALUE : millis(to);
    commands.add(new Command.Subscribe(DEVICE, "device", 2_000, 0, millis(from), end));
  }

  /** The ledger account of a name. */
  static int account(Rules.AccountName name) {
    return 1 + Math.abs(name.hashCode() % 1000);
  }

  /** What was posted, in the order of the journal. */
  List<PostingRow> postings() {
    return postings;
  }

  /** What was told, in the order of the journal. */
  List<Notice> notices() {
    return notices;
  }

  Rules rules() {
    return rules;
  }

  static long millis(String time) {
    return Instant.parse(time).toEpochMilli();
  }

  /** Asks for the close of a period with the next commit. */
  void close(int period) {
    commands.add(new Command.ClosePeriod(period));
  }

  /** All that was charged, in the order of the journal. */
  List<Used> used() {
    return used;
  }

  /** Time passes. */
  List<ChargeRow> at(String now) {
    return apply(now, new long[0], new long[0]);
  }

  /** An event of the first type, with these readings, takes place and is taken in at a time. */
  List<ChargeRow> use(String now, String occurredAt, long... readings) {
    return apply(now, new long[] {millis(occurredAt)}, readings);
  }

  private List<ChargeRow> apply(String now, long[] occurredAt, long[] readings) {
    UsageBatch usage = new UsageBatch(1);
    for (long at : occurredAt) {
      byte[] raw = ("{" + serial + "}").getBytes(StandardCharsets.UTF_8);
      long id = serial++;
      usage.add(
          0,
          DEVICE,
          1,
          id,
          true,
          at,
          millis(now),
          0,
          readings,
          readings.length,
          raw,
          0,
          raw.length);
    }
    long seq = shard.seq() + 1;
    Section section = new Section(0, 1, seq, millis(now), 1_000, commands, 0, occurredAt.length);
    Effects effects = shard.apply(seq, section, usage);
    byte[] once = encoded();
    shard.undo();
    effects = shard.apply(seq, section, usage);
    if (!java.util.Arrays.equals(once, encoded())) {
      throw new AssertionError("undone and done again, it is another state");
    }
    shard.accept();
    postings.addAll(effects.postings);
    notices.addAll(effects.notices);
    commands.clear();
    Shard restored = new Shard(shard.key(), rules);
    restored.overlay(new ByteReader(encoded()));
    shard = restored;
    for (int i = 0; i < occurredAt.length; i++) {
      used.add(new Used(new Ref(seq, i), occurredAt[i], readings));
    }
    for (byte verdict : effects.verdicts) {
      if (verdict != Effects.Verdict.CHARGED.ordinal()) {
        throw new AssertionError("not charged: " + effects.suspended);
      }
    }
    return effects.charges;
  }

  private byte[] encoded() {
    ByteWriter out = new ByteWriter(256);
    shard.encode(out, 0);
    return out.toByteArray();
  }

  /** The charge's lines as an explanation tells them are another test's. */
  Shard shard() {
    return shard;
  }
}
