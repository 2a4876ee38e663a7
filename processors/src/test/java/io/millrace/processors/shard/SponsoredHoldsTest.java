package io.millrace.processors.shard;

import static io.millrace.processors.shard.SponsorShards.HOUR;
import static io.millrace.processors.shard.SponsorShards.MAKER;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.processors.shard.AccountAnswer.Outcome;
import org.junit.jupiter.api.Test;

/** A driver without money is granted what the maker pays for, up to 5 a car and day. */
class SponsoredHoldsTest {
  private static final String TEXT = Driver.OFFER + "    paid-by: {account: maker, up-to: 5}\n";
  private static final long MILL = ChargingShard.MILL;
  private static final int BONUS = 9_100;
  private static final int EXPIRED = 9_101;

  private final Driver driver = new Driver(TEXT);
  private final SponsorShards two = driver.two;
  private final int energy = driver.energy;
  private final int audio = driver.audio;

  @Test
  void whatTheMakerPays_isGrantedToADriverWithoutMoney() {
    AccountAnswer granted = driver.reserve(energy, 1_000);
    assertEquals(Outcome.GRANTED, granted.outcome());
    assertEquals(0, granted.amount(), "of the driver's money");
    assertEquals(0, driver.commit(granted, energy, 1_000, true).amount());
    assertEquals(3_000 * MILL, two.view(MAKER));
    assertEquals(0, driver.wallet().overrun());
    two.assertReplay();
  }

  @Test
  void grantsOfAllTypes_shareTheBound() {
    AccountAnswer a = driver.reserve(energy, 1_000); // 3 of 5
    assertEquals(Outcome.BLOCKED, driver.reserve(audio, 1_001).outcome());
    AccountAnswer b = driver.reserve(audio, 5_000, true);
    assertEquals(Outcome.GRANTED_IN_PART, b.outcome());
    assertEquals(1_000, b.quantity(), "the 2 that are left");
    assertEquals(
        Outcome.BLOCKED, driver.charge(audio, 1).outcome(), "it would take what is granted");
    assertEquals(0, driver.commit(b, audio, 1_000, true).amount());
    assertEquals(0, driver.commit(a, energy, 1_000, true).amount());
    assertEquals(5_000 * MILL, two.view(MAKER));
    two.assertReplay();
  }

  @Test
  void whatIsReleasedOrOver_isThereForOthers() {
    AccountAnswer a = driver.reserve(energy, 1_000);
    AccountAnswer b = driver.reserve(audio, 1_000);
    assertEquals(Outcome.BLOCKED, driver.reserve(audio, 1).outcome());
    driver.release(a);
    AccountAnswer c = driver.reserve(audio, 1_500);
    assertEquals(Outcome.GRANTED, c.outcome());
    two.now += 2 * HOUR;
    assertEquals(Outcome.LATE_COMMIT, driver.commit(b, audio, 1_000, true).outcome(), "b is over");
    assertEquals(Outcome.GRANTED, driver.reserve(energy, 1_000).outcome());
  }

  /** What happened is charged: what the bound does not pay then, the driver's account holds. */
  @Test
  void usageBesideAGrant_takesTheBound_andTheGrantIsTheDrivers() {
    driver.pay(1_000 * MILL);
    AccountAnswer a = driver.reserve(energy, 1_000);
    driver.use(audio, 1_500);
    assertEquals(1_000 * MILL, driver.wallet().reserved());
    assertEquals(0, driver.wallet().available());
    assertEquals(1_000 * MILL, driver.commit(a, energy, 1_000, true).amount());
    assertEquals(0, driver.wallet().overrun());
    assertEquals(0, driver.wallet().reserved());
  }

  /** Which of the two is used first is not known: money for one type alone can't back the other. */
  @Test
  void moneyForOneTypeAlone_backsNothingOfAnother() {
    long end = two.now + 100 * HOUR;
    AccountRequest.Into gift = new AccountRequest.Into("gift", energy, end, BONUS, EXPIRED);
    driver.asked(new AccountRequest.Pay(two.key(), Driver.ACCOUNT, 3_000 * MILL, false, gift));
    AccountAnswer a = driver.reserve(energy, 1_000);
    assertEquals(Outcome.INSUFFICIENT, driver.reserve(audio, 2_000).outcome(), "4, where 2 are");
    driver.pay(2_000 * MILL);
    AccountAnswer b = driver.reserve(audio, 2_000);
    assertEquals(Outcome.GRANTED, b.outcome());
    assertEquals(0, driver.commit(a, energy, 1_000, true).amount());
    assertEquals(2_000 * MILL, driver.commit(b, audio, 2_000, true).amount());
    assertEquals(0, driver.wallet().overrun());
  }

  private void gift(int type, long amount) {
    AccountRequest.Into into =
        new AccountRequest.Into("gift" + type, type, two.now + 100 * HOUR, BONUS, EXPIRED);
    driver.asked(new AccountRequest.Pay(two.key(), Driver.ACCOUNT, amount, false, into));
  }

  /**
   * Known, and written in ops/CHARGING.md: 3 and 4 beside a bound of 5 leave 2, and hold 2 each.
   */
  @Test
  void whatMayBeLeftToEitherType_isHeldForBoth_thoughItIsLeftOnce() {
    driver.pay(3_999 * MILL);
    AccountAnswer a = driver.reserve(energy, 1_000);
    assertEquals(Outcome.INSUFFICIENT, driver.reserve(audio, 2_000).outcome(), "2 would do");
    driver.pay(MILL);
    AccountAnswer b = driver.reserve(audio, 2_000);
    assertEquals(Outcome.GRANTED, b.outcome());
    assertEquals(4_000 * MILL, driver.wallet().reserved());
    assertEquals(0, driver.commit(a, energy, 1_000, true).amount());
    assertEquals(2_000 * MILL, driver.wallet().reserved(), "what was held twice is free");
    assertEquals(2_000 * MILL, driver.commit(b, audio, 2_000, true).amount());
    assertEquals(2_000 * MILL, driver.wallet().available());
  }

  /**
   * The same where each type has money of its own: 1 of the 2 comes out of that, the other 1 twice.
   */
  @Test
  void moneyForEachTypeAlone_isHeldFirst_andTheRestForBoth() {
    gift(energy, 1_000 * MILL);
    gift(audio, 1_000 * MILL);
    driver.pay(1_999 * MILL);
    driver.reserve(energy, 1_000);
    assertEquals(Outcome.INSUFFICIENT, driver.reserve(audio, 2_000).outcome(), "1 would do");
    assertEquals(1_999, driver.reserve(audio, 2_000, true).quantity(), "of 2 a thousandth euro");
    driver.pay(MILL);
    assertEquals(Outcome.GRANTED, driver.reserve(audio, 1).outcome());
    assertEquals(0, driver.wallet().available());
  }

  @Test
  void commitOfMoreThanWasGranted_isCharged() {
    AccountAnswer a = driver.reserve(energy, 1_000);
    assertEquals(3_000 * MILL, driver.commit(a, energy, 2_000, true).amount(), "of 8");
    assertEquals(5_000 * MILL, two.view(MAKER));
    assertEquals(3_000 * MILL, driver.wallet().overrun());
  }
}
