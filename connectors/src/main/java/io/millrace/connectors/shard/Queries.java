package io.millrace.connectors.shard;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Single statements, each on a connection and in a transaction of its own. */
record Queries(DataSource database) {

  /** Sets a statement's parameters. */
  interface Binder {
    void bind(PreparedStatement ps) throws SQLException;
  }

  /** Reads its rows. */
  interface Reader<T> {
    T read(ResultSet rs) throws SQLException;
  }

  /**
   * Asks.
   *
   * @throws StoreUnavailable where there is no answer
   */
  <T> T ask(String doing, String sql, Binder binder, Reader<T> reader) {
    try (Connection c = database.getConnection();
        PreparedStatement ps = c.prepareStatement(sql)) {
      binder.bind(ps);
      try (ResultSet rs = ps.executeQuery()) {
        return reader.read(rs);
      }
    } catch (SQLException e) {
      throw new StoreUnavailable(doing, e);
    }
  }
}
