package io.millrace.tests.linear;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.millrace.tests.linear.AccountOperation.Committed;
import io.millrace.tests.linear.AccountOperation.Expired;
import io.millrace.tests.linear.AccountOperation.Granted;
import io.millrace.tests.linear.AccountOperation.In;
import io.millrace.tests.linear.AccountOperation.Out;
import io.millrace.tests.linear.AccountOperation.Read;
import io.millrace.tests.linear.AccountOperation.Refused;
import io.millrace.tests.linear.AccountOperation.Released;
import io.millrace.tests.linear.AccountOperation.Used;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Histories made by hand, which are and are not those of an account; times are 0, 1, 2 … */
class LinearizabilityTest {
  private static final int ROOM = 10_000;

  private final List<Call<AccountOperation>> history = new ArrayList<>();

  private LinearizabilityTest answered(long from, long to, AccountOperation operation) {
    history.add(Call.answered(operation, from, to));
    return this;
  }

  private LinearizabilityTest unanswered(long from, AccountOperation operation) {
    history.add(Call.unanswered(operation, from));
    return this;
  }

  private LinearizabilityTest maybe(long from, long to, AccountOperation operation) {
    history.add(new Call<>(operation, from, to, false));
    return this;
  }

  private Verdict verdict(long available) {
    return new Linearizability<>(new AccountModel(), ROOM)
        .check(AccountState.of(available), history);
  }

  private void holds(long available) {
    assertInstanceOf(Verdict.Linearizable.class, verdict(available));
  }

  private void breaksAt(long available, AccountOperation operation) {
    Verdict verdict = verdict(available);
    assertEquals(
        operation,
        assertInstanceOf(Verdict.Broken.class, verdict).call().operation(),
        "" + verdict);
  }

  @Test
  void oneAfterTheOther_isLinearizable() {
    answered(0, 1, new In(10, 10L));
    answered(2, 3, new Out(4, 6L));
    answered(4, 5, new Read(6, 0)).holds(0);
  }

  @Test
  void concurrentCalls_mayStandInTheOrderThatTheirAnswersAskFor() {
    answered(0, 9, new In(10, 10L)); // Asked for last, answered first: it came before.
    answered(1, 2, new Out(4, 6L)).holds(0);
  }

  @Test
  void staleRead_isNoOrder() {
    answered(0, 1, new In(10, 10L));
    answered(2, 3, new Read(0, 0)).breaksAt(0, new Read(0, 0));
  }

  @Test
  void readThatGoesBack_isNoOrder() {
    answered(0, 9, new In(10, 10L));
    answered(1, 2, new Read(10, 0));
    answered(3, 4, new Read(0, 0)).breaksAt(0, new Read(0, 0));
  }

  @Test
  void lostUpdate_isNoOrder() {
    answered(0, 5, new In(10, 10L));
    answered(1, 6, new In(3, 3L));
    answered(7, 8, new Read(10, 0)).breaksAt(0, new In(3, 3L));
  }

  @Test
  void answerBeforeItsCommit_thatIsLost_isNoOrder() {
    answered(0, 1, new Out(5, 5L));
    answered(2, 3, new Read(10, 0)).breaksAt(10, new Read(10, 0));
  }

  @Test
  void moneySpentTwice_isNoOrder() {
    answered(0, 5, new Out(10, null));
    answered(0, 6, new Out(10, null)).breaksAt(10, new Out(10, null));
  }

  @Test
  void refusalOfWhatWasThere_isNoOrder() {
    answered(0, 1, new Refused(10)).breaksAt(10, new Refused(10));
  }

  @Test
  void refusalBesideWhatTookIt_isLinearizable() {
    answered(0, 4, new Used(1));
    answered(1, 2, new Refused(10)).holds(10);
  }

  @Test
  void unansweredCall_isAllOrNothing() {
    unanswered(0, new In(7, null));
    answered(1, 2, new Read(0, 0));
    answered(3, 4, new Read(7, 0));
    answered(5, 6, new Read(7, 0)).holds(0);
  }

