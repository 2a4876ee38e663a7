package io.millrace.connectors.tenant;

import io.millrace.connectors.directory.Directory;
import io.millrace.connectors.directory.Interval;
import io.millrace.processors.rating.Rules;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import javax.sql.DataSource;

/**
 * Has a directory follow the subscriptions that the shards have taken in, on whatever node. What is
 * new is known by each shard's commits, which become visible in their order; ids don't, since two
 * nodes that import take theirs before they commit.
 */
public final class Subscriptions {
  private static final int FETCH_ROWS = 10_000;

  /**
   * Whether anything is new: one look into the index for each shard, since it is asked all the time
   * and what follows reads all there is where the planner thinks that much may be new.
   */
  private static final String ANY =
      """
      select exists (
        select from unnest(?::smallint[], ?::bigint[]) as e (shard, seq)
        cross join lateral (
          select from subscription s
          where s.tenant = ? and s.shard = e.shard and s.seq > e.seq
          order by s.seq limit 1) fresh)
      """;

  /**
   * What is new; and of devices that have moved all, the one before ending where the next begins.
   */
  private static final String SELECT =
      """
      with fresh as (
        select s.id, s.subject, s.takes_over
        from unnest(?::smallint[], ?::bigint[]) as e (shard, seq)
        join subscription s on s.tenant = ? and s.shard = e.shard and s.seq > e.seq)
      select s.id, s.subject, s.account, s.offer, s.valid_from,
        least(s.valid_to, next.valid_from), s.shard, s.takes_over, s.seq
      from subscription s
      left join subscription next on next.tenant = s.tenant and next.takes_over = s.id
      where s.tenant = ? and (s.id in (select id from fresh)
        or s.subject in (select subject from fresh where takes_over is not null))
      order by s.id
      """;

  private final DataSource database;
  private final Tenant tenant;
  private final Supplier<Rules> rules;
  private final Directory directory;

  /** By shard, its last commit of which the directory has all. */
  private final long[] seen;

  /** Of a directory that has nothing. */
  public Subscriptions(
      DataSource database, Tenant tenant, Supplier<Rules> rules, Directory directory) {
    this.database = database;
    this.tenant = tenant;
    this.rules = rules;
    this.directory = directory;
    seen = new long[tenant.shards()];
    Arrays.fill(seen, -1);
  }

  /**
   * Loads what the directory lacks.
   *
   * @return how many subscriptions it did not have as they are now
   */
  public synchronized int follow() throws SQLException {
    long[] now = seen.clone();
    Map<Long, Interval> intervals = new LinkedHashMap<>();
    Map<Long, Long> before = new HashMap<>();
    try (Connection c = database.getConnection()) {
      c.setAutoCommit(false);
      if (!isAnyNew(c)) {
        c.rollback();
        return 0;
      }
      try (PreparedStatement ps = c.prepareStatement(SELECT)) {
        ps.setFetchSize(FETCH_ROWS);
        setSeen(ps);
        ps.setInt(4, tenant.id());
        try (ResultSet rs = ps.executeQuery()) {
          while (rs.next()) {
            Interval interval = interval(rs);
            now[interval.shard()] = Math.max(now[interval.shard()], rs.getLong(9));
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
    System.arraycopy(now, 0, seen, 0, seen.length);
    return intervals.size();
  }

  private boolean isAnyNew(Connection c) throws SQLException {
    try (PreparedStatement ps = c.prepareStatement(ANY)) {
      setSeen(ps);
      try (ResultSet rs = ps.executeQuery()) {
        rs.next();
        return rs.getBoolean(1);
      }
    }
  }

  /** Sets the first three parameters: up to where each shard was seen, and the tenant. */
  private void setSeen(PreparedStatement ps) throws SQLException {
    Connection c = ps.getConnection();
    ps.setArray(
        1, c.createArrayOf("int2", IntStream.range(0, seen.length).mapToObj(i -> i).toArray()));
    ps.setArray(2, c.createArrayOf("int8", LongStream.of(seen).boxed().toArray()));
    ps.setInt(3, tenant.id());
  }

  private Interval interval(ResultSet row) throws SQLException {
    java.sql.Timestamp to = row.getTimestamp(6);
    return new Interval(
        row.getString(2),
        row.getLong(1),
        row.getInt(7),
        row.getInt(3),
        rules.get().offerIndex(row.getString(4)),
        row.getTimestamp(5).getTime(),
        to == null ? Long.MAX_VALUE : to.getTime());
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
