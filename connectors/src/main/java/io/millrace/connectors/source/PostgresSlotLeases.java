package io.millrace.connectors.source;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import javax.sql.DataSource;

/** Slot leases in the table {@code slot}, by the database's clock and no other. */
public final class PostgresSlotLeases implements SlotLeases {
  private static final String HOLD =
      """
      insert into slot as s (tenant, source, slot, node, lease_until)
      values (?, ?, ?, ?, clock_timestamp() + ? * interval '1 millisecond')
      on conflict (tenant, source, slot) do update
        set node = excluded.node, lease_until = excluded.lease_until
        where s.node is null or s.node = excluded.node or s.lease_until < clock_timestamp()
      """;
  private static final String RELEASE =
      "update slot set node = null, lease_until = null"
          + " where tenant = ? and source = ? and slot = ? and node = ?";
  private static final String SUBSCRIPTION =
      "select subscription from slot where tenant = ? and source = ? and slot = ?";
  private static final String SUBSCRIBED =
      "update slot set subscription = ?"
          + " where tenant = ? and source = ? and slot = ? and node = ?";

  private final DataSource database;
  private final int tenant;
  private final String node;

  /**
   * The leases of a tenant's sources, as this node sees them.
   *
   * @param node unique among the processes that share the database
   */
  public PostgresSlotLeases(DataSource database, int tenant, String node) {
    this.database = database;
    this.tenant = tenant;
    this.node = node;
  }

  @Override
  public boolean hold(String source, int slot) {
    return update(HOLD, tenant, source, slot, node, LEASE.toMillis()) == 1;
  }

  @Override
  public void release(String source, int slot) {
    update(RELEASE, tenant, source, slot, node);
  }

  @Override
  public Optional<String> subscription(String source, int slot) {
    try (Connection c = database.getConnection();
        PreparedStatement ps = prepare(c, SUBSCRIPTION, tenant, source, slot);
        ResultSet rs = ps.executeQuery()) {
      return rs.next() ? Optional.ofNullable(rs.getString(1)) : Optional.empty();
    } catch (SQLException e) {
      throw new LeasesUnavailable(e);
    }
  }

  @Override
  public void subscribed(String source, int slot, String filter) {
    update(SUBSCRIBED, filter, tenant, source, slot, node);
  }

  private int update(String sql, Object... values) {
    try (Connection c = database.getConnection();
        PreparedStatement ps = prepare(c, sql, values)) {
      int rows = ps.executeUpdate();
      if (!c.getAutoCommit()) {
        c.commit();
      }
      return rows;
    } catch (SQLException e) {
      throw new LeasesUnavailable(e);
    }
  }

  private static PreparedStatement prepare(Connection c, String sql, Object... values)
      throws SQLException {
    PreparedStatement ps = c.prepareStatement(sql);
    for (int i = 0; i < values.length; i++) {
      ps.setObject(i + 1, values[i]);
    }
    return ps;
  }
}
