package io.millrace.connectors.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationInfoService;
import org.flywaydb.core.api.MigrationVersion;

/** A bounded pool of connections to a PostgreSQL whose schema is this program's. */
public final class Database implements AutoCloseable {

  /** How long {@link #open} waits for the server, and a caller for a free connection. */
  public static final Duration PATIENCE = Duration.ofSeconds(10);

  /**
   * A transaction that does nothing for this long is ended by the server: its locks go free. A node
   * that stands still inside a commit keeps its shards from others for no longer than this.
   */
  public static final Duration IDLE_IN_TRANSACTION = Duration.ofSeconds(10);

  /** The name under which the server lists the pool's sessions. */
  public static final String APPLICATION = "millrace";

  private final HikariDataSource pool;
  private final Durability durability;

  private Database(HikariDataSource pool, Durability durability) {
    this.pool = pool;
    this.durability = durability;
  }

  /**
   * Connects, creates or upgrades the schema, and reads the durability settings.
   *
   * @param url a JDBC URL: {@code jdbc:postgresql://host:5432/millrace}
   * @param user the role
   * @param password its password; empty where the server asks for none
   * @param connections the bound of the pool
   * @throws DatabaseUnavailable where the server can't be reached, its schema is newer, or it can't
   *     be upgraded
   */
  public static Database open(String url, String user, String password, int connections) {
    HikariDataSource pool = connect(url, user, password, connections);
    try {
      migrate(pool, url);
      try (Connection connection = pool.getConnection()) {
        return new Database(pool, Durability.of(connection));
      }
    } catch (SQLException e) {
      pool.close();
      throw unreachable(url, user, e);
    } catch (RuntimeException e) {
      pool.close();
      throw e;
    }
  }

  private static HikariDataSource connect(
      String url, String user, String password, int connections) {
    if (!url.startsWith("jdbc:postgresql://")) {
      throw new DatabaseUnavailable(
          "the database URL is not PostgreSQL's",
          "write jdbc:postgresql://HOST:PORT/DATABASE",
          null);
    }
    HikariConfig config = new HikariConfig();
    config.setPoolName("millrace");
    config.setJdbcUrl(url);
    config.setUsername(user);
    config.setPassword(password);
    config.setMaximumPoolSize(connections);
    config.setMinimumIdle(1);
    config.setConnectionTimeout(PATIENCE.toMillis());
    config.setInitializationFailTimeout(1);
    config.setConnectionInitSql(
        "set idle_in_transaction_session_timeout = " + IDLE_IN_TRANSACTION.toMillis());
    config.addDataSourceProperty("ApplicationName", APPLICATION);
    config.addDataSourceProperty("reWriteBatchedInserts", "true");
    config.addDataSourceProperty("tcpKeepAlive", "true");
    // The detail of a refusal repeats the row, and so a subscriber's id.
    config.addDataSourceProperty("logServerErrorDetail", "false");
    config.addDataSourceProperty("connectTimeout", PATIENCE.toSeconds());
    try {
      return new HikariDataSource(config);
    } catch (PoolInitializationException e) {
      throw unreachable(url, user, e.getCause() == null ? e : e.getCause());
    }
  }

  private static void migrate(DataSource pool, String url) {
    Flyway flyway =
        Flyway.configure(Database.class.getClassLoader())
            .dataSource(pool)
            .loggers("slf4j")
            .locations("classpath:db/migration")
            .connectRetries(0)
            .load();
    try {
      MigrationInfoService info = flyway.info();
      MigrationInfo current = info.current();
      MigrationVersion ours = MigrationVersion.EMPTY;
      for (MigrationInfo each : info.all()) {
        if (each.getState().isResolved()
            && each.isVersioned()
            && each.getVersion().isNewerThan(ours)) {
          ours = each.getVersion();
        }
      }
      if (current != null && current.getVersion().isNewerThan(ours)) {
        throw new DatabaseUnavailable(
            "the database %s has schema version %s, this program knows %s"
                .formatted(shown(url), current.getVersion(), ours),
            "use the newer program",
            null);
      }
      if (current == null && holdsTables(pool)) {
        throw new DatabaseUnavailable(
            "the database %s holds tables that are not Millrace's".formatted(shown(url)),
            "give it an empty one",
            null);
      }
      flyway.migrate();
    } catch (SQLException e) {
      throw new DatabaseUnavailable("the database " + shown(url) + " went away", "start again", e);
    } catch (FlywayException e) {
      throw new DatabaseUnavailable(
          "the schema of %s can't be brought up to date: %s".formatted(shown(url), firstLine(e)),
          "mend that and start again",
          e);
    }
  }

  private static boolean holdsTables(DataSource pool) throws SQLException {
    try (Connection connection = pool.getConnection();
        Statement select = connection.createStatement();
        ResultSet row =
            select.executeQuery(
                "select exists (select 1 from pg_tables where schemaname = current_schema())")) {
      row.next();
      return row.getBoolean(1);
    }
  }

  /** The pool. */
  public DataSource pool() {
    return pool;
  }

  /** A connection of the pool; it waits at most {@link #PATIENCE}. */
  public Connection connection() throws SQLException {
    return pool.getConnection();
  }

  /** What the server promised when it was opened. */
  public Durability durability() {
    return durability;
  }

  @Override
  public void close() {
    pool.close();
  }

  private static DatabaseUnavailable unreachable(String url, String user, Throwable cause) {
    return new DatabaseUnavailable(
        "the database %s can't be used as %s: %s".formatted(shown(url), user, firstLine(cause)),
        "check that it runs there, and the role's password and rights",
        cause);
  }

  /** Without the parameters, which may hold a password. */
  private static String shown(String url) {
    int parameters = url.indexOf('?');
    String bare = parameters < 0 ? url : url.substring(0, parameters);
    return bare.substring("jdbc:postgresql://".length());
  }

  private static String firstLine(Throwable cause) {
    String message = String.valueOf(cause.getMessage()).strip();
    int end = message.indexOf('\n');
    return end < 0 ? message : message.substring(0, end);
  }
}
