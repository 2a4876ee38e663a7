package io.millrace.processors.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import io.millrace.processors.shard.AccountAnswer.Outcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who may use a feature, from when to when, whatever is undone, replayed or restored. */
class EntitlementsTest {
  private static final long START = OneShard.millis("2026-11-02T00:00:00Z");
  private static final long DAY = 86_400_000;
  private static final int ANNA = 1_000;

  private ChargingShard shard = new ChargingShard();
  private long serial;

  @BeforeEach
  void open() {
    shard = new ChargingShard();
    shard.ask(new AccountRequest.Open(key(), ANNA, ChargingShard.terms(true, 0, ANNA)));
    for (long car = 1; car <= 3; car++) {
      shard.add(new Command.Subscribe(car, "car", ANNA, 0, START, Long.MAX_VALUE));
    }
    shard.commit(START);
  }

  private AccountRequest.Key key() {
    return ChargingShard.key(++serial);
  }

  private void pay(long mills) {
    long amount = mills * ChargingShard.MILL;
    shard.answered(START, new AccountRequest.Pay(key(), ANNA, amount, false));
  }

  private AccountAnswer unlock(long car, long now) {
    int row = shard.unlocking(car, now);
    return shard.answered(now, new AccountRequest.Use(key(), row, 0, 0, true));
  }

  private long until(long car) {
    return shard.shard().unlockedUntil(ANNA, car, "navigation");
  }

  @Test
  void eventThatIsCharged_unlocksItsDeviceForTheTimeAndNoOther() {
    pay(150);
    AccountAnswer answer = unlock(1, START);
    assertEquals(Outcome.CHARGED, answer.outcome());
    assertEquals(START + DAY, answer.until());
    assertEquals(START + DAY, until(1));
    assertEquals(0, until(2));
    assertEquals(0, shard.shard().unlockedUntil(ANNA, 1, "heating"));
    assertEquals(Outcome.INSUFFICIENT, unlock(2, START).outcome());
    assertEquals(0, until(2), "what is not paid for stays locked");
    shard.checkpoint();
    shard.commit(START + DAY - 1);
    assertEquals(START + DAY, until(1));
    assertEquals(START + DAY, shard.shard().nextDue(), "it falls due though nobody asks");
    shard.commit(START + DAY);
    assertEquals(0, until(1));
    shard.checkpoint();
    shard.assertReplays();
  }

  @Test
  void commitThatComesTooLate_isBilledAndUnlocksNothing() {
    pay(150);
    AccountAnswer granted =
        shard.answered(START, new AccountRequest.Reserve(key(), 1, 0, 0, 1, false, 10_000, false));
    assertEquals(Outcome.GRANTED, granted.outcome());
    shard.answered(START, new AccountRequest.Release(key(), granted.seq(), granted.n()));
    int row = shard.unlocking(1, START);
    AccountAnswer late =
        shard.answered(START, new AccountRequest.Use(key(), row, granted.seq(), granted.n(), true));
    assertEquals(Outcome.LATE_COMMIT, late.outcome());
    assertTrue(late.amount() > 0, late.toString());
    assertEquals(0, until(1));
  }

  @Test
  void featureUnlockedAgain_lastsThatMuchLonger() {
    pay(1_000);
    unlock(1, START);
    assertEquals(START + 2 * DAY, unlock(1, START + 1_000).until());
    shard.commit(START + DAY);
    assertEquals(START + 2 * DAY, until(1));
    shard.commit(START + 2 * DAY);
    assertEquals(0, until(1));
    assertEquals(START + 4 * DAY, unlock(1, START + 3 * DAY).until(), "anew from then on");
    shard.assertReplays();
  }

  @Test
  void repeatedRequestAndUsageThatComesByItself_unlockNothingMore() {
    pay(1_000);
    AccountRequest.Use use = new AccountRequest.Use(key(), shard.unlocking(1, START), 0, 0, true);
    AccountAnswer first = shard.answered(START, use);
    shard.unlocking(1, START);
    assertEquals(first.again(), shard.answered(START + 5, use), "row 0 is there for it");
    assertEquals(START + DAY, until(1));
    shard.unlocking(2, START + 6);
    shard.commit(START + 6);
    assertEquals(0, until(2), "charged, but nobody was asked");
    assertEquals(
        200 * ChargingShard.MILL,
        1_000 * ChargingShard.MILL - shard.shard().wallet(ANNA).orElseThrow().available());
  }

