package io.millrace.processors.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.processors.shard.AccountAnswer.Outcome;
import io.millrace.processors.shard.AccountRequest.Step;
import io.millrace.processors.shard.AccountRequest.Step.Part;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Charging sessions of devices that go from one subscription to the next in their midst. */
class SessionMovesTest {
  private static final long START = OneShard.millis("2026-11-02T00:00:00Z");
  private static final long HOUR = 3_600_000;
  private static final int NO_ROW = AccountRequest.Use.NO_ROW;
  private static final AccountAnswer NONE = AccountAnswer.refused(Outcome.FULL, 0);

  private final ChargingShard shard = new ChargingShard();
  private long serial = 100;

  private void open() {
    shard.ask(
        new AccountRequest.Open(ChargingShard.key(1), 1_000, ChargingShard.terms(true, 0, 1_000)));
    shard.add(new Command.Subscribe(1, "car-1", 1_000, 0, START, Long.MAX_VALUE));
    shard.ask(
        new AccountRequest.Pay(ChargingShard.key(2), 1_000, 6_000 * ChargingShard.MILL, false));
    shard.commit(START);
  }

  private AccountAnswer step(
      AccountRequest.Key key,
      long now,
      Step.Kind kind,
      AccountAnswer of,
      long number,
      Part... parts) {
    return shard.answered(
        now, new Step(key, kind, of.seq(), of.n(), 1, number, 60_000, List.of(parts)));
  }

  private AccountAnswer step(
      long now, Step.Kind kind, AccountAnswer of, long number, Part... parts) {
    return step(ChargingShard.key(++serial), now, kind, of, number, parts);
  }

  private static Part asks(long quantity) {
    return new Part(7, NO_ROW, 0, 0, false, quantity);
  }

  private Part used(long subscription, long at, long quantity, long asks) {
    return new Part(7, shard.row(subscription, at, quantity), 0, 0, true, asks);
  }

  private long spent() {
    return 6_000 - shard.shard().wallet(1_000).orElseThrow().available() / ChargingShard.MILL;
  }

  private Effects leave(long from, long now, int account) {
    shard.add(new Command.Move(1, from, 11, 0, "car-1", account, 0, Long.MAX_VALUE));
    return shard.commit(now);
  }

  private Command received(Effects left) {
    return new Command.Received(0, shard.shard().seq(), 0, left.messages.getFirst().message());
  }

  private void arrive(Effects left, long now) {
    shard.add(received(left));
    shard.commit(now);
  }

  private void stepOnItsWay(Step.Kind kind) {
    open();
    AccountAnswer begun = step(START + 1, Step.Kind.BEGIN, NONE, 1, asks(800));
    Effects left = leave(START + HOUR, START + 2, 1_000);
    AccountRequest.Key key = ChargingShard.key(50);
    AccountAnswer first = step(key, START + 3, kind, begun, 2, used(1, START + 1, 500, 0));
    assertEquals(Outcome.MOVED, first.outcome());
    shard.checkpoint();
    arrive(left, START + 4);
    AccountAnswer again = step(key, START + 5, kind, begun, 2, used(1, START + 1, 500, 0));
    assertEquals(Outcome.COMMITTED, again.parts().getFirst().outcome());
    assertEquals(1_500, spent());
    shard.assertReplays();
  }

  @Test
  void updateWhileItsDeviceIsOnItsWay_isRefusedAndChargedWhenItIsRepeated() {
    stepOnItsWay(Step.Kind.UPDATE);
  }

  @Test
  void releaseWhileItsDeviceIsOnItsWay_isRefusedAndChargedWhenItIsRepeated() {
    stepOnItsWay(Step.Kind.RELEASE);
  }

  @Test
  void releaseOfWhatWasNotUsed_needsNoDevice() {
    open();
    AccountAnswer begun = step(START + 1, Step.Kind.BEGIN, NONE, 1, asks(800));
    leave(START + HOUR, START + 2, 1_000);
    assertEquals(2_400, spent());
    assertEquals(Outcome.STEPPED, step(START + 3, Step.Kind.RELEASE, begun, 2).outcome());
    assertEquals(0, spent());
  }

