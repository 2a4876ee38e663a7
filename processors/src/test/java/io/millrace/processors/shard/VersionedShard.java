package io.millrace.processors.shard;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.CatalogFile;
import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import io.millrace.processors.journal.Section;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.shard.Effects.ChargeRow;
import io.millrace.processors.shard.Effects.Verdict;
import io.millrace.processors.usage.UsageBatch;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A shard driven by hand whose catalog gets versions on the way; each commit is applied, undone and
 * applied again, and the shard goes on from its bytes.
 */
final class VersionedShard {
  static final long DEVICE = 7;

  private final int number;
  private Rules rules;
  private Shard shard;
  private int serial;
  private final List<ChargeRow> charges = new ArrayList<>();
  private final List<Effects.MessageRow> messages = new ArrayList<>();
  private Effects last = new Effects();

  VersionedShard(int number, Catalog... versions) {
    this.number = number;
    this.rules = compile(1, versions);
    this.shard = new Shard(new ShardKey(1, number), rules);
  }

  private static Rules compile(int version, Catalog... versions) {
    return Rules.compile(version, 2, List.of(versions), List.of(versions), OneShard::account);
  }

  /** A catalog in EUR with a month's period, with one offer {@code home}. */
  static Catalog catalog(String effective, String window, String meters, String charges) {
    return catalog(effective, "device", window, meters, charges);
  }

  /** The same of a scope. */
  static Catalog catalog(
      String effective, String scope, String window, String meters, String charges) {
    String text =
        "catalog: c\neffective: %s\ncurrency: EUR\nzone: UTC\nperiod: month\nmeters:\n"
                .formatted(effective)
            + meters.indent(2)
            + "offers:\n  home:\n    scope: %s\n    window: %s\n    charges:\n"
                .formatted(scope, window)
            + charges.indent(6);
    return switch (CatalogFile.read("test", text.getBytes(StandardCharsets.UTF_8))) {
      case CatalogFile.Result.Accepted a -> a.catalog();
      case CatalogFile.Result.Rejected r -> throw new AssertionError(r.problems());
    };
  }

  /** All versions there are now; those there were first come first. */
  void adopt(Catalog... versions) {
    rules = compile(rules.version() + 1, versions);
    shard.adopt(rules);
  }

  void subscribe(String from, String to) {
    long end = to.isEmpty() ? Long.MAX_VALUE : OneShard.millis(to);
    at(from, new Command.Subscribe(DEVICE, "device", 2_000, 0, OneShard.millis(from), end));
  }

  void at(String now, Command... commands) {
    apply(now, new UsageBatch(1), commands);
  }

  /** An event is charged. */
  void use(String now, String occurredAt, long reading) {
    UsageBatch usage = new UsageBatch(1);
    byte[] raw = Integer.toString(serial).getBytes(StandardCharsets.UTF_8);
    long[] readings = {reading};
    usage.add(
        number,
        DEVICE,
        1,
        serial++,
        true,
        OneShard.millis(occurredAt),
        OneShard.millis(now),
        0,
        readings,
        1,
        raw,
        0,
        raw.length);
    apply(now, usage);
    if (last.verdicts[0] != Verdict.CHARGED.ordinal()) {
      throw new AssertionError("not charged: " + last.refusals);
    }
  }

  private void apply(String now, UsageBatch usage, Command... commands) {
    long seq = shard.seq() + 1;
    long time = OneShard.millis(now);
    Section section = new Section(number, 1, seq, time, 1_000, List.of(commands), 0, usage.size());
    String before = bytes();
    shard.apply(seq, section, usage);
    shard.undo();
    if (!bytes().equals(before)) {
      throw new AssertionError("undone, it is another state");
    }
    last = shard.apply(seq, section, usage);
    shard.accept();
    charges.addAll(last.charges);
    messages.addAll(last.messages);
    String after = bytes();
    shard = new Shard(shard.key(), rules);
    shard.overlay(new ByteReader(after.getBytes(StandardCharsets.ISO_8859_1)));
  }

  private String bytes() {
    ByteWriter out = new ByteWriter(256);
    shard.encode(out, 0);
    return new String(out.toByteArray(), StandardCharsets.ISO_8859_1);
  }

  /** The only message of the last commit, as the shard that it is for receives it. */
  Command message() {
    Effects.MessageRow message = last.messages.getFirst();
    return new Command.Received(number, shard.seq(), message.n(), message.message());
  }

  /** What is sent to other shards, in the order of the journal. */
  List<Effects.MessageRow> messages() {
    return messages;
  }

  /** All charges, in the order of the journal. */
  List<ChargeRow> charges() {
    return charges;
  }

  /** What an account has here, sealed or not. */
  AccountView view(int account) {
    return shard.account(account).orElseThrow();
  }

  /** What it owes by that, ledger units. */
  long owed(int account) {
    return view(account).posted() + view(account).accrued();
  }

  /** The device's charges of a name, in the order of the journal. */
  List<ChargeRow> charges(String name) {
    return charges.stream()
        .filter(c -> c.subscription() == DEVICE && c.name().equals(name))
        .toList();
  }

  /** What they come to, EUR. */
  String sum(String name) {
    long sum = charges(name).stream().mapToLong(ChargeRow::amount).sum();
    return BigDecimal.valueOf(sum, 9).stripTrailingZeros().toPlainString();
  }

  /** When the charges of a name begin, each with what it is of. */
  List<String> windows(String name) {
    return charges(name).stream()
        .map(
            c ->
                Instant.ofEpochMilli(c.windowStart())
                    + "/"
                    + Instant.ofEpochMilli(c.windowEnd())
                    + " "
                    + c.quantity())
        .toList();
  }
}
