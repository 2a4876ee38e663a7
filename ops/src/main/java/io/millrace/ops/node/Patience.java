package io.millrace.ops.node;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Bounds how long answers are waited for, all of them for as long, and half a second more at most.
 * A timer for each would wake a thread twice a request.
 */
final class Patience {
  private static final long LOOK_MILLIS = 500;

  private static final class Waiting {
    final @Nullable CompletableFuture<?> answer;
    final long until;
    Waiting before = this;
    Waiting after = this;

    Waiting(@Nullable CompletableFuture<?> answer, long until) {
      this.answer = answer;
      this.until = until;
    }
  }

  private final long nanos;
  private final LongSupplier clock;
  private final Executor later;

  /** Between the one that has waited longest, after it, and the one that came last, before it. */
  private final Waiting ends = new Waiting(null, 0);

  /** Whether a look is to come: there is none while nobody waits. */
  private boolean looking;

  Patience(long seconds) {
    this(
        seconds,
        System::nanoTime,
        CompletableFuture.delayedExecutor(LOOK_MILLIS, TimeUnit.MILLISECONDS));
  }

  /**
   * With a clock of a test's own.
   *
   * @param later runs a look when it is time for the next one
   */
  Patience(long seconds, LongSupplier clock, Executor later) {
    this.nanos = TimeUnit.SECONDS.toNanos(seconds);
    this.clock = clock;
    this.later = later;
  }

  /** The same answer, which ends with a {@link TimeoutException} where it takes too long. */
  <T extends @Nullable Object> CompletableFuture<T> bound(CompletableFuture<T> answer) {
    if (!answer.isDone()) {
      Waiting waiting = new Waiting(answer, clock.getAsLong() + nanos);
      enter(waiting);
      answer.whenComplete((value, failure) -> leave(waiting));
    }
    return answer;
  }

  private synchronized void enter(Waiting waiting) {
    waiting.before = ends.before;
    waiting.after = ends;
    ends.before.after = waiting;
    ends.before = waiting;
    if (!looking) {
      later.execute(this::look);
      looking = true;
    }
  }

  private synchronized void leave(Waiting waiting) {
    waiting.before.after = waiting.after;
    waiting.after.before = waiting.before;
    waiting.before = waiting;
    waiting.after = waiting;
  }

  private void look() {
    for (CompletableFuture<?> answer : over()) {
      answer.completeExceptionally(new TimeoutException());
    }
    goOn();
  }

  private synchronized void goOn() {
    looking = false;
    if (ends.after != ends) {
      later.execute(this::look);
      looking = true;
    }
  }

  private synchronized List<CompletableFuture<?>> over() {
    List<CompletableFuture<?>> over = new ArrayList<>();
    long now = clock.getAsLong();
    Waiting first = ends.after;
    while (first.answer != null && now - first.until >= 0) {
      over.add(first.answer);
      leave(first);
      first = ends.after;
    }
    return over;
  }
}
