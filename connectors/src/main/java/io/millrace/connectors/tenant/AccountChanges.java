package io.millrace.connectors.tenant;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** What changed accounts with balances other than use. */
public final class AccountChanges {
  private AccountChanges() {}

  /**
   * A change.
   *
   * @param kind {@code top-up}, {@code adjustment}, {@code transfer} or {@code expired}
   * @param bucket its name; empty for the main balance
   * @param allowance that the bucket is units of; empty where it is money
   * @param amount ledger units, or the scaled integers of the allowance's meter; more than 0 for
   *     what came in
   * @param reason in somebody's words; empty where there is none
   */
  public record Change(
      Instant at, String kind, String bucket, String allowance, long amount, String reason) {}

  /** An account's last ones, the latest first: all of a root's are of one shard, in its order. */
  public static List<Change> last(DataSource database, Tenant tenant, int account, int limit)
      throws SQLException {
    try (Connection c = database.getConnection();
        PreparedStatement ps =
            c.prepareStatement(
                "select at, kind, bucket, allowance, amount, reason from account_change where"
                    + " tenant = ? and account = ? order by seq desc, n desc limit ?")) {
      ps.setInt(1, tenant.id());
      ps.setInt(2, account);
      ps.setInt(3, limit);
      try (ResultSet rs = ps.executeQuery()) {
        List<Change> all = new ArrayList<>();
        while (rs.next()) {
          all.add(
              new Change(
                  rs.getObject(1, OffsetDateTime.class).toInstant(),
                  rs.getString(2),
                  rs.getString(3),
                  rs.getString(4),
                  rs.getLong(5),
                  rs.getString(6)));
        }
        return all;
      }
    }
  }
}
