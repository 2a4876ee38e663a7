package io.millrace.connectors.settlement;

import io.millrace.connectors.erp.ErpHttp;
import io.millrace.connectors.shard.CrashPoints;
import io.millrace.processors.settlement.Answer;
import java.sql.SQLException;
import java.util.Optional;
import org.apache.camel.Exchange;

/**
 * The two steps of a delivery route around its connector: {@code claim} before it, {@code record}
 * after it. Bound in the registry, by default as {@code outbox}.
 */
public final class OutboxSteps {

  private static final String DUE = "millrace.due";

  private final Outbox outbox;
  private final CrashPoints crash;

  /** Over the outbox of the route's endpoint. */
  public OutboxSteps(Outbox outbox, CrashPoints crash) {
    this.outbox = outbox;
    this.crash = crash;
  }

  /** Puts the next due delivery into the exchange; false where there is none. */
  public boolean claim(Exchange exchange) throws SQLException {
    Optional<Due> claimed = outbox.claim();
    if (claimed.isEmpty()) {
      return false;
    }
    Due due = claimed.get();
    exchange.setProperty(DUE, due);
    exchange.getMessage().setHeader(ErpHttp.KEY, due.key());
    exchange.getMessage().setHeader(ErpHttp.STEP, due.step());
    exchange.getMessage().setBody(due.payload());
    return true;
  }

  /** Writes down the connector's answer. */
  public void record(Exchange exchange) throws SQLException {
    Due due = exchange.getProperty(DUE, Due.class);
    crash.at(CrashPoints.ERP_POSTED);
    Answer answer = exchange.getMessage().getBody(Answer.class);
    outbox.record(due, answer != null ? answer : new Answer.Lost("connector-answered-nothing"));
  }
}
