package io.millrace.connectors.tenant;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.CatalogFile;
import io.millrace.connectors.shard.RuleBook;
import io.millrace.connectors.shard.StoreUnavailable;
import io.millrace.processors.rating.CatalogAccounts;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.rating.Rules.AccountName;
import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;

/**
 * A tenant's rules as the database has them: each version is a list of catalogs, by their hashes.
 * What was read once is kept, since no version ever changes. Safe for any thread.
 */
public final class StoredRules implements RuleBook {
  private final DataSource database;
  private final Tenant tenant;
  private final Map<Integer, Rules> compiled = new ConcurrentHashMap<>();

  /** What is stored of a tenant's rules up to a version: all catalogs ever, and those that hold. */
  record Read(int version, List<Catalog> known, List<Catalog> held) {}

  /** Of a tenant. */
  public StoredRules(DataSource database, Tenant tenant) {
    this.database = database;
    this.tenant = tenant;
  }

  @Override
  public Rules at(int version) {
    Rules known = compiled.get(version);
    if (known != null) {
      return known;
    }
    try (Connection c = database.getConnection()) {
      Read read = read(c, tenant, version).orElse(null);
      if (read == null || read.version != version) {
        throw new IllegalStateException(
            "tenant " + tenant.name() + " has no rules of version " + version);
      }
      Rules rules = compile(c, tenant, read);
      compiled.put(version, rules);
      return rules;
    } catch (SQLException e) {
      throw new StoreUnavailable("read the rules", e);
    }
  }

  /** The newest rules, if there are any. */
  public Optional<Rules> newest() throws SQLException {
    try (Connection c = database.getConnection()) {
      Optional<Read> read = read(c, tenant, Integer.MAX_VALUE);
      return read.isEmpty() ? Optional.empty() : Optional.of(compile(c, tenant, read.get()));
    }
  }

  /** The last version at or before one, if there is any. */
  static Optional<Read> read(Connection c, Tenant tenant, int upTo) throws SQLException {
    LinkedHashSet<String> known = new LinkedHashSet<>();
    int version = 0;
    List<String> held = List.of();
    try (PreparedStatement ps =
        c.prepareStatement(
            "select version, catalogs from rules where tenant = ? and version <= ?"
                + " order by version")) {
      ps.setInt(1, tenant.id());
      ps.setInt(2, upTo);
      try (ResultSet rs = ps.executeQuery()) {
        while (rs.next()) {
          version = rs.getInt(1);
          Array hashes = rs.getArray(2);
          held = Arrays.asList((String[]) hashes.getArray());
          known.addAll(held);
        }
      }
    }
    if (version == 0) {
      return Optional.empty();
    }
    Map<String, Catalog> catalogs = catalogs(c, tenant);
    return Optional.of(new Read(version, all(known, catalogs), all(held, catalogs)));
  }

  private static Map<String, Catalog> catalogs(Connection c, Tenant tenant) throws SQLException {
    Map<String, Catalog> catalogs = new HashMap<>();
    try (PreparedStatement ps =
        c.prepareStatement("select hash, source from catalog where tenant = ?")) {
      ps.setInt(1, tenant.id());
      try (ResultSet rs = ps.executeQuery()) {
        while (rs.next()) {
          catalogs.put(rs.getString(1), catalog(rs.getString(2)));
        }
      }
    }
    return catalogs;
  }

  private static List<Catalog> all(Collection<String> hashes, Map<String, Catalog> catalogs) {
    List<Catalog> all = new ArrayList<>();
    for (String hash : hashes) {
      all.add(Objects.requireNonNull(catalogs.get(hash), "the catalog " + hash + " is not stored"));
    }
    return all;
  }

  private static Catalog catalog(String source) {
    return switch (CatalogFile.read("database", source.getBytes(StandardCharsets.UTF_8))) {
      case CatalogFile.Result.Accepted accepted -> accepted.catalog();
      case CatalogFile.Result.Rejected rejected ->
          throw new IllegalStateException("a stored catalog is damaged: " + rejected.problems());
    };
  }

  static Rules compile(Connection c, Tenant tenant, Read read) throws SQLException {
    Map<AccountName, Integer> ids = accounts(c, tenant, read.known);
    return Rules.compile(
        read.version,
        tenant.shards(),
        read.known,
        read.held,
        name -> {
          Integer id = ids.get(name);
          if (id == null) {
            throw new IllegalStateException("no ledger account for " + name);
          }
          return id;
        });
  }

  private static Map<AccountName, Integer> accounts(
      Connection c, Tenant tenant, List<Catalog> known) throws SQLException {
    try (PreparedStatement ps =
        c.prepareStatement(
            "select kind, name, id from account where tenant = ? and currency = ?"
                + " and (kind <> 'customer' or name = any (?::text[]))")) {
      ps.setInt(1, tenant.id());
      ps.setString(2, known.getFirst().currency().getCurrencyCode());
      Object[] sponsors =
          known.stream()
              .flatMap(catalog -> CatalogAccounts.of(catalog).keySet().stream())
              .filter(account -> account.kind().equals("customer"))
              .map(AccountName::name)
              .toArray();
      ps.setArray(3, c.createArrayOf("text", sponsors));
      try (ResultSet rs = ps.executeQuery()) {
        Map<AccountName, Integer> ids = new HashMap<>();
        while (rs.next()) {
          ids.put(new AccountName(rs.getString(1), rs.getString(2)), rs.getInt(3));
        }
        return ids;
      }
    }
  }
}
