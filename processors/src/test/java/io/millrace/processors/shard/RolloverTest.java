package io.millrace.processors.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** What a period leaves of an allowance, and who draws on it in what order. */
class RolloverTest {
  private static final String CATALOG =
      """
      catalog: plans
      effective: 2026-01-01
      currency: EUR
      zone: UTC
      period: month
      meters:
        data: {event: session.end, value: data.mb, unit: MB, scale: 0, aggregate: sum}
      offers:
        plan:
          scope: device
          window: day
          allowances:
            - {allowance: plan, included: 100, unit: MB, of: data, rolls-over: {periods: 2, most: 50}, tell: [100]}
          charges:
            data: {meter: data, unit: MB, per-unit: 1.00}
      """;
  private static final long EURO = 1_000_000_000L;

  private final PoolShard shard =
      new PoolShard(CATALOG).join(1, 2_000, "plan", "", "2026-01-01T00:00:00Z", "");

  @Test
  void grants_holdWhatAllowancesDoNotCover_andItsOwnBucketIsToldOfOnce() {
    PoolShard mine = shard;
    AccountRequest.Key key = new AccountRequest.Key(1, 1, 1, 1);
    PoolShard prepaid = new PoolShard(CATALOG);
    WalletTerms.Ledger ledger = new WalletTerms.Ledger(11, 12, 13, 14, 15);
    prepaid.ask(
        new Command.Account(
            new AccountRequest.Open(key, 2_000, new WalletTerms(true, 0, Long.MIN_VALUE, ledger))));
    prepaid.join(1, 2_000, "plan", "", "2026-01-01T00:00:00Z", "");
    prepaid.at("2026-02-01T00:00:00Z");
    prepaid.ask(
        new Command.Account(
            new AccountRequest.Reserve(
                new AccountRequest.Key(2, 2, 2, 2), 1, 0, 0, 150, false, 60_000, false)));
    prepaid.at("2026-02-01T00:00:01Z");
    // 50 of January and 100 of February cost nothing, so that no money is needed.
    assertEquals(AccountAnswer.Outcome.GRANTED, prepaid.answers.getLast().outcome());
    prepaid.ask(
        new Command.Account(
            new AccountRequest.Reserve(
                new AccountRequest.Key(3, 3, 3, 3), 1, 0, 0, 1, false, 60_000, false)));
    prepaid.at("2026-02-01T00:00:02Z");
    assertEquals(AccountAnswer.Outcome.BLOCKED, prepaid.answers.getLast().outcome());

    mine.use("2026-02-20T12:00:00Z", 1, "2026-02-20T12:00:00Z", 149);
    assertEquals(0, mine.notices.size());
    mine.use("2026-02-20T13:00:00Z", 1, "2026-02-20T13:00:00Z", 1);
    assertEquals(1, mine.notices.size());
    mine.use("2026-02-20T14:00:00Z", 1, "2026-02-20T14:00:00Z", -200);
    mine.at("2026-03-01T00:00:00Z");
    assertEquals(-50 * EURO, mine.sum("data")); // more than was used is taken back
  }

  @Test
  void whatComesLate_drawsOnWhatIsLeftOfItsOwnPeriodsBucket() {
    shard.use("2026-02-20T12:00:00Z", 1, "2026-02-20T12:00:00Z", 120);
    assertEquals(0, shard.sum("data")); // 50 of January, 70 of February
    shard.use("2026-03-02T12:00:00Z", 1, "2026-03-02T12:00:00Z", 10);
    shard.use("2026-03-02T13:00:00Z", 1, "2026-02-20T13:00:00Z", 30);
    shard.at("2026-03-04T00:00:00Z");
    assertEquals(10 * EURO, shard.sum("data"));
  }
}
