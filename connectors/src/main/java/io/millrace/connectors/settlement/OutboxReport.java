package io.millrace.connectors.settlement;

import io.millrace.processors.settlement.DeliveryState;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.Map;
import javax.sql.DataSource;

/** How a tenant's deliveries stand, and the operator's one verb: try again. */
public final class OutboxReport {

  private final DataSource pool;

  /** Reads from this database. */
  public OutboxReport(DataSource pool) {
    this.pool = pool;
  }

  /** How many deliveries are in each state; all states are there. */
  public Map<DeliveryState, Integer> counts(int tenant) throws SQLException {
    Map<DeliveryState, Integer> counts = new EnumMap<>(DeliveryState.class);
    for (DeliveryState each : DeliveryState.values()) {
      counts.put(each, 0);
    }
    try (Connection connection = pool.getConnection();
        PreparedStatement select =
            connection.prepareStatement(
                "select state, count(*) from outbox where tenant = ? group by state")) {
      select.setInt(1, tenant);
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          counts.put(DeliveryState.of(row.getString(1)), row.getInt(2));
        }
      }
    }
    return counts;
  }

  /**
   * Lets a delivery that was refused or given up be tried again, with all its attempts. The
   * receiver is asked first whether it holds it, under the same key.
   *
   * @return whether there was one to try
   */
  public boolean retry(int tenant, String key) throws SQLException {
    try (Connection connection = pool.getConnection();
        PreparedStatement update =
            connection.prepareStatement(
                """
                update outbox
                set state = 'unknown', attempts = 0, next_at = now(), changed_at = now(), behind = false
                where tenant = ? and key = ? and state in ('refused', 'given-up')
                """)) {
      update.setInt(1, tenant);
      update.setString(2, key);
      return update.executeUpdate() == 1;
    }
  }
}
