package io.millrace.tests.bench;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.CatalogFile;
import io.millrace.connectors.directory.Directory;
import io.millrace.connectors.mediation.Mediator;
import io.millrace.connectors.shard.CrashPoints;
import io.millrace.connectors.shard.Intake;
import io.millrace.connectors.shard.NodeShards;
import io.millrace.connectors.shard.PostgresStore;
import io.millrace.connectors.shard.ShardHost;
import io.millrace.connectors.shard.Ticket;
import io.millrace.connectors.store.Database;
import io.millrace.connectors.tenant.Device;
import io.millrace.connectors.tenant.DeviceImport;
import io.millrace.connectors.tenant.Sources;
import io.millrace.connectors.tenant.Subscriptions;
import io.millrace.connectors.tenant.Tenant;
import io.millrace.connectors.tenant.Tenants;
import io.millrace.processors.rating.Rules;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * The shard core alone: decode → dedupe → rate → journal → commit, from bytes in memory to durable
 * rows, in events per core-second of the JVM and PostgreSQL together.
 */
public final class CoreBench {
  private static final Instant START = Instant.parse("2026-11-01T23:00:00Z");

  private CoreBench() {}

  /** Arguments: devices, accounts, warm-up minutes, measured minutes. */
  public static void main(String[] args) throws Exception {
    int devices = args.length > 0 ? Integer.parseInt(args[0]) : 200_000;
    int accounts = args.length > 1 ? Integer.parseInt(args[1]) : 1;
    int warm = args.length > 2 ? Integer.parseInt(args[2]) : 5;
    int measured = args.length > 3 ? Integer.parseInt(args[3]) : 10;
    try (EmbeddedPostgres postgres =
        EmbeddedPostgres.builder()
            .setServerConfig("fsync", "on")
            .setServerConfig("synchronous_commit", "on")
            .setServerConfig("max_wal_size", "4GB")
            .start()) {
      run(postgres, devices, accounts, warm, measured);
    }
  }

  private static void run(
      EmbeddedPostgres postgres, int devices, int accounts, int warm, int measured)
      throws Exception {
    try (Database database =
        Database.open(postgres.getJdbcUrl("postgres", "postgres"), "postgres", "", 6)) {
      Tenants tenants = new Tenants(database.pool());
      Tenant tenant = tenants.ensure("bench", 64);
      byte[] text;
      try (var in = CatalogFile.class.getResourceAsStream("templates/smart-city.yaml")) {
        text = in.readAllBytes();
      }
      Catalog catalog =
          ((CatalogFile.Result.Accepted) CatalogFile.read("smart-city.yaml", text)).catalog();
      Rules rules = tenants.activate(tenant, catalog, text, NodeShards::genesis);
      PostgresStore store =
          new PostgresStore(database.pool(), tenant.id(), 10_000, CrashPoints.NONE);
      NodeShards node = new NodeShards(tenant.id(), 64, store, rules, "bench", CrashPoints.NONE);
      AtomicLong clock = new AtomicLong(START.toEpochMilli());
      try (ShardHost host =
          new ShardHost(
              node,
              store,
              new ShardHost.Settings(64, 1_000, 10_000, 5_000),
              clock::get,
              CrashPoints.NONE)) {
        host.start();
        List<Device> lamps = new ArrayList<>();
        for (int i = 0; i < devices; i++) {
          lamps.add(
              new Device(name(i), "account-" + i % accounts, "lamp", START, Optional.empty()));
        }
        new DeviceImport(database.pool(), tenants, tenant, rules).run(lamps, host::submit, n -> {});
        Directory directory = new Directory();
        Subscriptions.load(database.pool(), tenant, rules, directory, -1);
        Mediator mediator =
            new Mediator(
                tenant, rules, directory, new Sources(database.pool(), tenant), clock::get);
        feed(database, host, mediator, clock, devices, warm, measured, pid(database));
      }
    }
  }

