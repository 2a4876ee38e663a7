package io.millrace.connectors.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.processors.shard.Command;
import io.millrace.processors.shard.SourceCounts;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Usage that comes while callers do. */
class UsageBesideCallersTest extends ShardHostGround {
  private static final int MINUTES = 60;
  private static final int PARTS = (MINUTES * LAMPS + Backlog.PART_ROWS - 1) / Backlog.PART_ROWS;

  @Test
  void usageBesideACaller_isCommittedInPartsAndToldAfterTheLast() throws Exception {
    assertTrue(PARTS > 1 && commitsUntilTold() >= PARTS);
    assertEquals(new SourceCounts(1, MINUTES * LAMPS, MINUTES * LAMPS, 0, 0, 0), counts(1));
  }

  @Test
  void whoComesDuringAPart_isCommittedAheadOfTheNext() throws Exception {
    AtomicInteger came = new AtomicInteger();
    points =
        point -> {
          if (point.equals(CrashPoints.BEFORE_COMMIT) && came.incrementAndGet() < 2 * PARTS) {
            CompletableFuture<Void> unused = host.submit(0, new Command.ClosePeriod(-1));
          }
        };
    long commits = commitsUntilTold();
    assertTrue(commits >= 2 * PARTS - 1, commits + " commits");
    assertEquals(new SourceCounts(1, MINUTES * LAMPS, MINUTES * LAMPS, 0, 0, 0), counts(1));
  }

  @Test
  void usageThatSomeoneWaitsFor_waitsForCompanyBesideCallers() throws Exception {
    int rounds = 60;
    Set<Long> rows = new ConcurrentSkipListSet<>(); // As they were when a commit began.
    points = point -> rows.add(host.committedRows());
    CountDownLatch left = new CountDownLatch(rounds * LAMPS);
    long begun = System.nanoTime();
    for (int round = 0; round < rounds; round++) {
      add(round, round + 1, left::countDown);
      intake.hurry();
      host.submit(0, new Command.ClosePeriod(-1)).join();
    }
    assertTrue(left.await(20, TimeUnit.SECONDS));
    long waits = (System.nanoTime() - begun) / ShardHost.USAGE_WAIT_BESIDE_CALLERS_NANOS;
    assumeTrue(waits < rounds / 2, "this machine is too slow to tell");
    assertTrue(
        rows.size() <= waits + 3, rows.size() + " times usage was taken in " + waits + " waits");
    assertEquals(new SourceCounts(1, rounds * LAMPS, rounds * LAMPS, 0, 0, 0), counts(1));
  }

  /** Commits from when usage and a caller are there until the first of its sources is told. */
  private long commitsUntilTold() throws Exception {
    intake = host.intake(2 * MINUTES * LAMPS, 1 << 24); // Half full, it waits for no company.
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
    CountDownLatch left = new CountDownLatch(MINUTES * LAMPS);
    add(
        0,
        MINUTES,
        () -> {
          commitsWhenTold.accumulateAndGet(host.commits(), Math::min);
          left.countDown();
        });
    CompletableFuture<Void> caller = host.submit(0, new Command.ClosePeriod(-1));
    held.countDown();
    assertEquals(true, holding.join());
    caller.join();
    assertTrue(left.await(20, TimeUnit.SECONDS));
    return commitsWhenTold.get() - before;
  }
}