  @Test
  void unansweredCall_isNotDoneInHalves() {
    unanswered(0, new In(7, null));
    answered(1, 2, new Read(3, 0)).breaksAt(0, new Read(3, 0));
  }

  @Test
  void unansweredCall_isNotTakenBack() {
    unanswered(0, new In(7, null));
    answered(1, 2, new Read(7, 0));
    answered(3, 4, new Read(0, 0)).breaksAt(0, new Read(0, 0));
  }

  @Test
  void unansweredCall_isNotDoneTwice() {
    unanswered(0, new In(7, null));
    answered(1, 2, new Read(14, 0)).breaksAt(0, new Read(14, 0));
  }

  @Test
  void repeatThatIsDoneAgain_isNoOrder() {
    // Asked again under its key, both answers are one call from the first question on.
    answered(0, 9, new Out(5, 5L));
    answered(10, 11, new Read(0, 0)).breaksAt(10, new Read(0, 0));
  }

  @Test
  void callThatCouldComeUntilThen_doesNotComeLater() {
    granted().maybe(2, 3, new Expired("r"));
    answered(4, 5, new Read(2, 8));
    answered(6, 7, new Read(10, 0)).breaksAt(10, new Read(10, 0));
  }

  @Test
  void callThatCouldComeUntilThen_mayStandAfterAnotherUnderWay() {
    maybe(1, 3, new Expired("r"));
    answered(0, 9, new Granted("r", 10, 0));
    answered(4, 5, new Read(10, 0)).holds(10);
  }

  private LinearizabilityTest granted() {
    return answered(0, 1, new Granted("r", 8, 2));
  }

  @Test
  void reservation_holdsUntilItIsCommittedAndReleased() {
    granted().answered(2, 3, new Read(2, 8));
    answered(4, 5, new Committed("r", 3, 5L, false, 2));
    answered(6, 7, new Released("r", 5, 7));
    answered(8, 9, new Released("r", 0, 7)).holds(10);
  }

  @Test
  void reservation_isReleasedByItsLastCommit() {
    granted().answered(2, 3, new Committed("r", 3, null, false, 7));
    answered(4, 5, new Read(7, 0)).holds(10);
  }

  @Test
  void reservationThatExpired_isCommittedLate() {
    granted().maybe(2, Call.NEVER, new Expired("r"));
    answered(3, 4, new Read(10, 0));
    answered(5, 6, new Committed("r", 3, null, true, 7)).holds(10);
  }

  @Test
  void reservationThatExpired_isNotCommittedAsIfItHeld() {
    granted().maybe(2, Call.NEVER, new Expired("r"));
    answered(3, 4, new Read(10, 0));
    AccountOperation early = new Committed("r", 3, 5L, false, 2);
    answered(5, 6, early).breaksAt(10, early);
  }

  @Test
  void reservationThatExpiresTooSoon_isNoOrder() {
    granted().maybe(5, Call.NEVER, new Expired("r"));
    answered(2, 3, new Read(10, 0)).breaksAt(10, new Read(10, 0));
  }

  @Test
  void grantOfMoreThanThereIs_isNoOrder() {
    AccountOperation grant = new Granted("r", 11, -1);
    answered(0, 1, grant).breaksAt(10, grant);
  }

  @Test
  void moreThanThereIsRoomFor_isUndecidedAndNotFine() {
    for (int i = 0; i < 20; i++) {
      unanswered(0, new In(1L << i, null));
    }
    answered(1, 2, new Read((1L << 20) - 1, 0));
    assertInstanceOf(Verdict.Undecided.class, verdict(0));
    for (int i = 0; i < Linearizability.MOST_OPEN; i++) {
      unanswered(0, new Used(1));
    }
    assertInstanceOf(Verdict.Undecided.class, verdict(0));
  }

  @Test
  void longHistory_costsWhatIsConcurrent() {
    for (int i = 0; i < 20_000; i++) {
      answered(2L * i, 2L * i + 1, new In(1, i + 1L));
    }
    assertEquals(new Verdict.Linearizable(2), verdict(0));
  }
}
