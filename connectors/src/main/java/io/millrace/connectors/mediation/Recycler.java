package io.millrace.connectors.mediation;

import io.millrace.connectors.shard.ShardHost;
import io.millrace.connectors.shard.Work;
import io.millrace.connectors.tenant.Tenant;
import io.millrace.processors.usage.UsageBatch;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Takes events out of suspense for another try. One that still can't be charged stays where it is;
 * one that can ends as charged or duplicate, in the commit that says so.
 */
public final class Recycler {
  private static final int AT_ONCE = 1_000;

  private final DataSource database;
  private final Tenant tenant;
  private final Mediator mediator;
  private final ShardHost host;

  /** A tenant's recycler. */
  public Recycler(DataSource database, Tenant tenant, Mediator mediator, ShardHost host) {
    this.database = database;
    this.tenant = tenant;
    this.mediator = mediator;
    this.host = host;
  }

  /**
   * What a recycling came to.
   *
   * @param tried open rows of the reason
   * @param ended those that are charged or duplicates now
   */
  public record Recycled(int tried, int ended) {}

  private record Row(byte[] hash, int source, byte[] raw, int rawSize) {}

  /**
   * Tries all open events of a reason again, oldest hash first. One at a time: an event that two
   * took out of suspense would leave its count twice; who discards holds this object's lock as
   * well.
   *
   * @param reason its code, as {@code unknown-device}
   * @param override who allows them to be older than the horizon, if someone does
   */
  public synchronized Recycled recycle(String reason, @Nullable String override)
      throws SQLException {
    int tried = 0;
    long openBefore = open(reason);
    byte[] after = new byte[0];
    while (true) {
      List<Row> rows = rows(reason, after);
      if (rows.isEmpty()) {
        return new Recycled(tried, (int) (openBefore - open(reason)));
      }
      tried += rows.size();
      after = rows.getLast().hash;
      UsageBatch usage = new UsageBatch(rows.size());
      List<Work.Waiting> waiting = new ArrayList<>();
      for (Row row : rows) {
        if (row.raw.length == row.rawSize && mediator.retake(row.raw, usage) == null) {
          waiting.add(new Work.Waiting(row.source, row.hash));
        }
      }
      if (!waiting.isEmpty()) {
        host.recycle(usage, waiting, override).join();
      }
    }
  }

  private long open(String reason) throws SQLException {
    try (Connection c = database.getConnection();
        PreparedStatement ps =
            c.prepareStatement(
                "select count(*) from suspense where tenant = ? and reason = ? and state ="
                    + " 'open'")) {
      ps.setInt(1, tenant.id());
      ps.setString(2, reason);
      try (ResultSet rs = ps.executeQuery()) {
        rs.next();
        return rs.getLong(1);
      }
    }
  }

  private List<Row> rows(String reason, byte[] after) throws SQLException {
    try (Connection c = database.getConnection();
        PreparedStatement ps =
            c.prepareStatement(
                "select hash, source, raw, raw_size from suspense where tenant = ? and reason = ?"
                    + " and state = 'open' and hash > ? order by hash limit ?")) {
      ps.setInt(1, tenant.id());
      ps.setString(2, reason);
      ps.setBytes(3, after);
      ps.setInt(4, AT_ONCE);
      try (ResultSet rs = ps.executeQuery()) {
        List<Row> rows = new ArrayList<>();
        while (rs.next()) {
          rows.add(new Row(rs.getBytes(1), rs.getInt(2), rs.getBytes(3), rs.getInt(4)));
        }
        return rows;
      }
    }
  }
}
