package io.millrace.processors.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.processors.shard.AccountAnswer.Outcome;
import io.millrace.processors.shard.AccountRequest.Into;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A credit for use that was taken back can be used at once, but not be taken off before it is
 * sealed: what is used after that would take the balance below its floor.
 */
class WithdrawalsTest {
  private static final long START = OneShard.millis("2026-11-02T00:00:00Z");
  private static final long HOUR = 3_600_000L;
  private static final int ACCOUNT = 1_000;
  private static final int OTHER = 1_001;
  private static final int BONUS = 7_001;
  private static final int EXPIRED = 7_002;
  private static final long FLOOR = mills(-500);

  private final ChargingShard shard = new ChargingShard();
  private long now = START;
  private long serial;

  private static long mills(long amount) {
    return amount * ChargingShard.MILL;
  }

  @BeforeEach
  void usesMoreThanThereIs_andSomeIsTakenBack() {
    for (int account : new int[] {ACCOUNT, OTHER}) {
      shard.ask(
          new AccountRequest.Open(
              ChargingShard.key(++serial), account, ChargingShard.terms(false, FLOOR, account)));
    }
    shard.add(new Command.Subscribe(1, "car", ACCOUNT, 0, START, Long.MAX_VALUE));
    shard.commit(now);
    use(184);
    now += 10 * HOUR;
    shard.commit(now);
    assertBooks(-500, 52);
    use(-53);
    assertBooks(-500, 52); // The credit of 159 is not sealed yet.
    assertEquals(mills(107), view().available());
  }

  @AfterEach
  void replays() {
    shard.assertReplays();
  }

  @Test
  void whatIsNotSealedYet_isTakenOffByNobody() {
    assertEquals(Outcome.INSUFFICIENT, paid(-1, null));
    assertEquals(Outcome.INSUFFICIENT, sent(1));
    use(89);
    assertEquals(mills(160), view().overrun());
    seal();
    assertBooks(-500, 160);
  }

  @Test
  void onceSealed_itCanBeTakenOffToTheFloor() {
    seal();
    assertBooks(-393, 0);
    assertEquals(Outcome.INSUFFICIENT, paid(-108, null));
    assertEquals(Outcome.PAID, paid(-60, null));
    assertEquals(Outcome.TRANSFERRED, sent(47));
    assertBooks(-500, 0);
    use(89);
    seal();
    assertBooks(-500, 267);
  }

  @Test
  void whatABucketPaysBetween_makesNoRoomThatIsNotThere() {
    assertEquals(Outcome.PAID, paid(157, new Into("navigation", 1, Into.UNSAID, BONUS, EXPIRED)));
    int row = shard.unlocking(1, now);
    AccountAnswer used =
        shard.answered(now, new AccountRequest.Use(ChargingShard.key(++serial), row, 0, 0, true));
    assertEquals(Outcome.CHARGED, used.outcome());
    long room = view().balance() - FLOOR;
    assertEquals(Outcome.INSUFFICIENT, paid(-room / ChargingShard.MILL - 1, null));
    assertEquals(Outcome.PAID, paid(-room / ChargingShard.MILL, null));
    use(89);
    assertEquals(mills(160) + room, view().overrun());
    seal();
    assertBooks(-500, 160 + room / ChargingShard.MILL);
    assertEquals(mills(-57), shard.ledger.get(BONUS));
  }

  private void use(long quantity) {
    now += 1_000;
    shard.use(1, START, quantity);
    shard.commit(now);
  }

  private Outcome paid(long amount, @Nullable Into into) {
    now += 1_000;
    return shard
        .answered(
            now,
            new AccountRequest.Pay(
                ChargingShard.key(++serial), ACCOUNT, mills(amount), amount < 0, into))
        .outcome();
  }

  private Outcome sent(long amount) {
    return shard
        .answered(
            now,
            new AccountRequest.Transfer(
                ChargingShard.key(++serial), ACCOUNT, OTHER, 0, mills(amount), 9_006))
        .outcome();
  }

  private void seal() {
    now += 48 * HOUR;
    shard.commit(now);
    assertEquals(0, view().accrued());
  }

  private WalletView view() {
    return shard.shard().wallet(ACCOUNT).orElseThrow();
  }

  /** What is posted, in thousandths of a euro. */
  private void assertBooks(long balance, long overrun) {
    assertEquals(mills(balance), view().balance());
    assertEquals(mills(balance), -shard.ledger.getOrDefault(10 * ACCOUNT + 1, 0L), "balance");
    assertEquals(mills(overrun), shard.ledger.getOrDefault(10 * ACCOUNT + 2, 0L), "overrun");
  }
}
