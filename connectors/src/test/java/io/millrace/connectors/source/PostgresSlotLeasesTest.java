package io.millrace.connectors.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.connectors.source.SlotLeases.LeasesUnavailable;
import io.millrace.connectors.store.Database;
import io.millrace.connectors.store.TestServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PostgresSlotLeasesTest {
  private Database database;
  private SlotLeases a;
  private SlotLeases b;

  @BeforeEach
  void open() {
    database = TestServer.open(TestServer.emptyDatabase());
    DataSource source = database.pool();
    a = new PostgresSlotLeases(source, 1, "a");
    b = new PostgresSlotLeases(source, 1, "b");
  }

  @AfterEach
  void close() {
    database.close();
  }

  private void letTimePass() throws SQLException {
    try (Connection c = database.pool().getConnection();
        Statement s = c.createStatement()) {
      s.execute("update slot set lease_until = lease_until - interval '11 seconds'");
      if (!c.getAutoCommit()) {
        c.commit();
      }
    }
  }

  @Test
  void heldSlot_isRenewedByItsHolderAndRefusedToOthers() {
    assertTrue(a.hold("lamps", 0));
    assertTrue(a.hold("lamps", 0));
    assertFalse(b.hold("lamps", 0));
    assertTrue(b.hold("lamps", 1));
    assertTrue(b.hold("meters", 0));
  }

  @Test
  void sameSlotOfAnotherTenant_isAnotherSlot() {
    assertTrue(a.hold("lamps", 0));
    assertTrue(new PostgresSlotLeases(database.pool(), 2, "b").hold("lamps", 0));
  }

  @Test
  void leaseThatRanOut_isTakenOverAndTheOldHolderRefused() throws SQLException {
    assertTrue(a.hold("lamps", 0));
    letTimePass();
    assertTrue(b.hold("lamps", 0));
    assertFalse(a.hold("lamps", 0));
    a.release("lamps", 0);
    assertFalse(a.hold("lamps", 0), "gave back what another one held");
  }

  @Test
  void releasedSlot_isFree() {
    assertTrue(a.hold("lamps", 0));
    a.release("lamps", 0);
    assertTrue(b.hold("lamps", 0));
  }

  @Test
  void subscription_outlivesItsHolder() throws SQLException {
    assertEquals(Optional.empty(), a.subscription("lamps", 0));
    assertTrue(a.hold("lamps", 0));
    assertEquals(Optional.empty(), a.subscription("lamps", 0));
    a.subscribed("lamps", 0, "$share/g/lamps/+/report");
    letTimePass();
    assertTrue(b.hold("lamps", 0));
    assertEquals(Optional.of("$share/g/lamps/+/report"), b.subscription("lamps", 0));
    a.subscribed("lamps", 0, "old");
    assertEquals(Optional.of("$share/g/lamps/+/report"), b.subscription("lamps", 0));
  }

  @Test
  void databaseGone_isSaidSo() {
    database.close();
    assertThrows(LeasesUnavailable.class, () -> a.hold("lamps", 0));
  }
}
