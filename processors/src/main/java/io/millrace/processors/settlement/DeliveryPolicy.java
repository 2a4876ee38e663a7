package io.millrace.processors.settlement;

import java.time.Duration;

/**
 * How often and how long a delivery is tried.
 *
 * @param first the wait after the first failure; it doubles each time
 * @param longest the bound of any wait, one that the receiver asks for included
 * @param attempts posts and reads in all, before it is given up
 */
public record DeliveryPolicy(Duration first, Duration longest, int attempts) {

  /** Half a second to a quarter of an hour, 120 times: about a day. */
  public static final DeliveryPolicy STANDARD =
      new DeliveryPolicy(Duration.ofMillis(500), Duration.ofMinutes(15), 120);

  public DeliveryPolicy {
    if (first.isNegative() || first.isZero() || longest.compareTo(first) < 0 || attempts < 1) {
      throw new IllegalArgumentException("waits from " + first + " to " + longest);
    }
  }

  /**
   * The wait before the next try.
   *
   * @param attempt the one that failed, from 1
   * @param jitter per mille, 0 to 999: where in the upper half of the wait it falls
   */
  public Duration pause(int attempt, int jitter) {
    long full = first.toMillis();
    for (int i = 1; i < attempt && full < longest.toMillis(); i++) {
      full *= 2;
    }
    full = Math.min(full, longest.toMillis());
    return Duration.ofMillis(full / 2 + full / 2 * jitter / 1000);
  }
}
