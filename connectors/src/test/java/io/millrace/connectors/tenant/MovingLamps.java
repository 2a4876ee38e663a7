package io.millrace.connectors.tenant;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.CatalogFile;
import io.millrace.connectors.clock.CommitClock;
import io.millrace.connectors.directory.Directory;
import io.millrace.connectors.shard.CrashPoints;
import io.millrace.connectors.shard.Intake;
import io.millrace.connectors.shard.NodeShards;
import io.millrace.connectors.shard.PostgresStore;
import io.millrace.connectors.shard.ShardHost;
import io.millrace.connectors.shard.Ticket;
import io.millrace.connectors.store.Database;
import io.millrace.processors.rating.Rules;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** Lamps of a city that can move, in shards over a real PostgreSQL. */
abstract class MovingLamps {
  static final Instant START = Instant.parse("2026-11-01T23:00:00Z");
  static final int LAMPS = 30;
  static final int SHARDS = 8;

  /** What a lamp draws in an hour leads through all tiers, and beyond the cap. */
  static final String CATALOG =
      """
      catalog: moving
      effective: 2026-11-02
      currency: EUR
      zone: Europe/Madrid
      period: 1h
      meters:
        energy: {event: lamp.report, value: data.wh, unit: Wh, scale: 3, aggregate: sum}
      offers:
        lamp:
          scope: device
          window: 15m
          charges:
            energy:
              meter: energy
              graduated: [{to: 3, per-unit: 0.07}, {to: 9, per-unit: 0.0123457, flat: 0.5}, {per-unit: 1.5}]
              unit: kWh
            lease: {recurring: 0.10, every: day}
            ceiling: {cap: 0.6, of: [energy]}
            promise: {commitment: 1}
      """;

  private static EmbeddedPostgres postgres;
  private static int tenants;

  final AtomicLong clock = new AtomicLong(START.toEpochMilli());

  /** Where devices are, and where they were at first: one sender never hears of any move. */
  final Directory fresh = new Directory();

  Subscriptions follow;

  final Directory stale = new Directory();
  final ConcurrentLinkedQueue<Sent> again = new ConcurrentLinkedQueue<>();
  final AtomicInteger open = new AtomicInteger();
  private final List<ShardHost> hosts = new ArrayList<>();
  Database database;
  Tenant tenant;
  Rules rules;
  private DeviceImport devices;
  volatile ShardHost host;
  private volatile Intake intake;

  /** What its lamps pay. */
  String catalog() {
    return CATALOG;
  }

  record Sent(int lamp, int minute, Directory by) {}

  @BeforeAll
  static void startPostgres() throws Exception {
    postgres = EmbeddedPostgres.builder().start();
  }

  @AfterAll
  static void stopPostgres() throws Exception {
    postgres.close();
  }

  @BeforeEach
  void open() throws Exception {
    database = Database.open(postgres.getJdbcUrl("postgres", "postgres"), "postgres", "", 8);
    Tenants all = new Tenants(database.pool());
    tenant = all.ensure("moves" + tenants++, SHARDS);
    byte[] text = catalog().getBytes(StandardCharsets.UTF_8);
    Catalog catalog =
        ((CatalogFile.Result.Accepted) CatalogFile.read("moving.yaml", text)).catalog();
    rules = all.activate(tenant, catalog, text, NodeShards::genesis);
    startHost();
    devices = new DeviceImport(database.pool(), all, tenant, rules);
    List<Device> lamps = new ArrayList<>();
    for (int i = 0; i < LAMPS; i++) {
      lamps.add(device(i, "city", START));
    }
    assertEquals(LAMPS, Collections.frequency(take(lamps), DeviceVerdict.CREATED));
    new Subscriptions(database.pool(), tenant, () -> rules, stale).follow();
    follow = new Subscriptions(database.pool(), tenant, () -> rules, fresh);
    follow.follow();
  }

  @AfterEach
  void close() {
    hosts.forEach(ShardHost::close);
    database.close();
  }

  static Device device(int lamp, String account, Instant from) {
    return new Device("lamp-" + lamp, account, "lamp", from, Optional.empty());
  }

  List<DeviceVerdict> take(List<Device> some) throws SQLException {
    return devices.take(some, (shard, command) -> host.submit(shard, command));
  }

  /** Takes over from the host that runs, as from a process that stands still. */
  void startHost() {
    PostgresStore store = new PostgresStore(database.pool(), tenant.id(), 10_000, CrashPoints.NONE);
    NodeShards node =
        new NodeShards(
            tenant.id(),
            SHARDS,
            store,
            rules,
            new StoredRules(database.pool(), tenant),
            "node",
            CrashPoints.NONE);
    ShardHost.Settings settings = new ShardHost.Settings(SHARDS, 1_000, 10_000, 100);
    ShardHost started =
        new ShardHost(node, store, settings, CommitClock.unchecked(clock::get), CrashPoints.NONE);
    started.start();
    hosts.add(started);
    intake = started.intake(10_000, 1 << 24);
    host = started;
  }

  static long at(int minute) {
    return START.toEpochMilli() + minute * 60_000L;
  }

  /** What a lamp's counter shows then; it is exchanged every 50 minutes. */
  private static long shows(int minute) {
    return minute % 50 * 40L;
  }

  void send(Sent e) {
    open.incrementAndGet();
    byte[] subject = subject(e.lamp);
    var view = e.by.view();
    int place = view.find(subject, 0, subject.length, at(e.minute));
    byte[] raw =
        """
        {"specversion": "1.0", "id": "%d", "source": "lamps", "type": "lamp.report",
         "subject": "lamp-%d", "time": "%s", "data": {"wh": 1000, "shows": %d}}\
        """
            .formatted(e.minute, e.lamp, Instant.ofEpochMilli(at(e.minute)), shows(e.minute))
            .getBytes(StandardCharsets.UTF_8);
    Ticket ticket =
        new Ticket() {
          @Override
          public void done() {
            open.decrementAndGet();
          }

          @Override
          public void failed(Exception why) {
            again.add(e);
            open.decrementAndGet();
          }
        };
    while (!intake.add(
        usage ->
            usage.add(
                view.shard(place),
                view.subscription(place),
                1,
                e.minute,
                true,
                at(e.minute),
                clock.get(),
                0,
                new long[] {1_000_000, 1_000 * shows(e.minute)},
                rules.types().getFirst().meters().size(),
                raw,
                0,
                raw.length),
        ticket)) {
      LockSupport.parkNanos(100_000);
    }
  }

  static byte[] subject(int lamp) {
    return ("lamp-" + lamp).getBytes(StandardCharsets.UTF_8);
  }

  void sendAgain() {
    for (Sent e = again.poll(); e != null; e = again.poll()) {
      send(e);
    }
  }

  Map<Long, Long> byId(String sql) throws SQLException {
    try (Connection c = database.pool().getConnection();
        ResultSet rs = c.createStatement().executeQuery(sql.replace("$", "" + tenant.id()))) {
      Map<Long, Long> all = new TreeMap<>();
      while (rs.next()) {
        all.put(rs.getLong(1), rs.getLong(2));
      }
      return all;
    }
  }

  long number(String sql) throws SQLException {
    try (Connection c = database.pool().getConnection();
        ResultSet rs = c.createStatement().executeQuery(sql.replace("$", "" + tenant.id()))) {
      rs.next();
      return rs.getLong(1);
    }
  }
}
