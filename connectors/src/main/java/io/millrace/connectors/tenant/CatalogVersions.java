package io.millrace.connectors.tenant;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.Succession;
import io.millrace.catalog.Succession.Fault;
import io.millrace.connectors.shard.CrashPoints;
import io.millrace.processors.rating.CatalogAccounts;
import io.millrace.processors.rating.Periods;
import io.millrace.processors.rating.Rules.AccountName;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import javax.sql.DataSource;

/**
 * The versions of a tenant's catalog. One is activated, or taken back, for all shards at once: in
 * one transaction that raises the rules version in all their rows, so that a commit is made under
 * the rules before or after it, and a kill in the middle leaves those before.
 */
public final class CatalogVersions {

  /**
   * How far ahead a version begins at the least: events may be an hour ahead of a shard's time, and
   * clocks five minutes apart, and none of what a version rates may have been rated without it.
   */
  public static final Duration LEAD = Duration.ofHours(2);

  private final DataSource database;
  private final Tenant tenant;
  private final CrashPoints crash;

  /** Of a tenant that has rules. */
  public CatalogVersions(DataSource database, Tenant tenant, CrashPoints crash) {
    this.database = database;
    this.tenant = tenant;
    this.crash = crash;
  }

  /**
   * A version as it is stored.
   *
   * @param held whether it holds from its effective date on; else it was taken back
   * @param source the file as it was imported
   */
  public record Stored(
      String hash,
      String name,
      Instant effective,
      Instant importedAt,
      boolean held,
      String source) {}

  /** What became of an order. */
  public sealed interface Outcome {

    /** All shards have it from their next commits on. */
    record Done(int rulesVersion) implements Outcome {}

    /** It was so before. */
    record Already(int rulesVersion) implements Outcome {}

    /** Nothing was changed. */
    record Refused(List<Fault> faults) implements Outcome {
      public Refused {
        faults = List.copyOf(faults);
      }
    }
  }

  /** All versions that were ever imported, by when they begin. */
  public List<Stored> all() throws SQLException {
    try (Connection c = database.getConnection();
        PreparedStatement ps =
            c.prepareStatement(
                "select k.hash, k.name, k.effective, k.imported_at, k.hash = any (r.catalogs),"
                    + " k.source from catalog k join rules r on r.tenant = k.tenant"
                    + " where k.tenant = ? and r.version ="
                    + " (select max(version) from rules where tenant = k.tenant)"
                    + " order by k.effective, k.imported_at")) {
      ps.setInt(1, tenant.id());
      List<Stored> all = new ArrayList<>();
      try (ResultSet rs = ps.executeQuery()) {
        while (rs.next()) {
          all.add(
              new Stored(
                  rs.getString(1),
                  rs.getString(2),
                  rs.getTimestamp(3).toInstant(),
                  rs.getTimestamp(4).toInstant(),
                  rs.getBoolean(5),
                  rs.getString(6)));
        }
      }
      return all;
    }
  }

  /**
   * Activates a version.
   *
   * @param text its file's bytes
   * @param now the node's time
   */
  public Outcome activate(Catalog catalog, byte[] text, Instant now) throws SQLException {
    try (Connection c = begin()) {
      StoredRules.Read read = rules(c);
      Outcome outcome = judged(catalog, read, now);
      if (outcome instanceof Outcome.Done(int version)) {
        insert(c, tenant, catalog, text);
        List<Catalog> held = new ArrayList<>(read.held());
        held.add(catalog);
        raise(c, version, held);
      }
      return outcome;
    }
  }

  /**
   * What {@link #activate} would come to; changes nothing.
   *
   * @param now the node's time
   */
  public Outcome tried(Catalog catalog, Instant now) throws SQLException {
    try (Connection c = begin()) {
      return judged(catalog, rules(c), now);
    }
  }

  /** As it is, or would be once it is done. */
  private static Outcome judged(Catalog catalog, StoredRules.Read read, Instant now) {
    if (read.held().stream().anyMatch(held -> held.hash().equals(catalog.hash()))) {
      return new Outcome.Already(read.version());
    }
    List<Fault> faults = faults(catalog, read, now);
    return faults.isEmpty() ? new Outcome.Done(read.version() + 1) : new Outcome.Refused(faults);
  }

  private static List<Fault> faults(Catalog catalog, StoredRules.Read read, Instant now) {
    List<Fault> faults =
        new ArrayList<>(Succession.faults(catalog, read.known(), read.held(), beginsPeriod(read)));
    Instant earliest = now.plus(LEAD);
    if (catalog.effective().isBefore(earliest)) {
      faults.add(
          new Fault(
              "too-soon",
              "it begins on "
                  + catalog.effective()
                  + ", and what is used then may have been rated without it",
              "Let it begin on " + earliest + " or later: a change of the past is a re-rate"));
    }
    return faults;
  }

