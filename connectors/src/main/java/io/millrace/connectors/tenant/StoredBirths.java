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
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A tenant's births in the table {@code sparkplug_birth}, so that an alias means the same after a
 * restart and on another node. All are in memory; what other nodes have added is read every second.
 * A birth that says what the one before it said is not stored again.
 *
 * <p>What edge nodes can fill it with is bounded. Where a birth is not kept for that, none of its
 * aliases is known, and none is read as what it stood for before.
 */
public final class StoredBirths implements Births {
  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** Ids that may be missing still because their transaction ended after that of a higher one. */
  private static final int OVERLAP = 1_000;

  private static final int MOST_METRICS = 1 << 16;
  private static final Logger LOG = LoggerFactory.getLogger(StoredBirths.class);

  /**
   * What is kept.
   *
   * @param ofANode changes of what one edge node or device declares
   * @param declared metrics that all births declare together, and as many again as there are births
   * @param wishes edge nodes that should be asked for their births
   */
  record Bounds(int ofANode, long declared, int wishes) {}

  private static final Bounds USUAL = new Bounds(1_000, 2_000_000, 10_000);

  private final DataSource database;
  private final Tenant tenant;
  private final Bounds bounds;
  private final AtomicLong declared = new AtomicLong();
  private final AtomicBoolean told = new AtomicBoolean();
  private final Map<String, NavigableMap<Long, List<Declared>>> all = new ConcurrentHashMap<>();
  private final Set<String> wanted = ConcurrentHashMap.newKeySet();
  private long highest;
  private volatile long lookedAt = System.nanoTime() - 2 * LOOK_NANOS;

  /** A tenant's; reads nothing until it is asked. */
  public StoredBirths(DataSource database, Tenant tenant) {
    this(database, tenant, USUAL);
  }

  StoredBirths(DataSource database, Tenant tenant, Bounds bounds) {
    this.bounds = bounds;
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
    NavigableMap<Long, List<Declared>> known = of(node);
    Map.Entry<Long, List<Declared>> floor = known.floorEntry(at);
    List<Declared> before = floor == null ? List.of() : floor.getValue();
    if (!before.equals(metrics) || floor == null) {
      boolean isKept =
          known.size() < bounds.ofANode()
              && declared.get() + 1 + metrics.size() <= bounds.declared();
      if (isKept) {
        store(node, at, List.copyOf(metrics));
      } else {
        complain();
        if (!before.isEmpty() && known.size() < 2 * bounds.ofANode()) {
          store(node, at, List.of()); // From here on its aliases stand for nothing.
        }
      }
    }
    if (wanted.remove(node)) {
      update("delete from sparkplug_rebirth where tenant = ? and node = ?", node);
    }
  }

  private void store(String node, long at, List<Declared> metrics) {
    ByteWriter out = new ByteWriter();
    out.varint(metrics.size());
    for (Declared each : metrics) {
      out.string(each.name());
      out.zigzag(each.alias());
      out.varint(each.datatype());
    }
    update(
        "insert into sparkplug_birth (tenant, node, born_at, metrics) values (?, ?, ?, ?)",
        node,
        at,
        out.toByteArray());
    keep(node, at, metrics);
  }

  @Override
  public void rebirthWanted(String node) {
    if (wanted.size() < bounds.wishes() && wanted.add(node)) {
      update(
          "insert into sparkplug_rebirth (tenant, node) values (?, ?) on conflict do nothing",
          node);
    }
  }

  private void keep(String node, long at, List<Declared> metrics) {
    List<Declared> before =
        all.computeIfAbsent(node, n -> new ConcurrentSkipListMap<>()).put(at, metrics);
    declared.addAndGet(metrics.size() - (before == null ? -1 : before.size()));
  }

  private void complain() {
    if (told.compareAndSet(false, true)) {
      LOG.warn(
          "births of edge nodes are not kept any more, and their aliases wait in suspense as"
              + " `unknown-alias`: one of them changes what it declares again and again, or there"
              + " are too many; this is told once");
    }
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
