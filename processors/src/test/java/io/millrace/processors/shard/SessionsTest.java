package io.millrace.processors.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import io.millrace.processors.shard.AccountAnswer.Outcome;
import io.millrace.processors.shard.AccountRequest.Step;
import io.millrace.processors.shard.AccountRequest.Step.Part;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Charging sessions in a shard: every step is done, undone, done again, and replayed. */
class SessionsTest {
  private static final long START = OneShard.millis("2026-11-02T00:00:00Z");
  private static final int NO_ROW = AccountRequest.Use.NO_ROW;

  private final ChargingShard shard = new ChargingShard();
  private long serial = 100;
  private long now = START;

  private void open(long mills) {
    shard.ask(
        new AccountRequest.Open(ChargingShard.key(1), 1_000, ChargingShard.terms(true, 0, 1_000)));
    shard.add(new Command.Subscribe(1, "car-1", 1_000, 0, START, Long.MAX_VALUE));
    shard.ask(
        new AccountRequest.Pay(ChargingShard.key(2), 1_000, mills * ChargingShard.MILL, false));
    shard.commit(START);
  }

  private AccountAnswer step(Step.Kind kind, AccountAnswer of, long number, Part... parts) {
    return step(ChargingShard.key(++serial), kind, of, number, parts);
  }

  private AccountAnswer step(
      AccountRequest.Key key, Step.Kind kind, AccountAnswer of, long number, Part... parts) {
    long seq = kind == Step.Kind.BEGIN || kind == Step.Kind.EVENT ? 0 : of.seq();
    return shard.answered(
        ++now, new Step(key, kind, seq, of.n(), 1, number, 60_000, List.of(parts)));
  }

  private static final AccountAnswer NONE = AccountAnswer.refused(Outcome.FULL, 0);

  private static Part asks(long group, long quantity) {
    return new Part(group, NO_ROW, 0, 0, false, quantity);
  }

  private Part used(long group, long used, long asks) {
    return new Part(group, shard.row(1, now, used), 0, 0, true, asks);
  }

  private static List<String> parts(AccountAnswer answer) {
    return answer.parts().stream().map(p -> p.outcome().code() + " " + p.quantity()).toList();
  }

  private String money() {
    WalletView wallet = shard.shard().wallet(1_000).orElseThrow();
    return wallet.available() / ChargingShard.MILL + " " + wallet.reserved() / ChargingShard.MILL;
  }

  @Test
  void stepsOfASession_chargeWhatIsUsedAndHoldWhatIsGranted() {
    open(6_000);
    AccountAnswer begun = step(Step.Kind.BEGIN, NONE, 1, asks(7, 800), asks(8, 400));
    assertEquals(List.of("granted 800", "granted 400"), parts(begun));
    assertEquals("2000 4000", money()); // 1000 at 3, 200 at 5.
    shard.checkpoint();
    AccountAnswer more = step(Step.Kind.UPDATE, begun, 2, used(7, 500, 600), used(8, 0, 0));
    assertEquals(List.of("granted 600", "committed 0"), parts(more));
    assertEquals("2500 2000", money()); // 500 used at 3; 500 at 3 and 100 at 5 are held.
    AccountAnswer rest = step(Step.Kind.UPDATE, begun, 3, asks(8, 1_000));
    assertEquals(List.of("granted-in-part 500"), parts(rest));
    shard.checkpoint();
    AccountAnswer ended = step(Step.Kind.RELEASE, begun, 4, used(7, 100, 0));
    assertEquals(Outcome.STEPPED, ended.outcome());
    assertEquals("4200 0", money());
    shard.assertReplays();
    assertEquals(Outcome.SESSION_ENDED, step(Step.Kind.UPDATE, begun, 5, asks(7, 1)).outcome());
  }

