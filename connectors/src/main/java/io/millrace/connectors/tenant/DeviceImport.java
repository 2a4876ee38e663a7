package io.millrace.connectors.tenant;

import io.millrace.processors.rating.Rules;
import io.millrace.processors.shard.Command;
import io.millrace.processors.shard.ShardKey;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Brings devices into their shards: each new one becomes a journalled {@link Command.Subscribe},
 * and its row in the directory is an effect of that commit. What is known is left as it is, so that
 * an import that was cut short is simply run again. A known device that begins anew while it has a
 * subscription moves: that one ends there, and its dedupe windows go along. Only one import of an
 * installation looks at what is known and adds to it at a time.
 */
public final class DeviceImport {
  /** Devices that are taken in at once, at most. */
  public static final int AT_ONCE = 10_000;

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

  /**
   * What a subject has, or is about to have.
   *
   * @param to its first moment after, where another takes over at the latest
   * @param saidTo the same as it was listed
   */
  private record Term(String account, String offer, String group, long from, long to, long saidTo) {
    static Term of(Device d) {
      long to = d.to().map(t -> t.toEpochMilli()).orElse(Long.MAX_VALUE);
      return new Term(d.account(), d.offer(), d.group(), d.from().toEpochMilli(), to, to);
    }

    /** Whether a list says this again, as it was said or as it has become. */
    boolean isOf(Term listed) {
      return account.equals(listed.account)
          && offer.equals(listed.offer)
          && group.equals(listed.group)
          && from == listed.from
          && (to == listed.to || saidTo == listed.to);
    }

    boolean overlaps(Term other) {
      return from < other.to && other.from < to;
    }
  }

  /**
   * Imports devices that must all be right.
   *
   * @param submit hands a command to a shard; completes when it is committed
   * @param progress told how many are in, now and then
   * @return how many were new; one that begins when a known one does is left as it is
   * @throws IllegalArgumentException where one can't be taken in; those before it may be in
   */
  public int run(
      Collection<Device> devices,
      BiFunction<Integer, Command, CompletableFuture<Void>> submit,
      IntConsumer progress)
      throws SQLException {
    List<Device> all = List.copyOf(devices);
    int added = 0;
    for (int from = 0; from < all.size(); from += AT_ONCE) {
      List<Device> some = all.subList(from, Math.min(from + AT_ONCE, all.size()));
      List<DeviceVerdict> verdicts = take(some, submit);
      for (int i = 0; i < some.size(); i++) {
        DeviceVerdict verdict = verdicts.get(i);
        added += verdict == DeviceVerdict.CREATED ? 1 : 0;
        if (verdict.isRefusal() && verdict != DeviceVerdict.OTHER_TERMS) {
          throw new IllegalArgumentException(
              "device "
                  + some.get(i).subject()
                  + " on offer "
                  + some.get(i).offer()
                  + ": "
                  + verdict.meaning()
                  + ". Offers are "
                  + rules.catalog().offers().keySet());
        }
      }
      progress.accept(from + some.size());
    }
    return added;
  }

  /**
   * Takes devices in, in their order; returns when the new ones are committed.
   *
   * @param devices {@link #AT_ONCE} at most
   * @param submit hands a command to a shard; completes when it is committed
   * @return what became of each
   * @throws java.util.concurrent.CompletionException where a commit can't be made on this node
   */
  public List<DeviceVerdict> take(
      List<Device> devices, BiFunction<Integer, Command, CompletableFuture<Void>> submit)
      throws SQLException {
    if (devices.size() > AT_ONCE) {
      throw new IllegalArgumentException(devices.size() + " devices at once");
    }
    try (AccountsLock lock = AccountsLock.take(database)) {
      return locked(lock.connection(), devices, submit);
    }
  }

