package io.millrace.connectors.clock;

import java.util.function.LongSupplier;

/** A clock that is believed. */
record UncheckedClock(LongSupplier millis) implements CommitClock {

  @Override
  public Reading read() {
    return new Reading(millis.getAsLong(), true);
  }

  @Override
  public void seen(long committed) {
    // There is nothing that it could disagree with.
  }

  @Override
  public ClockState state() {
    return ClockState.unchecked(millis.getAsLong());
  }

  @Override
  public ClockState agree(String who) {
    return state();
  }

  @Override
  public void close() {
    // Nothing runs.
  }
}
