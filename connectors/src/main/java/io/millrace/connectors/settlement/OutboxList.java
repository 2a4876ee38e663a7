package io.millrace.connectors.settlement;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Deliveries as an operator looks at them. */
public final class OutboxList {
  private final DataSource pool;

  /** Reads from this database. */
  public OutboxList(DataSource pool) {
    this.pool = pool;
  }

  /**
   * One delivery.
   *
   * @param endpoint the connector that delivers it
   * @param key its idempotency key
   * @param state as the contract names them
   * @param nextAt when it is tried next
   * @param reference the receiver's id for it, once acknowledged
   * @param reason why it isn't acknowledged
   */
  public record Row(
      long id,
      String endpoint,
      String key,
      String kind,
      String state,
      int attempts,
      Instant nextAt,
      @Nullable String reference,
      @Nullable String reason,
      Instant changedAt) {}

  /**
   * Deliveries by id.
   *
   * @param state only those; null for all
   * @param after the id of the last one seen, −1 from the first on
   */
  public List<Row> list(int tenant, @Nullable String state, long after, int limit)
      throws SQLException {
    try (Connection c = pool.getConnection();
        PreparedStatement ps =
            c.prepareStatement(
                "select id, endpoint, key, kind, state, attempts, next_at, reference, reason,"
                    + " changed_at from outbox where tenant = ? and id > ?"
                    + " and (?::text is null or state = ?) order by id limit ?")) {
      ps.setInt(1, tenant);
      ps.setLong(2, after);
      ps.setString(3, state);
      ps.setString(4, state);
      ps.setInt(5, limit);
      try (ResultSet rs = ps.executeQuery()) {
        List<Row> rows = new ArrayList<>();
        while (rs.next()) {
          rows.add(
              new Row(
                  rs.getLong(1),
                  rs.getString(2),
                  rs.getString(3),
                  rs.getString(4),
                  rs.getString(5),
                  rs.getInt(6),
                  instant(rs, 7),
                  rs.getString(8),
                  rs.getString(9),
                  instant(rs, 10)));
        }
        return rows;
      }
    }
  }

  private static Instant instant(ResultSet rs, int column) throws SQLException {
    Timestamp time = rs.getTimestamp(column);
    return time.toInstant();
  }

  /** How many deliveries are in each state that has some. */
  public Map<String, Long> counts(int tenant) throws SQLException {
    try (Connection c = pool.getConnection();
        PreparedStatement ps =
            c.prepareStatement(
                "select state, count(*) from outbox where tenant = ? group by state")) {
      ps.setInt(1, tenant);
      try (ResultSet rs = ps.executeQuery()) {
        Map<String, Long> counts = new TreeMap<>();
        while (rs.next()) {
          counts.put(rs.getString(1), rs.getLong(2));
        }
        return counts;
      }
    }
  }
}
