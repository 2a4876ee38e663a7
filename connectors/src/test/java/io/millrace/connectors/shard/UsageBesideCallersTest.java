package io.millrace.connectors.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.processors.shard.Command;
import io.millrace.processors.shard.SourceCounts;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Usage that comes while callers do. */
class UsageBesideCallersTest extends ShardHostGround {
  @Test
  void usageBesideACaller_isCommittedInPartsAndToldAfterTheLast() throws Exception {
    int minutes = 60;
    int parts = (minutes * LAMPS + Backlog.PART_ROWS - 1) / Backlog.PART_ROWS;
    CountDownLatch held = new CountDownLatch(1);
    CompletableFuture<Object> holding =
        host.ask(
            shards -> {
              try {
                return held.await(20, TimeUnit.SECONDS);
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    long before = host.commits();
    AtomicLong commitsWhenTold = new AtomicLong(Long.MAX_VALUE);
    CountDownLatch left = new CountDownLatch(minutes * LAMPS);
    add(
        0,
        minutes,
        () -> {
          commitsWhenTold.accumulateAndGet(host.commits(), Math::min);
          left.countDown();
        });
    CompletableFuture<Void> caller = host.submit(0, new Command.ClosePeriod(-1));
    held.countDown();
    assertEquals(true, holding.join());
    caller.join();
    assertTrue(left.await(20, TimeUnit.SECONDS));
    assertTrue(parts > 1 && commitsWhenTold.get() >= before + parts);
    assertEquals(new SourceCounts(1, minutes * LAMPS, minutes * LAMPS, 0, 0, 0), counts(1));
  }
}
