package io.millrace.processors.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.catalog.CatalogFile;
import io.millrace.processors.journal.Section;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.usage.UsageBatch;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A device that moves between shards in a period that is bounded: its lines are made once. */
class MovedBoundsTest {
  private static final String CATALOG =
      """
      catalog: bounds
      effective: 2026-11-02
      currency: EUR
      zone: UTC
      period: 24h
      meters:
        energy: {event: report, value: data.wh, unit: Wh, scale: 0, aggregate: sum}
      offers:
        home:
          scope: device
          window: 1h
          charges:
            energy:  {meter: energy, per-unit: 0.001, unit: Wh}
            floor:   {minimum: 0.50, of: energy}
            ceiling: {cap: 2.00, of: energy}
      """;
  private static final int A = 7;
  private static final int B = 8;

  private final Rules rules =
      Rules.compile(
          1,
          2,
          ((CatalogFile.Result.Accepted)
                  CatalogFile.read("test", CATALOG.getBytes(StandardCharsets.UTF_8)))
              .catalog(),
          name -> 1 + Math.abs(name.hashCode() % 1000));
  private final Shard old = new Shard(new ShardKey(1, 0), rules);
  private final Shard next = new Shard(new ShardKey(1, 1), rules);
  private int serial;

  private static long day(int day, int hour) {
    return OneShard.millis("2026-11-0%dT%02d:00:00Z".formatted(day, hour));
  }

  private Effects apply(Shard shard, long now, List<Command> commands, UsageBatch usage) {
    long seq = shard.seq() + 1;
    int number = shard.key().number();
    Section section = new Section(number, 1, seq, now, 1_000, commands, 0, usage.size());
    Effects effects = shard.apply(seq, section, usage);
    shard.accept();
    return effects;
  }

  private List<String> at(Shard shard, long now, Command... commands) {
    return lines(apply(shard, now, List.of(commands), new UsageBatch(1)));
  }

  private void use(Shard shard, long now, long occurredAt, long reading) {
    UsageBatch usage = new UsageBatch(1);
    byte[] raw = "{}".getBytes(StandardCharsets.UTF_8);
    int shardNumber = shard.key().number();
    usage.add(
        shardNumber, A, 1, serial++, true, occurredAt, now, 0, new long[] {reading}, 1, raw, 0, 2);
    Effects effects = apply(shard, now, List.of(), usage);
    assertEquals(Effects.Verdict.CHARGED.ordinal(), effects.verdicts[0]);
    assertEquals(List.of(), lines(effects));
  }

  private static List<String> lines(Effects effects) {
    return effects.charges.stream()
        .map(
            c ->
                "%s%s of %d in period %d: %s"
                    .formatted(
                        c.name(),
                        c.delta() ? "+" : "",
                        c.subscription(),
                        c.period(),
                        BigDecimal.valueOf(c.amount(), 9).stripTrailingZeros().toPlainString()))
        .toList();
  }

  private List<String> move(long now, long at) {
    Command.Move move = new Command.Move(A, at, B, 1, "device", 2_001, 0, Long.MAX_VALUE);
    Effects left = apply(old, now, List.of(move), new UsageBatch(1));
    assertEquals(1, left.messages.size());
    ShardMessage device = left.messages.getFirst().message();
    at(next, now, new Command.Received(0, old.seq(), 0, device));
    return lines(left);
  }

  private void subscribe() {
    at(old, day(2, 0), new Command.Subscribe(A, "device", 2_000, 0, day(2, 0), Long.MAX_VALUE));
  }

  @Test
  void periodOfTheMove_endsOnceWhereTheDeviceIs() {
    subscribe();
    use(old, day(2, 10), day(2, 10), 300);
    assertEquals(List.of(), move(day(2, 10), day(2, 12)));
    use(next, day(2, 11), day(2, 11), 100);
    assertEquals(List.of("energy of 7 in period 0: 0.3"), at(old, day(3, 0)));
    // 0.3 there and 0.1 here lack 0.1 of the minimum; the next customer owes all of it.
    assertEquals(
        List.of(
            "energy of 7 in period 0: 0.1",
            "floor of 7 in period 0: 0.1",
            "floor of 8 in period 0: 0.5"),
        at(next, day(3, 0)));
    assertEquals(List.of(), at(old, day(4, 0)));
    assertEquals(List.of("floor of 8 in period 1: 0.5"), at(next, day(4, 0)));
  }

  @Test
  void whatIsNotSealedAsItLeaves_isSettledBeforeAndNeverAgain() {
    subscribe();
    assertEquals(List.of("floor of 7 in period 0: 0.5"), at(old, day(3, 0)));
    use(old, day(3, 1), day(2, 20), 2_300);
    assertEquals(
        List.of(
            "floor+ of 7 in period 0: -0.5",
            "ceiling+ of 7 in period 0: -0.3",
            "energy+ of 7 in period 0: 2.3"),
        move(day(3, 1), day(3, 3)));
    assertEquals(List.of(), at(old, day(3, 2)));
    use(next, day(3, 2), day(2, 21), 100);
    assertEquals(
        List.of("energy+ of 7 in period 0: 0.1", "ceiling+ of 7 in period 0: -0.1"),
        at(next, day(3, 3)));
    assertEquals(
        List.of("floor of 7 in period 1: 0.5", "floor of 8 in period 1: 0.5"), at(next, day(4, 0)));
    assertEquals(List.of(), at(old, day(5, 0)));
  }
}
