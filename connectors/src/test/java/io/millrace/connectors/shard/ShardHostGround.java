package io.millrace.connectors.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.CatalogFile;
import io.millrace.connectors.clock.CommitClock;
import io.millrace.connectors.store.Database;
import io.millrace.connectors.tenant.Device;
import io.millrace.connectors.tenant.DeviceImport;
import io.millrace.connectors.tenant.Tenant;
import io.millrace.connectors.tenant.Tenants;
import io.millrace.processors.codec.ByteWriter;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.shard.Shard;
import io.millrace.processors.shard.ShardKey;
import io.millrace.processors.shard.SourceCounts;
import io.millrace.processors.usage.UsageBatch;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** A host of shards with lamps of a city, against a real PostgreSQL. */
abstract class ShardHostGround {
  static final Instant START = Instant.parse("2026-11-01T23:00:00Z");
  static final int LAMPS = 50;
  static final int SHARDS = 8;
  static EmbeddedPostgres postgres;
  static int tenants;

  /** What hears where the shards' thread has come to. */
  volatile CrashPoints points = CrashPoints.NONE;

  final AtomicLong clock = new AtomicLong(START.toEpochMilli());
  Database database;
  Tenant tenant;
  Rules rules;
  ShardHost host;
  Intake intake;

  @BeforeAll
  static void startPostgres() throws Exception {
    postgres = EmbeddedPostgres.builder().setServerConfig("fsync", "on").start();
  }

  @AfterAll
  static void stopPostgres() throws Exception {
    postgres.close();
  }

  @BeforeEach
  void open() throws Exception {
    database = Database.open(postgres.getJdbcUrl("postgres", "postgres"), "postgres", "", 4);
    Tenants all = new Tenants(database.pool());
    tenant = all.ensure("city" + tenants++, SHARDS);
    byte[] text = CatalogFile.template("smart-city.yaml");
    Catalog catalog =
        ((CatalogFile.Result.Accepted) CatalogFile.read("smart-city.yaml", text)).catalog();
    rules = all.activate(tenant, catalog, text, NodeShards::genesis);
    host = start();
    List<Device> lamps = new ArrayList<>();
    for (int i = 0; i < LAMPS; i++) {
      lamps.add(new Device("lamp-" + i, "city", "lamp", START, Optional.empty()));
    }
    DeviceImport devices = new DeviceImport(database.pool(), all, tenant, rules);
    assertEquals(LAMPS, devices.run(lamps, host::submit, n -> {}));
    assertEquals(0, devices.run(lamps, host::submit, n -> {}));
  }

  @AfterEach
  void close() throws Exception {
    host.close();
    database.close();
  }

  ShardHost start() {
    return start(CommitClock.unchecked(clock::get));
  }

  ShardHost start(CommitClock time) {
    Store store = new PostgresStore(database.pool(), tenant.id(), 10_000, CrashPoints.NONE);
    NodeShards node =
        new NodeShards(tenant.id(), SHARDS, store, rules, "node", point -> points.at(point));
    ShardHost.Settings settings = new ShardHost.Settings(SHARDS, 1_000, 10_000, 200);
    ShardHost started = new ShardHost(node, store, settings, time, CrashPoints.NONE);
    started.start();
    intake = started.intake(10_000, 1 << 24);
    return started;
  }

  void send(int fromMinute, int toMinute) throws InterruptedException, SQLException {
    CountDownLatch left = new CountDownLatch((toMinute - fromMinute) * LAMPS);
    add(fromMinute, toMinute, left::countDown);
    assertTrue(left.await(20, TimeUnit.SECONDS));
  }

  void add(int fromMinute, int toMinute, Runnable done) throws SQLException {
    List<Long> ids = subscriptions();
    Ticket ticket =
        new Ticket() {
          @Override
          public void done() {
            done.run();
          }

          @Override
          public void failed(Exception why) {
            throw new AssertionError(why);
          }
        };
    for (int minute = fromMinute; minute < toMinute; minute++) {
      long at = START.toEpochMilli() + minute * 60_000L;
      for (long id : ids) {
        byte[] raw = ("{\"id\":\"" + minute + "\"}").getBytes(StandardCharsets.UTF_8);
        int number = minute;
        boolean taken =
            intake.add(
                (UsageBatch usage) ->
                    usage.add(
                        ShardKey.of(id, SHARDS),
                        id,
                        1,
                        number,
                        true,
                        at,
                        at,
                        0,
                        new long[] {1_000_000 + id},
                        1,
                        raw,
                        0,
                        raw.length),
                ticket);
        assertTrue(taken);
      }
    }
  }

  List<Long> subscriptions() throws SQLException {
    try (Connection c = database.pool().getConnection();
        ResultSet rs =
            c.createStatement()
                .executeQuery("select id from subscription where tenant = " + tenant.id())) {
      List<Long> ids = new ArrayList<>();
      while (rs.next()) {
        ids.add(rs.getLong(1));
      }
      return ids;
    }
  }

  long number(String sql) throws SQLException {
    try (Connection c = database.pool().getConnection();
        ResultSet rs = c.createStatement().executeQuery(sql.replace("$", "" + tenant.id()))) {
      rs.next();
      return rs.getLong(1);
    }
  }

  SourceCounts counts(int source) {
    return host.ask(
            shards ->
                shards.stream()
                    .flatMap(s -> s.counts().stream())
                    .filter(c -> c.source() == source)
                    .reduce(new SourceCounts(source, 0, 0, 0, 0, 0), SourceCounts::plus))
        .join();
  }

  byte[] state() {
    return host.ask(
            shards -> {
              ByteWriter out = new ByteWriter();
              for (Shard shard : shards) {
                shard.encode(out, 0);
              }
              return out.toByteArray();
            })
        .join();
  }
}
