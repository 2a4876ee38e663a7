package io.millrace.connectors.clock;

import org.jspecify.annotations.Nullable;

/**
 * A node's clock as an operator sees it. Times are milliseconds since 1970-01-01 UTC.
 *
 * @param checked whether it is checked at all; a simulated one is not
 * @param nodeTime what it says
 * @param commitTime what a commit made now would say
 * @param difference the node's clock minus the database's at the last look, milliseconds; null
 *     where there was none
 * @param record what is written down of it
 */
public record ClockState(
    boolean checked,
    long nodeTime,
    long commitTime,
    @Nullable Long difference,
    ClockRecord record) {

  static ClockState unchecked(long now) {
    return new ClockState(false, now, now, null, ClockRecord.NEW);
  }

  /** Whether what falls due may run. */
  public boolean ticks() {
    return record.stop() == null;
  }

  /** What an operator should do about it; empty where there is nothing to do. */
  public String trouble() {
    ClockRecord.Stop stop = record.stop();
    return stop == null
        ? ""
        : stop.cause().meaning()
            + ": nothing falls due until an operator agrees; set the clocks right, then"
            + " `millrace clock agree --by NAME`";
  }
}
