package io.millrace.ops.node;

import io.millrace.connectors.clock.ClockBook;
import io.millrace.connectors.clock.ClockGuard;
import io.millrace.connectors.clock.CommitClock;
import java.util.function.LongSupplier;

/**
 * The clock that a node is handed.
 *
 * @param millis milliseconds since 1970-01-01 UTC
 * @param checked whether it is the world's time, and so checked against the database's
 */
public record NodeClock(LongSupplier millis, boolean checked) {

  /** The machine's, checked. */
  public static NodeClock machine() {
    return new NodeClock(System::currentTimeMillis, true);
  }

  /** One that runs by itself, as a demo's: no other clock knows its time. */
  public static NodeClock simulated(LongSupplier millis) {
    return new NodeClock(millis, false);
  }

  /** Begins to watch it. */
  CommitClock start(ClockBook book) {
    return checked
        ? ClockGuard.start(millis, System::nanoTime, book)
        : CommitClock.unchecked(millis);
  }
}
