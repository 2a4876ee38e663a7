package io.millrace.connectors.tenant;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;

/**
 * The ids of sources: CloudEvents {@code source} attributes, and for what can't be read the name of
 * the route it came in by. Bounded, so that a flood of invented sources fills no table.
 */
public final class Sources {
  /** How many sources a tenant can have. */
  public static final int MOST = 10_000;

  /** Stands for every source beyond {@link #MOST}. */
  public static final int OTHER = 0;

  private final DataSource database;
  private final Tenant tenant;
  private final Map<String, Integer> ids = new ConcurrentHashMap<>();

  /** The tenant's sources, read from the database. */
  public Sources(DataSource database, Tenant tenant) throws SQLException {
    this.database = database;
    this.tenant = tenant;
    load();
  }

  /** The id of a source; it is stored at its first sight. */
  public int idOf(String name) throws SQLException {
    Integer known = ids.get(name);
    if (known != null) {
      return known;
    }
    return ids.size() >= MOST ? OTHER : store(name);
  }

  /** All names by id. */
  public Map<Integer, String> names() {
    Map<Integer, String> names = new ConcurrentHashMap<>();
    ids.forEach((name, id) -> names.put(id, name));
    return names;
  }

  private synchronized int store(String name) throws SQLException {
    try (Connection c = database.getConnection()) {
      c.setAutoCommit(false);
      try (PreparedStatement lock = c.prepareStatement("select pg_advisory_xact_lock(7142)")) {
        lock.execute();
      }
      try (PreparedStatement ps =
          c.prepareStatement(
              "insert into source (tenant, id, name) select ?, coalesce(max(id), 0) + 1, ?"
                  + " from source where tenant = ? on conflict (tenant, name) do nothing")) {
        ps.setInt(1, tenant.id());
        ps.setString(2, name);
        ps.setInt(3, tenant.id());
        ps.executeUpdate();
      }
      c.commit();
    }
    load();
    return ids.getOrDefault(name, OTHER);
  }

  private void load() throws SQLException {
    try (Connection c = database.getConnection();
        PreparedStatement ps = c.prepareStatement("select id, name from source where tenant = ?")) {
      ps.setInt(1, tenant.id());
      try (ResultSet rs = ps.executeQuery()) {
        while (rs.next()) {
          ids.put(rs.getString(2), rs.getInt(1));
        }
      }
    }
  }
}
