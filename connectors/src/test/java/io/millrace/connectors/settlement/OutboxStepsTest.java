package io.millrace.connectors.settlement;

import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.millrace.connectors.shard.CrashPoints;
import io.millrace.connectors.store.Database;
import io.millrace.connectors.store.TestServer;
import io.millrace.processors.settlement.DeliveryPolicy;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;

class OutboxStepsTest {
  /** What can't be forgotten must not keep what is due from being told. */
  @Test
  void forgettingThatFails_keepsNothingFromBeingDelivered() throws Exception {
    try (Database database = TestServer.open(TestServer.emptyDatabase())) {
      TestLedger ledger = new TestLedger(database, 1);
      ledger.run(
          "insert into outbox (tenant, endpoint, topic, account, key, kind, payload, state,"
              + " changed_at) values (1, 'notices', 'notice', 7, 'old', 'blocked', '{}',"
              + " 'acknowledged', now() - interval '2 days'), (1, 'notices', 'notice', 7, 'new',"
              + " 'blocked', '{}', 'queued', now())",
          "create function no() returns trigger language plpgsql as $$ begin raise exception"
              + " 'no'; end $$",
          "create trigger no before delete on outbox for each row execute function no()");
      try (OutboxSteps steps =
              new OutboxSteps(
                  new Outbox(database.pool(), "notices", DeliveryPolicy.STANDARD, () -> 0),
                  CrashPoints.NONE);
          DefaultCamelContext context = new DefaultCamelContext()) {
        DefaultExchange exchange = new DefaultExchange(context);
        for (int poll = 0; poll < 5; poll++) {
          if (exchange.getProperty(OutboxSteps.DUE) == null) {
            steps.claim(exchange);
          }
        }
        assertNotNull(exchange.getProperty(OutboxSteps.DUE), "nothing is delivered any more");
      }
    }
  }
}