  private List<DeviceVerdict> locked(
      Connection c,
      List<Device> devices,
      BiFunction<Integer, Command, CompletableFuture<Void>> submit)
      throws SQLException {
    Map<String, DeviceMoves.Last> last = new HashMap<>();
    Map<String, List<Term>> known = known(c, devices, last);
    List<Integer> moving = new ArrayList<>();
    List<DeviceMoves.Last> from = new ArrayList<>();
    DeviceVerdict[] verdicts = new DeviceVerdict[devices.size()];
    List<Device> wanted = new ArrayList<>();
    Set<String> opening =
        BalanceAccounts.opening(
            c, tenant, rules.catalog(), devices.stream().map(Device::account).toList());
    PooledDevices pooled = new PooledDevices(tenant, rules);
    List<Device> sharing = devices.stream().filter(pooled::isPooled).toList();
    if (!sharing.isEmpty()) {
      accounts(sharing);
    }
    Set<String> spread = pooled.pin(c, sharing);
    for (int i = 0; i < verdicts.length; i++) {
      Device device = devices.get(i);
      List<Term> terms = known.computeIfAbsent(device.subject(), s -> new ArrayList<>());
      verdicts[i] = verdict(device, terms);
      DeviceMoves.Last goesOn = last.get(device.subject());
      if (verdicts[i] == DeviceVerdict.OVERLAP
          && goesOn != null
          && goesOn.mayEndAt(device.from())) {
        if (goesOn.leavesRoot(device)) {
          verdicts[i] = DeviceVerdict.ROOTED;
          continue;
        }
        DeviceVerdict refused = refused(device, opening, spread, pooled);
        if (refused != null) {
          verdicts[i] = refused;
          continue;
        }
        moving.add(i);
        from.add(goesOn);
        last.remove(device.subject()); // Its next move begins where this one has come to.
        terms.add(Term.of(device));
      }
      if (verdicts[i] == DeviceVerdict.CREATED) {
        DeviceVerdict refused = refused(device, opening, spread, pooled);
        if (refused != null) {
          verdicts[i] = refused;
        } else {
          terms.add(Term.of(device));
          wanted.add(device);
        }
      }
    }
    if (!wanted.isEmpty()) {
      Set<Device> in = subscribe(c, wanted, pooled, submit);
      for (int i = 0; i < verdicts.length; i++) {
        if (verdicts[i] == DeviceVerdict.CREATED && !in.contains(devices.get(i))) {
          verdicts[i] = DeviceVerdict.REFUSED;
        }
      }
    }
    if (!moving.isEmpty()) {
      List<Device> those = moving.stream().map(devices::get).toList();
      pooled.number(c, those);
      Map<String, Integer> accounts = accounts(those);
      long[] ids = ids(c, those.size());
      Set<Integer> rooted = BalanceAccounts.rooted(c, tenant, accounts.values());
      List<DeviceMoves.Next> next = new ArrayList<>();
      for (int i = 0; i < ids.length; i++) {
        Device d = those.get(i);
        int account = Objects.requireNonNull(accounts.get(d.account()));
        int shard = shardOf(ids[i], account, rooted);
        next.add(new DeviceMoves.Next(d, from.get(i), account, ids[i], shard, pooled.of(d)));
      }
      List<DeviceVerdict> moved = new DeviceMoves(tenant, rules, submit).run(c, next);
      for (int i = 0; i < ids.length; i++) {
        verdicts[moving.get(i)] = moved.get(i);
      }
    }
    return Arrays.asList(verdicts);
  }

  /** Why its account can't take a device in now; null where it can. */
  private static @Nullable DeviceVerdict refused(
      Device device, Set<String> opening, Set<String> spread, PooledDevices pooled) {
    if (opening.contains(device.account())) {
      return DeviceVerdict.OPENING;
    }
    return pooled.isPooled(device) && spread.contains(device.account())
        ? DeviceVerdict.SPREAD
        : null;
  }

  private DeviceVerdict verdict(Device device, List<Term> terms) {
    Term term = Term.of(device);
    if (terms.stream().anyMatch(t -> t.isOf(term))) {
      return DeviceVerdict.KNOWN;
    }
    if (term.from < rules.periods().startOf(0)) {
      return DeviceVerdict.TOO_EARLY;
    }
    if (rules.offerIndex(device.offer()) < 0) {
      return DeviceVerdict.UNKNOWN_OFFER;
    }
    if (!rules.catalogAt(term.from).offers().containsKey(device.offer())) {
      return DeviceVerdict.NOT_SOLD;
    }
    DeviceVerdict group = DeviceVerdict.ofGroup(rules, device);
    if (group != null) {
      return group;
    }
    if (terms.stream().anyMatch(t -> t.from == term.from)) {
      return DeviceVerdict.OTHER_TERMS;
    }
    return terms.stream().anyMatch(t -> t.overlaps(term))
        ? DeviceVerdict.OVERLAP
        : DeviceVerdict.CREATED;
  }