  @Test
  void usedWithoutAGrantAfterAChangeOfPlan_isChargedByTheNewOne() {
    open();
    AccountAnswer begun = step(START + 1, Step.Kind.BEGIN, NONE, 1);
    arrive(leave(START + HOUR, START + 2, 1_000), START + 3);
    long later = START + 2 * HOUR;
    AccountAnswer released = step(later, Step.Kind.RELEASE, begun, 2, used(11, later, 500, 0));
    assertEquals(Outcome.CHARGED, released.parts().getFirst().outcome());
    assertEquals(1_500, spent());
    shard.assertReplays();
  }

  @Test
  void rowOfThePlanBefore_isMadeAnew() {
    open();
    AccountAnswer begun = step(START + 1, Step.Kind.BEGIN, NONE, 1);
    Effects left = leave(START + HOUR, START + 2, 1_000);
    long later = START + 2 * HOUR;
    shard.add(received(left)); // It arrives in the commit of the step, ahead of it.
    AccountRequest.Key key = ChargingShard.key(50);
    AccountAnswer first = step(key, later, Step.Kind.UPDATE, begun, 2, used(1, later, 500, 0));
    assertEquals(Outcome.MOVED, first.outcome());
    AccountAnswer again =
        step(key, later + 1, Step.Kind.UPDATE, begun, 2, used(11, later + 1, 500, 0));
    assertEquals(Outcome.CHARGED, again.parts().getFirst().outcome());
    assertEquals(1_500, spent());
  }

  @Test
  void usedWithinAGrantOfThePlanBefore_isThatOnesAndMoreIsGrantedByTheNewOne() {
    open();
    long granted = START + HOUR - 2;
    AccountAnswer begun = step(granted, Step.Kind.BEGIN, NONE, 1, asks(800));
    arrive(leave(START + HOUR, START + HOUR - 1, 1_000), START + HOUR - 1);
    AccountAnswer more =
        step(START + HOUR + 1, Step.Kind.UPDATE, begun, 2, used(1, granted, 500, 100));
    assertEquals(
        new AccountAnswer.Part(7, Outcome.GRANTED, 100, START + HOUR + 60_001),
        more.parts().getFirst());
    AccountAnswer ended =
        step(START + HOUR + 2, Step.Kind.RELEASE, begun, 3, used(11, START + HOUR + 1, 60, 0));
    assertEquals(Outcome.COMMITTED, ended.parts().getFirst().outcome());
    assertEquals(1_680, spent());
    shard.assertReplays();
  }

  @Test
  void deviceThatGoesToAnAccountWithoutABalance_isGrantedNoMoreAndItsUseIsNotLost() {
    open();
    long granted = START + HOUR - 2;
    AccountAnswer begun = step(granted, Step.Kind.BEGIN, NONE, 1, asks(800));
    arrive(leave(START + HOUR, START + HOUR - 1, 1_001), START + HOUR - 1);
    long later = START + HOUR + 1;
    AccountAnswer more = step(later, Step.Kind.UPDATE, begun, 2, used(1, granted, 500, 100));
    assertEquals(Outcome.NO_OFFER, more.parts().getFirst().outcome());
    assertEquals(1_500, spent());
    AccountAnswer rest = step(later, Step.Kind.RELEASE, begun, 3, used(11, later, 10, 0));
    assertEquals(Outcome.NO_BALANCE, rest.outcome());
  }

  @Test
  void usedOfALaterRatingGroup_isChargedBeforeAnEarlierOneIsGranted() {
    open();
    Part more = new Part(8, shard.row(1, START + 1, 1_000), 0, 0, true, 0);
    AccountAnswer answer = step(START + 1, Step.Kind.BEGIN, NONE, 1, asks(2_000), more);
    assertEquals(
        new AccountAnswer.Part(7, Outcome.GRANTED_IN_PART, 600, START + 60_001),
        answer.parts().getFirst());
    assertEquals(6_000, spent());
  }

  @Test
  void usedOfAnEvent_isChargedBeforeWhatAnotherRatingGroupBuys() {
    open();
    Part buys = new Part(7, shard.row(1, START + 1, 1_200), 0, 0, false, 0);
    Part used = new Part(8, shard.row(1, START + 1, 1_000), 0, 0, true, 0);
    AccountAnswer answer = step(START + 1, Step.Kind.EVENT, NONE, 1, buys, used);
    assertEquals(
        List.of(Outcome.INSUFFICIENT, Outcome.CHARGED),
        answer.parts().stream().map(AccountAnswer.Part::outcome).toList());
    assertTrue(spent() <= 6_000);
  }
}
