package io.millrace.processors.shard;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.CatalogFile;
import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import io.millrace.processors.journal.Section;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.shard.Effects.ChargeRow;
import io.millrace.processors.shard.Effects.MessageRow;
import io.millrace.processors.shard.Effects.Verdict;
import io.millrace.processors.usage.UsageBatch;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A shard of many devices of accounts, driven by hand. After each commit it is undone and done
 * again, and goes on from its encoded state, so that whatever isn't kept there shows.
 */
final class PoolShard {
  private final Rules rules;
  private Shard shard;
  private long serial;
  private long time = Long.MIN_VALUE;
  private final List<Command> commands = new ArrayList<>();
  final List<ChargeRow> charges = new ArrayList<>();
  final List<AccountAnswer> answers = new ArrayList<>();
  final List<Notice> notices = new ArrayList<>();
  final List<Effects.SubscriptionRow> subscriptions = new ArrayList<>();

  PoolShard(String text) {
    this(Rules.compile(1, 2, catalog(text), OneShard::account));
  }

  PoolShard(Rules rules) {
    this.rules = rules;
    this.shard = new Shard(new ShardKey(1, 0), rules);
  }

  static Catalog catalog(String text) {
    return switch (CatalogFile.read("test", text.getBytes(StandardCharsets.UTF_8))) {
      case CatalogFile.Result.Accepted a -> a.catalog();
      case CatalogFile.Result.Rejected r -> throw new AssertionError(r.problems());
    };
  }

  /** A device of a group joins with the next commit; the pool's number is the device's + 1,000. */
  PoolShard join(long device, int account, String offer, String group, String from, String to) {
    int index = rules.offerIndex(offer);
    boolean pooled = rules.offers().get(index).isPooled();
    commands.add(
        new Command.Subscribe(
            device,
            "d" + device,
            account,
            index,
            OneShard.millis(from),
            to.isEmpty() ? Long.MAX_VALUE : OneShard.millis(to),
            pooled ? new Command.Share(device + 1_000, group) : null));
    return this;
  }

  PoolShard ask(Command command) {
    commands.add(command);
    return this;
  }

  /** A device goes to another offer of its account. */
  void move(long device, String at, long successor, int account, String offer, String group) {
    int index = rules.offerIndex(offer);
    boolean pooled = rules.offers().get(index).isPooled();
    commands.add(
        new Command.Move(
            device,
            OneShard.millis(at),
            successor,
            0,
            "d" + device,
            account,
            index,
            Long.MAX_VALUE,
            pooled ? new Command.Share(successor + 1_000, group) : null));
  }

  List<ChargeRow> at(String now) {
    return apply(OneShard.millis(now), new UsageBatch(1));
  }

  List<ChargeRow> use(String now, long device, String at, long... readings) {
    UsageBatch usage = new UsageBatch(1);
    add(usage, device, OneShard.millis(at), readings);
    return apply(OneShard.millis(now), usage);
  }

  void add(UsageBatch usage, long device, long at, long... readings) {
    byte[] raw = ("{" + serial + "}").getBytes(StandardCharsets.UTF_8);
    usage.add(
        0, device, 1, serial++, true, at, at, 0, readings, readings.length, raw, 0, raw.length);
  }

  List<ChargeRow> apply(long now, UsageBatch usage) {
    time = Math.max(time, now);
    Effects effects = once(usage);
    byte[] done = encoded();
    shard.undo();
    effects = once(usage);
    if (!Arrays.equals(done, encoded())) {
      throw new AssertionError("undone and done again, it is another state");
    }
    shard.accept();
    commands.clear();
    Shard restored = new Shard(shard.key(), rules);
    restored.overlay(new ByteReader(done));
    shard = restored;
    if (!Arrays.equals(done, encoded())) {
      throw new AssertionError("read again, it is another state");
    }
    charges.addAll(effects.charges);
    notices.addAll(effects.notices);
    answers.addAll(effects.answers.values());
    subscriptions.addAll(effects.subscriptions);
    for (byte verdict : effects.verdicts) {
      if (verdict != Verdict.CHARGED.ordinal()) {
        throw new AssertionError("not charged: " + effects.refusals);
      }
    }
    List<ChargeRow> all = new ArrayList<>(effects.charges);
    long seq = shard.seq();
    for (MessageRow m : effects.messages) {
      commands.add(new Command.Received(0, seq, m.n(), m.message()));
    }
    if (!effects.messages.isEmpty() || effects.moreDue) {
      all.addAll(apply(time, new UsageBatch(1)));
    }
    return all;
  }

  private Effects once(UsageBatch usage) {
    long seq = shard.seq() + 1;
    return shard.apply(seq, new Section(0, 1, seq, time, 1_000, commands, 0, usage.size()), usage);
  }

  private byte[] encoded() {
    ByteWriter out = new ByteWriter(256);
    shard.encode(out, 0);
    return out.toByteArray();
  }

  /** What all charges of a name have come to, ledger units. */
  long sum(String name) {
    return charges.stream().filter(c -> c.name().equals(name)).mapToLong(ChargeRow::amount).sum();
  }

  Shard shard() {
    return shard;
  }
}
