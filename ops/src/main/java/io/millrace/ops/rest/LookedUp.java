package io.millrace.ops.rest;

import io.millrace.ops.Refusal;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Function;

/**
 * Begins what must ask the database first, off the event loop: each on a virtual thread, which
 * waits for one of the pool's connections at most as long as that lets it. Only so many wait at a
 * time: names that nobody has cost who asks for them nothing.
 */
final class LookedUp {
  /** Requests that look something up at a time, on all faces together. */
  static final int MOST = 512;

  private static final Executor THREADS = Executors.newVirtualThreadPerTaskExecutor();
  private static final LookedUp ALL = new LookedUp(MOST);

  private final Semaphore room;

  LookedUp(int most) {
    this.room = new Semaphore(most);
  }

  /**
   * The answer of what is begun; whatever it ends with, an error too, the future ends with. A
   * refusal ({@code too-many-requests}) where as many are being looked up as may.
   */
  static CompletableFuture<Answer> first(Callable<CompletableFuture<Answer>> asked) {
    return ALL.begin(asked);
  }

  CompletableFuture<Answer> begin(Callable<CompletableFuture<Answer>> asked) {
    if (!room.tryAcquire()) {
      return CompletableFuture.failedFuture(
          new Refusal(
              Refusal.Kind.TOO_MANY,
              "too-many-requests",
              "as many accounts are being looked up as may",
              "ask again later, under the same Idempotency-Key"));
    }
    CompletableFuture<CompletableFuture<Answer>> begun = new CompletableFuture<>();
    THREADS.execute(
        () -> {
          try {
            CompletableFuture<Answer> answer = asked.call();
            room.release();
            begun.complete(answer);
          } catch (Throwable e) {
            room.release();
            begun.completeExceptionally(e);
          }
        });
    return begun.thenCompose(Function.identity());
  }
}
