package io.millrace.tests.crash;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Lets the lamps publish a share of their events in each step of a test, spread over a moment, so
 * that there is always something in flight when a process dies. Stands in for the count of events
 * that the gateway has taken, which the publisher asks to keep its distance.
 */
final class Pace implements LongSupplier {
  private static final long SPREAD_NANOS = TimeUnit.SECONDS.toNanos(3);

  private final long share;
  private final long backlog;
  private long before;
  private long since;
  private boolean started;
  private boolean free;

  /**
   * Nothing may be published before the first step.
   *
   * @param events in all
   * @param steps that share them
   * @param backlog how far the publisher goes beyond what is taken
   */
  Pace(long events, int steps, long backlog) {
    this.share = events / steps;
    this.backlog = backlog;
  }

  /** What was left of the step before is free at once, the next share a little at a time. */
  synchronized void step() {
    before += started ? share : 0;
    started = true;
    since = System.nanoTime();
  }

  /** No more steps: the rest may come as fast as it can. */
  synchronized void free() {
    free = true;
  }

  @Override
  public synchronized long getAsLong() {
    if (free) {
      return Long.MAX_VALUE;
    }
    long spread = started ? Math.min(SPREAD_NANOS, System.nanoTime() - since) : 0;
    return before + share * spread / SPREAD_NANOS - backlog;
  }
}
