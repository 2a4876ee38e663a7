package io.millrace.connectors.source;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * How much of something a source may have at once, between a named least and a named most: events
 * in flight of a reader, readers of a source. It begins at a quarter of the most, so that two
 * commits under load bring it there, and
 *
 * <ul>
 *   <li>doubles, once a commit, where it is full (at most a quarter of it is free) while more is
 *       known to wait, or is full again within {@link #AGAIN} of having been full, after a commit
 *   <li>halves where for {@link #QUIET} no more than a quarter of it was used, and no more waited
 *       than it would hold
 * </ul>
 *
 * <p>A store that is away commits nothing, and so raises nothing. Safe for any thread.
 */
public final class AdaptiveLimit {
  /** For how long there must be too much of it before it halves. */
  public static final Duration QUIET = Duration.ofSeconds(10);

  /** Within which it fills again, where what a commit takes away is no more than what comes. */
  public static final Duration AGAIN = Duration.ofSeconds(1);

  private static final long NEVER = -1;

  private final int least;
  private final int most;
  private final LongSupplier nanoTime;
  private volatile int now;
  private long grownAt = NEVER;
  private long fullAt = NEVER;
  private long fullLast;
  private long busyAt;

  /**
   * A limit that begins at a quarter of the most, and at no less than the least.
   *
   * @param least 1 or more
   * @param most no less than the least
   */
  public AdaptiveLimit(int least, int most) {
    this(least, most, Math.max(least, most / 4), System::nanoTime);
  }

  /**
   * A limit that begins elsewhere.
   *
   * @param start between the two
   * @param nanoTime a clock that never goes back, nanoseconds
   */
  AdaptiveLimit(int least, int most, int start, LongSupplier nanoTime) {
    if (least < 1 || start < least || most < start) {
      throw new IllegalArgumentException(least + " to " + most + " from " + start);
    }
    this.least = least;
    this.most = most;
    this.nanoTime = nanoTime;
    this.now = start;
    this.busyAt = nanoTime.getAsLong();
  }

  /** What it is now. */
  public int now() {
    return now;
  }

  /** Whether it can grow no more. */
  public boolean isMost() {
    return now == most;
  }

  /** Whether so much of it is used that it may be what holds the source up. */
  public boolean isFull(long used) {
    return isFull(used, now);
  }

  private static boolean isFull(long used, int limit) {
    return used >= limit - limit / 4;
  }

  /**
   * Looks, several times a second, and changes it where that is due.
   *
   * @param used of it; more than it is where it has just halved
   * @param commits a count that goes up when something is disposed of
   * @param waiting what is not yet read; empty where nobody tells
   */
  public synchronized void look(long used, long commits, OptionalLong waiting) {
    int limit = now;
    long time = nanoTime.getAsLong();
    if (used > limit / 4 || waiting.orElse(0) > limit) {
      busyAt = time;
    } else if (time - busyAt >= QUIET.toNanos()) {
      now = Math.max(least, limit / 2);
      busyAt = time;
    }
    if (!isFull(used, limit)) {
      return;
    }
    if (fullAt == NEVER || time - fullLast > AGAIN.toNanos()) {
      fullAt = commits;
    }
    fullLast = time;
    if (commits > fullAt || waiting.orElse(0) > 0 && commits > grownAt) {
      grownAt = commits;
      fullAt = NEVER;
      now = (int) Math.min(most, 2L * limit);
    }
  }
}
