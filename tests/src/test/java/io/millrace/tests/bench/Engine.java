package io.millrace.tests.bench;

import io.millrace.catalog.CatalogFile;
import io.millrace.connectors.clock.CommitClock;
import io.millrace.connectors.codec.CodecSpecs;
import io.millrace.connectors.directory.Directory;
import io.millrace.connectors.mediation.Mediator;
import io.millrace.connectors.mediation.UsageProcessor;
import io.millrace.connectors.shard.CrashPoints;
import io.millrace.connectors.shard.Intake;
import io.millrace.connectors.shard.NodeShards;
import io.millrace.connectors.shard.PostgresStore;
import io.millrace.connectors.shard.ShardHost;
import io.millrace.connectors.shard.Ticket;
import io.millrace.connectors.store.Database;
import io.millrace.connectors.tenant.DeviceImport;
import io.millrace.connectors.tenant.Sources;
import io.millrace.connectors.tenant.Subscriptions;
import io.millrace.connectors.tenant.Tenant;
import io.millrace.connectors.tenant.Tenants;
import io.millrace.ops.embedded.EmbeddedDatabase;
import io.millrace.ops.node.NodeConfig;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.shard.SourceCounts;
import io.millrace.processors.usage.UsageBatch;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The shard core alone, as a node has it between its sources and PostgreSQL: decode, look up,
 * dedupe, rate, journal, commit. Fed from memory by the thread that calls.
 */
final class Engine implements AutoCloseable, Ticket {
  static final String TENANT = "bench";

  /** Events fed and not yet committed; half of it makes a commit that waits for no more. */
  static final int IN_FLIGHT = 1 << 16;

  /** Events that come at once where they come as fast as they are taken, as of a Kafka consumer. */
  private static final int BATCH = 256;

  private static final int BYTES_IN_FLIGHT = 1 << 24;
  private static final int LOOK_EVERY = 1_024;
  private static final long LOOK_NANOS = 200_000;
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final int DUE_LIMIT = 1_000;
  private static final int CONNECTIONS = 6;

  private final Database database;
  private final ShardHost host;
  private final Mediator mediator;
  private final Intake intake;
  private final Clock clock;
  private final AtomicLong committed = new AtomicLong();
  private long fed;
  private volatile @Nullable Exception trouble;

  /** A simulated minute that lasts as long as it takes to feed it. */
  private record Minute(long millis, long sinceNanos) {}

  /**
   * Reports are received after their minute, at a millisecond that moves on as time does: as noisy
   * as in life.
   */
  private static final class Clock implements LongSupplier {
    private volatile Minute minute;

    Clock(long millis) {
      minute = new Minute(millis, System.nanoTime());
    }

