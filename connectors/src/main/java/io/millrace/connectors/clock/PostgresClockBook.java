package io.millrace.connectors.clock;

import io.millrace.connectors.clock.ClockRecord.Cause;
import io.millrace.connectors.clock.ClockRecord.Stop;
import io.millrace.connectors.store.DatabaseUnavailable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Arrays;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** PostgreSQL's clock, and the table {@code clock}. */
public final class PostgresClockBook implements ClockBook {
  private static final int ANSWER_SECONDS = 5;

  private final DataSource pool;
  private final int tenant;
  private final String node;

  /** That of a tenant's node. */
  public PostgresClockBook(DataSource pool, int tenant, String node) {
    this.pool = pool;
    this.tenant = tenant;
    this.node = node;
  }

  private interface Step<T> {
    T with(PreparedStatement ps) throws SQLException;
  }

  @Override
  public long databaseTime() {
    return run(
        "select floor(extract(epoch from clock_timestamp()) * 1000)::bigint",
        ps -> {
          try (ResultSet rs = ps.executeQuery()) {
            rs.next();
            return rs.getLong(1);
          }
        });
  }

  @Override
  public Optional<ClockRecord> load() {
    return run(
        "select stopped, node_time, held, since, agreed_difference, agreed_ahead, agreed_by,"
            + " agreed_at from clock where tenant = ? and node = ?",
        ps -> {
          ps.setInt(1, tenant);
          ps.setString(2, node);
          try (ResultSet rs = ps.executeQuery()) {
            return rs.next() ? Optional.of(record(rs)) : Optional.empty();
          }
        });
  }

  private static ClockRecord record(ResultSet rs) throws SQLException {
    @Nullable String stopped = rs.getString(1);
    @Nullable Stop stop = null;
    if (stopped != null) {
      Cause cause =
          Arrays.stream(Cause.values())
              .filter(c -> c.code().equals(stopped))
              .findFirst()
              .orElseThrow(() -> new SQLException("no such cause: " + stopped));
      stop = new Stop(cause, rs.getLong(2), rs.getLong(3), rs.getLong(4));
    }
    long difference = rs.getLong(5);
    long ahead = rs.getLong(6);
    @Nullable String by = rs.getString(7);
    long at = rs.getLong(8);
    return new ClockRecord(stop, difference, ahead, by, rs.wasNull() ? null : at);
  }

  @Override
  public void save(ClockRecord record) {
    run(
        "insert into clock (tenant, node, stopped, node_time, held, since, agreed_difference,"
            + " agreed_ahead, agreed_by, agreed_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            + " on conflict (tenant, node) do update set stopped = excluded.stopped, node_time ="
            + " excluded.node_time, held = excluded.held, since = excluded.since,"
            + " agreed_difference = excluded.agreed_difference, agreed_ahead ="
            + " excluded.agreed_ahead, agreed_by = excluded.agreed_by, agreed_at ="
            + " excluded.agreed_at",
        ps -> {
          Stop stop = record.stop();
          ps.setInt(1, tenant);
          ps.setString(2, node);
          ps.setString(3, stop == null ? null : stop.cause().code());
          set(ps, 4, stop == null ? null : stop.nodeTime());
          set(ps, 5, stop == null ? null : stop.held());
          set(ps, 6, stop == null ? null : stop.since());
          ps.setLong(7, record.agreedDifference());
          ps.setLong(8, record.agreedAhead());
          ps.setString(9, record.agreedBy());
          set(ps, 10, record.agreedAt());
          return ps.executeUpdate();
        });
  }

  private static void set(PreparedStatement ps, int i, @Nullable Long value) throws SQLException {
    if (value == null) {
      ps.setNull(i, Types.BIGINT);
    } else {
      ps.setLong(i, value);
    }
  }

  private <T> T run(String sql, Step<T> step) {
    try (Connection connection = pool.getConnection();
        PreparedStatement ps = connection.prepareStatement(sql)) {
      ps.setQueryTimeout(ANSWER_SECONDS);
      return step.with(ps);
    } catch (SQLException e) {
      throw new DatabaseUnavailable(
          "the database's clock can't be asked: " + e.getMessage(), "check the database", e);
    }
  }
}
