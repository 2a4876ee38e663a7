package io.millrace.connectors.tenant;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;

/**
 * Keeps others, of this node and of all others, from adding devices or from making an account a
 * root until it is closed. Whoever waits for it has no connection in hand, since the one that holds
 * it may wait for a commit that needs one of the same pool.
 */
final class AccountsLock implements AutoCloseable {
  private static final long NUMBER = 7143;

  private static final ReentrantLock OF_THIS_PROCESS = new ReentrantLock(true);

  private final Connection connection;

  private AccountsLock(Connection connection) {
    this.connection = connection;
  }

  /** Waits for it, and then takes a connection. */
  static AccountsLock take(DataSource database) throws SQLException {
    OF_THIS_PROCESS.lock();
    Connection c = null;
    try {
      c = database.getConnection();
      call(c, "select pg_advisory_lock(?)");
      return new AccountsLock(c);
    } catch (SQLException | RuntimeException e) {
      OF_THIS_PROCESS.unlock();
      if (c != null) {
        c.close();
      }
      throw e;
    }
  }

  /** That of who holds it. */
  Connection connection() {
    return connection;
  }

  /** Lets the next one have it, on the thread that took it. */
  @Override
  public void close() throws SQLException {
    try (Connection c = connection) {
      call(c, "select pg_advisory_unlock(?)");
    } finally {
      OF_THIS_PROCESS.unlock();
    }
  }

  private static void call(Connection c, String sql) throws SQLException {
    try (PreparedStatement ps = c.prepareStatement(sql)) {
      ps.setLong(1, NUMBER);
      ps.execute();
    }
  }
}
