package io.millrace.connectors.clock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.connectors.clock.ClockRecord.Cause;
import io.millrace.connectors.clock.CommitClock.Reading;
import io.millrace.connectors.store.DatabaseUnavailable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ClockGuardTest {
  private static final long START = FakeClocks.START;
  private static final long MINUTE = 60_000;
  private static final long HOUR = 60 * MINUTE;

  private final FakeClocks clocks = new FakeClocks();
  private ClockGuard guard = clocks.start();

  private static @Nullable Cause cause(ClockGuard guard) {
    ClockRecord.Stop stop = guard.state().record().stop();
    return stop == null ? null : stop.cause();
  }

  @Test
  void clockThatGoesOn_isBelieved() {
    for (int i = 0; i < 100; i++) {
      clocks.pass(10 * MINUTE);
      assertEquals(new Reading(clocks.wall(), true), guard.read());
      guard.look();
    }
    assertEquals(0L, guard.state().difference());
  }

  @Test
  void jumpForward_stopsTicksAndHoldsTheTime() {
    clocks.pass(MINUTE);
    guard.read();
    clocks.jump(2 * HOUR);
    clocks.pass(MINUTE);
    assertEquals(new Reading(START + 2 * MINUTE, false), guard.read());
    assertEquals(Cause.JUMP, cause(guard));
    clocks.pass(10 * MINUTE);
    assertEquals(new Reading(START + 12 * MINUTE, false), guard.read(), "time passes all the same");
  }

  @Test
  void jumpBack_stopsTicksAndNeverGoesBack() {
    clocks.pass(HOUR);
    guard.read();
    clocks.jump(-30 * MINUTE);
    assertEquals(new Reading(START + HOUR, false), guard.read());
    clocks.pass(MINUTE);
    assertEquals(new Reading(START + HOUR + MINUTE, false), guard.read());
  }

  @Test
  void smallStep_isTakenAndNeverGoesBack() {
    clocks.pass(HOUR);
    guard.read();
    clocks.jump(-5 * MINUTE);
    assertEquals(new Reading(START + HOUR, true), guard.read());
    clocks.pass(6 * MINUTE);
    assertEquals(new Reading(START + HOUR + MINUTE, true), guard.read());
  }

  @Test
  void smallStepsTogether_areOneJumpUntilTheDatabaseBearsThemOut() {
    for (int i = 0; i < 2; i++) {
      clocks.jump(3 * MINUTE);
      clocks.jumpOfDatabase(3 * MINUTE);
      guard.look();
      assertTrue(guard.read().ticks());
    }
    clocks.jump(3 * MINUTE);
    assertTrue(guard.read().ticks());
    clocks.jump(3 * MINUTE);
    assertFalse(guard.read().ticks());
  }

  @Test
  void clockThatDrifts_isStoppedByTheDatabases() {
    for (int i = 0; i < 5; i++) {
      clocks.pass(HOUR);
      clocks.jump(MINUTE);
      guard.look();
      assertTrue(guard.read().ticks(), "five minutes are borne");
    }
    clocks.pass(HOUR);
    clocks.jump(1);
    long before = guard.read().now();
    guard.look();
    assertEquals(Cause.DIFFERENCE, cause(guard));
    assertEquals(new Reading(before, false), guard.read());
  }

  @Test
  void databaseWhoseClockJumps_stopsTicksToo() {
    clocks.jumpOfDatabase(-6 * MINUTE);
    assertTrue(guard.read().ticks(), "not asked yet");
    guard.look();
    assertEquals(new Reading(START, false), guard.read());
    assertEquals(6 * MINUTE, guard.state().difference());
  }

  @Test
  void databaseThatIsDown_stopsNothing() {
    clocks.down(true);
    clocks.pass(HOUR);
    guard.look();
    assertEquals(new Reading(START + HOUR, true), guard.read());
    assertThrows(DatabaseUnavailable.class, clocks::start, "a clock is not believed unseen");
  }

  @Test
  void clockThatComesRightByItself_stillNeedsAnOperator() {
    clocks.jump(HOUR);
    guard.read();
    clocks.jump(-HOUR);
    clocks.pass(MINUTE);
    guard.look();
    assertEquals(new Reading(START + MINUTE, false), guard.read());
    ClockState agreed = guard.agree("op");
    assertTrue(agreed.ticks());
    assertEquals("op", agreed.record().agreedBy());
    assertEquals(new Reading(START + MINUTE, true), guard.read());
  }

  @Test
  void agreedClock_isTakenAsItIs() {
    clocks.jump(HOUR);
    guard.read();
    guard.agree("op");
    assertEquals(new Reading(START + HOUR, true), guard.read());
    guard.look();
    assertTrue(guard.read().ticks(), "the difference is agreed");
    assertEquals(HOUR, guard.state().record().agreedDifference());
    guard = clocks.start();
    assertEquals(new Reading(START + HOUR, true), guard.read(), "also over a restart");
    clocks.jump(-HOUR);
    assertFalse(guard.read().ticks());
  }

  @Test
  void clockSetBackAndAgreed_letsCommitsWaitForIt() {
    clocks.pass(HOUR);
    guard.read();
    clocks.jump(-30 * MINUTE);
    guard.read();
    guard.agree("op");
    assertEquals(new Reading(START + HOUR, true), guard.read());
    clocks.pass(31 * MINUTE);
    assertEquals(new Reading(START + HOUR + MINUTE, true), guard.read());
  }

  @Test
  void agreementToASmallDifference_leavesTheToleranceAsItWas() {
    clocks.jump(10 * MINUTE);
    guard.read();
    clocks.jump(-6 * MINUTE);
    guard.agree("op");
    clocks.jump(2 * MINUTE);
    guard.look();
    assertFalse(guard.read().ticks());
  }

  @Test
  void agreementThatCantBeWritten_isNone() {
    clocks.jump(HOUR);
    guard.read();
    clocks.down(true);
    assertThrows(DatabaseUnavailable.class, () -> guard.agree("op"));
    assertFalse(guard.read().ticks());
  }

  @Test
  void restartWhileStopped_staysStopped() {
    clocks.jump(2 * HOUR);
    clocks.jumpOfDatabase(2 * HOUR); // One machine, one clock: nothing else can tell.
    guard.read();
    clocks.pass(HOUR);
    guard = clocks.start();
    assertEquals(Cause.JUMP, cause(guard));
    assertEquals(new Reading(START, false), guard.read(), "for so long nobody looked");
    clocks.pass(MINUTE);
    assertEquals(new Reading(START + MINUTE, false), guard.read());
  }

  @Test
  void clocksThatJumpWhileStopped_areNotBelievedAfterARestart() {
    clocks.jumpOfDatabase(HOUR);
    guard.look();
    clocks.jump(2 * HOUR);
    clocks.jumpOfDatabase(HOUR);
    guard.look();
    guard = clocks.start();
    assertEquals(new Reading(START, false), guard.read());
  }

  @Test
  void restartAfterTheClockWasSetRight_staysStoppedAndIsNeverAhead() {
    clocks.jump(-2 * HOUR);
    clocks.jumpOfDatabase(-2 * HOUR);
    guard.read();
    clocks.pass(MINUTE);
    clocks.jump(2 * HOUR);
    clocks.jumpOfDatabase(2 * HOUR);
    guard = clocks.start();
    assertEquals(new Reading(START, false), guard.read());
  }

  @Test
  void stopThatCouldNotBeWritten_isWrittenLater() {
    clocks.down(true);
    clocks.jump(HOUR);
    assertFalse(guard.read().ticks());
    clocks.down(false);
    guard.look();
    clocks.jump(-HOUR);
    assertFalse(clocks.start().read().ticks());
  }

  @Test
  void startWithAnotherClockThanTheDatabases_isStoppedAtTheEarlierOne() {
    clocks.jump(HOUR);
    assertEquals(new Reading(START, false), clocks.start().read());
    clocks.jump(-2 * HOUR);
    FakeClocks other = new FakeClocks();
    other.jump(-HOUR);
    assertEquals(new Reading(START - HOUR, false), other.start().read());
  }

  @Test
  void shardsAheadOfTheClock_stopItUntilAgreed() {
    guard.seen(Long.MIN_VALUE);
    guard.seen(START + 5 * MINUTE);
    assertTrue(guard.read().ticks());
    guard.seen(START + 5 * MINUTE + 1);
    assertEquals(Cause.BEHIND, cause(guard));
    guard.agree("op");
    guard.seen(START + 5 * MINUTE + 1);
    assertTrue(guard.read().ticks(), "it is known");
    guard.seen(START + 5 * MINUTE + 2);
    assertFalse(guard.read().ticks());
  }
}
