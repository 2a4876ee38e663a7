package io.millrace.processors.shard;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.CatalogFile;
import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import io.millrace.processors.journal.Commit;
import io.millrace.processors.journal.Encoded;
import io.millrace.processors.journal.JournalCodec;
import io.millrace.processors.journal.Section;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.shard.Effects.PostingRow;
import io.millrace.processors.usage.UsageBatch;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A shard whose accounts have balances, driven by hand. Every batch is applied, undone and applied
 * again; what it was given is kept as its journal, and what changed as checkpoints.
 */
final class ChargingShard {
  static final String CATALOG =
      """
      catalog: charging
      effective: 2026-11-02
      currency: EUR
      zone: UTC
      period: 24h
      meters:
        energy: {event: charge.energy, value: data.wh, unit: Wh, scale: 0, aggregate: sum}
        navigation: {event: charge.navigation, aggregate: count}
      features:
        navigation: {meter: navigation, for: 24h}
      offers:
        car:
          scope: device
          window: 1h
          charges:
            energy:
              meter: energy
              unit: Wh
              graduated:
                - {to: 1000, per-unit: 0.003}
                - {per-unit: 0.005}
            navigation: {meter: navigation, unit: each, per-unit: 0.1}
      """;

  /** A tariff's units in ledger units: a thousandth of a euro. */
  static final long MILL = 1_000_000;

  static final int REVENUE = account(new Rules.AccountName("revenue", ""));
  private static final int SOURCE = 1;

  Rules rules;
  final Map<Integer, Long> ledger = new TreeMap<>();
  private final int number;
  private final Shard shard;
  private final List<byte[]> journal = new ArrayList<>();

  /** The rules of each row of it. */
  private final List<Rules> under = new ArrayList<>();

  private final List<Catalog> versions = new ArrayList<>();
  private final List<byte[]> checkpoints = new ArrayList<>();
  private final JournalCodec codec = new JournalCodec();
  private long checkpointSeq;
  private final List<Command> commands = new ArrayList<>();
  private UsageBatch usage = new UsageBatch(4);
  private long serial;

  static int account(Rules.AccountName name) {
    return 5_000 + Math.abs(name.hashCode() % 1000);
  }

  static AccountRequest.Key key(long serial) {
    return new AccountRequest.Key(serial * 0x9E3779B97F4A7C15L, serial, serial, 0);
  }

  static WalletTerms terms(boolean prepaid, long floor, int account) {
    return terms(prepaid, floor, Long.MIN_VALUE, account);
  }

  static WalletTerms terms(boolean prepaid, long floor, long low, int account) {
    int first = 10 * account;
    return new WalletTerms(
        prepaid, floor, low, new WalletTerms.Ledger(first + 1, first + 2, 9_003, 9_004, 9_005));
  }

  ChargingShard() {
    this(0);
  }

  /** One of several, by its number. */
  ChargingShard(int number) {
    this(number, CATALOG);
  }

  /** One with a catalog of its own. */
  ChargingShard(int number, String catalog) {
    this.number = number;
    this.serial = (long) number << 32; // A device that moves meets no event again.
    this.rules = compiled(1, catalog);
    this.shard = new Shard(new ShardKey(1, number), rules);
  }

  private Rules compiled(int version, String catalog) {
    versions.add(
        ((CatalogFile.Result.Accepted)
                CatalogFile.read("test", catalog.getBytes(StandardCharsets.UTF_8)))
            .catalog());
    return Rules.compile(
        version, 2, List.copyOf(versions), List.copyOf(versions), ChargingShard::account);
  }

  /** Has what comes next applied under a version of the catalog more. */
  void adopt(String catalog) {
    rules = compiled(rules.version() + 1, catalog);
    shard.adopt(rules);
  }

  Shard shard() {
    return shard;
  }

  void add(Command command) {
    commands.add(command);
  }

  void ask(AccountRequest request) {
    commands.add(new Command.Account(request));
  }

  /** A row of mediated usage. */
  void use(long subscription, long at, long quantity) {
    row(subscription, at, quantity);
  }

  /** A row that a request names; gives its index. */
  int row(long subscription, long at, long quantity) {
    return typed(subscription, at, 0, quantity);
  }

  /** A row of an event of another type, which has one reading. */
  int row(long subscription, long at, int type, long quantity) {
    return typed(subscription, at, type, quantity);
  }

  /** A row of an event that counts, and unlocks the navigation for a day. */
  int unlocking(long subscription, long at) {
    return typed(subscription, at, 1);
  }

  private int typed(long subscription, long at, int type, long... values) {
    byte[] raw = ("{" + serial + "}").getBytes(StandardCharsets.UTF_8);
    usage.add(
        0,
        subscription,
        SOURCE,
        serial++,
        true,
        at,
        at,
        type,
        values,
        values.length,
        raw,
        0,
        raw.length);
    return usage.size() - 1;
  }

  Effects commit(long now) {
    long seq = shard.seq() + 1;
    Section section = new Section(number, 1, seq, now, 1_000, commands, 0, usage.size());
    byte[] before = encoded(shard);
    shard.apply(seq, section, usage);
    byte[] once = encoded(shard);
    shard.undo();
    assertArrayEquals(before, encoded(shard), "undone, it is another state");
    Effects effects = shard.apply(seq, section, usage);
    assertArrayEquals(once, encoded(shard), "done again, it is another state");
    shard.accept();
    Encoded row = codec.encode(new Commit(1, seq, 1, List.of(section), usage));
    journal.add(row.rating());
    under.add(rules);
    long sum = 0;
    for (PostingRow p : effects.postings) {
      ledger.merge(p.account(), p.amount(), Math::addExact);
      sum += p.amount();
    }
    assertEquals(0, sum, "I4");
    commands.clear();
    usage = new UsageBatch(4);
    return effects;
  }

  AccountAnswer answered(long now, AccountRequest request) {
    ask(request);
    AccountAnswer answer = commit(now).answers.get(request.key());
    if (answer == null) {
      throw new AssertionError("no answer");
    }
    return answer;
  }

  /** Notes what has changed since the last checkpoint. */
  void checkpoint() {
    ByteWriter out = new ByteWriter();
    shard.encode(out, checkpointSeq);
    checkpoints.add(out.toByteArray());
    checkpointSeq = shard.seq();
  }

  static byte[] encoded(Shard of) {
    ByteWriter out = new ByteWriter();
    of.encode(out, 0);
    return out.toByteArray();
  }

  /** Goes on from a whole checkpoint; what comes is told from what came before it. */
  void restore(byte[] checkpoint) {
    shard.overlay(new ByteReader(checkpoint));
    serial += 1_000;
  }

  /** The journal replayed from the beginning, and from the checkpoints, is this state (I6). */
  void assertReplays() {
    Shard replayed = new Shard(shard.key(), rules);
    replay(replayed);
    assertArrayEquals(encoded(shard), encoded(replayed), "replayed");
    Shard restored = new Shard(shard.key(), rules);
    checkpoints.forEach(c -> restored.overlay(new ByteReader(c)));
    replay(restored);
    assertArrayEquals(encoded(shard), encoded(restored), "restored");
  }

  private void replay(Shard to) {
    for (int i = (int) to.seq(); i < journal.size(); i++) {
      to.adopt(under.get(i));
      Commit commit = codec.decode(1, i + 1L, 1, journal.get(i), null);
      to.apply(i + 1L, commit.sections().getFirst(), commit.usage());
      to.accept();
    }
  }
}
