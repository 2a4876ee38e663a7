package io.millrace.tests.simulation;

import java.util.EnumMap;
import java.util.Map;

/** What goes wrong in a run. Each must happen often enough over all seeds, or nothing is proved. */
enum Fault {
  DUPLICATE_PUBLISHED,
  REDELIVERED,
  REORDERED,
  DELAYED,
  WINDOW_SEALED,
  PERIOD_CLOSED,
  COUNTER_RESTARTED,
  SAME_ID_OTHER_BODY,
  TEXT_ID,
  TEXT_ID_REUSED,
  TOO_OLD,
  IN_THE_FUTURE,
  UNKNOWN_DEVICE,
  UNPRICED_TYPE,
  OUTSIDE_SUBSCRIPTION,
  MALFORMED,
  SUSPENDED_AGAIN,
  HUGE_QUANTITY,
  NEGATIVE_QUANTITY,
  POISONED_EVENT,
  POISONED_COMMAND,
  SUBSCRIBED_TWICE,
  RECYCLED,
  RECYCLED_PAST_HORIZON,
  COMMIT_FAILED,
  COMMIT_UNKNOWN_MADE,
  COMMIT_UNKNOWN_NOT_MADE,
  COMMIT_FENCED,
  SETTLING_UNAVAILABLE,
  STORE_UNAVAILABLE,
  TAKE_ANSWER_LOST,
  CHECKPOINT_FAILED,
  CHECKPOINT_ANSWER_LOST,
  CHECKPOINT_STALE,
  FOLDED,
  CRASH_IDLE,
  CRASH_BEFORE_COMMIT,
  CRASH_IN_COMMIT_MADE,
  CRASH_IN_COMMIT_NOT_MADE,
  CRASH_BEFORE_ACKNOWLEDGE,
  CRASH_IN_RECOVERY,
  RESTART_SAME_NAME,
  TAKEN_OVER,
  PAUSED,
  STALE_OWNER_WOKE,
  RELEASED,
  SHARD_MOVED,
  CLOCK_FORWARD,
  CLOCK_BACKWARD,
  CLOCK_STEPPED,
  CLOCK_JUMPED_FORWARD,
  CLOCK_JUMPED_BACK,
  DATABASE_CLOCK_JUMPED,
  CLOCK_AGREED,
  RESTART_WHILE_STOPPED,
  USAGE_WHILE_STOPPED,
  DUE_LIMIT_REACHED,
  CLOSE_ASKED,
  MOVE_ASKED,
  MOVE_ASKED_TWICE,
  MOVE_REFUSED,
  DEVICE_MOVED,
  DEVICE_MOVED_AGAIN,
  MOVED_INSIDE_ITS_SHARD,
  EVENT_SENT_ON,
  STALE_DIRECTORY,
  SHARED,
  ACTIVATED,
  ACTIVATION_NOT_MADE,
  ACTIVATION_ANSWER_LOST,
  COMMIT_UNDER_OTHER_RULES,
  SPONSORED,
  SPONSORED_ELSEWHERE,
  PAID_IN,
  LENT,
  LENT_TOO_LITTLE,
  LENT_AND_NOT_USED,
  UNITS_BOUGHT,
  UNITS_COVERED;

  /** How often each happened. */
  static final class Tally {
    private final EnumMap<Fault, Long> counts = new EnumMap<>(Fault.class);

    void add(Fault fault) {
      counts.merge(fault, 1L, Long::sum);
    }

    void add(Tally other) {
      other.counts.forEach((fault, n) -> counts.merge(fault, n, Long::sum));
    }

    long of(Fault fault) {
      return counts.getOrDefault(fault, 0L);
    }

    /** A table, one fault a line. */
    @Override
    public String toString() {
      StringBuilder table = new StringBuilder();
      for (Map.Entry<Fault, Long> e : counts.entrySet()) {
        table.append("%-26s %,12d%n".formatted(e.getKey(), e.getValue()));
      }
      return table.toString();
    }
  }
}
