package io.millrace.connectors.settlement;

import io.millrace.connectors.erp.KeyedHttp;
import io.millrace.connectors.shard.CrashPoints;
import io.millrace.processors.settlement.Answer;
import io.millrace.processors.settlement.Delivery;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The two steps of a delivery route around its connector: {@code claim} before it, {@code record}
 * after it. Bound in the registry as {@code outbox} and {@code notices}. While the database is
 * away, deliveries wait: a row whose answer can't be written down stays as sent and is read before
 * anything else.
 */
public final class OutboxSteps implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(OutboxSteps.class);

  /** The exchange property with the claimed delivery. */
  public static final String DUE = "millraceDue";

  /** Between two looks for what can be forgotten. */
  private static final Duration PAUSE = Duration.ofMinutes(1);

  private static final Duration SHORT_PAUSE = Duration.ofMillis(500);

  private final Outbox outbox;
  private final CrashPoints crash;
  private boolean troubled;
  private long nextForget = System.nanoTime();

  /** The reason that was last warned of; empty where the receiver has taken something since. */
  private String refusing = "";

  /** Over the outbox of the route's endpoint; it is closed with this. */
  public OutboxSteps(Outbox outbox, CrashPoints crash) {
    this.outbox = outbox;
    this.crash = crash;
  }

  /**
   * Puts the next due delivery into the exchange. The property {@link #DUE} is null afterwards
   * where nothing is due, or the context is stopping.
   */
  public synchronized void claim(Exchange exchange) {
    exchange.removeProperty(DUE);
    if (exchange.getContext().isStopping()) {
      return;
    }
    try {
      if (System.nanoTime() - nextForget >= 0) {
        nextForget = System.nanoTime() + PAUSE.toNanos(); // What fails must not fail every claim.
        if (outbox.forget() == Outbox.MOST_FORGOTTEN) {
          nextForget = System.nanoTime() + SHORT_PAUSE.toNanos();
        }
      }
      Optional<Due> claimed = outbox.claim();
      troubled = false;
      claimed.ifPresent(
          due -> {
            exchange.setProperty(DUE, due);
            exchange.getMessage().setHeader(KeyedHttp.KEY, due.key());
            exchange.getMessage().setHeader(KeyedHttp.STEP, due.step());
            exchange.getMessage().setBody(due.payload());
          });
    } catch (SQLException e) {
      warnOnce(e);
    }
  }

  /** Writes down the connector's answer. */
  public synchronized void record(Exchange exchange) {
    Due due = exchange.getProperty(DUE, Due.class);
    crash.at(CrashPoints.ERP_POSTED);
    Answer answer = exchange.getMessage().getBody(Answer.class);
    warnOfEndpoint(answer);
    try {
      outbox.record(due, answer != null ? answer : new Answer.Lost("connector-answered-nothing"));
    } catch (SQLException e) {
      warnOnce(e);
    }
  }

  private void warnOfEndpoint(@Nullable Answer answer) {
    if (answer instanceof Answer.Status s && Delivery.isOfEndpoint(s.status())) {
      String reason = "status " + s.status();
      if (!refusing.equals(reason)) {
        LOG.warn(
            "The receiver of {} answers everything with {}: mend its url or token; what is to be"
                + " delivered waits and is tried again",
            outbox.endpoint(),
            reason);
      }
      refusing = reason;
    } else if (answer instanceof Answer.Holds) {
      refusing = "";
    }
  }

  private void warnOnce(SQLException e) {
    if (!troubled) {
      LOG.warn("Deliveries wait until the database can be used again: {}", e.getMessage());
    }
    troubled = true;
  }

  @Override
  public synchronized void close() {
    outbox.close();
  }
}
