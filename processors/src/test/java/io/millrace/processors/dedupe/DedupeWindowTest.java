package io.millrace.processors.dedupe;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import io.millrace.processors.dedupe.DedupeWindow.Verdict;
import io.millrace.processors.undo.UndoLog;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class DedupeWindowTest {

  private static final long MINUTE = 60_000;
  private static final long DAY = SeenOracle.DAY;

  @Test
  void anEventThatComesAgain_isADuplicate() {
    DedupeWindow window = new DedupeWindow();
    assertTrue(window.isEmpty());
    assertEquals(Verdict.NEW, window.test(7, true, 1_000));
    window.mark(7, true, 1_000);
    assertEquals(Verdict.DUPLICATE, window.test(7, true, 1_000));
    assertEquals(Verdict.NEW, window.test(8, true, 1_000));
    assertEquals(Verdict.NEW, window.test(7, false, 1_000));
    assertEquals(1, window.count());
  }

  /** A regular device whose counter begins again, be it after one report. */
  @Property(tries = 200)
  void aCounterThatBeganAgain_isToldFromARedelivery(
      @ForAll @IntRange(min = 4, max = 7_200_000) int step,
      @ForAll @IntRange(min = 1, max = 1_000) int before,
      @ForAll @IntRange(min = 0, max = 999) int again) {
    DedupeWindow window = new DedupeWindow();
    for (int n = 0; n < before; n++) {
      window.mark(n, true, (long) n * step);
    }
    for (int n = 0; n < before; n++) {
      assertEquals(Verdict.DUPLICATE, window.test(n, true, (long) n * step));
    }
    int n = again % before;
    long restarted = (long) (before + n) * step;
    assertEquals(Verdict.REUSED, window.test(n, true, restarted));
  }

  @Property(tries = 50)
  void aCounterThatBeganAgain_isToldThroughAFewSecondsOfJitter(@ForAll long seed) {
    Random random = new Random(seed);
    DedupeWindow window = new DedupeWindow();
    long[] times = new long[3 * 1_440];
    for (int n = 0; n < times.length; n++) {
      times[n] = n * MINUTE + random.nextInt(5_000);
      assertEquals(Verdict.NEW, window.test(n, true, times[n]));
      window.mark(n, true, times[n]);
    }
    for (int n = 0; n < times.length; n++) {
      assertEquals(Verdict.DUPLICATE, window.test(n, true, times[n]));
    }
    // The first day learns the step; from then on, a restart is told at once.
    for (int n = 1_440; n < times.length; n++) {
      assertEquals(Verdict.REUSED, window.test(n, true, times[n] + MINUTE));
    }
    assertTrue(window.bytes() < 400, () -> window.bytes() + " bytes for three days");
  }

  @Test
  void aMonthOfMinutes_takesOneRunADay() {
    DedupeWindow window = minutes(35);
    assertEquals(35 * 1_440, window.count());
    assertTrue(window.bytes() < 1_100, () -> window.bytes() + " bytes");
    ByteWriter out = new ByteWriter();
    window.encodePublished(out);
    assertTrue(out.size() < 350, () -> out.size() + " published bytes");
  }

  @Test
  void aGapFilledLater_makesOneRunAgain() {
    DedupeWindow whole = new DedupeWindow();
    DedupeWindow torn = new DedupeWindow();
    for (int n = 0; n < 600; n++) {
      whole.mark(n, true, n * MINUTE);
      if (n % 3 != 1) {
        torn.mark(n, true, n * MINUTE);
      }
    }
    for (int n = 598; n > 0; n -= 3) {
      torn.mark(n, true, n * MINUTE);
    }
    assertEquals(whole.bytes(), torn.bytes());
    assertArrayEquals(DedupeWindowModelTest.encoded(whole), DedupeWindowModelTest.encoded(torn));
  }

  @Test
  void theDaysBeforeTheHorizon_areForgotten() {
    DedupeWindow window = minutes(3);
    window.mark(99, false, DAY - 1);
    window.mark(98, false, DAY);
    window.expire(DAY - 1);
    assertEquals(Verdict.DUPLICATE, window.test(0, true, 0));
    window.expire(DAY);
    assertEquals(Verdict.NEW, window.test(1_439, true, 1_439 * MINUTE));
    assertEquals(Verdict.DUPLICATE, window.test(1_440, true, 1_440 * MINUTE));
    assertEquals(Verdict.NEW, window.test(99, false, DAY - 1));
    assertEquals(Verdict.DUPLICATE, window.test(98, false, DAY));
    assertEquals(2 * 1_440 + 1, window.count());
    window.expire(9 * DAY);
    assertTrue(window.isEmpty());
    assertEquals(new DedupeWindow().bytes(), window.bytes());
  }

  @Test
  void aPrintOfAnotherDay_isReused() {
    DedupeWindow window = new DedupeWindow();
    window.mark(-5, false, 10 * DAY);
    assertEquals(Verdict.DUPLICATE, window.test(-5, false, 11 * DAY - 1));
    assertEquals(Verdict.REUSED, window.test(-5, false, 11 * DAY));
    window.mark(6, false, 12 * DAY);
    assertEquals(Verdict.DUPLICATE, window.test(-5, false, 10 * DAY));
    assertEquals(Verdict.REUSED, window.test(-5, false, 9 * DAY));
  }

  @Test
  void thePublishedCopy_knowsAllNumbersAndTheLastTwoDaysOfPrints() {
    DedupeWindow window = minutes(5);
    for (int day = 0; day < 5; day++) {
      window.mark(1_000_000 + day, false, day * DAY);
    }
    ByteWriter out = new ByteWriter();
    window.encodePublished(out);
    DedupeWindow published = DedupeWindow.decode(new ByteReader(out.toByteArray()));
    assertEquals(Verdict.DUPLICATE, published.test(0, true, 0));
    assertEquals(Verdict.DUPLICATE, published.test(1_000_004, false, 4 * DAY));
    assertEquals(Verdict.DUPLICATE, published.test(1_000_003, false, 3 * DAY));
    assertEquals(Verdict.NEW, published.test(1_000_002, false, 2 * DAY));
  }

  @Test
  void aSnapshot_staysAsItWasWhateverComesNext() {
    DedupeWindow window = minutes(3);
    for (int i = 0; i < 50; i++) {
      window.mark(-i, false, i * DAY / 20);
    }
    ByteWriter then = new ByteWriter();
    window.encodePublished(then);
    DedupeWindow.Snapshot snapshot = window.snapshot();
    UndoLog log = saved(window);
    for (int i = 50; i < 500; i++) {
      window.mark(-i, false, i * DAY / 20);
      window.mark(5_000 + 2 * i, true, i * DAY);
    }
    log.undo();
    window.mark(-999, false, 2 * DAY);
    window.mark(4_320, true, 4_320 * MINUTE);
    ByteWriter now = new ByteWriter();
    snapshot.encodePublished(now);
    assertArrayEquals(then.toByteArray(), now.toByteArray());
  }

  @Test
  void undo_takesBackExpiryAndNewDaysAndWhatWasLate() {
    DedupeWindow window = minutes(2);
    window.mark(5, false, 0);
    byte[] before = DedupeWindowModelTest.encoded(window);
    UndoLog log = saved(window);
    window.mark(10_000, true, 5 * DAY);
    window.mark(2, false, 4 * DAY);
    window.mark(3, false, DAY);
    window.expire(2 * DAY);
    window.mark(4, false, 6 * DAY);
    log.undo();
    assertArrayEquals(before, DedupeWindowModelTest.encoded(window));
    assertEquals(Verdict.NEW, window.test(2, false, 4 * DAY));
    assertEquals(Verdict.DUPLICATE, window.test(5, false, 0));
  }

  @Test
  void undo_bringsBackTheRunThatLiesAhead() {
    DedupeWindow window = new DedupeWindow();
    window.mark(10, true, 9 * DAY);
    window.mark(5, true, 0);
    UndoLog log = saved(window);
    window.mark(20, true, 9 * DAY);
    log.undo();
    for (int n = 6; n < 10; n++) {
      window.mark(n, true, n);
    }
    assertEquals(Verdict.DUPLICATE, window.test(10, true, 9 * DAY));
  }

  @Test
  void undo_bringsBackAWindowThatIsNotFullYet() {
    DedupeWindow window = new DedupeWindow();
    for (int n = 0; n < NumberRuns.MAX_RUNS; n++) {
      window.mark(2 * n, true, n);
    }
    byte[] before = DedupeWindowModelTest.encoded(window);
    UndoLog log = saved(window);
    window.mark(1_000_000, true, 0);
    window.mark(1_000_001, true, DAY);
    assertEquals(Verdict.DUPLICATE, window.test(1_000_000, true, 0));
    assertEquals(Verdict.REUSED, window.test(1_000_001, true, 0));
    log.undo();
    assertArrayEquals(before, DedupeWindowModelTest.encoded(window));
  }

  @Test
  void extremes_neverThrow() {
    DedupeWindow window = new DedupeWindow();
    long[] extremes = {
      Long.MIN_VALUE,
      Long.MIN_VALUE + 1,
      -1,
      0,
      1,
      DedupeWindow.MAX_NUMBER - 1,
      DedupeWindow.MAX_NUMBER,
      DedupeWindow.MAX_NUMBER + 1,
      Long.MAX_VALUE - 1,
      Long.MAX_VALUE
    };
    for (long id : extremes) {
      for (long time : extremes) {
        for (boolean numbered : new boolean[] {true, false}) {
          if (window.test(id, numbered, time) == Verdict.NEW) {
            window.mark(id, numbered, time);
          }
          assertEquals(Verdict.DUPLICATE, window.test(id, numbered, extremes[0]));
        }
      }
    }
    byte[] bytes = DedupeWindowModelTest.encoded(window);
    assertArrayEquals(
        bytes, DedupeWindowModelTest.encoded(DedupeWindow.decode(new ByteReader(bytes))));
    window.expire(Long.MIN_VALUE);
    assertEquals(20, window.count());
    window.expire(Long.MAX_VALUE);
    assertTrue(window.isEmpty());
  }

  @Property(tries = 300)
  void bytesThatAreNoWindow_areRefusedOrHarmless(
      @ForAll byte[] noise, @ForAll @IntRange(max = 399) int at) {
    DedupeWindow window = minutes(2);
    window.mark(77, false, DAY);
    byte[] bytes = DedupeWindowModelTest.encoded(window);
    byte[] broken = Arrays.copyOf(bytes, bytes.length);
    for (int i = 0; i < noise.length; i++) {
      broken[(at + i) % broken.length] ^= noise[i];
    }
    try {
      DedupeWindow read = DedupeWindow.decode(new ByteReader(broken));
      read.test(7, true, 0);
      read.test(77, false, 0);
    } catch (IllegalArgumentException refused) {
      assertTrue(refused.getMessage() != null);
    }
    assertThrows(
        IllegalArgumentException.class,
        () -> DedupeWindow.decode(new ByteReader(bytes, 0, bytes.length - 1)));
  }

  private static DedupeWindow minutes(int days) {
    DedupeWindow window = new DedupeWindow();
    for (long n = 0; n < days * 1_440L; n++) {
      assertEquals(Verdict.NEW, window.test(n, true, n * MINUTE));
      window.mark(n, true, n * MINUTE);
    }
    return window;
  }

  private static UndoLog saved(DedupeWindow window) {
    UndoLog log = new UndoLog();
    log.begin(window);
    window.save(log);
    return log;
  }
}
