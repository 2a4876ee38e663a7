package io.millrace.connectors.tenant;

import io.millrace.connectors.directory.Directory;
import io.millrace.connectors.directory.Interval;
import io.millrace.processors.rating.Rules;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** Fills the directory from the subscriptions that the shards have taken in. */
public final class Subscriptions {
  private static final int FETCH_ROWS = 10_000;

  private Subscriptions() {}

  /**
   * Loads what the directory lacks.
   *
   * @param after the highest subscription id that it has, −1 where it has none
   * @return the highest that it has now
   */
  public static long load(
      DataSource database, Tenant tenant, Rules rules, Directory directory, long after)
      throws SQLException {
    long highest = after;
    List<Interval> intervals = new ArrayList<>();
    try (Connection c = database.getConnection()) {
      c.setAutoCommit(false);
      try (PreparedStatement ps =
          c.prepareStatement(
              "select id, subject, account, offer, valid_from, valid_to, shard from subscription"
                  + " where tenant = ? and id > ? order by id")) {
        ps.setFetchSize(FETCH_ROWS);
        ps.setInt(1, tenant.id());
        ps.setLong(2, after);
        try (ResultSet rs = ps.executeQuery()) {
          while (rs.next()) {
            highest = rs.getLong(1);
            java.sql.Timestamp to = rs.getTimestamp(6);
            intervals.add(
                new Interval(
                    rs.getString(2),
                    highest,
                    rs.getInt(7),
                    rs.getInt(3),
                    rules.offerIndex(rs.getString(4)),
                    rs.getTimestamp(5).getTime(),
                    to == null ? Long.MAX_VALUE : to.getTime()));
          }
        }
      }
      c.commit();
    }
    directory.add(intervals);
    return highest;
  }
}
