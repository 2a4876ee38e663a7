package io.millrace.connectors.clock;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What is written down of a node's clock, so that a restart can't undo a stop. Times are
 * milliseconds since 1970-01-01 UTC.
 *
 * @param stop why ticks are stopped; null where they are not
 * @param agreedDifference the node's clock minus the database's that is taken for right,
 *     milliseconds
 * @param agreedAhead shards may be ahead of the clock up to this time: an operator knows
 * @param agreedBy who has agreed last, and {@code agreedAt} when, by the database's clock; null
 *     where nobody had to
 */
public record ClockRecord(
    @Nullable Stop stop,
    long agreedDifference,
    long agreedAhead,
    @Nullable String agreedBy,
    @Nullable Long agreedAt) {

  /** Of a clock that nobody has doubted yet. */
  public static final ClockRecord NEW = new ClockRecord(null, 0, Long.MIN_VALUE, null, null);

  /** Why a clock is not believed. The codes are stable. */
  public enum Cause {
    /** It went on by more or less than the time that passed. */
    JUMP("the node's clock has jumped"),
    /** It differs from the database's. */
    DIFFERENCE("the node's clock and the database's differ"),
    /** It is behind what shards have committed. */
    BEHIND("the node's clock is behind the last commits");

    private final String meaning;

    Cause(String meaning) {
      this.meaning = meaning;
    }

    /** As stored and printed. */
    public String code() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** In words. */
    public String meaning() {
      return meaning;
    }
  }

  /**
   * A stop.
   *
   * @param nodeTime what the node's clock said then
   * @param held the last time that could be believed; commits go on from there by what passes while
   *     a process runs
   * @param since when it was, by the database's clock at its last look
   */
  public record Stop(Cause cause, long nodeTime, long held, long since) {}

  ClockRecord stopped(Stop why) {
    return new ClockRecord(why, agreedDifference, agreedAhead, agreedBy, agreedAt);
  }
}
