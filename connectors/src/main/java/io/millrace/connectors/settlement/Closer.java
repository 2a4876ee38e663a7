package io.millrace.connectors.settlement;

import io.millrace.catalog.Catalog;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import javax.sql.DataSource;

/**
 * Closes settlement periods in two steps, each one transaction: {@link #ask} stamps the period into
 * all shard rows; when every shard has closed it in a commit of its own, {@link #settle} makes the
 * statements from the ledger and queues their deliveries. A kill at any moment undoes the step it
 * was in, and doing it again gives the same result.
 */
public final class Closer {

  /** The first of the two numbers of the advisory lock that keeps closes of a tenant apart. */
  static final int LOCK = 0x4D52_0001;

  private final DataSource pool;

  /** On the database whose shards it closes. */
  public Closer(DataSource pool) {
    this.pool = pool;
  }

  /**
   * Asks all shards of a tenant to close a period. They see it in their own row when they next
   * commit.
   *
   * @param period its number; the one before it must be closed
   * @param starts its first moment
   * @param ends the first moment after it
   */
  public CloseAnswer ask(int tenant, int period, Instant starts, Instant ends) throws SQLException {
    try (Connection connection = begin(tenant)) {
      // In the order in which a commit locks them, so that neither waits for the other in a circle.
      int shards =
          number(
              connection,
              "select count(*) from (select 1 from shard where tenant = ? order by number for"
                  + " update) locked",
              tenant);
      if (shards == 0) {
        return refused(
            connection, "unknown-tenant", "tenant " + tenant + " has no shards: create it first");
      }
      if (state(connection, tenant, period).isEmpty()) {
        if (period > 0 && !state(connection, tenant, period - 1).equals("closed")) {
          return refused(
              connection,
              "previous-open",
              "period " + (period - 1) + " is not closed: close it before " + period);
        }
        try (PreparedStatement insert =
            connection.prepareStatement(
                "insert into period (tenant, number, starts, ends, state)"
                    + " values (?, ?, ?, ?, 'closing')")) {
          insert.setInt(1, tenant);
          insert.setInt(2, period);
          insert.setTimestamp(3, Timestamp.from(starts));
          insert.setTimestamp(4, Timestamp.from(ends));
          insert.executeUpdate();
        }
        try (PreparedStatement stamp =
            connection.prepareStatement(
                "update shard set closing = ? where tenant = ? and closing < ?")) {
          stamp.setInt(1, period);
          stamp.setInt(2, tenant);
          stamp.setInt(3, period);
          stamp.executeUpdate();
        }
      }
      CloseAnswer answer = progress(connection, tenant, period);
      connection.commit();
      return answer;
    }
  }

  /**
   * Makes the statements of a period, once all its shards have closed it.
   *
   * @param catalog whose agreements and currency the period was rated under
   * @param endpoint the connector that delivers them: {@code erp}
   * @throws IllegalStateException where the ledger can't be right; nothing is written then
   */
  public CloseAnswer settle(int tenant, int period, Catalog catalog, String endpoint)
      throws SQLException {
    try (Connection connection = begin(tenant)) {
      String state = state(connection, tenant, period);
      if (state.isEmpty()) {
        return refused(
            connection, "not-asked", "period " + period + " is open: ask for its close first");
      }
      CloseAnswer answer = progress(connection, tenant, period);
      if (state.equals("closing") && answer instanceof CloseAnswer.Waiting(int shards)) {
        if (shards == 0) {
          new SettlementRun(connection, tenant, period, catalog, endpoint).run();
          answer = progress(connection, tenant, period);
        }
      }
      connection.commit();
      return answer;
    }
  }

  /** A connection in a transaction that holds the tenant's lock; closing it rolls back. */
  private Connection begin(int tenant) throws SQLException {
    Connection connection = pool.getConnection();
    try {
      connection.setAutoCommit(false);
      try (PreparedStatement lock =
          connection.prepareStatement("select pg_advisory_xact_lock(?, ?)")) {
        lock.setInt(1, LOCK);
        lock.setInt(2, tenant);
        lock.execute();
      }
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  private static CloseAnswer refused(Connection connection, String code, String message)
      throws SQLException {
    connection.rollback();
    return new CloseAnswer.Refused(code, message);
  }

  private static CloseAnswer progress(Connection connection, int tenant, int period)
      throws SQLException {
    if (!state(connection, tenant, period).equals("closed")) {
      return new CloseAnswer.Waiting(
          number(
              connection,
              "select count(*) from shard where tenant = ? and closed < ?",
              tenant,
              period));
    }
    String made = "select count(*) from statement where tenant = ? and period = ? and kind = ";
    return new CloseAnswer.Closed(
        number(connection, made + "'invoice'", tenant, period),
        number(connection, made + "'partner-statement'", tenant, period));
  }

  /** Empty while it is open. */
  private static String state(Connection connection, int tenant, int period) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("select state from period where tenant = ? and number = ?")) {
      select.setInt(1, tenant);
      select.setInt(2, period);
      try (ResultSet row = select.executeQuery()) {
        return row.next() ? row.getString(1) : "";
      }
    }
  }

  private static int number(Connection connection, String sql, int... parameters)
      throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        select.setInt(i + 1, parameters[i]);
      }
      try (ResultSet row = select.executeQuery()) {
        row.next();
        return row.getInt(1);
      }
    }
  }
}
