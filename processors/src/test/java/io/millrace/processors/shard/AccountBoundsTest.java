package io.millrace.processors.shard;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import io.millrace.processors.shard.AccountAnswer.Outcome;
import io.millrace.processors.usage.Attributes;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a shard remembers of requests is bounded, in number and in time. */
class AccountBoundsTest {
  private static final int MOST = 3;
  private static final long DAY = 86_400_000;

  private final List<Runnable> undo = new ArrayList<>();
  private final GivenAnswers answers = new GivenAnswers(undo, MOST, DAY);
  private final Reservations reservations =
      new Reservations(undo, MOST, subscription -> subscription);

  private static AccountAnswer answer(int n) {
    return new AccountAnswer(Outcome.PAID, 0, 0, 0, n, 0, n, 0, false);
  }

  private void give(int n, long time) {
    answers.add(ChargingShard.key(n), n, time, n, answer(n));
  }

  private boolean isKnown(int n) {
    return answers.find(ChargingShard.key(n)) != null;
  }

  private void undo() {
    for (int i = undo.size() - 1; i >= 0; i--) {
      undo.get(i).run();
    }
    undo.clear();
  }

  private byte[] encoded() {
    ByteWriter out = new ByteWriter();
    answers.encode(out, 0);
    reservations.encode(out, 0);
    return out.toByteArray();
  }

  @Test
  void answersUpToTheBound_areAllKeptAndNoMoreAreTaken() {
    for (int n = 1; n <= MOST; n++) {
      assertTrue(answers.hasRoom(0, 9));
      give(n, 0);
    }
    assertFalse(answers.hasRoom(DAY, 9));
    assertTrue(isKnown(1));
    answers.forget(DAY + 1);
    assertTrue(answers.hasRoom(DAY + 1, 9), "a day later there is room");
  }

  @Test
  void answersOfUse_makeRoomOnceTheyAreOldEnough_andUndoBringsThemBack() {
    GivenAnswers uses = new GivenAnswers(undo, MOST, 1_000);
    for (int n = 1; n <= MOST; n++) {
      uses.add(ChargingShard.key(n), n, n, n, answer(n));
    }
    assertFalse(uses.hasRoom(1_001, 9));
    undo.clear();
    assertTrue(uses.hasRoom(1_002, 9));
    assertNull(uses.find(ChargingShard.key(1)));
    assertNotNull(uses.find(ChargingShard.key(2)));
    undo();
    assertNotNull(uses.find(ChargingShard.key(1)));
    assertFalse(uses.hasRoom(1_001, 9));
  }

  /** Of 256 the last 64 are for accounts that have fewer than 4. */
  @Test
  void anAccountThatAsksWithoutEnd_isRefusedBeforeOthers() {
    GivenAnswers many = new GivenAnswers(undo, 256, 1_000);
    int n = 0;
    while (many.hasRoom(0, 7)) {
      many.add(ChargingShard.key(++n), 7, 0, 1, answer(n));
    }
    assertEquals(192, n);
    undo.clear();
    ByteWriter out = new ByteWriter();
    many.encode(out, 0);
    GivenAnswers restored = new GivenAnswers(new ArrayList<>(), 256, 1_000);
    restored.overlay(new ByteReader(out.toByteArray()));
    assertFalse(restored.hasRoom(0, 7), "also after a takeover");
    for (int account = 8; account < 24; account++) {
      for (int i = 0; i < 4; i++) {
        assertTrue(many.hasRoom(500, account), "account " + account);
        many.add(ChargingShard.key(++n), account, 500, 2, answer(n));
      }
      assertFalse(many.hasRoom(500, account), "it has four");
    }
    assertFalse(many.hasRoom(500, 99), "none is left");
    undo();
    assertEquals(192, many.size());
    assertTrue(many.hasRoom(500, 8) && !many.hasRoom(500, 7));
    assertTrue(many.hasRoom(1_001, 7), "the oldest make room");
  }

  @Test
  void answer_isKnownForADay() {
    give(1, 0);
    give(2, 5);
    answers.forget(DAY);
    assertEquals("true true", isKnown(1) + " " + isKnown(2));
    answers.forget(DAY + 1);
    assertEquals("false true", isKnown(1) + " " + isKnown(2));
  }

  @Test
  void changesSinceACheckpoint_leadToTheSameAnswers() {
    GivenAnswers restored = new GivenAnswers(new ArrayList<>(), MOST, DAY);
    for (int n = 1; n <= 2 * MOST; n++) {
      answers.forget(n + DAY - MOST);
      give(n, n);
      overlay(restored, n - 1);
    }
    for (int n = 1; n <= 2 * MOST; n++) {
      assertEquals(answers.find(ChargingShard.key(n)), restored.find(ChargingShard.key(n)));
    }
  }

  @Test
  void keyUsedAgainAfterItsDay_isKnownAfterATakeover() {
    GivenAnswers restored = new GivenAnswers(new ArrayList<>(), MOST, DAY);
    give(1, 0);
    overlay(restored, 0);
    answers.forget(DAY + 1);
    answers.add(ChargingShard.key(1), 1, DAY + 1, 2, answer(2));
    overlay(restored, 1);
    assertEquals(answer(2).again(), restored.find(ChargingShard.key(1)));
  }

  private void overlay(GivenAnswers restored, long since) {
    ByteWriter out = new ByteWriter();
    answers.encode(out, since);
    restored.overlay(new ByteReader(out.toByteArray()));
  }

  private Reservation reserve(int seq) {
    Reservation r =
        new Reservation(
            seq,
            0,
            7,
            1,
            0,
            0,
            0,
            Attributes.NONE,
            10,
            10,
            30,
            1_000,
            Reservation.End.OPEN,
            0,
            0,
            seq);
    reservations.put(r);
    return r;
  }

  @Test
  void reservationsThatEnded_areRememberedForADayAndNotBeyondTheBound() {
    for (int seq = 1; seq <= 5; seq++) {
      Reservation r = reserve(seq);
      if (seq > 1) {
        reservations.put(r.ended(Reservation.End.RELEASED, reservations.nextEnded(), seq, seq));
      }
    }
    undo.clear();
    byte[] before = encoded();
    reservations.forget(10, 6);
    assertNull(reservations.find(2, 0), "one too many");
    assertNotNull(reservations.find(3, 0));
    reservations.forget(DAY + 4, 6);
    assertNull(reservations.find(3, 0), "its day is over");
    assertNotNull(reservations.find(4, 0));
    assertNotNull(reservations.find(1, 0), "it is open");
    assertEquals(1, reservations.open(new Reservations.Use(7, 1, 0)).size());
    undo();
    assertArrayEquals(before, encoded());
  }
}
