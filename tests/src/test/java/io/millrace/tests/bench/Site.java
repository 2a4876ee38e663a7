package io.millrace.tests.bench;

import io.millrace.connectors.store.Durability;
import io.millrace.ops.embedded.EmbeddedDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Where all steps of a run measure: a folder, one PostgreSQL server in it as the product starts it
 * but for the memory that it has, and how large everything is.
 */
final class Site implements AutoCloseable {
  private static final String OWN = "millrace";
  private static final int LOG_MEGABYTES = 1_536;

  /** What a server keeps of its pages; the product's own is that of a small machine. */
  private static final String BUFFERS = "1GB";

  private final Path folder;
  private final Scale scale;
  private final EmbeddedDatabase server;
  private final CpuClock cpu;
  private final Conditions conditions;

  /**
   * How large everything is.
   *
   * @param runs of each measurement
   * @param devices of the city
   * @param minutes of reports that a run of the shard core takes
   */
  record Scale(int runs, int devices, int minutes) {
    static final int RUNS = 5;
    static final int DEVICES = 200_000;
    static final int MINUTES = 60;

    /** So many, or as many events as a run has where these are fewer. */
    int atMost(int events) {
      return (int) Math.min(events, (long) devices * minutes);
    }

    /** Whether it is smaller than what the goals are for. */
    boolean isShrunk() {
      return runs < RUNS || devices < DEVICES || minutes < MINUTES;
    }
  }

  private Site(
      Path folder, Scale scale, EmbeddedDatabase server, CpuClock cpu, Conditions conditions) {
    this.folder = folder;
    this.scale = scale;
    this.server = server;
    this.cpu = cpu;
    this.conditions = conditions;
  }

  /**
   * Starts the server.
   *
   * @param folder emptied before, and removed when this is closed
   */
  static Site open(Path folder, Scale scale) throws IOException, SQLException {
    remove(folder);
    Files.createDirectories(folder);
    EmbeddedDatabase server =
        EmbeddedDatabase.start(folder.resolve("database"), 0, Map.of("shared_buffers", BUFFERS));
    try (Connection c = DriverManager.getConnection(server.url(), EmbeddedDatabase.USER, "")) {
      long postmaster =
          ProcessHandle.of(number(c, "select pg_backend_pid()"))
              .flatMap(ProcessHandle::parent)
              .orElseThrow()
              .pid();
      if (scale.devices() >= Scale.DEVICES) {
        fillLog(c);
      }
      Conditions conditions =
          Conditions.of(
              scale,
              Durability.of(c),
              c.getMetaData().getDatabaseProductVersion() + ", shared_buffers " + BUFFERS,
              folder);
      return new Site(folder, scale, server, new CpuClock(postmaster), conditions);
    } catch (IOException | SQLException | RuntimeException e) {
      server.close();
      throw e;
    }
  }

  /**
   * Has the server write its log into segments that it has already, as one does that has run for a
   * while: commits wait while a new one is filled with zeros, some twenty milliseconds each.
   */
  private static void fillLog(Connection c) throws SQLException {
    try (Statement s = c.createStatement()) {
      s.execute("alter system set min_wal_size = '" + LOG_MEGABYTES + "MB'");
      s.execute("select pg_reload_conf()");
      for (int i = 0; i < LOG_MEGABYTES; i++) {
        s.execute("select pg_logical_emit_message(false, '', repeat('x', 1048576))");
      }
      s.execute("checkpoint");
    }
  }

  /** A database of a step's own, empty; dropped when it is closed. */
  Scratch scratch(String name) throws SQLException {
    Scratch scratch = new Scratch(name);
    scratch.drop();
    onServer("create database " + name);
    return scratch;
  }

  /** A database on the server of a site. */
  final class Scratch implements AutoCloseable {
    private final String name;

    private Scratch(String name) {
      this.name = name;
    }

    /** For JDBC, as {@link EmbeddedDatabase#USER} without a password. */
    String url() {
      String own = server.url();
      return own.substring(0, own.length() - OWN.length()) + name;
    }

    /** A connection of its own. */
    Connection connect() throws SQLException {
      return DriverManager.getConnection(url(), EmbeddedDatabase.USER, "");
    }

    /** The one number that a query gives. */
    long number(String sql) throws SQLException {
      try (Connection c = connect()) {
        return Site.number(c, sql);
      }
    }

    /** Runs a statement. */
    void execute(String sql) throws SQLException {
      Site.execute(url(), sql);
    }

    private void drop() throws SQLException {
      onServer("drop database if exists " + name + " with (force)");
    }

    @Override
    public void close() throws SQLException {
      drop();
      // Its pages and WAL are not written while the next step measures.
      onServer("checkpoint");
    }
  }

  private void onServer(String sql) throws SQLException {
    execute(server.url(), sql);
  }

  private static void execute(String url, String sql) throws SQLException {
    try (Connection c = DriverManager.getConnection(url, EmbeddedDatabase.USER, "");
        Statement statement = c.createStatement()) {
      statement.execute(sql);
    }
  }

  private static long number(Connection c, String sql) throws SQLException {
    try (Statement statement = c.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }

  /** A folder of a step's own, on the disk of the database. */
  Path folder(String name) throws IOException {
    return Files.createDirectories(folder.resolve(name));
  }

  Scale scale() {
    return scale;
  }

  /** The CPU time of this JVM and the server. */
  CpuClock cpu() {
    return cpu;
  }

  Conditions conditions() {
    return conditions;
  }

  @Override
  public void close() throws IOException {
    server.close();
    remove(folder);
  }

  private static void remove(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(each);
        }
      }
    }
  }
}
