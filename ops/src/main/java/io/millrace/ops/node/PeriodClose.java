package io.millrace.ops.node;

import io.millrace.connectors.settlement.CloseAnswer;
import io.millrace.connectors.settlement.Closer;
import io.millrace.processors.rating.Periods;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes settlement periods for operators, and settles in the background what was asked for: also
 * after a restart, and also where the period ended only later.
 */
public final class PeriodClose implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PeriodClose.class);

  /** The connector that delivers what a close makes. */
  public static final String ENDPOINT = "erp";

  /** How long a caller waits for the shards before it is told to ask again. */
  static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final long POLL_MILLIS = 20;
  private static final long SWEEP_SECONDS = 2;

  private final Node node;
  private final Closer closer;
  private final ScheduledExecutorService sweeper =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("millrace-close").factory());
  private volatile boolean pending = true;

  PeriodClose(Node node) {
    this.node = node;
    this.closer = new Closer(node.database().pool());
  }

  /** Begins to settle what was asked for earlier. */
  void start() {
    sweeper.scheduleWithFixedDelay(this::sweep, 0, SWEEP_SECONDS, TimeUnit.SECONDS);
  }

  /** Closes a period; waits for the shards {@link #PATIENCE} at most. */
  public CloseAnswer close(int period) throws SQLException, InterruptedException {
    Periods periods = node.rules().periods();
    CloseAnswer answer =
        closer.ask(
            node.tenant().id(),
            period,
            Instant.ofEpochMilli(periods.startOf(period)),
            Instant.ofEpochMilli(periods.endOf(period)));
    if (answer instanceof CloseAnswer.Waiting) {
      pending = true;
      node.host().nudge();
    }
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (answer instanceof CloseAnswer.Waiting && System.nanoTime() < end) {
      answer = settle(period);
      if (answer instanceof CloseAnswer.Waiting) {
        TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
      }
    }
    return answer;
  }

  private synchronized CloseAnswer settle(int period) throws SQLException {
    return closer.settle(node.tenant().id(), period, node.rules().catalogOf(period), ENDPOINT);
  }

  private void sweep() {
    if (!pending) {
      return;
    }
    try (Connection c = node.database().connection();
        PreparedStatement ps =
            c.prepareStatement(
                "select number from period where tenant = ? and state = 'closing' order by"
                    + " number")) {
      ps.setInt(1, node.tenant().id());
      boolean some = false;
      try (ResultSet rs = ps.executeQuery()) {
        while (rs.next()) {
          some |= settle(rs.getInt(1)) instanceof CloseAnswer.Waiting;
        }
      }
      pending = some;
    } catch (SQLException e) {
      LOG.debug("closes are looked at again: {}", e.getMessage());
    } catch (RuntimeException e) {
      pending = false;
      LOG.error("a period can't be settled; ask for its close again when this is mended", e);
    }
  }

  @Override
  public void close() {
    sweeper.shutdownNow();
  }
}
