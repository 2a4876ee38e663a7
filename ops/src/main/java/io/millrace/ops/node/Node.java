package io.millrace.ops.node;

import io.millrace.catalog.Catalog;
import io.millrace.connectors.clock.CommitClock;
import io.millrace.connectors.clock.PostgresClockBook;
import io.millrace.connectors.dedupe.HazelcastNode;
import io.millrace.connectors.dedupe.KeySweep;
import io.millrace.connectors.dedupe.WindowKey;
import io.millrace.connectors.dedupe.WindowPublisher;
import io.millrace.connectors.directory.Directory;
import io.millrace.connectors.mediation.Mediator;
import io.millrace.connectors.mediation.Recycler;
import io.millrace.connectors.mediation.SuspenseQuota;
import io.millrace.connectors.mediation.UsageProcessor;
import io.millrace.connectors.shard.CrashPoints;
import io.millrace.connectors.shard.Entitled;
import io.millrace.connectors.shard.NodeShards;
import io.millrace.connectors.shard.PostgresStore;
import io.millrace.connectors.shard.Progress;
import io.millrace.connectors.shard.ShardHost;
import io.millrace.connectors.shard.WindowSink;
import io.millrace.connectors.store.Database;
import io.millrace.connectors.tenant.Device;
import io.millrace.connectors.tenant.DeviceImport;
import io.millrace.connectors.tenant.DeviceVerdict;
import io.millrace.connectors.tenant.Sources;
import io.millrace.connectors.tenant.StoredCodecSpecs;
import io.millrace.connectors.tenant.StoredRules;
import io.millrace.connectors.tenant.Subscriptions;
import io.millrace.connectors.tenant.Tenant;
import io.millrace.connectors.tenant.Tenants;
import io.millrace.processors.rating.Rules;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntConsumer;

/**
 * A node's engine: database, shards, directory and mediation, wired in one place. Routes and faces
 * are {@link Routes}' and others'; they are given this.
 */
public final class Node implements AutoCloseable {
  private static final int CONNECTIONS = 8;
  private static final int DUE_LIMIT = 1_000;

  /** So many times as long as it took to show windows, they are not shown again, */
  private static final int SHOW_PAUSES = 20;

  /** and not longer. */
  private static final long LONGEST_SHOW_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final NodeConfig config;
  private final Database database;
  private final Tenants tenants;
  private final Tenant tenant;
  private final CommitClock clock;
  private final ShardHost host;
  private final Entitled entitled;
  private final Sources sources;
  private final Mediator mediator;
  private final Directory directory = new Directory();
  private final HazelcastNode hazelcast;
  private final WindowPublisher publisher;
  private final KeySweep keys;
  private final Recycler recycler;
  private final SuspenseQuota quota;
  private final Subscriptions subscriptions;

  /** When windows are to be shown again; of the publisher's thread. */
  private long showAt = System.nanoTime();

  private Node(
      NodeConfig config, byte[] catalogText, Catalog catalog, NodeClock clock, CrashPoints crash)
      throws SQLException {
    this.config = config;
    NodeConfig.DatabaseConfig db = config.database();
    this.database = Database.open(db.url(), db.user(), db.password(), CONNECTIONS);
    this.tenants = new Tenants(database.pool());
    this.tenant = tenants.ensure(config.tenant(), config.shards());
    Rules rules = tenants.activate(tenant, catalog, catalogText, NodeShards::genesis);
    this.sources = new Sources(database.pool(), tenant);
    this.subscriptions = new Subscriptions(database.pool(), tenant, this::rules, directory);
    PostgresStore store =
        new PostgresStore(database.pool(), tenant.id(), config.leaseMillis(), crash);
    NodeShards shards =
        new NodeShards(
            tenant.id(),
            tenant.shards(),
            store,
            rules,
            new StoredRules(database.pool(), tenant),
            config.node(),
            crash);
    this.entitled = shards.entitled();
    this.clock = clock.start(new PostgresClockBook(database.pool(), tenant.id(), config.node()));
    this.host =
        new ShardHost(
            shards,
            store,
            new ShardHost.Settings(
                tenant.shards(), DUE_LIMIT, config.leaseMillis(), config.checkpointMillis()),
            this.clock,
            crash);
    this.hazelcast = HazelcastNode.start(HazelcastNode.Settings.alone());
    this.publisher = new WindowPublisher(hazelcast.instance(), this::offerWindows);
    this.keys =
        new KeySweep(database.pool(), tenant.id(), Duration.ofMillis(rules.horizon()), this.clock);
    this.mediator =
        new Mediator(
            tenant,
            host::rules,
            directory,
            sources,
            new StoredCodecSpecs(database.pool(), tenant),
            System::currentTimeMillis);
    this.recycler = new Recycler(database.pool(), tenant, mediator, host);
    this.quota =
        new SuspenseQuota(database.pool(), tenant, sources, host, recycler, config.suspenseQuota());
  }

