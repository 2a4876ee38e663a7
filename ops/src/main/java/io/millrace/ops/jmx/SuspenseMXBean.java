package io.millrace.ops.jmx;

import java.util.Map;

/** {@code io.millrace:type=Suspense}: events that could not be charged. */
public interface SuspenseMXBean {
  /** How many are open, by reason. */
  Map<String, Long> getOpen();

  /**
   * Sources that flood it, and how many of their events could not be remembered for long enough.
   */
  Map<String, Long> getFlooded();

  /** Tries all open events of a reason again. */
  Recycled recycle(String reason);

  /** The same, allowing them to be older than the horizon; names who allows it. */
  Recycled recycle(String reason, String override);

  /** How many were tried, and how many are charged or duplicates now. */
  record Recycled(int tried, int ended) {}
}
