package io.millrace.processors.dedupe;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import io.millrace.processors.dedupe.DedupeWindow.Verdict;
import io.millrace.processors.undo.UndoLog;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** I2: what a window says, against a map of all that was marked, over random lives of a device. */
class DedupeWindowModelTest {

  private static final long[] STEPS = {1, 5, 1_000, 60_000, 3_600_000, 7_200_000};

  @Property(tries = 500)
  void anyLifeOfADevice_isJudgedAsTheMapJudgesIt(@ForAll long seed) {
    new Life(new Random(seed)).live(40);
  }

  @Property(tries = 6)
  void numbersWithoutAnyOrder_areStillJudgedRight(@ForAll long seed) {
    Random random = new Random(seed);
    DedupeWindow window = new DedupeWindow();
    SeenOracle oracle = new SeenOracle();
    long time = 0;
    for (int i = 0; i < 4_000; i++) {
      long number = random.nextLong() >>> 1 + random.nextInt(60);
      time += random.nextInt(120_000);
      if (oracle.judge(window, number, true, time, true) == Verdict.NEW) {
        window.mark(number, true, time);
        oracle.mark(number, true, time);
      }
    }
    oracle.judgeAll(window, true);
    oracle.judgeAll(DedupeWindow.decode(new ByteReader(encoded(window))), true);
  }

  @Property(tries = 500)
  void numbersInAnyOrder_becomeOneRunADayWhereTheDeviceIsRegular(@ForAll long seed) {
    Random random = new Random(seed);
    int count = 2 + random.nextInt(300);
    long step = 1 + random.nextInt(240_000);
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      order.add(i);
    }
    int swaps = random.nextInt(5);
    for (int i = 0; i < swaps * count; i++) {
      int at = random.nextInt(count);
      Collections.swap(order, at, Math.min(count - 1, at + 1 + random.nextInt(4)));
    }
    DedupeWindow window = new DedupeWindow();
    for (int n : order) {
      window.mark(7 + n, true, n * step);
    }
    SeenOracle oracle = new SeenOracle();
    for (int n = 0; n < count; n++) {
      oracle.mark(7 + n, true, n * step);
    }
    oracle.judgeAll(window, false);
    long days = (count - 1) * step / SeenOracle.DAY + 1;
    int oneRunADay = new DedupeWindow().bytes() + 16 + 24 * (int) days;
    assertEquals(oneRunADay, window.bytes());
  }

  static byte[] encoded(DedupeWindow window) {
    ByteWriter out = new ByteWriter();
    window.encode(out);
    return out.toByteArray();
  }

  /** Batches of one device's events, some undone, over some days. */
  private static final class Life {
    private final Random random;
    private final long step;
    private final int jitter;
    private final int prints;
    private DedupeWindow window = new DedupeWindow();
    private DedupeWindow twin = new DedupeWindow();
    private SeenOracle oracle = new SeenOracle();
    private final UndoLog log = new UndoLog();
    private final List<SeenOracle.Id> sent = new ArrayList<>();
    private long number;
    private long time;

    Life(Random random) {
      this.random = random;
      step = STEPS[random.nextInt(STEPS.length)];
      jitter = random.nextInt(4) == 0 ? 1 + (int) Math.min(step, 600_000) : 1;
      prints = random.nextInt(3);
      number = random.nextInt(3) == 0 ? random.nextLong() : random.nextInt(10);
      time = SeenOracle.DAY * random.nextInt(40) + random.nextInt((int) SeenOracle.DAY);
    }

    void live(int batches) {
      for (int i = 0; i < batches; i++) {
        SeenOracle before = oracle.copy();
        byte[] bytes = encoded(window);
        log.clear();
        log.begin(window);
        window.save(log);
        batch();
        if (random.nextInt(4) == 0) {
          log.undo();
          assertArrayEquals(bytes, encoded(window), "undo");
          oracle = before;
          twin = DedupeWindow.decode(new ByteReader(bytes));
        } else if (random.nextInt(8) == 0) {
          window = DedupeWindow.decode(new ByteReader(encoded(window)));
        }
        assertArrayEquals(encoded(twin), encoded(window), "a decoded window goes on as the first");
        oracle.judgeAll(window, false);
      }
    }

    private void batch() {
      int size = 1 + random.nextInt(30);
      for (int i = 0; i < size; i++) {
        switch (random.nextInt(24)) {
          case 0 -> number += random.nextInt(5);
          case 1 -> number -= random.nextInt(5);
          case 2 -> time += random.nextLong(SeenOracle.DAY);
          case 3 -> again();
          case 4 -> event(number + random.nextInt(40) - 20, true, time + random.nextInt(4_000_000));
          case 5 ->
              event(number - random.nextInt(40), true, time - random.nextLong(3 * SeenOracle.DAY));
          case 6 -> restart();
          case 7 -> expire();
          default -> next();
        }
      }
    }

    private void next() {
      boolean numbered = random.nextInt(2) >= prints;
      event(numbered ? number++ : random.nextLong(), numbered, time + random.nextInt(jitter));
      time += step;
    }

    private void again() {
      if (!sent.isEmpty()) {
        SeenOracle.Id id = sent.get(random.nextInt(sent.size()));
        Long at = oracle.timeOf(id.id(), id.numbered());
        event(id.id(), id.numbered(), at == null || random.nextInt(3) == 0 ? time : at);
      }
    }

    private void restart() {
      if (random.nextInt(10) == 0) {
        number = Math.max(0, number - random.nextInt(100));
      }
    }

    private void expire() {
      long horizon = time - random.nextLong(10 * SeenOracle.DAY);
      window.expire(horizon);
      twin.expire(horizon);
      oracle.expire(horizon);
    }

    private void event(long id, boolean numbered, long at) {
      sent.add(new SeenOracle.Id(id, numbered));
      boolean asPrint = numbered && (id < 0 || id > DedupeWindow.MAX_NUMBER);
      if (oracle.judge(window, id, numbered, at, asPrint) == Verdict.NEW) {
        window.mark(id, numbered, at);
        twin.mark(id, numbered, at);
        oracle.mark(id, numbered, at);
      }
    }
  }
}
