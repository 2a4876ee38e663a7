package io.millrace.ops.rest;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.function.Function;

/**
 * Begins what must ask the database first, off the event loop: each on a virtual thread, which
 * waits for one of the pool's connections at most as long as that lets it.
 */
final class LookedUp {
  private static final Executor THREADS = Executors.newVirtualThreadPerTaskExecutor();

  private LookedUp() {}

  /** The answer of what is begun; whatever it ends with, an error too, the future ends with. */
  static CompletableFuture<Answer> first(Callable<CompletableFuture<Answer>> asked) {
    CompletableFuture<CompletableFuture<Answer>> begun = new CompletableFuture<>();
    THREADS.execute(
        () -> {
          try {
            begun.complete(asked.call());
          } catch (Throwable e) {
            begun.completeExceptionally(e);
          }
        });
    return begun.thenCompose(Function.identity());
  }
}
