package io.millrace.processors.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.processors.shard.Effects.ChargeRow;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** Two shards driven by hand, and the messages on their way between them. */
final class TwoShards {
  private final List<ChargingShard> shards;
  private final List<ArrayDeque<Command.Received>> mail =
      List.of(new ArrayDeque<>(), new ArrayDeque<>());
  private final List<ChargeRow> charges = new ArrayList<>();
  long now;

  TwoShards(String catalog, long now) {
    this.shards = List.of(new ChargingShard(0, catalog), new ChargingShard(1, catalog));
    this.now = now;
  }

  ChargingShard get(int shard) {
    return shards.get(shard);
  }

  Effects commit(int shard) {
    Effects effects = shards.get(shard).commit(now);
    for (byte verdict : effects.verdicts) {
      assertEquals(Effects.Verdict.CHARGED.ordinal(), verdict, effects.refusals.toString());
    }
    assertEquals("{}", effects.refused.toString());
    long seq = shards.get(shard).shard().seq();
    effects.messages.forEach(
        m -> mail.get(m.to()).add(new Command.Received(shard, seq, m.n(), m.message())));
    charges.addAll(effects.charges);
    return effects;
  }

  void deliver(int to, boolean twice) {
    ArrayDeque<Command.Received> inbox = mail.get(to);
    inbox.forEach(shards.get(to)::add);
    if (twice) {
      inbox.forEach(shards.get(to)::add);
    }
    inbox.clear();
    commit(to);
  }

  /** All that was charged, in the order of the commits. */
  List<ChargeRow> charges() {
    return charges;
  }

  long posted(int account) {
    return shards.stream().mapToLong(s -> s.ledger.getOrDefault(account, 0L)).sum();
  }

  void assertReplays() {
    shards.forEach(ChargingShard::assertReplays);
  }
}