  private static void feed(
      Database database,
      ShardHost host,
      Mediator mediator,
      AtomicLong clock,
      int devices,
      int warm,
      int measured,
      long postmaster)
      throws Exception {
    Intake intake = host.intake(1 << 16, 1 << 24);
    SplittableRandom random = new SplittableRandom(7);
    CpuClock cpu = new CpuClock(postmaster);
    long jvm = 0;
    long postgres = 0;
    long wall = 0;
    AtomicLong done = new AtomicLong();
    Ticket ticket =
        new Ticket() {
          @Override
          public void done() {
            done.incrementAndGet();
          }

          @Override
          public void failed(Exception why) {
            throw new AssertionError(why);
          }
        };
    long journalBefore = 0;
    for (int minute = 0; minute < warm + measured; minute++) {
      byte[][] payloads = payloads(devices, minute, random);
      if (minute == warm) {
        journalBefore = journalBytes(database);
      }
      long jvmBefore = cpu.jvmNanos();
      long postgresBefore = cpu.postgresNanos();
      long wallBefore = System.nanoTime();
      long target = done.get() + devices;
      for (int i = 0; i < devices; i++) {
        while (i % 1024 == 0 && done.get() + (1 << 15) < target - devices + i) {
          LockSupport.parkNanos(200_000);
        }
        mediator.take("bench", payloads[i], intake, ticket);
      }
      while (done.get() < target) {
        LockSupport.parkNanos(200_000);
      }
      if (minute >= warm) {
        jvm += cpu.jvmNanos() - jvmBefore;
        postgres += cpu.postgresNanos() - postgresBefore;
        wall += System.nanoTime() - wallBefore;
      }
      clock.set(START.toEpochMilli() + (minute + 1) * 60_000L);
    }
    long events = (long) measured * devices;
    System.out.printf(
        Locale.ROOT,
        "core: %,d events, %,.0f events/core-s (jvm %.2f us, postgres %.2f us an event), %,.0f"
            + " events/s wall, journal table %.2f B an event, commits %d%n",
        events,
        events * 1e9 / (jvm + postgres),
        jvm / 1e3 / events,
        postgres / 1e3 / events,
        events * 1e9 / wall,
        (journalBytes(database) - journalBefore) / (double) events,
        host.commits());
  }

  private static byte[][] payloads(int devices, int minute, SplittableRandom random) {
    byte[][] all = new byte[devices][];
    for (int i = 0; i < devices; i++) {
      String time = START.plusSeconds(minute * 60L + random.nextInt(60)).toString();
      all[i] =
          ("{\"specversion\":\"1.0\",\"id\":\""
                  + (minute + 1)
                  + "\",\"source\":\"/city/lamps\",\"type\":\"lamp.report\",\"subject\":\""
                  + name(i)
                  + "\",\"time\":\""
                  + time
                  + "\",\"datacontenttype\":\"application/json\",\"data\":{\"wh\":0."
                  + (100 + random.nextInt(900))
                  + ",\"lux\":"
                  + random.nextInt(200)
                  + ",\"fault\":0}}")
              .getBytes(StandardCharsets.UTF_8);
    }
    for (int i = devices - 1; i > 0; i--) {
      int k = random.nextInt(i + 1);
      byte[] swap = all[i];
      all[i] = all[k];
      all[k] = swap;
    }
    return all;
  }

  private static String name(int i) {
    return String.format(Locale.ROOT, "lamp-%06d", i);
  }

  private static long pid(Database database) throws Exception {
    try (Connection c = database.pool().getConnection();
        ResultSet rs = c.createStatement().executeQuery("select pg_backend_pid()")) {
      rs.next();
      return ProcessHandle.of(rs.getLong(1)).flatMap(ProcessHandle::parent).orElseThrow().pid();
    }
  }

  private static long journalBytes(Database database) throws Exception {
    try (Connection c = database.pool().getConnection();
        ResultSet rs =
            c.createStatement().executeQuery("select pg_total_relation_size('journal')")) {
      rs.next();
      return rs.getLong(1);
    }
  }
}
