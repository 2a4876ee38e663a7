package io.millrace.connectors.trial;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Threads that share some work, all of which is done before the next begins. */
public final class Workers implements AutoCloseable {
  private final int threads;
  private final ExecutorService pool;

  /** A part of the work. */
  @FunctionalInterface
  interface Task {
    void run() throws IOException;
  }

  /**
   * So many threads.
   *
   * @param threads from 1
   */
  public Workers(int threads) {
    this.threads = threads;
    this.pool =
        Executors.newFixedThreadPool(
            threads, Thread.ofPlatform().name("rate-", 0).daemon(true).factory());
  }

  /** How many there are. */
  int threads() {
    return threads;
  }

  /**
   * Does all of it, beginning with the first ones.
   *
   * @throws IOException the first that a task threw, in their order
   */
  void run(List<Task> tasks) throws IOException {
    List<Callable<Boolean>> calls = new ArrayList<>(tasks.size());
    for (Task task : tasks) {
      calls.add(
          () -> {
            task.run();
            return true;
          });
    }
    try {
      for (Future<Boolean> done : pool.invokeAll(calls)) {
        done.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("stopped before it was done", e);
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException io -> throw io;
        case UncheckedIOException io -> throw io.getCause();
        case RuntimeException bug -> throw bug;
        case Error bug -> throw bug;
        case null, default -> throw new AssertionError(e);
      }
    }
  }

  @Override
  public void close() {
    pool.shutdownNow();
  }
}
