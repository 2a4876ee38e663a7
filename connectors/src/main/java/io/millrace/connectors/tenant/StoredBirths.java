package io.millrace.connectors.tenant;

import io.millrace.connectors.codec.Births;
import io.millrace.connectors.codec.CodecSpecs.Unavailable;
import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;

/**
 * A tenant's births in the table {@code sparkplug_birth}, so that an alias means the same after a
 * restart and on another node. All are in memory; what other nodes have added is read every second.
 * A birth that says what the one before it said is not stored again.
 */
public final class StoredBirths implements Births {
  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** Ids that may be missing still because their transaction ended after that of a higher one. */
  private static final int OVERLAP = 1_000;

  private static final int MOST_METRICS = 1 << 16;

  private final DataSource database;
  private final Tenant tenant;
  private final Map<String, NavigableMap<Long, List<Declared>>> all = new ConcurrentHashMap<>();
  private final Set<String> wanted = ConcurrentHashMap.newKeySet();
  private long highest;
  private volatile long lookedAt = System.nanoTime() - 2 * LOOK_NANOS;

  /** A tenant's; reads nothing until it is asked. */
  public StoredBirths(DataSource database, Tenant tenant) {
    this.database = database;
    this.tenant = tenant;
  }

  @Override
  public NavigableMap<Long, List<Declared>> of(String node) {
    if (System.nanoTime() - lookedAt > LOOK_NANOS) {
      look();
    }
    NavigableMap<Long, List<Declared>> known = all.get(node);
    return known == null ? new TreeMap<>() : known;
  }

  @Override
  public void born(String node, long at, List<Declared> metrics) {
    List<Declared> said = List.copyOf(metrics);
    Map.Entry<Long, List<Declared>> before = of(node).floorEntry(at);
    if (before == null || !before.getValue().equals(said)) {
      ByteWriter out = new ByteWriter();
      out.varint(said.size());
      for (Declared each : said) {
        out.string(each.name());
        out.zigzag(each.alias());
        out.varint(each.datatype());
      }
      update(
          "insert into sparkplug_birth (tenant, node, born_at, metrics) values (?, ?, ?, ?)",
          node,
          at,
          out.toByteArray());
      keep(node, at, said);
    }
    if (wanted.remove(node)) {
      update("delete from sparkplug_rebirth where tenant = ? and node = ?", node);
    }
  }

  @Override
  public void rebirthWanted(String node) {
    if (wanted.add(node)) {
      update(
          "insert into sparkplug_rebirth (tenant, node) values (?, ?) on conflict do nothing",
          node);
    }
  }

  private void keep(String node, long at, List<Declared> metrics) {
    all.computeIfAbsent(node, n -> new ConcurrentSkipListMap<>()).put(at, metrics);
  }

  private void update(String sql, Object... values) {
    try (Connection c = database.getConnection();
        PreparedStatement ps = c.prepareStatement(sql)) {
      ps.setInt(1, tenant.id());
      for (int i = 0; i < values.length; i++) {
        ps.setObject(i + 2, values[i]);
      }
      ps.executeUpdate();
      if (!c.getAutoCommit()) {
        c.commit();
      }
    } catch (SQLException e) {
      throw new Unavailable(e);
    }
  }

  private synchronized void look() {
    long now = System.nanoTime();
    if (now - lookedAt <= LOOK_NANOS) {
      return; // another thread has just done so
    }
    try (Connection c = database.getConnection()) {
      births(c);
      try (PreparedStatement ps =
          c.prepareStatement("select node from sparkplug_rebirth where tenant = ?")) {
        ps.setInt(1, tenant.id());
        try (ResultSet rs = ps.executeQuery()) {
          while (rs.next()) {
            wanted.add(rs.getString(1));
          }
        }
      }
      lookedAt = now;
    } catch (SQLException e) {
      throw new Unavailable(e);
    }
  }

  private void births(Connection c) throws SQLException {
    try (PreparedStatement ps =
        c.prepareStatement(
            "select id, node, born_at, metrics from sparkplug_birth where tenant = ? and id > ?"
                + " order by id")) {
      ps.setInt(1, tenant.id());
      ps.setLong(2, highest - OVERLAP);
      try (ResultSet rs = ps.executeQuery()) {
        while (rs.next()) {
          highest = Math.max(highest, rs.getLong(1));
          keep(rs.getString(2), rs.getLong(3), metrics(rs.getBytes(4)));
        }
      }
    }
  }

  private static List<Declared> metrics(byte[] stored) {
    ByteReader in = new ByteReader(stored);
    List<Declared> metrics = new ArrayList<>();
    for (int left = in.count(MOST_METRICS); left > 0; left--) {
      metrics.add(new Declared(in.string(), in.zigzag(), in.count(Integer.MAX_VALUE)));
    }
    return List.copyOf(metrics);
  }
}
