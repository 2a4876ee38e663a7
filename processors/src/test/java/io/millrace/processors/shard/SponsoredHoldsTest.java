package io.millrace.processors.shard;

import static io.millrace.processors.shard.SponsorShards.AWAY;
import static io.millrace.processors.shard.SponsorShards.HOUR;
import static io.millrace.processors.shard.SponsorShards.MAKER;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.processors.shard.AccountAnswer.Outcome;
import org.junit.jupiter.api.Test;

/** A driver without money is granted what the maker pays for, up to 5 a car and day. */
class SponsoredHoldsTest {
  private static final String OFFER =
      ChargingShard.CATALOG.replace(
              "meters:\n",
              "meters:\n  audio: {event: charge.audio, value: data.s, unit: s, scale: 0,"
                  + " aggregate: sum}\n")
          + "      audio: {meter: audio, unit: s, per-unit: 0.002}\n";
  private static final String TEXT = OFFER + "    paid-by: {account: maker, up-to: 5}\n";
  private static final long MILL = ChargingShard.MILL;
  private static final int DRIVER = 2_007;
  private static final int BONUS = 9_100;
  private static final int EXPIRED = 9_101;

  private final SponsorShards two = new SponsorShards(TEXT);
  private final ChargingShard shard = two.shards.get(AWAY);
  private final int energy = type("charge.energy");
  private final int audio = type("charge.audio");

  SponsoredHoldsTest() {
    two.subscribe(AWAY, 7);
    two.open(AWAY, DRIVER);
  }

  private int type(String name) {
    for (int i = 0; i < shard.rules.types().size(); i++) {
      if (shard.rules.types().get(i).name().equals(name)) {
        return i;
      }
    }
    throw new AssertionError(name);
  }

  private AccountAnswer asked(AccountRequest request) {
    shard.ask(request);
    AccountAnswer answer = two.commit(AWAY).answers.get(request.key());
    if (answer == null) {
      throw new AssertionError("no answer");
    }
    return answer;
  }

  private AccountAnswer reserve(int type, long quantity, boolean partial) {
    return asked(new AccountRequest.Reserve(two.key(), 7, type, 0, quantity, partial, HOUR, false));
  }

  private AccountAnswer commit(AccountAnswer granted, int type, long quantity, boolean last) {
    int row = shard.row(7, two.now, type, quantity);
    return asked(new AccountRequest.Use(two.key(), row, granted.seq(), granted.n(), last));
  }

  private AccountAnswer charge(int type, long quantity) {
    return commit(AccountAnswer.refused(Outcome.PRICED, 0), type, quantity, true);
  }

  private WalletView driver() {
    return shard.shard().wallet(DRIVER).orElseThrow();
  }

  private void pay(long mills) {
    asked(new AccountRequest.Pay(two.key(), DRIVER, mills * MILL, false));
  }

  @Test
  void whatTheMakerPays_isGrantedToADriverWithoutMoney() {
    AccountAnswer granted = reserve(energy, 1_000, false);
    assertEquals(Outcome.GRANTED, granted.outcome());
    assertEquals(0, granted.amount(), "of the driver's money");
    assertEquals(0, commit(granted, energy, 1_000, true).amount());
    assertEquals(3_000 * MILL, two.view(MAKER));
    assertEquals(0, driver().overrun());
    two.assertReplay();
  }

  @Test
  void grantsOfAllTypes_shareTheBound() {
    AccountAnswer a = reserve(energy, 1_000, false); // 3 of 5
    assertEquals(Outcome.BLOCKED, reserve(audio, 1_001, false).outcome());
    AccountAnswer b = reserve(audio, 5_000, true);
    assertEquals(Outcome.GRANTED_IN_PART, b.outcome());
    assertEquals(1_000, b.quantity(), "the 2 that are left");
    assertEquals(Outcome.BLOCKED, charge(audio, 1).outcome(), "it would take what is granted");
    assertEquals(0, commit(b, audio, 1_000, true).amount());
    assertEquals(0, commit(a, energy, 1_000, true).amount());
    assertEquals(5_000 * MILL, two.view(MAKER));
    two.assertReplay();
  }

  @Test
  void whatIsReleasedOrOver_isThereForOthers() {
    AccountAnswer a = reserve(energy, 1_000, false);
    AccountAnswer b = reserve(audio, 1_000, false);
    assertEquals(Outcome.BLOCKED, reserve(audio, 1, false).outcome());
    asked(new AccountRequest.Release(two.key(), a.seq(), a.n()));
    AccountAnswer c = reserve(audio, 1_500, false);
    assertEquals(Outcome.GRANTED, c.outcome());
    two.now += 2 * HOUR;
    assertEquals(Outcome.LATE_COMMIT, commit(b, audio, 1_000, true).outcome(), "b is over");
    assertEquals(Outcome.GRANTED, reserve(energy, 1_000, false).outcome());
  }

  /** What happened is charged: what the bound does not pay then, the driver's account holds. */
  @Test
  void usageBesideAGrant_takesTheBound_andTheGrantIsTheDrivers() {
    pay(1_000);
    AccountAnswer a = reserve(energy, 1_000, false);
    shard.row(7, two.now, audio, 1_500);
    two.commit(AWAY);
    assertEquals(1_000 * MILL, driver().reserved());
    assertEquals(0, driver().available());
    assertEquals(1_000 * MILL, commit(a, energy, 1_000, true).amount());
    assertEquals(0, driver().overrun());
    assertEquals(0, driver().reserved());
  }

  /** Which of the two is used first is not known: money for one type alone can't back the other. */
  @Test
  void moneyForOneTypeAlone_backsNothingOfAnother() {
    long end = two.now + 100 * HOUR;
    AccountRequest.Into gift = new AccountRequest.Into("gift", energy, end, BONUS, EXPIRED);
    asked(new AccountRequest.Pay(two.key(), DRIVER, 3_000 * MILL, false, gift));
    AccountAnswer a = reserve(energy, 1_000, false);
    assertEquals(Outcome.INSUFFICIENT, reserve(audio, 2_000, false).outcome(), "4, where 2 are");
    pay(2_000);
    AccountAnswer b = reserve(audio, 2_000, false);
    assertEquals(Outcome.GRANTED, b.outcome());
    assertEquals(0, commit(a, energy, 1_000, true).amount());
    assertEquals(2_000 * MILL, commit(b, audio, 2_000, true).amount());
    assertEquals(0, driver().overrun());
  }

  @Test
  void commitOfMoreThanWasGranted_isCharged() {
    AccountAnswer a = reserve(energy, 1_000, false);
    assertEquals(3_000 * MILL, commit(a, energy, 2_000, true).amount(), "of 8");
    assertEquals(5_000 * MILL, two.view(MAKER));
    assertEquals(3_000 * MILL, driver().overrun());
  }
}
