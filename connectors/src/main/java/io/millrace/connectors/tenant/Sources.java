package io.millrace.connectors.tenant;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The ids of sources: CloudEvents {@code source} attributes, and for what can't be read the name of
 * the route it came in by. Bounded, so that a flood of invented sources fills no table.
 */
public final class Sources {
  /** How many sources a tenant can have. */
  public static final int MOST = 10_000;

  /** Stands for every source beyond {@link #MOST}. */
  public static final int OTHER = 0;

  private final @Nullable DataSource database;
  private final int tenant;
  private final Map<String, Integer> ids = new ConcurrentHashMap<>();

  /** The tenant's sources, read from the database. */
  public Sources(DataSource database, Tenant tenant) throws SQLException {
    this.database = database;
    this.tenant = tenant.id();
    load(database);
  }

  private Sources() {
    database = null;
    tenant = 0;
  }

  /** Sources that are forgotten with the process: for tests of routes. */
  public static Sources inMemory() {
    return new Sources();
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
    if (database == null) {
      ids.putIfAbsent(name, ids.size() + 1);
      return ids.getOrDefault(name, OTHER);
    }
    try (Connection c = database.getConnection()) {
      c.setAutoCommit(false);
      try (PreparedStatement lock = c.prepareStatement("select pg_advisory_xact_lock(7142)")) {
        lock.execute();
      }
      try (PreparedStatement ps =
          c.prepareStatement(
              "insert into source (tenant, id, name) select ?, coalesce(max(id), 0) + 1, ?"
                  + " from source where tenant = ? on conflict (tenant, name) do nothing")) {
        ps.setInt(1, tenant);
        ps.setString(2, name);
        ps.setInt(3, tenant);
        ps.executeUpdate();
      }
      c.commit();
    }
    load(database);
    return ids.getOrDefault(name, OTHER);
  }

  private void load(DataSource from) throws SQLException {
    try (Connection c = from.getConnection();
        PreparedStatement ps = c.prepareStatement("select id, name from source where tenant = ?")) {
      ps.setInt(1, tenant);
      try (ResultSet rs = ps.executeQuery()) {
        while (rs.next()) {
          ids.put(rs.getString(2), rs.getInt(1));
        }
      }
    }
  }
}
