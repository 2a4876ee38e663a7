package io.millrace.connectors.explain;

import io.millrace.processors.shard.ChargeId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Sealed charges by their id: where an explanation begins. */
public final class ChargeStore {

  private final DataSource pool;

  /** Reads from this database. */
  public ChargeStore(DataSource pool) {
    this.pool = pool;
  }

  /** The charge with this id, if there is one. */
  public Optional<StoredCharge> find(ChargeId id) throws SQLException {
    try (Connection connection = pool.getConnection();
        PreparedStatement select =
            connection.prepareStatement(
                """
                select c.*, s.subject, a.name as account_name, a.currency, a.scale
                from charge c
                join account a on a.tenant = c.tenant and a.id = c.account
                left join subscription s on s.tenant = c.tenant and s.id = c.subscription
                where c.tenant = ? and c.shard = ? and c.seq = ? and c.n = ?
                """)) {
      select.setInt(1, id.tenant());
      select.setInt(2, id.shard());
      select.setLong(3, id.seq());
      select.setInt(4, id.n());
      try (ResultSet row = select.executeQuery()) {
        return row.next() ? Optional.of(charge(id, row)) : Optional.empty();
      }
    }
  }

  private static StoredCharge charge(ChargeId id, ResultSet row) throws SQLException {
    return new StoredCharge(
        id,
        row.getLong("subscription"),
        row.getString("subject"),
        row.getInt("account"),
        row.getString("account_name"),
        row.getString("catalog"),
        row.getString("offer"),
        row.getString("name"),
        row.getInt("period"),
        row.getBoolean("late"),
        row.getTimestamp("window_start").toInstant(),
        row.getTimestamp("window_end").toInstant(),
        row.getBoolean("delta"),
        row.getInt("events"),
        row.getLong("quantity"),
        row.getLong("amount"),
        row.getString("currency"),
        row.getInt("scale"),
        instant(row, "first_at"),
        instant(row, "last_at"),
        row.getBytes("evidence"),
        row.getBytes("digest"));
  }

  private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
    Timestamp value = row.getTimestamp(column);
    return value == null ? null : value.toInstant();
  }
}
