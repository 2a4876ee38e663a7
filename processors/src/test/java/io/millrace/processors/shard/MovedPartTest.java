package io.millrace.processors.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.catalog.CatalogFile;
import io.millrace.processors.explain.ChargeProof;
import io.millrace.processors.explain.Verdict;
import io.millrace.processors.journal.Section;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.shard.Effects.ChargeRow;
import io.millrace.processors.usage.UsageBatch;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A device that changes its plan in a month that is paid for: what is not used is given back. */
class MovedPartTest {
  private static final String CATALOG =
      """
      catalog: parts
      effective: 2026-01-01
      currency: EUR
      zone: UTC
      period: month
      offers:
        plan:
          scope: device
          window: day
          charges:
            fee:   {recurring: 31, every: month, prorate: %s}
            floor: {minimum: 20, of: fee}
      """;
  private static final int A = 7;
  private static final int B = 8;

  private Rules rules = rules("day");
  private Shard old = new Shard(new ShardKey(1, 0), rules);
  private Shard next = new Shard(new ShardKey(1, 1), rules);

  private static Rules rules(String prorate) {
    byte[] text = CATALOG.formatted(prorate).getBytes(StandardCharsets.UTF_8);
    return Rules.compile(
        1,
        2,
        ((CatalogFile.Result.Accepted) CatalogFile.read("test", text)).catalog(),
        name -> 1 + Math.abs(name.hashCode() % 1000));
  }

  private List<String> at(Shard shard, String now, Command... commands) {
    return lines(apply(shard, now, commands));
  }

  private Effects apply(Shard shard, String now, Command... commands) {
    int number = shard.key().number();
    Section section =
        new Section(
            number, 1, shard.seq() + 1, OneShard.millis(now), 1_000, List.of(commands), 0, 0);
    Effects effects = shard.apply(shard.seq() + 1, section, new UsageBatch(1));
    shard.accept();
    return effects;
  }

  private List<String> lines(Effects effects) {
    return effects.charges.stream()
        .map(
            c ->
                "%s%s of %d: %s, %s"
                    .formatted(
                        c.name(),
                        c.delta() ? "+" : "",
                        c.subscription(),
                        BigDecimal.valueOf(c.amount(), 9).stripTrailingZeros().toPlainString(),
                        new ChargeProof(new ChargeId(1, 0, 1, c.n()), c)
                            .lines(rules)
                            .getFirst()
                            .what()))
        .toList();
  }

  private List<String> move(String now, String at) {
    Command.Move move =
        new Command.Move(A, OneShard.millis(at), B, 1, "device", 2_001, 0, Long.MAX_VALUE);
    Effects left = apply(old, now, move);
    ShardMessage device = left.messages.getFirst().message();
    assertEquals(List.of(), at(next, now, new Command.Received(0, old.seq(), 0, device)));
    return lines(left);
  }

  private List<String> subscribe() {
    long from = OneShard.millis("2026-01-01T00:00:00Z");
    at(
        old,
        "2026-01-01T00:00:00Z",
        new Command.Subscribe(A, "device", 2_000, 0, from, Long.MAX_VALUE));
    return List.of();
  }

  @Test
  void daysAfterTheMove_areGivenBackAndPaidByTheNextPlan() {
    subscribe();
    assertEquals(
        List.of("fee+ of 7: -15, 15 of 31 days given back"),
        move("2026-01-10T00:00:00Z", "2026-01-16T12:00:00Z"));
    assertEquals(List.of("fee of 8: 16, 16 of 31 days"), at(next, "2026-01-16T12:00:00Z"));
    // 16 and 16 lack 4 each of the minimum; the day of the move is in both.
    assertEquals(
        List.of(
            "floor of 7: 4, the minimum", "fee of 8: 31, each month", "floor of 8: 4, the minimum"),
        at(next, "2026-02-01T00:00:00Z").stream()
            .sorted(java.util.Comparator.comparing(l -> l.contains("of 7") ? 0 : 1))
            .toList());
    assertEquals(List.of(), at(old, "2026-03-01T00:00:00Z"));
  }

  @Test
  void timeAfterTheMove_isGivenBackToTheSecond() {
    rules = rules("second");
    old = new Shard(new ShardKey(1, 0), rules);
    next = new Shard(new ShardKey(1, 1), rules);
    subscribe();
    assertEquals(
        List.of("fee+ of 7: -15.5, 1339200 of 2678400 seconds given back"),
        move("2026-01-10T00:00:00Z", "2026-01-16T12:00:00Z"));
    assertEquals(
        List.of("fee of 8: 15.5, 1339200 of 2678400 seconds"), at(next, "2026-01-16T12:00:00Z"));
  }

  /** The month of the move is not paid for yet, so that nothing is given back. */
  @Test
  void moveInALaterMonth_isPaidForInPart() {
    subscribe();
    assertEquals(List.of(), move("2026-01-10T00:00:00Z", "2026-02-15T00:00:00Z"));
    assertEquals(
        List.of("fee of 7: 15.5, 14 of 28 days"),
        at(next, "2026-02-01T00:00:00Z").stream().filter(l -> l.startsWith("fee")).toList());
  }

  /** What is given back was counted when it was charged; the last day of a month is kept whole. */
  @ParameterizedTest
  @CsvSource({
    "2026-01-16T12:00:00Z, -15000000000",
    "2026-01-31T00:00:00.001Z, 0",
    "2026-01-31T23:59:59.999Z, 0"
  })
  void givenBack_isProven(String at, long amount) {
    subscribe();
    Effects left =
        apply(
            old,
            "2026-01-10T00:00:00Z",
            new Command.Move(A, OneShard.millis(at), B, 1, "device", 2_001, 0, Long.MAX_VALUE));
    ChargeRow back =
        left.charges.stream().filter(c -> c.name().equals("fee")).findFirst().orElseThrow();
    assertEquals(amount, back.amount());
    assertTrue(back.delta());
    assertEquals(List.of(), faults(back, 0));
    assertEquals(List.of("charge", "quantity"), faults(back, 1));
  }

  private List<String> faults(ChargeRow c, long quantity) {
    ChargeRow said =
        new ChargeRow(
            c.n(),
            c.subscription(),
            c.account(),
            c.catalog(),
            c.offer(),
            c.name(),
            c.period(),
            c.late(),
            c.windowStart(),
            c.windowEnd(),
            c.delta(),
            c.events(),
            quantity,
            c.amount(),
            c.firstAt(),
            c.lastAt(),
            c.tiers(),
            c.evidence(),
            c.digest());
    Verdict chain = new Verdict("chain", true, "followed");
    return new ChargeProof(new ChargeId(1, 0, old.seq(), c.n()), said)
        .verdicts(chain, rules, null, 0).stream()
            .filter(v -> !v.good())
            .map(Verdict::check)
            .toList();
  }
}
