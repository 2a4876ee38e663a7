package io.millrace.processors.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * What has been told of some accounts, judged by sums by hand. Accounts are numbered from 1,000.
 */
final class SaidOfAccounts {
  private final boolean[] blocked;
  private final boolean[] low;
  private final long[] threshold;
  private final long[] paid;
  private long expired;

  SaidOfAccounts(int accounts) {
    blocked = new boolean[accounts];
    low = new boolean[accounts];
    threshold = new long[accounts];
    paid = new long[accounts];
  }

  /** An account is opened with so much above its floor. */
  void opened(int account, long left, long lowAt) {
    threshold[account] = lowAt;
    blocked[account] = left <= 0;
    low[account] = left <= lowAt;
  }

  /** Each is news: what it says was otherwise before. */
  void take(Notice notice) {
    int a = notice.account() - 1_000;
    switch (notice.kind()) {
      case LOW_BALANCE -> {
        assertTrue(!low[a], "low, and said so before");
        low[a] = true;
      }
      case BLOCKED, UNBLOCKED -> {
        boolean now = notice.kind() == Notice.Kind.BLOCKED;
        assertTrue(now != blocked[a], "blocked or not, and said so before");
        blocked[a] = now;
      }
      case TOPPED_UP -> paid[a] += ((Notice.Money) notice.facts().getFirst()).units();
      case RESERVATION_EXPIRED -> expired++;
      default -> throw new AssertionError("nothing of that kind happens here: " + notice);
    }
  }

  /** After a commit, with so much above the floor. */
  void judge(int account, long left, long toppedUp) {
    assertEquals(left <= 0, blocked[account], "blocked");
    assertTrue(low[account] || left > threshold[account], "low, and not said");
    low[account] &= left <= threshold[account];
    assertEquals(toppedUp, paid[account], "topped up");
  }

  void judgeExpired(long expected) {
    assertEquals(expected, expired, "reservations that have expired");
  }
}