  @Test
  void refusedRatingGroup_isRememberedAsAnAnswer() {
    open(100);
    AccountAnswer begun = step(Step.Kind.BEGIN, NONE, 1);
    AccountRequest.Key key = ChargingShard.key(50);
    AccountAnswer first = step(key, Step.Kind.UPDATE, begun, 2, used(7, 40, 500));
    assertEquals(List.of("blocked 0"), parts(first));
    shard.ask(new AccountRequest.Pay(ChargingShard.key(51), 1_000, ChargingShard.MILL, false));
    shard.commit(++now);
    AccountAnswer again = step(key, Step.Kind.UPDATE, begun, 2, used(7, 40, 500));
    assertTrue(again.repeated());
    assertEquals(parts(first), parts(again));
    assertEquals("-19 0", money());
    AccountRequest.Key other = new AccountRequest.Key(key.high(), key.low(), 9, 9);
    assertEquals(
        Outcome.OTHER_REQUEST, step(other, Step.Kind.UPDATE, begun, 2, used(7, 41, 0)).outcome());
    assertEquals(Outcome.SESSION_NUMBER, step(Step.Kind.UPDATE, begun, 2).outcome());
    assertEquals("-19 0", money());
    shard.assertReplays();
  }

  @Test
  void event_isGrantedAndChargedAtOnceOrNotAtAll() {
    open(100);
    Part fits = new Part(7, shard.row(1, now, 20), 0, 0, false, 0);
    Part dear = new Part(8, shard.row(1, now, 20), 0, 0, false, 0);
    AccountAnswer answer = step(Step.Kind.EVENT, NONE, 1, fits, dear);
    assertEquals(List.of("charged 0", "insufficient-balance 0"), parts(answer));
    assertEquals("40 0", money());
    assertEquals(Outcome.UNKNOWN_SESSION, step(Step.Kind.UPDATE, answer, 2).outcome());
  }

  @Test
  void grantThatHasExpired_isUsedLateAndMoreIsGranted() {
    open(6_000);
    AccountAnswer begun = step(Step.Kind.BEGIN, NONE, 1, asks(7, 800));
    now += 61_000;
    shard.commit(now);
    assertEquals("6000 0", money());
    AccountAnswer late = step(Step.Kind.UPDATE, begun, 2, used(7, 500, 100));
    assertEquals(List.of("granted 100"), parts(late));
    assertEquals("4200 300", money());
    shard.assertReplays();
  }

  @Test
  void rowOfAnotherDevice_isNotChargedToTheSession() {
    open(6_000);
    shard.add(new Command.Subscribe(2, "car-2", 1_000, 0, START, Long.MAX_VALUE));
    shard.commit(++now);
    AccountAnswer begun = step(Step.Kind.BEGIN, NONE, 1, asks(7, 800));
    Part foreign = new Part(7, shard.row(2, now, 500), 0, 0, true, 0);
    assertEquals(List.of("not-priced 0"), parts(step(Step.Kind.UPDATE, begun, 2, foreign)));
    Part lost = new Part(7, Part.LOST, 0, 0, true, 10);
    assertEquals(List.of("not-priced 0"), parts(step(Step.Kind.UPDATE, begun, 3, lost)));
    assertEquals("6000 0", money());
  }

  private static Session session(long seq, long place, long at, boolean ended) {
    return new Session(seq, 0, 1, 1, at, place, ended, List.of(), place);
  }

  @Test
  void sessions_areForgottenInTheirOrderAndCheckpointsSaySo() {
    List<Runnable> undo = new ArrayList<>();
    Sessions sessions = new Sessions(undo, 3);
    Sessions copy = new Sessions(new ArrayList<>(), 3);
    sessions.put(session(1, sessions.nextPlace(), 0, false));
    sessions.put(session(2, sessions.nextPlace(), 0, false));
    sessions.put(session(3, sessions.nextPlace(), 5, false));
    assertTrue(!sessions.hasRoom(3), "none has ended");
    copy.overlay(new ByteReader(encoded(sessions, 0)));
    sessions.put(session(1, sessions.nextPlace(), 6, true));
    undo.clear();
    assertTrue(sessions.hasRoom(5), "the one that has ended makes room");
    sessions.forget(Sessions.KEPT + 1, 6);
    assertEquals(null, sessions.find(1, 0));
    assertEquals(null, sessions.find(2, 0));
    copy.overlay(new ByteReader(encoded(sessions, 3)));
    assertEquals(
        List.of(encoded(sessions, 0).length, 5L),
        List.of(encoded(copy, 0).length, copy.find(3, 0).at()));
    assertEquals(null, copy.find(1, 0));
    undo.reversed().forEach(Runnable::run);
    assertEquals(true, sessions.find(1, 0).ended());
    assertEquals(2, sessions.find(2, 0).place());
  }

  private static byte[] encoded(Sessions sessions, long since) {
    ByteWriter out = new ByteWriter();
    sessions.encode(out, since);
    return out.toByteArray();
  }
}
