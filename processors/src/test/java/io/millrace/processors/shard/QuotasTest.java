package io.millrace.processors.shard;

import static io.millrace.processors.shard.SponsorShards.AWAY;
import static io.millrace.processors.shard.SponsorShards.HOME;
import static io.millrace.processors.shard.SponsorShards.HOUR;
import static io.millrace.processors.shard.SponsorShards.MAKER;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.processors.shard.AccountAnswer.Outcome;
import org.junit.jupiter.api.Test;

/** A maker pays for devices in both shards as far as its balance reaches. */
class QuotasTest {
  private static final String TEXT =
      ChargingShard.CATALOG + "    paid-by: {account: maker, up-to: 5, within: balance}\n";
  private static final long MILL = ChargingShard.MILL;

  private final SponsorShards two = new SponsorShards(TEXT);

  @Test
  void theFirstUse_isPaidByTheSliceThatItHasSentFor() {
    two.open(10_000 * MILL);
    two.subscribe(AWAY, 7);
    two.shards.get(AWAY).use(7, two.now, 100);
    two.commit(AWAY);
    assertEquals(300 * MILL, two.view(2_007), "until the slice is there");
    two.exchange();
    assertEquals(0, two.view(2_007));
    assertEquals(300 * MILL, two.view(MAKER));
    assertTrue(two.shards.get(AWAY).shard().slice(MAKER) > 0, "some is in hand");
    two.shards.get(AWAY).use(7, two.now, 10);
    two.commit(AWAY);
    assertEquals(0, two.view(2_007), "used without asking");
    two.now += HOUR;
    two.commit(AWAY);
    two.exchange();
    assertEquals(330 * MILL, two.posted(MAKER));
    two.now += 2 * HOUR;
    two.commit(AWAY);
    two.exchange();
    assertEquals(0, two.wallet().lent(), "what was not used came back");
    assertEquals(9_670 * MILL, two.wallet().available());
    two.assertReplay();
  }

  @Test
  void useThatIsTakenBackAtOnce_asksForNothing_andTheNextIsPaidFor() {
    two.open(10_000 * MILL);
    two.subscribe(AWAY, 7);
    for (int i = 0; i < 2; i++) {
      two.shards.get(AWAY).use(7, two.now, 100);
      two.commit(AWAY);
      two.exchange();
    }
    assertEquals(600 * MILL, two.shards.get(AWAY).shard().slice(MAKER), "used nothing of it yet");
    two.shards.get(AWAY).use(7, two.now, 110); // More than half of what is in hand.
    two.shards.get(AWAY).use(7, two.now, -110);
    two.commit(AWAY);
    assertTrue(two.isQuiet(), "nothing is lacking");
    two.shards.get(AWAY).use(7, two.now, 300);
    two.commit(AWAY);
    two.exchange();
    assertEquals(0, two.view(2_007), "the maker has it");
    assertEquals(1_500 * MILL, two.view(MAKER));
    two.assertSound();
    two.assertReplay();
  }

  @Test
  void whenTheMakerHasNoneLeft_theDevicesAccountPays() {
    two.open(500 * MILL);
    two.subscribe(AWAY, 7);
    two.subscribe(HOME, 8);
    two.shards.get(AWAY).use(7, two.now, 100);
    two.commit(AWAY);
    two.exchange();
    two.shards.get(HOME).use(8, two.now, 100);
    two.commit(HOME);
    two.shards.get(AWAY).use(7, two.now, 100);
    two.commit(AWAY);
    two.exchange();
    two.now += 2 * HOUR;
    two.commit(AWAY);
    two.commit(HOME);
    two.exchange();
    assertEquals(500 * MILL, two.posted(MAKER) + two.wallet().lent() + two.wallet().available());
    assertEquals(900 * MILL, two.posted(MAKER) + two.posted(2_007) + two.posted(2_008));
    assertTrue(two.posted(2_007) > 0 && two.posted(MAKER) > 400 * MILL, "nearly all is used");
    two.assertSound();
  }

