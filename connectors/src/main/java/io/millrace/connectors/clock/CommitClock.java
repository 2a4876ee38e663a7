package io.millrace.connectors.clock;

import java.util.function.LongSupplier;

/** Where the time of the commits comes from. Safe for any thread. */
public interface CommitClock extends AutoCloseable {

  /**
   * One look at it.
   *
   * @param now the time of a commit made now, milliseconds since 1970-01-01 UTC; never less than in
   *     an earlier look
   * @param ticks whether what is due by then may run: windows and periods that close, charges that
   *     recur
   */
  record Reading(long now, boolean ticks) {}

  /** Looks at it. */
  Reading read();

  /**
   * Is told what a shard has committed, by whichever node: a clock that says much less is wrong, or
   * that one was.
   *
   * @param committed the shard's time, milliseconds since 1970-01-01 UTC
   */
  void seen(long committed);

  /** What an operator should know of it. */
  ClockState state();

  /**
   * An operator says that it is right as it is: ticks go on. Does nothing where they go on already.
   *
   * @param who says so
   * @throws io.millrace.connectors.store.DatabaseUnavailable where that can't be written down; they
   *     stay stopped then
   */
  ClockState agree(String who);

  @Override
  void close();

  /**
   * A clock that is not checked and never stops: a simulated one, of which no other clock knows.
   *
   * @param millis milliseconds since 1970-01-01 UTC; never backwards
   */
  static CommitClock unchecked(LongSupplier millis) {
    return new UncheckedClock(millis);
  }
}
