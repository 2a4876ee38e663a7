package io.millrace.processors.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.processors.shard.AccountAnswer.Outcome;
import io.millrace.processors.shard.Notice.Kind;
import io.millrace.processors.shard.Notice.Money;
import io.millrace.processors.shard.Notice.Text;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is told of an account, when, and how often. A Wh costs 3 mills. */
class NoticesTest {
  private static final long START = OneShard.millis("2026-11-02T00:00:00Z");
  private static final int ANNA = 1_000;

  private final ChargingShard shard = new ChargingShard();
  private long serial;

  /** Nothing below 0, low at 30 mills. */
  @BeforeEach
  void open() {
    long low = 30 * ChargingShard.MILL;
    shard.ask(new AccountRequest.Open(key(), ANNA, ChargingShard.terms(true, 0, low, ANNA)));
    shard.add(new Command.Subscribe(1, "car", ANNA, 0, START, Long.MAX_VALUE));
    assertEquals(List.of(), shard.commit(START).notices);
  }

  private AccountRequest.Key key() {
    return ChargingShard.key(++serial);
  }

  private List<Notice> pay(long mills, boolean adjustment) {
    shard.ask(new AccountRequest.Pay(key(), ANNA, mills * ChargingShard.MILL, adjustment));
    return shard.commit(START).notices;
  }

  private List<Notice> use(long quantity) {
    shard.use(1, START, quantity);
    return shard.commit(START).notices;
  }

  private static Notice notice(Kind kind, Notice.Fact... facts) {
    return Notice.of(kind, ANNA, facts);
  }

  private static Money mills(String name, long mills) {
    return new Money(name, mills * ChargingShard.MILL);
  }

  @Test
  void balanceThatIsUsedUp_isToldOfAsItPassesItsThresholdAndItsFloor() {
    assertEquals(
        List.of(
            notice(Kind.TOPPED_UP, mills("amount", 100), mills("left", 100)),
            notice(Kind.UNBLOCKED, mills("left", 100))),
        pay(100, false));
    assertEquals(List.of(), use(20));
    assertEquals(
        List.of(notice(Kind.LOW_BALANCE, mills("left", 28), mills("threshold", 30))), use(4));
    assertEquals(List.of(), use(4), "said before");
    assertEquals(List.of(notice(Kind.BLOCKED, mills("left", -2))), use(6));
    assertEquals(List.of(), use(1), "said before");
    assertEquals(List.of(notice(Kind.UNBLOCKED, mills("left", 15))), pay(20, true));
    assertEquals(List.of(), pay(10, true), "still low");
    assertEquals(List.of(), pay(20, true), "no longer low");
    assertEquals(
        List.of(
            notice(Kind.LOW_BALANCE, mills("left", 0), mills("threshold", 30)),
            notice(Kind.BLOCKED, mills("left", 0))),
        use(15));
    shard.assertReplays();
  }

  @Test
  void reservation_isToldOfWhereItExpiresAndMakesNobodyLow() {
    pay(100, false);
    AccountRequest.Reserve r = new AccountRequest.Reserve(key(), 1, 0, 0, 33, false, 60_000, false);
    shard.ask(r);
    Effects effects = shard.commit(START);
    assertEquals(Outcome.GRANTED, effects.answers.get(r.key()).outcome());
    assertEquals(List.of(), effects.notices);
    assertEquals(List.of(), shard.commit(START + 59_999).notices);
    shard.checkpoint();
    assertEquals(
        List.of(
            notice(
                Kind.RESERVATION_EXPIRED,
                new Text("reservation", "r-1-0-3-0"),
                mills("released", 99))),
        shard.commit(START + 60_000).notices);
    assertEquals(List.of(), shard.commit(START + 120_000).notices);
    shard.assertReplays();
  }

  @Test
  void repeatedTopUpAndChangedTerms_areToldOfOnceAndAtOnce() {
    AccountRequest.Pay paid = new AccountRequest.Pay(key(), ANNA, 100 * ChargingShard.MILL, false);
    shard.ask(paid);
    assertEquals(2, shard.commit(START).notices.size());
    shard.ask(paid);
    assertEquals(List.of(), shard.commit(START).notices);
    long low = 100 * ChargingShard.MILL;
    shard.ask(new AccountRequest.Open(key(), ANNA, ChargingShard.terms(true, 0, low, ANNA)));
    assertEquals(
        List.of(notice(Kind.LOW_BALANCE, mills("left", 100), mills("threshold", 100))),
        shard.commit(START).notices);
    shard.assertReplays();
  }
}
