package io.millrace.connectors.tenant;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import javax.sql.DataSource;

/** Customers' accounts, by what people call them. */
public final class Customers {
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
    int id = isId(nameOrId) ? Integer.parseInt(nameOrId) : -1;
    try (Connection c = database.getConnection();
        PreparedStatement ps =
            c.prepareStatement(
                "select id, name, currency, scale, rooted from account where tenant = ?"
                    + " and kind = 'customer' and (name = ? or id = ?)"
                    + " order by (name = ?) desc, id limit 1")) {
      ps.setInt(1, tenant.id());
      ps.setString(2, nameOrId);
      ps.setInt(3, id);
      ps.setString(4, nameOrId);
      try (ResultSet rs = ps.executeQuery()) {
        return rs.next()
            ? Optional.of(
                new Customer(
                    rs.getInt(1), rs.getString(2), rs.getString(3), rs.getInt(4), rs.getBoolean(5)))
            : Optional.empty();
      }
    }
  }
}
