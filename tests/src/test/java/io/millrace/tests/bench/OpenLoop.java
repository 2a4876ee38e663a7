package io.millrace.tests.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Requests at a rate that does not wait for answers: each has a time at which it is due, and takes
 * from then on until its answer, so that one that had to wait for a connection is not left out
 * (coordinated omission).
 */
final class OpenLoop {
  private static final long LONGEST_NANOS = 60_000_000_000L;
  private static final int DIGITS = 3;

  private OpenLoop() {}

  /** Sends one request after the other over a connection of its own. */
  interface Client extends AutoCloseable {
    /** Sends its next request and reads the answer, which must be good. */
    void next() throws Exception;

    @Override
    void close() throws Exception;
  }

  /**
   * Runs.
   *
   * @param perSecond the rate; 0 for as fast as the clients can
   * @return how long the answers took, nanoseconds
   */
  static Histogram run(int clients, int requests, int perSecond, IntFunction<Client> client)
      throws Exception {
    Histogram took = new ConcurrentHistogram(LONGEST_NANOS, DIGITS);
    AtomicInteger next = new AtomicInteger();
    long begun = System.nanoTime() + 50_000_000;
    List<Future<?>> all = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(clients)) {
      for (int i = 0; i < clients; i++) {
        int number = i;
        all.add(
            threads.submit(
                () -> {
                  try (Client each = client.apply(number)) {
                    int n;
                    while ((n = next.getAndIncrement()) < requests) {
                      long due =
                          perSecond == 0
                              ? System.nanoTime()
                              : begun + n * 1_000_000_000L / perSecond;
                      long early;
                      while ((early = due - System.nanoTime()) > 0) {
                        LockSupport.parkNanos(early);
                      }
                      each.next();
                      took.recordValue(Math.min(LONGEST_NANOS, System.nanoTime() - due));
                    }
                  }
                  return null;
                }));
      }
      for (Future<?> each : all) {
        each.get();
      }
    }
    return took;
  }
}