  /** Returns those that are in the directory now: a shard refuses a command that it trips over. */
  private Set<Device> subscribe(
      Connection c,
      List<Device> wanted,
      PooledDevices pooled,
      BiFunction<Integer, Command, CompletableFuture<Void>> submit)
      throws SQLException {
    Map<String, Integer> accounts = accounts(wanted);
    long[] ids = ids(c, wanted.size());
    pooled.number(c, wanted);
    Set<Integer> rooted = BalanceAccounts.rooted(c, tenant, accounts.values());
    List<CompletableFuture<Void>> answers = new ArrayList<>(wanted.size());
    for (int i = 0; i < wanted.size(); i++) {
      Device d = wanted.get(i);
      Integer account = accounts.get(d.account());
      if (account == null) {
        throw new IllegalStateException("account " + d.account() + " was not made");
      }
      Term term = Term.of(d);
      answers.add(
          submit.apply(
              shardOf(ids[i], account, rooted),
              new Command.Subscribe(
                  ids[i],
                  d.subject(),
                  account,
                  rules.offerIndex(d.offer()),
                  term.from(),
                  term.to(),
                  pooled.of(d))));
    }
    // All of them, also where one fails: what is under way must not be imported a second time.
    CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).join();
    Set<Long> stored = stored(c, ids);
    Set<Device> in = new HashSet<>();
    for (int i = 0; i < ids.length; i++) {
      if (stored.contains(ids[i])) {
        in.add(wanted.get(i));
      }
    }
    return in;
  }

  /** Where a subscription's root is: its account, where that has a balance, else itself. */
  private int shardOf(long subscription, int account, Set<Integer> rooted) {
    return ShardKey.of(rooted.contains(account) ? account : subscription, tenant.shards());
  }

  private Map<String, Integer> accounts(List<Device> of) throws SQLException {
    return tenants.customers(
        tenant, rules.catalog(), of.stream().map(Device::account).collect(Collectors.toSet()));
  }

  /** All that the subjects have, and in {@code last} the last of each. */
  private Map<String, List<Term>> known(
      Connection c, List<Device> devices, Map<String, DeviceMoves.Last> last) throws SQLException {
    try (PreparedStatement ps =
        c.prepareStatement(
            "select s.subject, a.name, s.offer, s.valid_from, least(s.valid_to, n.valid_from),"
                + " s.id, s.shard, s.valid_to, a.rooted or a.pinned,"
                + " coalesce(s.group_name, '') from subscription s"
                + " join account a on a.tenant = s.tenant and a.id = s.account"
                + " left join subscription n on n.tenant = s.tenant and n.takes_over = s.id"
                + " where s.tenant = ? and s.subject in (select unnest(?::text[]))"
                + " order by s.valid_from")) {
      ps.setInt(1, tenant.id());
      ps.setArray(
          2, c.createArrayOf("text", devices.stream().map(Device::subject).distinct().toArray()));
      try (ResultSet rs = ps.executeQuery()) {
        Map<String, List<Term>> known = new HashMap<>();
        while (rs.next()) {
          long to = millis(rs.getTimestamp(5));
          last.put(
              rs.getString(1),
              new DeviceMoves.Last(
                  rs.getLong(6),
                  rs.getTimestamp(4).getTime(),
                  to,
                  rs.getInt(7),
                  rs.getBoolean(9) ? Optional.of(rs.getString(2)) : Optional.empty()));
          known
              .computeIfAbsent(rs.getString(1), s -> new ArrayList<>())
              .add(
                  new Term(
                      rs.getString(2),
                      rs.getString(3),
                      rs.getString(10),
                      rs.getTimestamp(4).getTime(),
                      to,
                      millis(rs.getTimestamp(8))));
        }
        return known;
      }
    }
  }

  private static long millis(@Nullable Timestamp end) {
    return end == null ? Long.MAX_VALUE : end.getTime();
  }

  /** New numbers of subscriptions and pools. */
  static long[] ids(Connection c, int count) throws SQLException {
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

  private Set<Long> stored(Connection c, long[] ids) throws SQLException {
    try (PreparedStatement ps =
        c.prepareStatement(
            "select id from subscription where tenant = ? and id in (select"
                + " unnest(?::bigint[]))")) {
      ps.setInt(1, tenant.id());
      ps.setArray(2, c.createArrayOf("bigint", Arrays.stream(ids).boxed().toArray()));
      try (ResultSet rs = ps.executeQuery()) {
        Set<Long> stored = new HashSet<>();
        while (rs.next()) {
          stored.add(rs.getLong(1));
        }
        return stored;
      }
    }
  }
}
