package io.millrace.connectors.tenant;

import io.millrace.processors.rating.Rules;
import io.millrace.processors.shard.Command;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Devices of offers whose devices share, as an import takes them in: all that share are in one
 * shard, so their account is pinned to its own before it has any device. To be used under the lock
 * that imports hold.
 */
final class PooledDevices {
  private final Tenant tenant;
  private final Rules rules;

  /** The pools that devices of this import may be the first of. */
  private final Map<Pool, Command.Share> shares = new HashMap<>();

  private record Pool(String account, String offer, String group) {}

  PooledDevices(Tenant tenant, Rules rules) {
    this.tenant = tenant;
    this.rules = rules;
  }

  /** Whether a device shares what it uses with others. */
  boolean isPooled(Device device) {
    int offer = rules.offerIndex(device.offer());
    return offer >= 0 && rules.offers().get(offer).isPooled();
  }

  /**
   * Pins the accounts of devices that share, where they have no devices yet.
   *
   * @param devices those of them that share
   * @return the names of those that have, in shards of their own
   */
  Set<String> pin(Connection c, Collection<Device> devices) throws SQLException {
    List<String> names = devices.stream().map(Device::account).distinct().toList();
    if (names.isEmpty()) {
      return Set.of();
    }
    try (PreparedStatement ps =
        c.prepareStatement(
            "update account a set pinned = true where "
                + THOSE
                + " and not a.pinned and (a.rooted or not exists (select 1 from subscription s"
                + " where s.tenant = a.tenant and s.account = a.id))")) {
      those(c, ps, names);
      ps.executeUpdate();
    }
    Set<String> spread = new HashSet<>();
    try (PreparedStatement ps =
        c.prepareStatement("select a.name from account a where " + THOSE + " and not a.pinned")) {
      those(c, ps, names);
      try (ResultSet rs = ps.executeQuery()) {
        while (rs.next()) {
          spread.add(rs.getString(1));
        }
      }
    }
    return spread;
  }

  private static final String THOSE =
      "a.tenant = ? and a.kind = 'customer' and a.currency = ? and a.name = any (?::text[])";

  private void those(Connection c, PreparedStatement ps, List<String> names) throws SQLException {
    ps.setInt(1, tenant.id());
    ps.setString(2, rules.catalog().currency().getCurrencyCode());
    ps.setArray(3, c.createArrayOf("text", names.toArray()));
  }

  /** Numbers the pools that some devices may be the first of. */
  void number(Connection c, Collection<Device> devices) throws SQLException {
    List<Pool> pools =
        devices.stream()
            .filter(this::isPooled)
            .map(PooledDevices::poolOf)
            .filter(p -> !shares.containsKey(p))
            .distinct()
            .toList();
    if (!pools.isEmpty()) {
      long[] ids = DeviceImport.ids(c, pools.size());
      for (int i = 0; i < ids.length; i++) {
        shares.put(pools.get(i), new Command.Share(ids[i], pools.get(i).group));
      }
    }
  }

  private static Pool poolOf(Device d) {
    return new Pool(d.account(), d.offer(), d.group());
  }

  /** What a device that was {@link #number numbered} shares in; null where it counts for itself. */
  Command.@Nullable Share of(Device device) {
    return shares.get(poolOf(device));
  }
}
