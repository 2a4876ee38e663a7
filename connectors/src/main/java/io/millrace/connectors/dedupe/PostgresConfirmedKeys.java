package io.millrace.connectors.dedupe;

import io.millrace.connectors.store.DatabaseUnavailable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;
import javax.sql.DataSource;

/**
 * Confirmed keys in PostgreSQL, one row of 16 bytes and a time each; {@link KeySweep} forgets them
 * past the horizon. A failure of the database is a {@link DatabaseUnavailable}: the route fails,
 * and the source delivers again.
 */
public final class PostgresConfirmedKeys implements ConfirmedKeys {

  private static final String OURS = " from plain_seen where tenant = ? and repository = ?";

  private final DataSource pool;
  private final int tenant;
  private final String repository;

  /** Those of one tenant's repository. */
  public PostgresConfirmedKeys(DataSource pool, int tenant, String repository) {
    this.pool = pool;
    this.tenant = tenant;
    this.repository = repository;
  }

  private interface Step<T> {
    T in(Connection connection) throws SQLException;
  }

  @Override
  public boolean contains(UUID fingerprint) {
    return run(
        connection -> {
          try (PreparedStatement ask =
              connection.prepareStatement("select 1" + OURS + " and fingerprint = ?")) {
            ask.setInt(1, tenant);
            ask.setString(2, repository);
            ask.setObject(3, fingerprint);
            try (ResultSet found = ask.executeQuery()) {
              return found.next();
            }
          }
        });
  }

  @Override
  public boolean confirm(UUID fingerprint) {
    return run(connection -> confirm(connection, fingerprint));
  }

  /**
   * Confirms within the transaction that does the work. This is the way where the work is in the
   * same database: false means that another did it, even on the far side of a split cluster, and
   * that this transaction must be rolled back.
   */
  public boolean confirm(Connection transaction, UUID fingerprint) throws SQLException {
    try (PreparedStatement mark =
        transaction.prepareStatement(
            "insert into plain_seen (tenant, repository, fingerprint) values (?, ?, ?)"
                + " on conflict do nothing")) {
      mark.setInt(1, tenant);
      mark.setString(2, repository);
      mark.setObject(3, fingerprint);
      return mark.executeUpdate() == 1;
    }
  }

  @Override
  public void clear() {
    run(
        connection -> {
          try (PreparedStatement forget = connection.prepareStatement("delete" + OURS)) {
            forget.setInt(1, tenant);
            forget.setString(2, repository);
            return forget.executeUpdate();
          }
        });
  }

  private <T> T run(Step<T> step) {
    try (Connection connection = pool.getConnection()) {
      return step.in(connection);
    } catch (SQLException e) {
      throw new DatabaseUnavailable(
          "the keys of repository %s can't be read or written: %s"
              .formatted(repository, e.getMessage()),
          "check the database",
          e);
    }
  }
}
