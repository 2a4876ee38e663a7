package io.millrace.connectors.store;

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
  void copiedText_comesBackAsItWas() throws Exception {
    String nasty = "tab\t back\\ line\nreturn\r \\N \\. ünïcödé 🚦";
    try (Database database = TestServer.open(TestServer.emptyDatabase());
        Connection connection = database.connection();
        Statement statement = connection.createStatement()) {
      statement.execute("create table copied (a bigint, b text, c boolean)");
      CopyRows rows = new CopyRows("copied", "a, b, c");
      rows.add(Long.MIN_VALUE).add(nasty).add(true).end();
      rows.add(7).add("").add(false).end();
      rows.flush(connection);
      rows.flush(connection);
      try (ResultSet row = statement.executeQuery("select * from copied order by a")) {
        row.next();
        assertEquals(Long.MIN_VALUE, row.getLong(1));
        assertEquals(nasty, row.getString(2));
        assertTrue(row.getBoolean(3));
        row.next();
        assertEquals("", row.getString(2));
        assertFalse(row.next());
      }
    }
  }
}
