package io.millrace.connectors.mediation;

import io.millrace.catalog.CatalogFile;
import io.millrace.connectors.clock.CommitClock;
import io.millrace.connectors.codec.CodecSpec;
import io.millrace.connectors.directory.Directory;
import io.millrace.connectors.shard.CrashPoints;
import io.millrace.connectors.shard.NodeShards;
import io.millrace.connectors.shard.PostgresStore;
import io.millrace.connectors.shard.ShardHost;
import io.millrace.connectors.store.Database;
import io.millrace.connectors.store.TestServer;
import io.millrace.connectors.tenant.Device;
import io.millrace.connectors.tenant.DeviceImport;
import io.millrace.connectors.tenant.Sources;
import io.millrace.connectors.tenant.StoredCodecSpecs;
import io.millrace.connectors.tenant.Subscriptions;
import io.millrace.connectors.tenant.Tenant;
import io.millrace.connectors.tenant.Tenants;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.shard.SourceCounts;
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
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;

/** The engine behind the sources, on a real PostgreSQL, with a few devices. */
final class City implements AutoCloseable {
  static final Instant START = Instant.parse("2026-11-02T10:00:00Z");

  static final String CATALOG =
      """
      catalog: smart-city
      effective: 2026-11-02
      currency: EUR
      zone: Europe/Madrid
      period: 24h
      meters:
        energy: {event: lamp.report, value: data.wh, unit: Wh, scale: 3, aggregate: sum}
      offers:
        lamp:
          scope: device
          window: 1h
          charges:
            energy: {meter: energy, per-unit: 0.00005, unit: kWh}
          share:
            - {party: telco, remainder: true}
      """;

  final Database database;
  final Tenant tenant;
  final Rules rules;
  final ShardHost host;
  final Mediator mediator;
  final UsageProcessor usage;
  private final AtomicLong clock = new AtomicLong(START.toEpochMilli());
  private final Tenants tenants;
  private final Directory directory = new Directory();
  private final DefaultCamelContext context = new DefaultCamelContext();
  private final Subscriptions follow;

  City(int inFlight) throws Exception {
    database = TestServer.open(TestServer.emptyDatabase());
    tenants = new Tenants(database.pool());
    tenant = tenants.ensure("city", 4);
    byte[] text = CATALOG.getBytes(StandardCharsets.UTF_8);
    rules =
        tenants.activate(
            tenant,
            ((CatalogFile.Result.Accepted) CatalogFile.read("city.yaml", text)).catalog(),
            text,
            NodeShards::genesis);
    PostgresStore store = new PostgresStore(database.pool(), tenant.id(), 10_000, CrashPoints.NONE);
    host =
        new ShardHost(
            new NodeShards(tenant.id(), 4, store, rules, "node", CrashPoints.NONE),
            store,
            new ShardHost.Settings(4, 1_000, 10_000, 1_000),
            CommitClock.unchecked(clock::get),
            CrashPoints.NONE);
    host.start();
    mediator =
        new Mediator(
            tenant,
            () -> rules,
            directory,
            new Sources(database.pool(), tenant),
            new StoredCodecSpecs(database.pool(), tenant),
            START::toEpochMilli);
    follow = new Subscriptions(database.pool(), tenant, () -> rules, directory);
    usage = new UsageProcessor(mediator, host, inFlight);
  }

  /** Takes devices in. */
  City with(String... devices) throws SQLException {
    List<Device> all = new ArrayList<>();
    for (String each : devices) {
      all.add(new Device(each, "city", "lamp", START.minusSeconds(36_000), Optional.empty()));
    }
    new DeviceImport(database.pool(), tenants, tenant, rules).run(all, host::submit, n -> {});
    follow.follow();
    return this;
  }

  /** Hands a body in as a route does, waits for its end, and says what became of its events. */
  List<Verdicts.Each> send(CodecSpec codec, Object body) throws InterruptedException {
    Verdicts verdicts = new Verdicts();
    Exchange exchange = send(codec, body, verdicts);
    if (exchange.getException() != null) {
      throw new IllegalStateException(exchange.getException());
    }
    return verdicts.all();
  }

  Exchange send(CodecSpec codec, Object body, Verdicts verdicts) throws InterruptedException {
    Exchange exchange = new DefaultExchange(context);
    exchange.setProperty(UsageProcessor.SOURCE, "route");
    exchange.setProperty(UsageProcessor.CODEC, codec);
    if (verdicts != null) {
      exchange.setProperty(UsageProcessor.VERDICTS, verdicts);
    }
    exchange.getIn().setBody(body);
    CountDownLatch ended = new CountDownLatch(1);
    usage.process(exchange, synchronous -> ended.countDown());
    if (!ended.await(20, TimeUnit.SECONDS)) {
      throw new IllegalStateException("the exchange does not end: " + host.trouble());
    }
    return exchange;
  }

  /** Moves the shards' time. */
  void time(long millis) {
    clock.addAndGet(millis);
    host.nudge();
  }

  Recycler recycler() {
    return new Recycler(database.pool(), tenant, mediator, host);
  }

  SourceCounts counts() {
    return host.ask(
            shards ->
                shards.stream()
                    .flatMap(s -> s.counts().stream())
                    .reduce(new SourceCounts(0, 0, 0, 0, 0, 0), SourceCounts::plus))
        .join();
  }

  /** The rows of a query, their columns joined by a blank. */
  List<String> rows(String sql) throws SQLException {
    try (Connection c = database.pool().getConnection();
        ResultSet rs = c.createStatement().executeQuery(sql)) {
      List<String> rows = new ArrayList<>();
      while (rs.next()) {
        StringBuilder row = new StringBuilder();
        for (int i = 1; i <= rs.getMetaData().getColumnCount(); i++) {
          row.append(i > 1 ? " " : "").append(rs.getString(i));
        }
        rows.add(row.toString());
      }
      return rows;
    }
  }

  @Override
  public void close() {
    host.close();
    database.close();
  }
}
