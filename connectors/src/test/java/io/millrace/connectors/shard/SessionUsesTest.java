package io.millrace.connectors.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.catalog.CatalogFile;
import io.millrace.processors.journal.Section;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.shard.AccountAnswer;
import io.millrace.processors.shard.AccountRequest;
import io.millrace.processors.shard.AccountRequest.Step;
import io.millrace.processors.shard.Command;
import io.millrace.processors.shard.Effects;
import io.millrace.processors.shard.Shard;
import io.millrace.processors.shard.ShardKey;
import io.millrace.processors.shard.WalletTerms;
import io.millrace.processors.usage.UsageBatch;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whose use the rows of a session's steps are. */
class SessionUsesTest {
  private static final String CATALOG =
      """
      catalog: charging
      effective: 2026-11-02
      currency: EUR
      zone: UTC
      period: 24h
      meters:
        energy: {event: charge.energy, value: data.wh, unit: Wh, scale: 0, aggregate: sum}
      offers:
        car:
          scope: device
          window: 1h
          charges:
            energy: {meter: energy, unit: Wh, per-unit: 0.003}
      """;

  private static final long START = Instant.parse("2026-11-02T00:00:00Z").toEpochMilli();
  private static final long HOUR = 3_600_000;
  private static final int SOURCE = 1;

  private final Shard shard =
      new Shard(
          new ShardKey(1, 0),
          Rules.compile(
              1,
              2,
              ((CatalogFile.Result.Accepted)
                      CatalogFile.read("test", CATALOG.getBytes(StandardCharsets.UTF_8)))
                  .catalog(),
              name -> 5_000 + Math.abs(name.hashCode() % 1_000)));

  private static AccountRequest.Key key(long serial) {
    return new AccountRequest.Key(serial, serial, serial, serial);
  }

  private Effects commit(long now, Command... commands) {
    long seq = shard.seq() + 1;
    Section section = new Section(0, 1, seq, now, 1_000, List.of(commands), 0, 0);
    Effects effects = shard.apply(seq, section, new UsageBatch(1));
    shard.accept();
    return effects;
  }

  private static Step step(Step.Kind kind, AccountAnswer of, long asked) {
    Step.Part part = new Step.Part(7, AccountRequest.Use.NO_ROW, 0, 0, true, asked);
    return new Step(key(9), kind, of.seq(), of.n(), 1, 2, 60_000, List.of(part));
  }

  private static SessionUses used(AccountAnswer of) {
    return new SessionUses(
        step(Step.Kind.UPDATE, of, 0), SOURCE, List.of(new SessionUses.Used(0, 500, "{}")));
  }

  private AccountAnswer begun(long now, long asked) {
    Step.Part part = new Step.Part(7, AccountRequest.Use.NO_ROW, 0, 0, true, asked);
    Step begin = new Step(key(3), Step.Kind.BEGIN, 0, 0, 1, 1, 60_000, List.of(part));
    return commit(now, new Command.Account(begin)).answers.get(begin.key());
  }

  @BeforeEach
  void open() {
    WalletTerms.Ledger ledger = new WalletTerms.Ledger(1, 2, 3, 4, 5);
    commit(
        START,
        new Command.Account(
            new AccountRequest.Open(
                key(1), 1_000, new WalletTerms(true, 0, Long.MIN_VALUE, ledger))),
        new Command.Subscribe(1, "car-1", 1_000, 0, START, Long.MAX_VALUE),
        new Command.Account(new AccountRequest.Pay(key(2), 1_000, 10_000_000_000L, false)));
  }

  /** The device goes to subscription 11 at the end of the hour. */
  private void move(long now) {
    Effects left =
        commit(now, new Command.Move(1, START + HOUR, 11, 0, "car-1", 1_000, 0, Long.MAX_VALUE));
    commit(now + 1, new Command.Received(0, shard.seq(), 0, left.messages.getFirst().message()));
  }

  @Test
  void usedWithoutAGrant_isOfTheSubscriptionOfThatMoment() {
    AccountAnswer begun = begun(START + 1, 0);
    move(START + 2);
    assertEquals(1, used(begun).uses(shard, START + HOUR - 1).getFirst().subscription());
    AccountUse use = used(begun).uses(shard, START + HOUR).getFirst();
    assertEquals(11, use.subscription());
    assertEquals(0, use.seq());
  }

  @Test
  void usedWithinAGrant_isOfTheGrant() {
    AccountAnswer begun = begun(START + 1, 600);
    move(START + 2);
    AccountUse use = used(begun).uses(shard, START + HOUR).getFirst();
    Step.Part part = used(begun).step().parts().getFirst();
    assertEquals(
        shard.session(begun.seq(), begun.n()).orElseThrow().grant(part.group()).orElseThrow().seq(),
        use.seq());
    assertEquals(1, shard.reservation(use.seq(), use.n()).orElseThrow().subscription());
  }

  /** Anyone could have the journal keep what it is sent, under a name that was made up. */
  @Test
  void usedInNoSession_makesNoRow() {
    for (long seq : new long[] {0, 77}) {
      AccountAnswer none =
          new AccountAnswer(AccountAnswer.Outcome.STEPPED, seq, 0, 0, 0, 0, 0, 0, false);
      SessionUses uses = used(none);
      assertEquals(List.of(), uses.uses(shard, START + 1));
      AccountRequest request = uses.request(new int[0]);
      assertEquals(List.of(), request.rows());
      assertEquals(
          AccountAnswer.Outcome.UNKNOWN_SESSION,
          commit(START + 1, new Command.Account(request)).answers.get(request.key()).outcome());
    }
  }

  @Test
  void usedInASession_makesItsRow() {
    AccountAnswer begun = begun(START + 1, 0);
    List<AccountUse> uses = used(begun).uses(shard, START + 2);
    assertEquals(1, uses.getFirst().subscription());
    assertEquals(500, uses.getFirst().quantity());
  }
}
