package io.millrace.connectors.tenant;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.function.Consumer;
import javax.sql.DataSource;

/** Customers' accounts, by what people call them. */
public final class Customers {
  // Each by an index of its own: asked in one, the database looked through all of a tenant's names.
  private static final String OF_TENANT =
      "select id, name, currency, scale, rooted from account where tenant = ? and kind ="
          + " 'customer'";
  private static final String BY_NAME = OF_TENANT + " and name = ? order by id";
  private static final String BY_ID = OF_TENANT + " and id = ?";
  private static final String ROOTS = OF_TENANT + " and rooted order by id limit ?";

  private static final int AT_ONCE = 10_000;

  private Customers() {}

  /**
   * A customer's ledger account.
   *
   * @param currency ISO 4217
   * @param scale decimal digits of its amounts
   * @param rooted whether it has a balance, and so is the root of its devices
   */
  public record Customer(int id, String name, String currency, int scale, boolean rooted) {}

  /** Whether a text can be an account's id. */
  public static boolean isId(String text) {
    return text.matches("[0-9]{1,9}");
  }

  /**
   * The customer of this name, else the one of this id. No account with a balance has a name that
   * could be an id, so that money goes to nobody else.
   */
  public static Optional<Customer> find(DataSource database, Tenant tenant, String nameOrId)
      throws SQLException {
    try (Connection c = database.getConnection()) {
      Optional<Customer> named = find(c, BY_NAME, tenant, ps -> ps.setString(2, nameOrId));
      return named.isPresent() || !isId(nameOrId)
          ? named
          : find(c, BY_ID, tenant, ps -> ps.setInt(2, Integer.parseInt(nameOrId)));
    }
  }

  /** Shows customers that are roots, {@code most} at most, the first opened first. */
  public static void roots(DataSource database, Tenant tenant, int most, Consumer<Customer> each)
      throws SQLException {
    try (Connection c = database.getConnection()) {
      c.setAutoCommit(false); // Else all of them would be read into memory at once.
      try (PreparedStatement ps = c.prepareStatement(ROOTS)) {
        ps.setFetchSize(AT_ONCE);
        ps.setInt(1, tenant.id());
        ps.setInt(2, most);
        try (ResultSet rs = ps.executeQuery()) {
          while (rs.next()) {
            each.accept(customer(rs));
          }
        }
      }
      c.commit();
    }
  }

  private static Customer customer(ResultSet rs) throws SQLException {
    return new Customer(
        rs.getInt(1), rs.getString(2), rs.getString(3), rs.getInt(4), rs.getBoolean(5));
  }

  @FunctionalInterface
  private interface Asked {
    void set(PreparedStatement ps) throws SQLException;
  }

  private static Optional<Customer> find(Connection c, String by, Tenant tenant, Asked asked)
      throws SQLException {
    try (PreparedStatement ps = c.prepareStatement(by)) {
      ps.setInt(1, tenant.id());
      asked.set(ps);
      try (ResultSet rs = ps.executeQuery()) {
        return rs.next() ? Optional.of(customer(rs)) : Optional.empty();
      }
    }
  }
}
