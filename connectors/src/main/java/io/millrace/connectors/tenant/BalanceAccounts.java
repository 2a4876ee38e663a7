package io.millrace.connectors.tenant;

import io.millrace.catalog.Catalog;
import io.millrace.processors.shard.WalletTerms;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import javax.sql.DataSource;

/**
 * Customers' accounts that have balances, as rows: such an account is a root, so that its devices
 * are taken in where its balance is. What that is comes from its shard.
 */
public final class BalanceAccounts {
  private final DataSource database;
  private final Tenant tenant;
  private final Catalog catalog;

  /** Of a tenant, in the currency of its catalog. */
  public BalanceAccounts(DataSource database, Tenant tenant, Catalog catalog) {
    this.database = database;
    this.tenant = tenant;
    this.catalog = catalog;
  }

  /** An account that has a row: the customer's id, and where its changes are posted. */
  public record Opened(int account, WalletTerms.Ledger ledger) {}

  /** Opens an account in its shard. */
  @FunctionalInterface
  public interface Opener<T> {
    /**
     * Returns what came of it once that is committed.
     *
     * @param opened the account's rows
     */
    T open(Opened opened) throws Exception;
  }

  /**
   * Opens an account, or changes its terms: its rows are made, its shard is asked, and from then on
   * its devices go there; none come in between. Cut short anywhere it is simply asked for again.
   * Nothing of the database is held while the shard is asked, since its commit needs that too.
   *
   * @param isOpen whether the shard has done it
   * @return what the shard says; empty where the account has devices already, which are roots by
   *     themselves
   */
  public <T> Optional<T> open(String name, Opener<T> opener, Predicate<T> isOpen) throws Exception {
    Optional<Opened> made = begin(name);
    if (made.isEmpty()) {
      return Optional.empty();
    }
    T answer = opener.open(made.get());
    if (isOpen.test(answer)) {
      try (Connection c = database.getConnection()) {
        setRooted(c, made.get().account);
      }
    }
    return Optional.of(answer);
  }

  /** Makes the rows; from then on no device is taken in until it is a root. */
  private Optional<Opened> begin(String name) throws SQLException {
    try (AccountsLock lock = AccountsLock.take(database)) {
      Connection c = lock.connection();
      if (hasDevices(c, name)) {
        return Optional.empty();
      }
      c.setAutoCommit(false);
      try {
        Opened opened = make(c, name);
        c.commit();
        return Optional.of(opened);
      } finally {
        c.rollback();
        c.setAutoCommit(true);
      }
    }
  }

  /**
   * Those of some customers' names whose opening has begun and not ended. It reads the two kinds by
   * themselves: where the planner has no statistics yet, as after many were opened, a join of them
   * compares each with each.
   */
  static Set<String> opening(Connection c, Tenant tenant, Catalog catalog, Collection<String> names)
      throws SQLException {
    Set<String> opening = named(c, tenant, catalog, "kind = 'balance'", names);
    if (!opening.isEmpty()) {
      opening.retainAll(named(c, tenant, catalog, "kind = 'customer' and not rooted", opening));
    }
    return opening;
  }

  private static Set<String> named(
      Connection c, Tenant tenant, Catalog catalog, String which, Collection<String> names)
      throws SQLException {
    try (PreparedStatement ps =
        c.prepareStatement(
            "select name from account where tenant = ? and currency = ? and name = any (?::text[])"
                + " and "
                + which)) {
      ps.setInt(1, tenant.id());
      ps.setString(2, catalog.currency().getCurrencyCode());
      ps.setArray(3, c.createArrayOf("text", names.stream().distinct().toArray()));
      try (ResultSet rs = ps.executeQuery()) {
        Set<String> found = new HashSet<>();
        while (rs.next()) {
          found.add(rs.getString(1));
        }
        return found;
      }
    }
  }

  private boolean hasDevices(Connection c, String name) throws SQLException {
    try (PreparedStatement ps =
        c.prepareStatement(
            "select 1 from account a where a.tenant = ? and a.kind = 'customer' and a.name = ? and"
                + " a.currency = ? and not a.rooted and not a.pinned and exists (select 1 from"
                + " subscription s where s.tenant = a.tenant and s.account = a.id)")) {
      ps.setInt(1, tenant.id());
      ps.setString(2, name);
      ps.setString(3, catalog.currency().getCurrencyCode());
      try (ResultSet rs = ps.executeQuery()) {
        return rs.next();
      }
    }
  }

  /** The ledger account of what is on its way between balances; made where there is none. */
  public int transit() throws SQLException {
    try (Connection c = database.getConnection()) {
      c.setAutoCommit(false);
      try {
        make(c, List.of("in-transit"), List.of(""));
        c.commit();
      } catch (SQLException e) {
        c.rollback();
        throw e;
      }
      try (PreparedStatement ps =
          c.prepareStatement(
              "select id from account where tenant = ? and kind = 'in-transit' and currency = ?")) {
        ps.setInt(1, tenant.id());
        ps.setString(2, catalog.currency().getCurrencyCode());
        try (ResultSet rs = ps.executeQuery()) {
          rs.next();
          return rs.getInt(1);
        }
      } finally {
        c.rollback();
      }
    }
  }