  private static Predicate<Catalog> beginsPeriod(StoredRules.Read read) {
    Periods periods = Periods.of(read.known().getFirst());
    return each -> {
      long at = each.effective().toEpochMilli();
      return periods.startOf(periods.indexOf(at)) == at;
    };
  }

  /**
   * Takes a version back that has not begun.
   *
   * @param hash its identity
   * @param now the node's time
   */
  public Outcome withdraw(String hash, Instant now) throws SQLException {
    try (Connection c = begin()) {
      StoredRules.Read read = rules(c);
      Catalog found =
          read.known().stream().filter(k -> k.hash().equals(hash)).findFirst().orElse(null);
      if (found == null) {
        return new Outcome.Refused(
            List.of(
                new Fault(
                    "unknown-version", "there is no such version", "List them, and name one")));
      }
      if (read.held().stream().noneMatch(held -> held.hash().equals(hash))) {
        return new Outcome.Already(read.version());
      }
      if (found.effective().isBefore(now.plus(LEAD))) {
        return new Outcome.Refused(
            List.of(
                new Fault(
                    "begun",
                    "it begins on "
                        + found.effective()
                        + ", and what is used then may be rated by"
                        + " it already",
                    "Activate another version that begins later")));
      }
      List<Fault> faults =
          Succession.faultsWithout(found, read.known(), read.held(), beginsPeriod(read));
      if (!faults.isEmpty()) {
        return new Outcome.Refused(faults);
      }
      List<Catalog> held = read.held().stream().filter(each -> !each.hash().equals(hash)).toList();
      raise(c, read.version() + 1, held);
      return new Outcome.Done(read.version() + 1);
    }
  }

  private StoredRules.Read rules(Connection c) throws SQLException {
    return StoredRules.read(c, tenant, Integer.MAX_VALUE)
        .orElseThrow(() -> new IllegalStateException(tenant.name() + " has no rules"));
  }

  /** A transaction that nobody else makes versions in; closing the connection rolls back. */
  private Connection begin() throws SQLException {
    Connection c = database.getConnection();
    try {
      c.setAutoCommit(false);
      Tenants.lock(c);
      return c;
    } catch (SQLException e) {
      c.close();
      throw e;
    }
  }

  /** Makes it so, and commits. */
  private void raise(Connection c, int version, List<Catalog> held) throws SQLException {
    insertRules(c, tenant, version, held);
    // In the order in which a commit locks them, so that neither waits for the other in a circle.
    try (PreparedStatement ps =
        c.prepareStatement(
            "select count(*) from (select 1 from shard where tenant = ? order by number for"
                + " update) locked")) {
      ps.setInt(1, tenant.id());
      ps.execute();
    }
    try (PreparedStatement ps = c.prepareStatement("update shard set rules = ? where tenant = ?")) {
      ps.setInt(1, version);
      ps.setInt(2, tenant.id());
      ps.executeUpdate();
    }
    crash.at(CrashPoints.INSIDE_ACTIVATION);
    c.commit();
    crash.at(CrashPoints.AFTER_ACTIVATION);
  }

  static void insert(Connection c, Tenant tenant, Catalog catalog, byte[] text)
      throws SQLException {
    try (PreparedStatement ps =
        c.prepareStatement(
            "insert into catalog (tenant, hash, name, effective, source) values (?, ?, ?, ?, ?)"
                + " on conflict (tenant, hash) do nothing")) {
      ps.setInt(1, tenant.id());
      ps.setString(2, catalog.hash());
      ps.setString(3, catalog.name());
      ps.setObject(4, catalog.effective().atOffset(ZoneOffset.UTC));
      ps.setString(5, new String(text, StandardCharsets.UTF_8));
      ps.executeUpdate();
    }
    for (Map.Entry<AccountName, String> account : CatalogAccounts.of(catalog).entrySet()) {
      insertAccount(c, tenant, account.getKey(), catalog);
    }
  }

  static void insertRules(Connection c, Tenant tenant, int version, List<Catalog> held)
      throws SQLException {
    try (PreparedStatement ps =
        c.prepareStatement(
            "insert into rules (tenant, version, semantics, catalogs) values (?, ?, 1, ?)")) {
      ps.setInt(1, tenant.id());
      ps.setInt(2, version);
      ps.setArray(3, c.createArrayOf("text", held.stream().map(Catalog::hash).toArray()));
      ps.executeUpdate();
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
}