  @Test
  void aSponsorWithoutABalance_paysNothing() {
    two.subscribe(AWAY, 7);
    two.subscribe(HOME, 8);
    two.shards.get(AWAY).use(7, two.now, 100);
    two.shards.get(HOME).use(8, two.now, 100);
    two.commit(HOME);
    two.commit(AWAY);
    two.exchange();
    assertEquals(0, two.view(MAKER));
    assertEquals(300 * MILL, two.view(2_007));
    assertEquals(300 * MILL, two.view(2_008));
    assertTrue(two.isQuiet(), "nobody is asked again at once");
  }

  @Test
  void aChargeSealedBeforeTheSliceIsThere_isPaidByItAllTheSame() {
    two.open(10_000 * MILL);
    two.subscribe(AWAY, 7);
    two.shards.get(AWAY).use(7, two.now, 100);
    two.commit(AWAY);
    two.now += HOUR;
    two.commit(AWAY);
    assertEquals(300 * MILL, two.posted(2_007), "sealed, and its own account has paid");
    two.exchange();
    assertEquals(0, two.posted(2_007), "given back");
    assertEquals(300 * MILL, two.posted(MAKER));
    two.assertSound();
    two.assertReplay();
  }

  @Test
  void anEventChargedAtOnce_isPaidByTheSliceAtHand_elseRefusedAndSentFor() {
    two.open(10_000 * MILL);
    two.subscribe(AWAY, 7);
    two.open(AWAY, 2_007);
    assertEquals(Outcome.BLOCKED, charge().outcome(), "nothing is at hand, nor its own");
    assertTrue(two.shards.get(AWAY).shard().slice(MAKER) == 0, "it is on its way");
    two.exchange();
    assertEquals(100 * MILL, two.shards.get(AWAY).shard().slice(MAKER), "what was lacking");
    AccountAnswer charged = charge();
    assertEquals(Outcome.CHARGED, charged.outcome());
    assertEquals(0, charged.amount(), "of its own money");
    assertEquals(100 * MILL, two.view(MAKER));
    assertEquals(Outcome.BLOCKED, charge().outcome(), "no more than the slice");
    two.exchange();
    two.assertSound();
    two.assertReplay();
  }

  private AccountAnswer charge() {
    ChargingShard shard = two.shards.get(AWAY);
    int row = shard.unlocking(7, two.now);
    AccountRequest.Use use = new AccountRequest.Use(two.key(), row, 0, 0, false);
    shard.ask(use);
    AccountAnswer answer = two.commit(AWAY).answers.get(use.key());
    if (answer == null) {
      throw new AssertionError("no answer");
    }
    return answer;
  }

  @Test
  void whatIsLent_isNotGrantedToTheMakerItself() {
    two.open(800 * MILL);
    two.subscribe(AWAY, 7);
    two.subscribe(HOME, 8, MAKER);
    two.shards.get(AWAY).use(7, two.now, 100);
    two.commit(AWAY);
    two.exchange();
    long lent = two.wallet().lent();
    assertTrue(lent > 300 * MILL);
    AccountRequest.Reserve most =
        new AccountRequest.Reserve(two.key(), 8, 0, 0, 10_000, true, HOUR, false);
    two.shards.get(HOME).ask(most);
    AccountAnswer granted = two.commit(HOME).answers.get(most.key());
    assertEquals(Outcome.GRANTED_IN_PART, granted.outcome());
    assertTrue(granted.amount() <= 800 * MILL - lent, "held " + granted.amount());
    two.assertSound();
  }

  @Test
  void useTakenBackAfterItWasSealed_comesBackWithItsCharge() {
    two.open(10_000 * MILL);
    two.subscribe(AWAY, 7);
    two.shards.get(AWAY).use(7, two.now, 100);
    two.commit(AWAY);
    two.exchange();
    two.now += HOUR;
    two.commit(AWAY);
    two.exchange();
    two.shards.get(AWAY).use(7, two.now, -100);
    two.commit(AWAY);
    two.assertSound();
    two.now += 2 * HOUR;
    two.exchange();
    two.assertSound();
    two.now += 2 * HOUR;
    two.exchange();
    assertEquals(0, two.posted(MAKER));
    assertEquals(10_000 * MILL, two.wallet().available());
  }
}
