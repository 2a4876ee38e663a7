package io.millrace.ops.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class PatienceTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final ArrayDeque<Runnable> looks = new ArrayDeque<>();
  private long now = Long.MAX_VALUE - 3 * SECOND; // The clock may go over.
  private final Patience patience = new Patience(10, () -> now, looks::add);

  private void look() {
    looks.remove().run();
  }

  @Test
  void answersInAnyOrder_thoseThatTakeTooLongEndAndNoOthers() {
    Random random = new Random(5);
    List<CompletableFuture<Integer>> open = new ArrayList<>();
    List<Long> asked = new ArrayList<>();
    int late = 0;
    for (int i = 0; i < 5_000; i++) {
      now += random.nextLong(SECOND / 4);
      if (open.isEmpty() || random.nextInt(9) > 3) {
        open.add(patience.bound(new CompletableFuture<>()));
        asked.add(now);
      } else {
        int which = random.nextInt(open.size());
        open.remove(which).complete(i);
        asked.remove(which);
      }
      assertEquals(1, looks.size());
      look();
      for (int k = open.size() - 1; k >= 0; k--) {
        assertEquals(now - asked.get(k) >= 10 * SECOND, open.get(k).isDone());
        if (open.get(k).isDone()) {
          assertInstanceOf(TimeoutException.class, open.get(k).exceptionNow());
          open.remove(k);
          asked.remove(k);
          late++;
        }
      }
    }
    assertTrue(late > 100, "" + late);
  }

  @Test
  void nobodyWaits_nothingIsLookedFor() {
    patience.bound(CompletableFuture.completedFuture(1));
    assertTrue(looks.isEmpty());
    CompletableFuture<Integer> asked = patience.bound(new CompletableFuture<>());
    asked.complete(1);
    look();
    assertTrue(looks.isEmpty());
    CompletableFuture<Integer> next = patience.bound(new CompletableFuture<>());
    now += 10 * SECOND;
    assertFalse(next.isDone());
    look();
    assertTrue(next.isCompletedExceptionally());
  }
}
