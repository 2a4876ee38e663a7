package io.millrace.processors.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.processors.shard.Effects.ChargeRow;
import java.math.BigInteger;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Devices that share what an offer counts: of an account, or of a group of it. */
class PoolsTest {
  private static final String CATALOG =
      """
      catalog: fleet
      effective: 2026-01-01
      currency: EUR
      zone: UTC
      period: month
      meters:
        data: {event: session.end, value: data.mb, unit: MB, scale: 0, aggregate: sum}
      offers:
        pool:
          scope: account
          window: day
          allowances:
            - {allowance: plan, included: 100, unit: MB, of: data, tell: [50, 100]}
          charges:
            fee:  {recurring: 2.00, every: month}
            data: {meter: data, unit: MB, graduated: [{to: 50, per-unit: 1.00}, {per-unit: 0.10}]}
            least: {minimum: 30.00, of: [data, fee]}
        groups:
          scope: group
          window: day
          charges:
            data: {meter: data, unit: MB, graduated: [{to: 50, per-unit: 1.00}, {per-unit: 0.10}]}
        alone:
          scope: device
          window: day
          charges:
            data: {meter: data, unit: MB, per-unit: 3.00}
      """;
  private static final long EURO = 1_000_000_000L;
  private static final int ACME = 2_000;
  private static final int OTHER = 2_001;

  private final PoolShard shard = new PoolShard(CATALOG);

  @Test
  void devicesOfAnAccount_shareWhatIsIncludedAndTheTiers() {
    shard
        .join(1, ACME, "pool", "", "2026-03-01T00:00:00Z", "")
        .join(2, ACME, "pool", "", "2026-03-01T00:00:00Z", "")
        .join(3, OTHER, "pool", "", "2026-03-01T00:00:00Z", "");
    shard.use("2026-03-05T10:00:00Z", 1, "2026-03-05T10:00:00Z", 80);
    shard.use("2026-03-05T11:00:00Z", 2, "2026-03-05T11:00:00Z", 80);
    shard.use("2026-03-05T12:00:00Z", 3, "2026-03-05T12:00:00Z", 80);
    assertEquals(BigInteger.valueOf(100), shard.shard().allowances(ACME).getFirst().used());
    assertEquals(2, shard.shard().allowances(ACME).getFirst().devices());
    assertEquals(2, shard.shard().allowances(ACME).getFirst().usedUp());
    shard.use("2026-03-06T12:00:00Z", 1, "2026-03-06T12:00:00Z", 20);
    List<ChargeRow> charges = shard.at("2026-03-20T00:00:00Z");
    assertTrue(charges.stream().allMatch(c -> c.name().equals("data")), charges::toString);
    // 160 + 20 MB: 100 are included, 50 cost 1.00 each, 30 cost 0.10 each; the other has its own.
    assertEquals(53 * EURO, shard.sum("data"));
    assertEquals(
        List.of(1_001L, 1_003L, 1_001L),
        shard.charges.stream()
            .filter(c -> c.name().equals("data"))
            .map(ChargeRow::subscription)
            .toList());
  }

  @Test
  void noticesOfAPool_areToldOnceForAllOfIt() {
    shard
        .join(1, ACME, "pool", "", "2026-03-01T00:00:00Z", "")
        .join(2, ACME, "pool", "", "2026-03-01T00:00:00Z", "");
    shard.use("2026-03-05T10:00:00Z", 1, "2026-03-05T10:00:00Z", 49);
    assertEquals(List.of(), shard.notices);
    shard.use("2026-03-05T11:00:00Z", 2, "2026-03-05T11:00:00Z", 1);
    assertEquals(1, shard.notices.size());
    shard.use("2026-03-05T12:00:00Z", 1, "2026-03-05T12:00:00Z", 50);
    assertEquals(2, shard.notices.size());
  }

  @Test
  void whatRecurs_isEachDevicesOwn_andCountsForThePoolsMinimumOnce() {
    shard
        .join(1, ACME, "pool", "", "2026-03-01T00:00:00Z", "")
        .join(2, ACME, "pool", "", "2026-03-10T00:00:00Z", "");
    shard.at("2026-03-31T00:00:00Z");
    shard.at("2026-04-01T00:00:00Z");
    assertEquals(2, shard.charges.stream().filter(c -> c.name().equals("fee")).count() - 2);
    assertEquals(26 * EURO, shard.sum("least")); // 30 less two fees of March, once
    shard.use("2026-04-01T01:00:00Z", 2, "2026-03-31T23:00:00Z", 110);
    shard.at("2026-04-03T00:00:00Z");
    assertEquals(10 * EURO, shard.sum("data"));
    assertEquals(16 * EURO, shard.sum("least")); // late use of either takes it off again
  }

  @Test
  void groupsOfAnAccount_shareNothingWithEachOther() {
    shard
        .join(1, ACME, "groups", "north", "2026-03-01T00:00:00Z", "")
        .join(2, ACME, "groups", "north", "2026-03-01T00:00:00Z", "")
        .join(3, ACME, "groups", "south", "2026-03-01T00:00:00Z", "")
        .join(4, OTHER, "groups", "north", "2026-03-01T00:00:00Z", "");
    for (long device = 1; device <= 4; device++) {
      shard.use("2026-03-05T10:00:00Z", device, "2026-03-05T10:00:00Z", 50);
    }
    shard.at("2026-03-20T00:00:00Z");
    assertEquals((50 + 5 + 50 + 50) * EURO, shard.sum("data"));
  }