  /**
   * Where a customer's buckets of money are posted.
   *
   * @param bonus the customer's, a liability: what is in them
   * @param expired what ran out, of all customers
   */
  public record BucketLedger(int bonus, int expired) {}

  /** The ledger accounts of a customer's buckets; made where there are none. */
  public BucketLedger buckets(String customer) throws SQLException {
    try (Connection c = database.getConnection()) {
      c.setAutoCommit(false);
      try {
        make(c, List.of("bonus", "expired"), List.of(customer, ""));
        c.commit();
      } catch (SQLException e) {
        c.rollback();
        throw e;
      }
      try (PreparedStatement ps =
          c.prepareStatement(
              "select kind, id from account where tenant = ? and currency = ? and (name = ? and"
                  + " kind = 'bonus' or name = '' and kind = 'expired')")) {
        ps.setInt(1, tenant.id());
        ps.setString(2, catalog.currency().getCurrencyCode());
        ps.setString(3, customer);
        Map<String, Integer> ids = ids(ps);
        return new BucketLedger(id(ids, "bonus"), id(ids, "expired"));
      } finally {
        c.rollback();
      }
    }
  }

  private Opened make(Connection c, String name) throws SQLException {
    make(
        c,
        List.of("customer", "balance", "overrun", "drawn", "cash", "adjustment"),
        List.of(name, name, name, "", "", ""));
    return read(c, name);
  }

  private void make(Connection c, List<String> kinds, List<String> names) throws SQLException {
    Tenants.lock(c);
    try (PreparedStatement ps =
        c.prepareStatement(
            "insert into account (tenant, id, kind, name, currency, scale)"
                + " select ?, (select coalesce(max(id), 0) from account where tenant = ?)"
                + " + row_number() over (order by n), k, w, ?, ?"
                + " from unnest(?::text[], ?::text[]) with ordinality as wanted (k, w, n)"
                + " where not exists (select 1 from account a where a.tenant = ? and a.kind = k"
                + " and a.name = w and a.currency = ?)")) {
      ps.setInt(1, tenant.id());
      ps.setInt(2, tenant.id());
      ps.setString(3, catalog.currency().getCurrencyCode());
      ps.setInt(4, catalog.ledgerScale());
      ps.setArray(5, c.createArrayOf("text", kinds.toArray()));
      ps.setArray(6, c.createArrayOf("text", names.toArray()));
      ps.setInt(7, tenant.id());
      ps.setString(8, catalog.currency().getCurrencyCode());
      ps.executeUpdate();
    }
  }

  private void setRooted(Connection c, int account) throws SQLException {
    try (PreparedStatement ps =
        c.prepareStatement(
            "update account set rooted = true where tenant = ? and id = ? and not rooted")) {
      ps.setInt(1, tenant.id());
      ps.setInt(2, account);
      ps.executeUpdate();
    }
  }

  private Opened read(Connection c, String name) throws SQLException {
    try (PreparedStatement ps =
        c.prepareStatement(
            "select kind, id from account where tenant = ? and currency = ? and (name = ? and kind"
                + " in ('customer', 'balance', 'overrun') or name = ''"
                + " and kind in ('drawn', 'cash', 'adjustment'))")) {
      ps.setInt(1, tenant.id());
      ps.setString(2, catalog.currency().getCurrencyCode());
      ps.setString(3, name);
      Map<String, Integer> ids = ids(ps);
      return new Opened(
          id(ids, "customer"),
          new WalletTerms.Ledger(
              id(ids, "balance"),
              id(ids, "overrun"),
              id(ids, "drawn"),
              id(ids, "cash"),
              id(ids, "adjustment")));
    }
  }

  private static Map<String, Integer> ids(PreparedStatement ps) throws SQLException {
    try (ResultSet rs = ps.executeQuery()) {
      Map<String, Integer> ids = new HashMap<>();
      while (rs.next()) {
        ids.put(rs.getString(1), rs.getInt(2));
      }
      return ids;
    }
  }

  private static int id(Map<String, Integer> ids, String kind) {
    Integer id = ids.get(kind);
    if (id == null) {
      throw new IllegalStateException("no " + kind + " account was made");
    }
    return id;
  }

  /** Those of some customers' accounts that are roots: all their devices are in their shards. */
  static Set<Integer> rooted(Connection c, Tenant tenant, Collection<Integer> accounts)
      throws SQLException {
    try (PreparedStatement ps =
        c.prepareStatement(
            "select id from account where tenant = ? and (rooted or pinned) and id in (select"
                + " unnest(?::int[]))")) {
      ps.setInt(1, tenant.id());
      ps.setArray(2, c.createArrayOf("int4", accounts.toArray()));
      try (ResultSet rs = ps.executeQuery()) {
        Set<Integer> rooted = new HashSet<>();
        while (rs.next()) {
          rooted.add(rs.getInt(1));
        }
        return rooted;
      }
    }
  }
}
