package io.millrace.ops.node;

import io.millrace.connectors.mediation.SuspenseQuota;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What a node is told at its start.
 *
 * @param node its name, unique among the nodes of the installation
 * @param tenant whose events it takes
 * @param shards how many shards the tenant gets at its first start
 * @param database where the truth is
 * @param catalog the catalog file
 * @param devices the devices to import at the start, if any
 * @param routes the folder with the source routes
 * @param host the address that REST listens on
 * @param port its port; 0 for any free one
 * @param inFlight events that one source may have in the node at once
 * @param leaseMillis how long shards stay with a node that gives no sign of life
 * @param checkpointMillis the pause between checkpoints, and longer where they take long
 * @param properties what routes name as {@code {{property}}}
 * @param reload whether source routes follow their files while the node runs
 * @param nchf what network functions are charged for; absent where nothing is answered to them
 */
public record NodeConfig(
    String node,
    String tenant,
    int shards,
    DatabaseConfig database,
    Path catalog,
    Optional<Path> devices,
    Path routes,
    String host,
    int port,
    int inFlight,
    long leaseMillis,
    long checkpointMillis,
    Map<String, String> properties,
    boolean reload,
    Optional<NchfConfig> nchf) {

  /** How many shards a tenant gets where nothing is said. */
  public static final int SHARDS = 64;

  /** Events that one source may have in the node at once, where nothing is said. */
  public static final int IN_FLIGHT = 16_384;

  /** How long shards stay with a node that gives no sign of life. */
  public static final long LEASE_MILLIS = 10_000;

  /** The pause between checkpoints. */
  public static final long CHECKPOINT_MILLIS = 5_000;

  /**
   * Where the truth is kept.
   *
   * @param url a JDBC URL of PostgreSQL
   */
  public record DatabaseConfig(String url, String user, String password) {
    @Override
    public String toString() {
      return url + " as " + user;
    }
  }

  public NodeConfig {
    properties = Map.copyOf(properties);
  }

  /**
   * Events of a source that may wait in suspense: the property {@code suspense.quota}.
   *
   * @throws IllegalArgumentException where it is no number
   */
  public long suspenseQuota() {
    String said = properties.get("suspense.quota");
    try {
      return said == null ? SuspenseQuota.MOST : Long.parseLong(said);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("suspense.quota=" + said + " must be a number", e);
    }
  }

  /** One whose source routes stay as they are at its start. */
  public NodeConfig(
      String node,
      String tenant,
      int shards,
      DatabaseConfig database,
      Path catalog,
      Optional<Path> devices,
      Path routes,
      String host,
      int port,
      int inFlight,
      long leaseMillis,
      long checkpointMillis,
      Map<String, String> properties) {
    this(
        node,
        tenant,
        shards,
        database,
        catalog,
        devices,
        routes,
        host,
        port,
        inFlight,
        leaseMillis,
        checkpointMillis,
        properties,
        false,
        Optional.empty());
  }

  /** The same, with source routes that follow their files. */
  public NodeConfig withReload() {
    return new NodeConfig(
        node,
        tenant,
        shards,
        database,
        catalog,
        devices,
        routes,
        host,
        port,
        inFlight,
        leaseMillis,
        checkpointMillis,
        properties,
        true,
        nchf);
  }

  /** The same, answering network functions. */
  public NodeConfig withNchf(NchfConfig terms) {
    return new NodeConfig(
        node,
        tenant,
        shards,
        database,
        catalog,
        devices,
        routes,
        host,
        port,
        inFlight,
        leaseMillis,
        checkpointMillis,
        properties,
        reload,
        Optional.of(terms));
  }
}
