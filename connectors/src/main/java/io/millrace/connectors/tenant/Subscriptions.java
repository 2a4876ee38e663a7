package io.millrace.connectors.tenant;

import io.millrace.connectors.directory.Directory;
import io.millrace.connectors.directory.Interval;
import io.millrace.processors.rating.Rules;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.sql.DataSource;

/** Fills the directory from the subscriptions that the shards have taken in. */
public final class Subscriptions {
  private static final int FETCH_ROWS = 10_000;

  /**
   * What is new; and of devices that have moved all, the one before ending where the next begins.
   */
  private static final String SELECT =
      """
      with moved as (
        select subject from subscription where tenant = ? and id > ? and takes_over is not null)
      select s.id, s.subject, s.account, s.offer, s.valid_from,
        least(s.valid_to, next.valid_from), s.shard, s.takes_over
      from subscription s
      left join subscription next on next.tenant = s.tenant and next.takes_over = s.id
      where s.tenant = ? and (s.id > ? or s.subject in (select subject from moved))
      order by s.id
      """;

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
    Map<Long, Interval> intervals = new LinkedHashMap<>();
    Map<Long, Long> before = new HashMap<>();
    try (Connection c = database.getConnection()) {
      c.setAutoCommit(false);
      try (PreparedStatement ps = c.prepareStatement(SELECT)) {
        ps.setFetchSize(FETCH_ROWS);
        ps.setInt(1, tenant.id());
        ps.setLong(2, after);
        ps.setInt(3, tenant.id());
        ps.setLong(4, after);
        try (ResultSet rs = ps.executeQuery()) {
          while (rs.next()) {
            highest = Math.max(highest, rs.getLong(1));
            java.sql.Timestamp to = rs.getTimestamp(6);
            Interval interval =
                new Interval(
                    rs.getString(2),
                    rs.getLong(1),
                    rs.getInt(7),
                    rs.getInt(3),
                    rules.offerIndex(rs.getString(4)),
                    rs.getTimestamp(5).getTime(),
                    to == null ? Long.MAX_VALUE : to.getTime());
            intervals.put(interval.subscription(), interval);
            long takesOver = rs.getLong(8);
            if (!rs.wasNull()) {
              before.put(interval.subscription(), takesOver);
              bring(takesOver, interval.shard(), intervals, before);
            }
          }
        }
      }
      c.commit();
    }
    directory.add(intervals.values());
    return highest;
  }

  /** All that a device has had so far is in the shard of what it has now. */
  private static void bring(
      long subscription, int shard, Map<Long, Interval> intervals, Map<Long, Long> before) {
    Long each = subscription;
    while (each != null) {
      intervals.computeIfPresent(each, (id, interval) -> interval.inShard(shard));
      each = before.get(each);
    }
  }
}
