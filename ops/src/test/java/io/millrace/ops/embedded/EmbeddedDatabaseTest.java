package io.millrace.ops.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.connectors.store.Database;
import io.millrace.connectors.store.DatabaseUnavailable;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedDatabaseTest {

  @TempDir private Path folder;

  @Test
  void stoppedAndStarted_keepsItsDataAndFlushesEveryCommit() throws Exception {
    try (EmbeddedDatabase first = EmbeddedDatabase.start(folder, 0);
        Database database = Database.open(first.url(), EmbeddedDatabase.USER, "", 2)) {
      assertEquals(
          "fsync=on synchronous_commit=on full_page_writes=on", database.durability().toString());
      execute(database, "create table kept (n int)", "insert into kept values (7)");
    }
    assertFalse(Files.exists(folder.resolve("postgres/postmaster.pid")));
    try (EmbeddedDatabase second = EmbeddedDatabase.start(folder, 0);
        Database database = Database.open(second.url(), EmbeddedDatabase.USER, "", 2)) {
      assertEquals(7, number(database, "select n from kept"));
      assertEquals(
          1,
          number(
              database,
              "select count(*) from pg_settings where name = 'listen_addresses'"
                  + " and setting = '127.0.0.1'"));
    }
  }

  @Test
  void serverOfAKilledProcess_isStoppedAndStartedOnTheSamePort() throws Exception {
    Process killed =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                Starter.class.getName(),
                folder.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    int port = Integer.parseInt(killed.inputReader().readLine().strip());
    try (Connection orphan =
            DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + port + "/millrace", "postgres", "");
        Statement statement = orphan.createStatement()) {
      statement.execute("create schema other");
      statement.execute("create table other.kept as select 9 as n");
      killed.destroyForcibly();
      assertTrue(killed.waitFor(10, TimeUnit.SECONDS));
      try (EmbeddedDatabase next = EmbeddedDatabase.start(folder, port);
          Database database = Database.open(next.url(), EmbeddedDatabase.USER, "", 2)) {
        assertEquals(port, next.port());
        assertEquals(9, number(database, "select n from other.kept"));
      }
    }
  }

  @Test
  void folderInUse_isOneClearLine() {
    try (EmbeddedDatabase first = EmbeddedDatabase.start(folder, 0)) {
      DatabaseUnavailable refused =
          assertThrows(DatabaseUnavailable.class, () -> EmbeddedDatabase.start(folder, 0));
      assertTrue(
          refused.getMessage().contains("is in use by another Millrace"), refused.getMessage());
      assertTrue(first.port() > 0);
    }
  }

  @Test
  void portTaken_isOneClearLineAndLeavesTheFolderFree() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      for (int i = 0; i < 2; i++) {
        DatabaseUnavailable refused =
            assertThrows(
                DatabaseUnavailable.class,
                () -> EmbeddedDatabase.start(folder, taken.getLocalPort()));
        assertTrue(
            refused.getMessage().startsWith("port " + taken.getLocalPort()), refused.getMessage());
        assertFalse(refused.getMessage().contains("\n"));
      }
    }
  }

  @Test
  void folderThatCannotBeWritten_isOneClearLine() throws Exception {
    Path file = Files.createFile(folder.resolve("file"));
    DatabaseUnavailable refused =
        assertThrows(DatabaseUnavailable.class, () -> EmbeddedDatabase.start(file, 0));
    assertTrue(refused.getMessage().contains("can't be used"), refused.getMessage());
  }

  /** Started in a process of its own, to be killed. */
  static final class Starter {

    private Starter() {}

    public static void main(String[] arguments) throws InterruptedException {
      EmbeddedDatabase database = EmbeddedDatabase.start(Path.of(arguments[0]), 0);
      System.out.println(database.port());
      Thread.currentThread().join();
    }
  }

  private static void execute(Database database, String... statements) throws Exception {
    try (Connection connection = database.connection();
        Statement statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each);
      }
    }
  }

  private static int number(Database database, String query) throws Exception {
    try (Connection connection = database.connection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getInt(1);
    }
  }
}