  /**
   * Starts a node's engine: the schema is brought up to date, the shards that are free are taken
   * and brought back.
   *
   * @param catalog what it rates by; {@code catalogText} is its file
   * @param clock the time of the shards
   */
  public static Node start(
      NodeConfig config, byte[] catalogText, Catalog catalog, NodeClock clock, CrashPoints crash)
      throws SQLException {
    Node node = new Node(config, catalogText, catalog, clock, crash);
    try {
      node.subscriptions.follow();
      node.host.start();
      node.publisher.start();
      node.keys.start();
      node.quota.start();
      return node;
    } catch (SQLException | RuntimeException e) {
      node.keys.close();
      node.quota.close();
      node.publisher.close();
      node.hazelcast.close();
      node.clock.close();
      node.database.close();
      throw e;
    }
  }

  /** Imports devices; those that are known are left as they are. Returns how many were new. */
  public synchronized int importDevices(Collection<Device> devices, IntConsumer progress)
      throws SQLException {
    DeviceImport devicesImport = new DeviceImport(database.pool(), tenants, tenant, rules());
    int added = devicesImport.run(devices, host::submit, progress);
    subscriptions.follow();
    return added;
  }

  /** Takes some devices of a list in. Returns what became of each, in their order. */
  public synchronized List<DeviceVerdict> takeDevices(List<Device> devices) throws SQLException {
    List<DeviceVerdict> verdicts =
        new DeviceImport(database.pool(), tenants, tenant, rules()).take(devices, host::submit);
    subscriptions.follow();
    return verdicts;
  }

  /** Learns what shards have taken in since, whichever node has them: devices, and their moves. */
  private void refreshDirectory() {
    try {
      subscriptions.follow();
    } catch (SQLException e) {
      // Asked again in the next round; until then a new device's events wait in suspense, and those
      // of one that has moved are sent on from shard to shard.
    }
  }

  /**
   * Offers other members the windows that have changed since they were last offered. Waits for its
   * turn between two commits, at most as long as a round of the publisher takes; the longer that
   * took, the later it does so again, as commits wait meanwhile.
   */
  private void offerWindows(WindowPublisher to) {
    refreshDirectory();
    long begun = System.nanoTime();
    if (hazelcast.isAlone() || begun - showAt < 0) {
      return;
    }
    WindowSink sink =
        (shard, epoch, seq, subscription, source, window) ->
            to.offer(
                new WindowKey(shard.tenant(), shard.number(), source, subscription),
                epoch,
                seq,
                window);
    try {
      for (int next = 0; next != Progress.ALL_SHOWN; ) {
        next =
            host.changedWindows(next, sink)
                .get(WindowPublisher.INTERVAL.toMillis() * 10, TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      // A commit takes long, or the host has stopped: what changed is offered in a later round.
    }
    long now = System.nanoTime();
    showAt = now + Math.min(SHOW_PAUSES * (now - begun), LONGEST_SHOW_PAUSE_NANOS);
  }

  /** The processor that source routes end in. */
  public UsageProcessor usage() {
    return new UsageProcessor(mediator, host, config.inFlight());
  }

  /** Takes events out of suspense for another try. */
  public Recycler recycler() {
    return recycler;
  }

  /** What keeps suspense within bounds. */
  public SuspenseQuota quota() {
    return quota;
  }

  public NodeConfig config() {
    return config;
  }

  public Database database() {
    return database;
  }

  public Tenant tenant() {
    return tenant;
  }

  /** The rules that its shards commit under by now. */
  public Rules rules() {
    return host.rules();
  }

  public ShardHost host() {
    return host;
  }

  /** Which features are unlocked, for any thread. */
  public Entitled entitled() {
    return entitled;
  }

  /** What forgets the keys that plain routes have confirmed. */
  public KeySweep keys() {
    return keys;
  }

  /** The time of the commits. */
  public CommitClock clock() {
    return clock;
  }

  public Sources sources() {
    return sources;
  }

  /** What devices there are. */
  Directory directory() {
    return directory;
  }

  /** How many devices the directory knows. */
  public int devices() {
    return directory.view().size();
  }

  /** Lets the last commit end, gives the shards back and closes the database's connections. */
  @Override
  public void close() {
    keys.close();
    quota.close();
    publisher.close();
    host.close();
    hazelcast.close();
    clock.close();
    database.close();
  }
}