    @Override
    public long getAsLong() {
      Minute now = minute;
      long late = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - now.sinceNanos);
      return now.millis + Math.min(late, LampEvents.MINUTE_MILLIS - 1);
    }
  }

  private Engine(Database database, ShardHost host, Mediator mediator, Clock clock) {
    this.database = database;
    this.host = host;
    this.mediator = mediator;
    this.clock = clock;
    this.intake = host.intake(IN_FLIGHT, BYTES_IN_FLIGHT);
  }

  /** Starts one over an empty database, with the lamps as devices of so many accounts. */
  static Engine start(String url, LampEvents lamps, int accounts) throws IOException, SQLException {
    Database database = Database.open(url, EmbeddedDatabase.USER, "", CONNECTIONS);
    byte[] text = catalog();
    Tenants tenants = new Tenants(database.pool());
    Tenant tenant = tenants.ensure(TENANT, NodeConfig.SHARDS);
    CatalogFile.Result.Accepted read =
        (CatalogFile.Result.Accepted) CatalogFile.read("smart-city.yaml", text);
    Rules rules = tenants.activate(tenant, read.catalog(), text, NodeShards::genesis);
    PostgresStore store =
        new PostgresStore(database.pool(), tenant.id(), NodeConfig.LEASE_MILLIS, CrashPoints.NONE);
    Clock clock = new Clock(lamps.minuteEnd(0) - LampEvents.MINUTE_MILLIS);
    ShardHost host =
        new ShardHost(
            new NodeShards(tenant.id(), tenant.shards(), store, rules, TENANT, CrashPoints.NONE),
            store,
            new ShardHost.Settings(
                tenant.shards(), DUE_LIMIT, NodeConfig.LEASE_MILLIS, NodeConfig.CHECKPOINT_MILLIS),
            CommitClock.unchecked(clock),
            CrashPoints.NONE);
    host.start();
    new DeviceImport(database.pool(), tenants, tenant, rules)
        .run(lamps.devices(accounts), host::submit, n -> {});
    Directory directory = new Directory();
    new Subscriptions(database.pool(), tenant, () -> rules, directory).follow();
    Mediator mediator =
        new Mediator(
            tenant,
            () -> rules,
            directory,
            new Sources(database.pool(), tenant),
            CodecSpecs.inMemory(),
            clock);
    return new Engine(database, host, mediator, clock);
  }

  /** The catalog of the city, as its file has it. */
  static byte[] catalog() {
    return CatalogFile.template("smart-city.yaml");
  }

  /**
   * Feeds the reports of the next minutes as fast as they are taken.
   *
   * @return what it took until they were committed; to make them is not part of it
   */
  Spent feed(LampEvents lamps, int minutes, CpuClock cpu) throws Exception {
    Spent spent = Spent.NOTHING;
    for (int left = minutes; left > 0; left -= lamps.minutes()) {
      lamps.next(left);
      spent = spent.plus(Spent.on(cpu, () -> feedAtRate(lamps, lamps.size(), Long.MAX_VALUE)));
    }
    return spent;
  }

  /** Feeds the first reports, so many a second on the wall; returns when they are committed. */
  void feedAtRate(LampEvents lamps, int count, long perSecond) {
    long begun = System.nanoTime();
    int most = perSecond < Long.MAX_VALUE ? 1 : BATCH;
    List<byte[]> batch = new ArrayList<>(most);
    for (int i = 0; i < count; i++) {
      if (perSecond < Long.MAX_VALUE) {
        awaitTime(begun + TimeUnit.SECONDS.toNanos(i) / perSecond);
      }
      if (i % LOOK_EVERY == 0) {
        awaitCommitted(fed + batch.size() + LOOK_EVERY - IN_FLIGHT);
      }
      if (i % lamps.lamps() == 0) {
        clock.minute = new Minute(lamps.minuteEnd(i), System.nanoTime());
      }
      batch.add(lamps.payload(i));
      if (batch.size() == most || i + 1 == count || (i + 1) % lamps.lamps() == 0) {
        mediator.take(TENANT, batch, intake, this);
        fed += batch.size();
        batch.clear();
      }
    }
    awaitCommitted(fed);
  }

  /**
   * The end of a route into it.
   *
   * @param inFlight events that wait for their commit; half of it makes one that waits no longer
   */
  UsageProcessor usage(int inFlight) {
    return new UsageProcessor(mediator, host, inFlight);
  }

  /** The reports that there are now come by a route. */
  void expect(LampEvents lamps) {
    clock.minute = new Minute(lamps.minuteEnd(lamps.size() - 1), System.nanoTime());
    fed += lamps.size();
  }

  private static void awaitTime(long nanos) {
    for (long left; (left = nanos - System.nanoTime()) > 0; ) {
      LockSupport.parkNanos(left);
    }
  }

  private void awaitCommitted(long target) {
    long seen = committed.get();
    long since = System.nanoTime();
    while (seen < target) {
      Exception failed = trouble;
      if (failed != null || System.nanoTime() - since > PATIENCE_NANOS) {
        throw new IllegalStateException(
            "%d of %d events were committed; %s".formatted(seen, fed, host.trouble()), failed);
      }
      LockSupport.parkNanos(LOOK_NANOS);
      long now = committed.get();
      since = now == seen ? since : System.nanoTime();
      seen = now;
    }
  }

  @Override
  public void done() {
    committed.incrementAndGet();
  }

  @Override
  public void failed(Exception why) {
    trouble = why;
  }

  /** Commits made so far. */
  long commits() {
    return host.commits();
  }

  /** Decodes the reports and finds their subscriptions, and does no more with them. */
  void decode(LampEvents lamps) throws SQLException {
    UsageBatch rows = new UsageBatch(LOOK_EVERY);
    for (int i = 0; i < lamps.size(); i++) {
      if (i % LOOK_EVERY == 0) {
        rows.clear();
      }
      if (mediator.retake(lamps.payload(i), rows) != null) {
        throw new IllegalStateException("a report can't be charged");
      }
    }
  }

  /** Fails where an event that was fed is not charged: then it measured something else. */
  void checkAllCharged() {
    checkDuplicates(0);
  }

  /** Fails where not each event was charged once and was a duplicate so many times. */
  void checkDuplicates(int times) {
    SourceCounts all =
        host.ask(
                shards ->
                    shards.stream()
                        .flatMap(s -> s.counts().stream())
                        .reduce(new SourceCounts(0, 0, 0, 0, 0, 0), SourceCounts::plus))
            .join();
    if (all.received() != fed
        || all.charged() * (times + 1) != fed
        || all.duplicate() != all.charged() * times) {
      throw new IllegalStateException(fed + " events were fed, but " + all);
    }
  }

  @Override
  public void close() {
    host.close();
    database.close();
  }
}
