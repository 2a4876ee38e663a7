package io.millrace.connectors.source;

import java.util.Optional;
import java.util.OptionalLong;

/** One connection of a source that reads in batches: a thread that reads until it is to leave. */
public interface SourceReader {
  /** Begins to read, on a thread of its own. */
  void start();

  /** Takes nothing more in; what is in flight ends, for a bounded time, and the broker is left. */
  void leave();

  /** Waits, for a bounded time, until it has left. */
  void awaitEnd() throws InterruptedException;

  /** Whether it reads. */
  boolean isConnected();

  /** What it has before it; empty where its broker does not tell, or has not told yet. */
  default Optional<Lag> lag() {
    return Optional.empty();
  }

  /** What it has not yet read; empty where its broker does not tell, or has not told yet. */
  default OptionalLong waiting() {
    return OptionalLong.empty();
  }

  /** Whether it does all that one reader may, so that another one would help. */
  boolean isPressed();

  /** Its counters. */
  SourceState.Slot state();
}
