package io.millrace.ops.jmx;

/** {@code io.millrace:type=Clock}: the node's clock, checked against the database's. */
public interface ClockMXBean {
  /** Whether what is due runs: windows and periods that close, charges that recur. */
  boolean isTicking();

  /** Whether it is checked at all; a simulated one is not. */
  boolean isChecked();

  /** Why nothing falls due, and what to do about it; empty where all is well. */
  String getTrouble();

  /** What the node's clock says; RFC 3339, in UTC. */
  String getNodeTime();

  /** What a commit made now says; RFC 3339, in UTC. */
  String getCommitTime();

  /** The node's clock minus the database's at the last look, milliseconds; 0 before the first. */
  long getDifferenceMillis();

  /** Says that the clock is right as it is: what is due runs. Names who says so. */
  void agree(String who);
}
