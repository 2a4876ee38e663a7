package io.millrace.ops.demo.generator;

import java.time.Instant;

/**
 * The demo's time: the slowest publisher's simulated minute. A minute counts when the broker has
 * acknowledged all that was published in it. It never goes back and stops at the run's end.
 */
public final class SimulatedClock {
  private static final long MINUTE = 60_000;

  private final long start;
  private volatile int minutes;

  public SimulatedClock(Instant start) {
    this.start = start.toEpochMilli();
  }

  /** Milliseconds since 1970-01-01 UTC. */
  public long now() {
    return start + minutes * MINUTE;
  }

  /** Whole minutes since the start. */
  public int minutes() {
    return minutes;
  }

  /** Called by one thread. */
  void advanceTo(int reached) {
    if (reached > minutes) {
      minutes = reached;
    }
  }
}
