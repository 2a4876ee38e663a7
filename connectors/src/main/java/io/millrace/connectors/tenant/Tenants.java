package io.millrace.connectors.tenant;

import io.millrace.catalog.Catalog;
import io.millrace.processors.rating.Rules;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import javax.sql.DataSource;

/**
 * Tenants, their rules and their accounts, as rows. Whatever it makes is there already or made
 * once.
 */
public final class Tenants {
  private final DataSource database;

  /** Over a database whose schema is up to date. */
  public Tenants(DataSource database) {
    this.database = database;
  }

  /** The tenant of this name; made where there is none. */
  public Tenant ensure(String name, int shards) throws SQLException {
    try (Connection c = database.getConnection()) {
      c.setAutoCommit(false);
      lock(c);
      Tenant tenant = find(c, name).orElse(null);
      if (tenant == null) {
        byte[] key = new byte[16];
        new SecureRandom().nextBytes(key);
        try (PreparedStatement ps =
            c.prepareStatement(
                "insert into tenant (id, name, shards, fingerprint)"
                    + " select coalesce(max(id), 0) + 1, ?, ?, ? from tenant")) {
          ps.setString(1, name);
          ps.setInt(2, shards);
          ps.setBytes(3, key);
          ps.executeUpdate();
        }
        tenant = find(c, name).orElseThrow();
      }
      c.commit();
      return tenant;
    }
  }

  /** The tenant of this name, if there is one. */
  public Optional<Tenant> find(String name) throws SQLException {
    try (Connection c = database.getConnection()) {
      return find(c, name);
    }
  }

  /** The tenant of this id, if there is one. */
  public Optional<Tenant> find(int id) throws SQLException {
    try (Connection c = database.getConnection();
        PreparedStatement ps =
            c.prepareStatement("select id, name, shards, fingerprint from tenant where id = ?")) {
      ps.setInt(1, id);
      try (ResultSet rs = ps.executeQuery()) {
        return tenant(rs);
      }
    }
  }

  /** The tenant made last, if there is one. */
  public Optional<Tenant> newest() throws SQLException {
    try (Connection c = database.getConnection();
        PreparedStatement ps =
            c.prepareStatement(
                "select id, name, shards, fingerprint from tenant order by id desc limit 1");
        ResultSet rs = ps.executeQuery()) {
      return tenant(rs);
    }
  }

  private static Optional<Tenant> tenant(ResultSet rs) throws SQLException {
    return rs.next()
        ? Optional.of(new Tenant(rs.getInt(1), rs.getString(2), rs.getInt(3), rs.getBytes(4)))
        : Optional.empty();
  }

  private static Optional<Tenant> find(Connection c, String name) throws SQLException {
    try (PreparedStatement ps =
        c.prepareStatement("select id, name, shards, fingerprint from tenant where name = ?")) {
      ps.setString(1, name);
      try (ResultSet rs = ps.executeQuery()) {
        return tenant(rs);
      }
    }
  }

  /**
   * Makes a catalog the tenant's first rules, with the shard rows that commit under them; of a
   * tenant that has rules, it is one of their versions.
   *
   * @param text the file's bytes
   * @param genesis the first hash of a shard's chain, by tenant and shard
   * @return the newest rules
   * @throws IllegalStateException where the catalog is none of the tenant's versions
   */
  public Rules activate(
      Tenant tenant, Catalog catalog, byte[] text, BiFunction<Integer, Integer, byte[]> genesis)
      throws SQLException {
    try (Connection c = database.getConnection()) {
      c.setAutoCommit(false);
      lock(c);
      StoredRules.Read read = StoredRules.read(c, tenant, Integer.MAX_VALUE).orElse(null);
      if (read == null) {
        CatalogVersions.insert(c, tenant, catalog, text);
        CatalogVersions.insertRules(c, tenant, 1, List.of(catalog));
        insertShards(c, tenant, genesis);
        read = new StoredRules.Read(1, List.of(catalog), List.of(catalog));
      } else if (read.held().stream().noneMatch(held -> held.hash().equals(catalog.hash()))) {
        throw new IllegalStateException(
            "tenant "
                + tenant.name()
                + " does not rate by the catalog "
                + catalog.hash().substring(0, 12)
                + ", whose file this is: start with the file of one of the versions "
                + read.held().stream().map(held -> held.hash().substring(0, 12)).toList()
                + " and activate the new one with ./millrace catalog activate, or start with an"
                + " empty database");
      }
      Rules rules = StoredRules.compile(c, tenant, read);
      c.commit();
      return rules;
    }
  }

  private static void insertShards(
      Connection c, Tenant tenant, BiFunction<Integer, Integer, byte[]> genesis)
      throws SQLException {
    try (PreparedStatement ps =
        c.prepareStatement(
            "insert into shard (tenant, number, rules, chain) values (?, ?, 1, ?)")) {
      for (int s = 0; s < tenant.shards(); s++) {
        ps.setInt(1, tenant.id());
        ps.setInt(2, s);
        ps.setBytes(3, genesis.apply(tenant.id(), s));
        ps.addBatch();
      }
      ps.executeBatch();
    }
  }

  /** The ledger accounts of customers, by name; those that are missing are made. */
  public Map<String, Integer> customers(Tenant tenant, Catalog catalog, Collection<String> names)
      throws SQLException {
    try (Connection c = database.getConnection()) {
      c.setAutoCommit(false);
      lock(c);
      try (PreparedStatement ps =
          c.prepareStatement(
              "insert into account (tenant, id, kind, name, currency, scale)"
                  + " select ?, (select coalesce(max(id), 0) from account where tenant = ?)"
                  + " + row_number() over (order by n), 'customer', n, ?, ?"
                  + " from (select distinct unnest(?::text[]) as n) wanted"
                  + " where not exists (select 1 from account a where a.tenant = ?"
                  + " and a.kind = 'customer' and a.name = n and a.currency = ?)")) {
        ps.setInt(1, tenant.id());
        ps.setInt(2, tenant.id());
        ps.setString(3, catalog.currency().getCurrencyCode());
        ps.setInt(4, catalog.ledgerScale());
        ps.setArray(5, c.createArrayOf("text", names.toArray()));
        ps.setInt(6, tenant.id());
        ps.setString(7, catalog.currency().getCurrencyCode());
        ps.executeUpdate();
      }
      try (PreparedStatement ps =
          c.prepareStatement(
              "select name, id from account where tenant = ? and kind = 'customer'"
                  + " and name = any(?) and currency = ?")) {
        ps.setInt(1, tenant.id());
        ps.setArray(2, c.createArrayOf("text", names.toArray()));
        ps.setString(3, catalog.currency().getCurrencyCode());
        try (ResultSet rs = ps.executeQuery()) {
          Map<String, Integer> ids = new HashMap<>();
          while (rs.next()) {
            ids.put(rs.getString(1), rs.getInt(2));
          }
          c.commit();
          return ids;
        }
      }
    }
  }

  /** One at a time makes tenants, rules and accounts. */
  static void lock(Connection c) throws SQLException {
    try (PreparedStatement ps = c.prepareStatement("select pg_advisory_xact_lock(7141)")) {
      ps.execute();
    }
  }
}
