package io.millrace.connectors.tenant;

import io.millrace.processors.rating.Rules;
import io.millrace.processors.shard.Command;
import io.millrace.processors.shard.ShardKey;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import javax.sql.DataSource;

/**
 * Brings devices into their shards: each new one becomes a journalled {@link Command.Subscribe},
 * and its row in the directory is an effect of that commit. Those that are known are left as they
 * are, so that an import that was cut short is simply run again.
 */
public final class DeviceImport {
  /** Commands under way at once. */
  private static final int AT_ONCE = 10_000;

  private final DataSource database;
  private final Tenants tenants;
  private final Tenant tenant;
  private final Rules rules;

  /** An import into a tenant. */
  public DeviceImport(DataSource database, Tenants tenants, Tenant tenant, Rules rules) {
    this.database = database;
    this.tenants = tenants;
    this.tenant = tenant;
    this.rules = rules;
  }

  private record Key(String subject, long from) {}

  /**
   * Imports.
   *
   * @param submit hands a command to a shard; completes when it is committed
   * @param progress told how many are in, now and then
   * @return how many were new
   * @throws IllegalArgumentException where a device is on an offer that the catalog doesn't have
   */
  public int run(
      Collection<Device> devices,
      BiFunction<Integer, Command, CompletableFuture<Void>> submit,
      IntConsumer progress)
      throws SQLException {
    try (Connection c = database.getConnection()) {
      try (PreparedStatement lock = c.prepareStatement("select pg_advisory_lock(7143)")) {
        lock.execute();
      }
      try {
        return locked(c, devices, submit, progress);
      } finally {
        try (PreparedStatement unlock = c.prepareStatement("select pg_advisory_unlock(7143)")) {
          unlock.execute();
        }
      }
    }
  }

  private int locked(
      Connection c,
      Collection<Device> devices,
      BiFunction<Integer, Command, CompletableFuture<Void>> submit,
      IntConsumer progress)
      throws SQLException {
    Set<Key> known = known(c);
    List<Device> wanted = new ArrayList<>();
    for (Device device : devices) {
      if (known.add(new Key(device.subject(), device.from().toEpochMilli()))) {
        if (rules.offerIndex(device.offer()) < 0) {
          throw new IllegalArgumentException(
              "device "
                  + device.subject()
                  + " is on offer "
                  + device.offer()
                  + ", which the catalog does not have. Offers are "
                  + rules.catalog().offers().keySet());
        }
        wanted.add(device);
      }
    }
    Map<String, Integer> accounts =
        tenants.customers(
            tenant,
            rules.catalog(),
            wanted.stream().map(Device::account).collect(Collectors.toSet()));
    for (int from = 0; from < wanted.size(); from += AT_ONCE) {
      List<Device> some = wanted.subList(from, Math.min(from + AT_ONCE, wanted.size()));
      long[] ids = ids(c, some.size());
      List<CompletableFuture<Void>> answers = new ArrayList<>(some.size());
      for (int i = 0; i < some.size(); i++) {
        Device d = some.get(i);
        Integer account = accounts.get(d.account());
        if (account == null) {
          throw new IllegalStateException("account " + d.account() + " was not made");
        }
        long to = d.to().map(t -> t.toEpochMilli()).orElse(Long.MAX_VALUE);
        Command.Subscribe command =
            new Command.Subscribe(
                ids[i],
                d.subject(),
                account,
                rules.offerIndex(d.offer()),
                d.from().toEpochMilli(),
                to);
        answers.add(submit.apply(ShardKey.of(ids[i], tenant.shards()), command));
      }
      answers.forEach(CompletableFuture::join);
      progress.accept(from + some.size());
    }
    return wanted.size();
  }

  private Set<Key> known(Connection c) throws SQLException {
    try (PreparedStatement ps =
        c.prepareStatement("select subject, valid_from from subscription where tenant = ?")) {
      ps.setInt(1, tenant.id());
      try (ResultSet rs = ps.executeQuery()) {
        Set<Key> known = new HashSet<>();
        while (rs.next()) {
          known.add(new Key(rs.getString(1), rs.getTimestamp(2).getTime()));
        }
        return known;
      }
    }
  }

  private static long[] ids(Connection c, int count) throws SQLException {
    try (PreparedStatement ps =
        c.prepareStatement("select nextval('subscription_id') from generate_series(1, ?)")) {
      ps.setInt(1, count);
      try (ResultSet rs = ps.executeQuery()) {
        long[] ids = new long[count];
        for (int i = 0; rs.next(); i++) {
          ids[i] = rs.getLong(1);
        }
        return ids;
      }
    }
  }
}
