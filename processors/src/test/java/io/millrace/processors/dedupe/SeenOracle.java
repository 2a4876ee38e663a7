package io.millrace.processors.dedupe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.processors.dedupe.DedupeWindow.Verdict;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Every id and time that was marked, in a map: what a {@link DedupeWindow} is judged by. */
final class SeenOracle {

  static final long DAY = 86_400_000;

  /** Twice the largest error of a run, and the slack. */
  private static final long SURELY_REUSED = 2 * 8_191_000 + 1_800_000;

  record Id(long id, boolean numbered) {}

  private final Map<Id, Long> seen = new HashMap<>();

  SeenOracle copy() {
    SeenOracle copy = new SeenOracle();
    copy.seen.putAll(seen);
    return copy;
  }

  @Nullable Long timeOf(long id, boolean numbered) {
    return seen.get(new Id(id, numbered));
  }

  void mark(long id, boolean numbered, long time) {
    seen.put(new Id(id, numbered), time);
  }

  void expire(long horizonStart) {
    seen.values().removeIf(time -> (Math.floorDiv(time, DAY) + 1) * DAY <= horizonStart);
  }

  int count() {
    return seen.size();
  }

  /** Fails where a verdict is wrong; where two are right, either passes. */
  Verdict judge(DedupeWindow window, long id, boolean numbered, long time, boolean spilled) {
    Verdict verdict = window.test(id, numbered, time);
    Long known = seen.get(new Id(id, numbered));
    if (known == null) {
      assertEquals(Verdict.NEW, verdict, () -> id + " was never marked");
    } else if (known == time) {
      assertEquals(Verdict.DUPLICATE, verdict, () -> "a redelivery of " + id + " at " + time);
    } else if (!numbered || spilled) {
      boolean sameDay = Math.floorDiv(known, DAY) == Math.floorDiv(time, DAY);
      assertTrue(verdict != Verdict.NEW);
      assertTrue(verdict == (sameDay ? Verdict.DUPLICATE : Verdict.REUSED) || spilled);
    } else if (Math.abs(known - time) > SURELY_REUSED) {
      assertEquals(Verdict.REUSED, verdict, () -> id + " at " + known + ", again at " + time);
    } else {
      assertTrue(verdict != Verdict.NEW, () -> id + " was marked at " + known);
    }
    return verdict;
  }

  /** Every event marked is a duplicate when it comes again. */
  void judgeAll(DedupeWindow window, boolean spilled) {
    seen.forEach((id, time) -> judge(window, id.id(), id.numbered(), time, spilled));
    assertEquals(seen.size(), window.count());
  }
}
