package io.millrace.connectors.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class DatabaseTest {

  @Test
  void emptyDatabase_getsTheSchemaOnce() throws Exception {
    String url = TestServer.emptyDatabase();
    assertEquals(migrationsAfterOpening(url), migrationsAfterOpening(url));
  }

  private static int migrationsAfterOpening(String url) throws Exception {
    try (Database database = TestServer.open(url);
        Connection connection = database.connection();
        Statement select = connection.createStatement();
        ResultSet row =
            select.executeQuery("select count(*), bool_and(success) from flyway_schema_history")) {
      row.next();
      assertTrue(row.getBoolean(2));
      return row.getInt(1);
    }
  }

  @Test
  void serverThatDoesNotFlush_isTold() throws Exception {
    try (Database database = TestServer.open(TestServer.emptyDatabase());
        Connection connection = database.connection();
        Statement set = connection.createStatement()) {
      assertEquals("off", database.durability().fsync());
      assertFalse(database.durability().holds());
      assertTrue(new Durability("on", "on", "on").holds());
      assertFalse(new Durability("on", "on", "off").holds());
      set.execute("set synchronous_commit = off");
      assertEquals("off", Durability.of(connection).synchronousCommit());
      assertFalse(new Durability("on", "off", "on").holds());
    }
  }

  @Test
  void unreachableServer_isOneClearLine() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    String url = "jdbc:postgresql://127.0.0.1:" + port + "/millrace?password=secret";
    DatabaseUnavailable refused =
        assertThrows(DatabaseUnavailable.class, () -> Database.open(url, "me", "", 2));
    assertTrue(refused.getMessage().startsWith("the database 127.0.0.1:" + port + "/millrace"));
    assertFalse(refused.getMessage().contains("\n"));
    assertFalse(refused.getMessage().contains("secret"));
  }

  @Test
  void missingDatabase_isOneClearLine() {
    String url = TestServer.emptyDatabase() + "_not";
    DatabaseUnavailable refused =
        assertThrows(DatabaseUnavailable.class, () -> TestServer.open(url));
    assertTrue(refused.getMessage().contains("does not exist"), refused.getMessage());
    assertFalse(refused.getMessage().contains("\n"));
  }

  @Test
  void databaseOfAnotherProgram_isRefusedAndUntouched() throws Exception {
    String url = TestServer.emptyDatabase();
    try (Connection connection = DriverManager.getConnection(url, "postgres", "");
        Statement statement = connection.createStatement()) {
      statement.execute("create table theirs (n int)");
      DatabaseUnavailable refused =
          assertThrows(DatabaseUnavailable.class, () -> TestServer.open(url));
      assertTrue(refused.getMessage().endsWith("give it an empty one"), refused.getMessage());
      try (ResultSet row =
          statement.executeQuery(
              "select count(*) from pg_tables" + " where schemaname = 'public'")) {
        row.next();
        assertEquals(1, row.getInt(1));
      }
    }
  }

  @Test
  void otherProduct_isRefused() {
    DatabaseUnavailable refused =
        assertThrows(DatabaseUnavailable.class, () -> Database.open("jdbc:h2:mem:x", "me", "", 2));
    assertTrue(refused.getMessage().contains("jdbc:postgresql://HOST:PORT/DATABASE"));
  }

  @Test
  void newerSchema_isRefusedAndUntouched() throws Exception {
    String url = TestServer.emptyDatabase();
    try (Database database = TestServer.open(url);
        Connection connection = database.connection();
        Statement newer = connection.createStatement()) {
      newer.execute(
          "insert into flyway_schema_history (installed_rank, version, description, type, script,"
              + " checksum, installed_by, execution_time, success)"
              + " values (99, '99', 'later', 'SQL', 'V99__later.sql', 1, 'x', 1, true)");
    }
    DatabaseUnavailable refused =
        assertThrows(DatabaseUnavailable.class, () -> TestServer.open(url));
    assertTrue(refused.getMessage().contains("schema version 99"), refused.getMessage());
  }

  @Test
  void copiedRows_comeBackAsTheyWere() throws Exception {
    String nasty = "tab\t back\\ line\nreturn\r \\N \\. ünïcödé 🚦";
    byte[] bytes = {0, -1, '\n', '\\'};
    long before1970 = Instant.parse("1901-02-03T04:05:06.789Z").toEpochMilli();
    try (Database database = TestServer.open(TestServer.emptyDatabase());
        Connection connection = database.connection();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "create table copied (a bigint, b text, c boolean, d int, e smallint, f bytea,"
              + " g timestamptz)");
      CopyRows rows = new CopyRows("copied", "a, b, c, d, e, f, g");
      rows.int8(Long.MIN_VALUE).text(nasty).bool(true).int4(Integer.MIN_VALUE).int2(-1);
      rows.bytea(bytes).time(before1970).end();
      rows.int8(7).text("").bool(false).int4(7).int2(Short.MAX_VALUE);
      rows.bytea(new byte[0]).time(0).end();
      rows.flush(connection);
      assertEquals(0, rows.size());
      rows.flush(connection);
      try (ResultSet row = statement.executeQuery("select * from copied order by a")) {
        row.next();
        assertEquals(Long.MIN_VALUE, row.getLong(1));
        assertEquals(nasty, row.getString(2));
        assertTrue(row.getBoolean(3));
        assertEquals(Integer.MIN_VALUE, row.getInt(4));
        assertEquals(-1, row.getShort(5));
        assertArrayEquals(bytes, row.getBytes(6));
        assertEquals(before1970, row.getTimestamp(7).getTime());
        row.next();
        assertEquals("", row.getString(2));
        assertEquals(Short.MAX_VALUE, row.getShort(5));
        assertEquals(0, row.getTimestamp(7).getTime());
        assertFalse(row.next());
      }
    }
  }

  @Test
  void copiedRowWithAValueTooFew_isABug() {
    CopyRows rows = new CopyRows("copied", "a, b").int8(1);
    assertThrows(IllegalStateException.class, rows::end);
  }
}
