package io.millrace.connectors.dedupe;

import io.millrace.connectors.clock.CommitClock;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Forgets the confirmed keys of a tenant's repositories once they are past the horizon: a bounded
 * number a sweep, and only while the clock is believed, since what is forgotten too early is
 * charged twice. Nodes that sweep at once don't wait for each other.
 */
public final class KeySweep implements AutoCloseable {
  /** Keys that one sweep forgets at most: a delete of some ten milliseconds. */
  public static final int MOST_AT_ONCE = 5_000;

  private static final Duration PAUSE = Duration.ofMinutes(1);

  /** Where a sweep left some: the next one comes soon, and others get their turn before. */
  private static final Duration SHORT_PAUSE = Duration.ofMillis(500);

  private static final Logger LOG = LoggerFactory.getLogger(KeySweep.class);

  private static final String FORGET =
      """
      delete from plain_seen where ctid = any (array(
        select ctid from plain_seen
        where tenant = ? and at < least(now(), ?) - ? * interval '1 millisecond'
        limit ? for update skip locked))
      """;

  private final DataSource pool;
  private final int tenant;
  private final Duration horizon;
  private final CommitClock clock;
  private final AtomicLong forgotten = new AtomicLong();
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("millrace-forget").factory());

  /**
   * A sweep that has not started.
   *
   * @param horizon how long a key is remembered
   * @param clock decides with the database's: the earlier of the two is the time
   */
  public KeySweep(DataSource pool, int tenant, Duration horizon, CommitClock clock) {
    this.pool = pool;
    this.tenant = tenant;
    this.horizon = horizon;
    this.clock = clock;
  }

  /** Begins to sweep. */
  public void start() {
    next(PAUSE);
  }

  private void next(Duration pause) {
    var unused = thread.schedule(this::round, pause.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void round() {
    Duration pause = PAUSE;
    try {
      pause = sweep() == MOST_AT_ONCE ? SHORT_PAUSE : PAUSE;
    } catch (SQLException e) {
      LOG.debug("keys are forgotten later: {}", e.getMessage());
    } finally {
      if (!thread.isShutdown()) {
        next(pause);
      }
    }
  }

  /**
   * Forgets some.
   *
   * @return how many; as many as it may where there can be more
   */
  int sweep() throws SQLException {
    CommitClock.Reading time = clock.read();
    if (!time.ticks()) {
      return 0;
    }
    try (Connection c = pool.getConnection();
        PreparedStatement ps = c.prepareStatement(FORGET)) {
      ps.setInt(1, tenant);
      ps.setObject(2, Instant.ofEpochMilli(time.now()).atOffset(ZoneOffset.UTC));
      ps.setLong(3, horizon.toMillis());
      ps.setInt(4, MOST_AT_ONCE);
      int some = ps.executeUpdate();
      forgotten.addAndGet(some);
      return some;
    }
  }

  /** Keys forgotten since the start. */
  public long forgotten() {
    return forgotten.get();
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
