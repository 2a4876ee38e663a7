package io.millrace.connectors.dedupe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.connectors.clock.ClockGuard;
import io.millrace.connectors.clock.CommitClock;
import io.millrace.connectors.clock.FakeClocks;
import io.millrace.connectors.store.Database;
import io.millrace.connectors.store.TestServer;
import io.millrace.connectors.tenant.Tenants;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class KeySweepTest {
  private static final Duration HORIZON = Duration.ofDays(35);

  private Database database;
  private int tenant;
  private PostgresConfirmedKeys keys;

  @BeforeEach
  void open() throws SQLException {
    database = TestServer.open(TestServer.emptyDatabase());
    tenant = new Tenants(database.pool()).ensure("city", 2).id();
    keys = new PostgresConfirmedKeys(database.pool(), tenant, "erp");
  }

  @AfterEach
  void close() {
    database.close();
  }

  private KeySweep sweep(CommitClock clock) {
    return new KeySweep(database.pool(), tenant, HORIZON, clock);
  }

  private static CommitClock clock(Duration fromNow) {
    return CommitClock.unchecked(() -> System.currentTimeMillis() + fromNow.toMillis());
  }

  private void sql(String text) throws SQLException {
    try (Connection c = database.connection();
        Statement s = c.createStatement()) {
      s.execute(text.replace("$", "" + tenant));
    }
  }

  @Test
  void keysPastTheHorizon_areForgotten_othersAreNot() throws SQLException {
    UUID old = new UUID(1, 1);
    UUID young = new UUID(2, 2);
    keys.confirm(old);
    sql("update plain_seen set at = now() - interval '35 days 1 minute'");
    keys.confirm(young);
    sql("insert into tenant (id, name, shards, fingerprint) values (99, 'other', 1, '')");
    sql("insert into plain_seen values (99, 'erp', gen_random_uuid(), now() - interval '99 days')");
    try (KeySweep sweep = sweep(clock(Duration.ZERO))) {
      assertEquals(1, sweep.sweep());
      assertEquals(0, sweep.sweep());
      assertEquals(1, sweep.forgotten());
    }
    assertFalse(keys.contains(old));
    assertTrue(keys.contains(young));
  }

  @Test
  void aSweep_isBounded() throws SQLException {
    sql(
        "insert into plain_seen select $, 'r' || n % 3, gen_random_uuid(), now() - interval '40"
            + " days' from generate_series(1, 12000) n");
    try (KeySweep sweep = sweep(clock(Duration.ZERO))) {
      assertEquals(KeySweep.MOST_AT_ONCE, sweep.sweep());
      assertEquals(KeySweep.MOST_AT_ONCE, sweep.sweep());
      assertEquals(2_000, sweep.sweep());
    }
  }

  @Test
  void theEarlierOfTheTwoClocks_decides() throws SQLException {
    keys.confirm(new UUID(1, 1));
    try (KeySweep ahead = sweep(clock(Duration.ofDays(400)))) {
      assertEquals(0, ahead.sweep(), "the database's clock says now");
    }
    sql("update plain_seen set at = now() - interval '40 days'");
    try (KeySweep behind = sweep(clock(Duration.ofDays(-10)))) {
      assertEquals(0, behind.sweep());
    }
  }

  @Test
  void clockThatIsNotBelieved_forgetsNothing() throws SQLException {
    keys.confirm(new UUID(1, 1));
    sql("update plain_seen set at = '2001-01-01'");
    FakeClocks clocks = new FakeClocks();
    try (ClockGuard guard = clocks.start();
        KeySweep sweep = sweep(guard)) {
      clocks.jump(Duration.ofDays(1).toMillis());
      assertEquals(0, sweep.sweep());
      guard.agree("op");
      assertEquals(1, sweep.sweep());
    }
  }
}
