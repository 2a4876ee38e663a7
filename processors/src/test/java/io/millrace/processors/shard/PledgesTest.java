package io.millrace.processors.shard;

import static io.millrace.processors.shard.SponsorShards.AWAY;
import static io.millrace.processors.shard.SponsorShards.HOME;
import static io.millrace.processors.shard.SponsorShards.HOUR;
import static io.millrace.processors.shard.SponsorShards.MAKER;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.processors.shard.AccountAnswer.Outcome;
import org.junit.jupiter.api.Test;

/** A driver without money is granted what the maker has for it, as far as that is here. */
class PledgesTest {
  private static final String TEXT =
      Driver.OFFER + "    paid-by: {account: maker, up-to: 5, within: balance}\n";
  private static final long MILL = ChargingShard.MILL;

  private Driver driver = new Driver(TEXT);

  private void here(int number) {
    driver = new Driver(TEXT, number);
  }

  private long slice() {
    return driver.shard.shard().slice(MAKER);
  }

  /** Has the maker's shard lend what was asked for. */
  private AccountAnswer granted(int type, long quantity) {
    AccountAnswer first = driver.reserve(type, quantity);
    assertTrue(first.outcome().isRefusal(), "nothing is here yet, and nobody waits");
    driver.two.exchange();
    AccountAnswer again = driver.reserve(type, quantity);
    assertEquals(Outcome.GRANTED, again.outcome());
    assertEquals(0, again.amount(), "of the driver's money");
    return again;
  }

  @Test
  void whatIsSentFor_isGrantedAsItIsHere_andKeptUntilItIsUsed() {
    driver.two.open(10_000 * MILL);
    AccountAnswer a = granted(driver.energy, 1_000);
    assertEquals(3_000 * MILL, slice());
    assertEquals(Outcome.BLOCKED, driver.charge(driver.audio, 1).outcome(), "it is kept");
    driver.two.exchange();
    driver.two.assertSound();
    AccountAnswer used = driver.commit(a, driver.energy, 1_000, true);
    assertEquals(0, used.amount());
    assertEquals(0, driver.wallet().overrun());
    assertEquals(3_000 * MILL, driver.two.view(MAKER));
    driver.two.assertSound();
    driver.two.assertReplay();
  }

  @Test
  void aMakerInTheSameShard_isNotGrantedWhatItsDriversCountOn() {
    here(HOME);
    driver.two.open(4_000 * MILL);
    AccountAnswer a = driver.reserve(driver.energy, 1_000);
    assertEquals(Outcome.GRANTED, a.outcome());
    assertEquals(3_000 * MILL, driver.two.wallet().reserved());
    assertEquals(1_000 * MILL, driver.two.wallet().available());
    AccountAnswer b = driver.reserve(driver.audio, 1_000, true);
    assertEquals(500, b.quantity(), "1 is left");
    assertEquals(0, driver.commit(a, driver.energy, 400, false).amount());
    assertEquals(2_800 * MILL, driver.two.wallet().reserved());
    driver.release(a);
    driver.release(b);
    assertEquals(0, driver.two.wallet().reserved());
    assertEquals(2_800 * MILL, driver.two.wallet().available());
    driver.two.assertReplay();
  }

  /** What happened is charged, and waits for no slice; what is kept stays kept. */
  @Test
  void usageBesideAGrant_drawsOnNothingThatIsKept() {
    driver.two.open(3_000 * MILL);
    AccountAnswer a = granted(driver.energy, 1_000);
    driver.use(driver.audio, 100);
    driver.two.exchange();
    assertEquals(200 * MILL, driver.two.view(Driver.ACCOUNT), "the maker has no more");
    assertEquals(0, driver.commit(a, driver.energy, 1_000, true).amount());
    assertEquals(3_000 * MILL, driver.two.view(MAKER));
    driver.two.assertSound();
  }

  @Test
  void whatIsKept_doesNotGoBack_andIsFreeAsTheGrantIsOver() {
    driver.two.open(10_000 * MILL);
    granted(driver.energy, 1_000);
    driver.two.now += HOUR - 1;
    driver.reserve(driver.energy, 100);
    driver.two.exchange();
    driver.reserve(driver.energy, 100);
    driver.two.now += 1;
    driver.two.commit(AWAY);
    driver.two.exchange();
    driver.two.now += HOUR / 2;
    driver.two.commit(AWAY);
    driver.two.exchange();
    assertTrue(slice() >= 300 * MILL, "of the one that is open");
    driver.two.now += HOUR;
    driver.two.commit(AWAY);
    driver.two.exchange();
    driver.two.now += HOUR;
    driver.two.commit(AWAY);
    driver.two.exchange();
    assertEquals(0, driver.two.wallet().lent());
    driver.two.assertSound();
    driver.two.assertReplay();
  }

  @Test
  void commitThatComesTooLate_isChargedAsAnyUsage() {
    driver.two.open(3_000 * MILL);
    AccountAnswer a = granted(driver.energy, 1_000);
    driver.two.now += 2 * HOUR;
    driver.two.commit(AWAY);
    driver.two.exchange();
    assertEquals(0, slice(), "what was kept is free, and went back");
    assertEquals(Outcome.LATE_COMMIT, driver.commit(a, driver.energy, 1_000, true).outcome());
    assertEquals(3_000 * MILL, driver.two.view(Driver.ACCOUNT));
    driver.two.exchange();
    assertEquals(3_000 * MILL, driver.two.view(MAKER), "the next slice pays");
    driver.two.assertSound();
  }

  /** Two charges with a bound each: what the grants of one count on is not there for the other. */
  @Test
  void twoClausesOfOneMaker_countOnItsMoneyOnce() {
    String by = "paid-by: {account: maker, up-to: 5, within: balance}";
    driver =
        new Driver(
            Driver.OFFER
                .replace("        unit: Wh\n", "        unit: Wh\n        " + by + "\n")
                .replace("per-unit: 0.002}", "per-unit: 0.002, " + by + "}"),
            HOME);
    driver.two.open(HOME, MAKER);
    driver.pay(3_000 * MILL);
    assertEquals(3_000 * MILL, driver.reserve(driver.energy, 1_000).amount(), "of the driver's");
    driver.two.pay(4_000 * MILL);
    assertEquals(Outcome.GRANTED, driver.reserve(driver.audio, 1_000).outcome());
    assertEquals(4_000 * MILL, driver.two.wallet().reserved());
    assertEquals(0, driver.two.wallet().available());
    assertEquals(1_000 * MILL, driver.wallet().reserved(), "what is left of 5");
    driver.two.assertReplay();
  }

  /** Its money comes with another's part: what is dry asks for nothing. */
  @Test
  void dryRun_tellsWhatIsHere_andSendsForNothing() {
    driver.two.open(10_000 * MILL);
    assertEquals(3_000 * MILL, driver.dry(driver.energy, 1_000).amount());
    assertTrue(driver.two.isQuiet());
    granted(driver.energy, 1_000);
    assertEquals(0, driver.two.view(Driver.ACCOUNT));
  }
}