  @Test
  void deviceThatGoesToAnotherOfferOfItsAccount_keepsWhatIsPaidFor() {
    pay(1_000);
    unlock(1, START);
    move(1, START + DAY / 2, 11, ANNA);
    assertEquals(START + DAY, until(1), "it is on the old offer until then");
    assertEquals(START + DAY, until(11));
    assertEquals(START + 2 * DAY, unlock(1, START + 10).until());
    assertEquals(START + 2 * DAY, until(11), "bought before the change, used after it");
    shard.checkpoint();
    assertEquals(START + 3 * DAY, unlock(11, START + DAY / 2).until());
    assertEquals(START + 2 * DAY, until(1), "nobody asks for the old one then");
    shard.commit(START + 3 * DAY);
    assertEquals(0, until(11));
    shard.assertReplays();
  }

  @Test
  void deviceThatGoesToAnotherAccount_leavesWhatThatOnePaidFor() {
    pay(1_000);
    unlock(1, START);
    move(1, START + DAY / 2, 11, ANNA + 1);
    assertEquals(START + DAY, until(1));
    assertEquals(0, shard.shard().unlockedUntil(ANNA + 1, 11, "navigation"));
  }

  /** What is held, as a checkpoint has it: how many there are, and those that have changed. */
  private static ByteReader saved(int left, Object... changed) {
    ByteWriter out = new ByteWriter();
    out.varint(left);
    out.varint(changed.length / 3);
    for (int i = 0; i < changed.length; i += 3) {
      out.varint(ANNA);
      out.varint((int) changed[i]);
      out.string((String) changed[i + 1]);
      out.zigzag((int) changed[i + 2]);
    }
    return new ByteReader(out.toByteArray());
  }

  private static List<Long> held(Entitlements of) {
    return List.of(of.until(ANNA, 1, "a"), of.until(ANNA, 1, "b"), of.until(ANNA, 2, "a"));
  }

  @Test
  void checkpointsLaidOverEachOther_haveWhatCameAndNothingOfWhatHasEnded() {
    Entitlements all = new Entitlements(new ArrayList<>());
    all.overlay(saved(3, 1, "a", 100, 1, "b", 200, 2, "a", 200));
    assertEquals(List.of(100L, 200L, 200L), held(all), "readable without any commit");
    assertEquals(100, all.nextDue());
    all.overlay(saved(3));
    assertEquals(List.of(100L, 200L, 200L), held(all), "nothing has changed");
    all.overlay(saved(2, 1, "b", 400));
    assertEquals(List.of(0L, 400L, 200L), held(all), "one has ended, one lasts longer");
    assertEquals(200, all.nextDue());
    all.overlay(saved(2, 1, "a", 300));
    assertEquals(List.of(300L, 400L, 0L), held(all), "one came back as another ended");
    ByteWriter whole = new ByteWriter();
    all.encode(whole, 0);
    Entitlements again = new Entitlements(new ArrayList<>());
    again.overlay(new ByteReader(whole.toByteArray()));
    assertEquals(List.of(300L, 400L, 0L), held(again));
    all.overlay(saved(0));
    assertEquals(List.of(0L, 0L, 0L), held(all));
    assertEquals(Long.MAX_VALUE, all.nextDue());
  }

  @Test
  void ofTwoThatEndAtOnce_theOneThatWouldGoFirstIsGone() {
    Entitlements all = new Entitlements(new ArrayList<>());
    all.overlay(saved(3, 2, "a", 100, 1, "b", 100, 1, "a", 100));
    all.overlay(saved(2)); // As where no more than one falls due in a commit.
    assertEquals(List.of(0L, 100L, 100L), held(all));
    all.overlay(saved(1));
    assertEquals(List.of(0L, 0L, 100L), held(all));
  }

  private void move(long car, long at, long successor, int account) {
    shard.add(new Command.Move(car, at, successor, 0, "car", account, 0, Long.MAX_VALUE));
    Effects left = shard.commit(START + 1);
    shard.add(new Command.Received(0, shard.shard().seq(), 0, left.messages.getFirst().message()));
    shard.commit(START + 2);
  }

  @Property(tries = 60)
  void anyUnlocksUnderAClockThatJumps_areThereUntilTheirEnd(@ForAll long seed) {
    open();
    pay(100_000);
    Random random = new Random(seed);
    Map<Long, Long> expected = new HashMap<>();
    long now = START;
    for (int i = 0; i < 60; i++) {
      now += random.nextInt(4) == 0 ? random.nextLong(3 * DAY) : random.nextLong(1_000_000);
      long car = 1 + random.nextInt(3);
      if (random.nextBoolean()) {
        long from = Math.max(now, expected.getOrDefault(car, 0L));
        expected.put(car, from + DAY);
        assertEquals(from + DAY, unlock(car, now).until());
      } else {
        shard.commit(now);
      }
      for (long each = 1; each <= 3; each++) {
        long end = expected.getOrDefault(each, 0L);
        assertEquals(end > now ? end : 0, until(each), "car " + each);
      }
      if (random.nextInt(5) == 0) {
        shard.checkpoint();
      }
    }
    shard.assertReplays();
  }
}
