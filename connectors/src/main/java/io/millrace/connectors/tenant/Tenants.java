package io.millrace.connectors.tenant;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.CatalogFile;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.rating.Rules.AccountName;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
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
   * Makes a catalog the tenant's first rules, with the shard rows that commit under them.
   *
   * @param text the file's bytes
   * @param genesis the first hash of a shard's chain, by tenant and shard
   * @throws IllegalStateException where the tenant rates by another catalog
   */
  public Rules activate(
      Tenant tenant, Catalog catalog, byte[] text, BiFunction<Integer, Integer, byte[]> genesis)
      throws SQLException {
    try (Connection c = database.getConnection()) {
      c.setAutoCommit(false);
      lock(c);
      Optional<String> active = activeCatalog(c, tenant);
      if (active.isEmpty()) {
        insertRules(c, tenant, catalog, text);
        insertShards(c, tenant, genesis);
      } else if (!active.get().equals(catalog.hash())) {
        throw new IllegalStateException(
            "tenant "
                + tenant.name()
                + " rates by catalog "
                + active.get().substring(0, 12)
                + ", the file is "
                + catalog.hash().substring(0, 12)
                + ": start with the file that the database knows, or with an empty database");
      }
      Rules rules = compile(c, tenant, catalog);
      c.commit();
      return rules;
    }
  }

  /** The rules that the tenant rates by, if it has any. */
  public Optional<Rules> rules(Tenant tenant) throws SQLException {
    try (Connection c = database.getConnection();
        PreparedStatement ps =
            c.prepareStatement(
                "select k.source from rules r join catalog k on k.tenant = r.tenant and k.hash ="
                    + " r.catalogs[1] where r.tenant = ? order by r.version desc limit 1")) {
      ps.setInt(1, tenant.id());
      try (ResultSet rs = ps.executeQuery()) {
        if (!rs.next()) {
          return Optional.empty();
        }
        byte[] text = rs.getString(1).getBytes(StandardCharsets.UTF_8);
        return switch (CatalogFile.read("database", text)) {
          case CatalogFile.Result.Accepted accepted ->
              Optional.of(compile(c, tenant, accepted.catalog()));
          case CatalogFile.Result.Rejected rejected ->
              throw new IllegalStateException(
                  "the stored catalog is damaged: " + rejected.problems());
        };
      }
    }
  }

  private static Optional<String> activeCatalog(Connection c, Tenant tenant) throws SQLException {
    try (PreparedStatement ps =
        c.prepareStatement(
            "select catalogs[1] from rules where tenant = ? order by version desc limit 1")) {
      ps.setInt(1, tenant.id());
      try (ResultSet rs = ps.executeQuery()) {
        return rs.next() ? Optional.of(rs.getString(1)) : Optional.empty();
      }
    }
  }

  private static void insertRules(Connection c, Tenant tenant, Catalog catalog, byte[] text)
      throws SQLException {
    try (PreparedStatement ps =
        c.prepareStatement(
            "insert into catalog (tenant, hash, name, effective, source) values (?, ?, ?, ?, ?)")) {
      ps.setInt(1, tenant.id());
      ps.setString(2, catalog.hash());
      ps.setString(3, catalog.name());
      ps.setObject(4, catalog.effective().atOffset(ZoneOffset.UTC));
      ps.setString(5, new String(text, StandardCharsets.UTF_8));
      ps.executeUpdate();
    }
    try (PreparedStatement ps =
        c.prepareStatement(
            "insert into rules (tenant, version, semantics, catalogs) values (?, 1, 1,"
                + " array[?])")) {
      ps.setInt(1, tenant.id());
      ps.setString(2, catalog.hash());
      ps.executeUpdate();
    }
    for (Map.Entry<AccountName, String> account : Rules.accountsOf(catalog).entrySet()) {
      insertAccount(c, tenant, account.getKey(), catalog);
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

  private static void insertAccount(Connection c, Tenant tenant, AccountName name, Catalog catalog)
      throws SQLException {
    try (PreparedStatement ps =
        c.prepareStatement(
            "insert into account (tenant, id, kind, name, currency, scale)"
                + " select ?, coalesce(max(id), 0) + 1, ?, ?, ?, ? from account where tenant = ?"
                + " on conflict (tenant, kind, name, currency) do nothing")) {
      ps.setInt(1, tenant.id());
      ps.setString(2, name.kind());
      ps.setString(3, name.name());
      ps.setString(4, catalog.currency().getCurrencyCode());
      ps.setInt(5, catalog.ledgerScale());
      ps.setInt(6, tenant.id());
      ps.executeUpdate();
    }
  }

  private static Rules compile(Connection c, Tenant tenant, Catalog catalog) throws SQLException {
    Map<AccountName, Integer> ids = accounts(c, tenant, catalog);
    return Rules.compile(
        1,
        tenant.shards(),
        catalog,
        name -> {
          Integer id = ids.get(name);
          if (id == null) {
            throw new IllegalStateException("no ledger account for " + name);
          }
          return id;
        });
  }

  private static Map<AccountName, Integer> accounts(Connection c, Tenant tenant, Catalog catalog)
      throws SQLException {
    try (PreparedStatement ps =
        c.prepareStatement(
            "select kind, name, id from account where tenant = ? and currency = ?")) {
      ps.setInt(1, tenant.id());
      ps.setString(2, catalog.currency().getCurrencyCode());
      try (ResultSet rs = ps.executeQuery()) {
        Map<AccountName, Integer> ids = new HashMap<>();
        while (rs.next()) {
          ids.put(new AccountName(rs.getString(1), rs.getString(2)), rs.getInt(3));
        }
        return ids;
      }
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
