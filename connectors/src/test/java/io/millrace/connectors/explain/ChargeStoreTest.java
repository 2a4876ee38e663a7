package io.millrace.connectors.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.connectors.settlement.TestLedger;
import io.millrace.connectors.store.Database;
import io.millrace.connectors.store.TestServer;
import io.millrace.processors.shard.ChargeId;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

class ChargeStoreTest {

  @Test
  void charge_isFoundByItsPrintedId() throws SQLException {
    try (Database database = TestServer.open(TestServer.emptyDatabase())) {
      new TestLedger(database, 1).charge(3, TestLedger.CUSTOMER, 0, true, 123_456_789, 0);
      ChargeStore store = new ChargeStore(database.pool());
      StoredCharge found = store.find(ChargeId.parse("1-3-1-0").orElseThrow()).orElseThrow();
      assertEquals(123_456_789, found.amount());
      assertEquals("customer-0", found.accountName());
      assertEquals(9, found.scale());
      assertTrue(found.late());
      assertNull(found.subject());
      assertNull(found.firstAt());
      assertTrue(store.find(new ChargeId(2, 3, 1, 0)).isEmpty());
      assertTrue(store.find(new ChargeId(1, 3, 1, 1)).isEmpty());
    }
  }
}
