package io.millrace.connectors.clock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.connectors.clock.ClockRecord.Cause;
import io.millrace.connectors.clock.ClockRecord.Stop;
import io.millrace.connectors.store.Database;
import io.millrace.connectors.store.DatabaseUnavailable;
import io.millrace.connectors.store.TestServer;
import io.millrace.connectors.tenant.Tenants;
import java.sql.SQLException;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PostgresClockBookTest {
  private Database database;
  private int tenant;
  private ClockBook book;

  @BeforeEach
  void open() throws SQLException {
    database = TestServer.open(TestServer.emptyDatabase());
    tenant = new Tenants(database.pool()).ensure("city", 2).id();
    book = new PostgresClockBook(database.pool(), tenant, "a");
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void databasesClock_isThisMachinesHere() {
    long before = System.currentTimeMillis();
    long said = book.databaseTime();
    assertTrue(said >= before && said <= System.currentTimeMillis(), before + " " + said);
  }

  @Test
  void record_isReadAsItWasWritten_byItsNodeOnly() {
    assertEquals(Optional.empty(), book.load());
    for (Cause cause : Cause.values()) {
      ClockRecord stopped = ClockRecord.NEW.stopped(new Stop(cause, Long.MAX_VALUE, 2, -3));
      book.save(stopped);
      assertEquals(Optional.of(stopped), book.load());
    }
    ClockRecord agreed = new ClockRecord(null, -4, 5, "op", 6L);
    book.save(agreed);
    assertEquals(Optional.of(agreed), book.load());
    assertEquals(Optional.empty(), new PostgresClockBook(database.pool(), tenant, "b").load());
  }

  @Test
  void databaseThatIsGone_isUnavailable() {
    database.close();
    assertThrows(DatabaseUnavailable.class, book::databaseTime);
  }
}