  @Test
  void aDeviceThatLeaves_leavesItsUse_alsoWhatComesLate() {
    shard
        .join(1, ACME, "groups", "north", "2026-03-01T00:00:00Z", "")
        .join(2, ACME, "groups", "north", "2026-03-01T00:00:00Z", "");
    shard.use("2026-03-05T10:00:00Z", 1, "2026-03-05T10:00:00Z", 40);
    shard.move(1, "2026-03-06T00:00:00Z", 11, ACME, "groups", "south");
    shard.at("2026-03-05T11:00:00Z");
    shard.use("2026-03-06T10:00:00Z", 11, "2026-03-06T10:00:00Z", 40); // south: 40.00
    shard.use("2026-03-06T11:00:00Z", 1, "2026-03-05T23:00:00Z", 20); // north: 10.00 and 1.00
    shard.use("2026-03-06T12:00:00Z", 2, "2026-03-06T12:00:00Z", 10); // north: 1.00
    shard.move(11, "2026-03-08T00:00:00Z", 12, ACME, "alone", "");
    shard.at("2026-03-07T00:00:00Z");
    shard.use("2026-03-08T12:00:00Z", 12, "2026-03-08T12:00:00Z", 1); // 3.00
    shard.at("2026-03-20T00:00:00Z");
    assertEquals((40 + 40 + 11 + 1 + 3) * EURO, shard.sum("data"));
    assertEquals(
        List.of(1_001L, 1_011L, 12L),
        shard.charges.stream().map(ChargeRow::subscription).distinct().toList());
  }

  @Test
  void aPoolWithoutDevices_owesNothing_andDoesAgainOnceOneComes() {
    shard
        .join(1, ACME, "pool", "", "2026-03-01T00:00:00Z", "2026-04-10T00:00:00Z")
        .join(2, ACME, "pool", "", "2026-03-01T00:00:00Z", "");
    shard.move(2, "2026-03-20T00:00:00Z", 12, ACME, "alone", "");
    shard.at("2026-03-05T00:00:00Z");
    for (int month = 4; month <= 7; month++) {
      shard.at("2026-0" + month + "-02T00:00:00Z");
    }
    // March: two fees; April: one.
    assertEquals((26 + 28) * EURO, shard.sum("least"));
    shard.join(3, ACME, "pool", "", "2026-08-05T00:00:00Z", "");
    shard.at("2026-07-16T00:00:00Z");
    shard.at("2026-09-02T00:00:00Z");
    assertEquals((26 + 28 + 28) * EURO, shard.sum("least"));
  }

  private AccountAnswer answer(AccountRequest request) {
    shard.ask(new Command.Account(request)).at("2026-03-05T10:00:00Z");
    return shard.answers.getLast();
  }

  private static AccountRequest.Key key(long n) {
    return new AccountRequest.Key(n, n, n, n);
  }

  private AccountAnswer reserve(long n, long device, long quantity) {
    return answer(new AccountRequest.Reserve(key(n), device, 0, 0, quantity, false, 60_000, false));
  }

  @Test
  void grantsToMembers_holdWhatTheyCostTogether() {
    answer(
        new AccountRequest.Open(
            key(1),
            ACME,
            new WalletTerms(true, 0, Long.MIN_VALUE, new WalletTerms.Ledger(11, 12, 13, 14, 15))));
    answer(new AccountRequest.Pay(key(2), ACME, 60 * EURO, false));
    shard
        .join(1, ACME, "groups", "north", "2026-03-01T00:00:00Z", "")
        .join(2, ACME, "groups", "north", "2026-03-01T00:00:00Z", "");
    shard.at("2026-03-05T10:00:00Z");
    assertEquals(40 * EURO, reserve(3, 1, 40).amount());
    AccountAnswer second = reserve(4, 2, 40); // 10 at 1.00, 30 at 0.10
    assertEquals(AccountAnswer.Outcome.GRANTED, second.outcome());
    assertEquals(13 * EURO, second.amount());
    assertEquals(7 * EURO, second.available());
    assertEquals(AccountAnswer.Outcome.GRANTED, reserve(5, 1, 70).outcome());
    assertEquals(AccountAnswer.Outcome.INSUFFICIENT, reserve(6, 2, 1).outcome());
    // What one of them uses beside the grants makes them dearer or cheaper for all.
    shard.use("2026-03-05T10:00:00Z", 2, "2026-03-05T10:00:00Z", 50);
    assertEquals(AccountAnswer.Outcome.INSUFFICIENT, reserve(7, 2, 1).outcome());
    AccountAnswer released = answer(new AccountRequest.Release(key(8), second.seq(), second.n()));
    assertEquals(4 * EURO, released.amount());
    assertEquals(-EURO, released.available()); // 60 - 50 used, 110 granted beyond that at 0.10
  }

  @Test
  void aPool_isMadeByItsFirstMember_andNamedInEachRow() {
    shard
        .join(1, ACME, "pool", "", "2026-03-01T00:00:00Z", "")
        .join(2, ACME, "pool", "", "2026-03-01T00:00:00Z", "")
        .join(5, ACME, "alone", "", "2026-03-01T00:00:00Z", "");
    shard.at("2026-03-01T00:00:00Z");
    assertEquals(new Command.Share(1_001, ""), shard.subscriptions.get(0).share());
    assertEquals(new Command.Share(1_001, ""), shard.subscriptions.get(1).share());
    assertEquals(null, shard.subscriptions.get(2).share());
    assertThrows(
        AssertionError.class,
        () ->
            shard
                .ask(new Command.Subscribe(9, "d", ACME, 2, 0, 1, null))
                .at("2026-03-02T00:00:00Z"));
  }
}
