package io.millrace.connectors.dedupe;

import com.hazelcast.config.Config;
import com.hazelcast.config.EvictionConfig;
import com.hazelcast.config.EvictionPolicy;
import com.hazelcast.config.InMemoryFormat;
import com.hazelcast.config.JavaSerializationFilterConfig;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MaxSizePolicy;
import com.hazelcast.config.NetworkConfig;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import java.util.List;

/**
 * This node's member of the Hazelcast cluster, closed to all that is not asked for: it listens on
 * one interface (loopback by default), knows its peers by a list, finds none by multicast, calls no
 * one home, serves no REST, runs no jobs and refuses Java serialization but for its own exceptions.
 * The free edition has neither authentication nor TLS: on more than loopback, it needs a network of
 * its own.
 */
public final class HazelcastNode implements AutoCloseable {

  /** The map of published windows, and the windows of it that one member keeps. */
  public static final String WINDOWS = "millrace-windows";

  public static final int MAX_WINDOWS_PER_MEMBER = 2_000_000;

  /** How the maps of leases and of hints begin; a repository's name follows. */
  static final String LEASES = "millrace-leases-";

  static final String HINTS = "millrace-hints-";

  /** Hints of confirmed keys that one member keeps, for each repository. */
  static final int MAX_HINTS_PER_MEMBER = 500_000;

  /** Ports tried from the first one on. */
  public static final int PORTS = 20;

  /**
   * Where a member listens, and with whom.
   *
   * @param cluster only members of the same name come together
   * @param address the interface it binds to
   * @param port the first port it tries
   * @param peers host or host:port of the other members; empty for a cluster of one
   */
  public record Settings(String cluster, String address, int port, List<String> peers) {
    public Settings {
      peers = List.copyOf(peers);
    }

    /** One member, on loopback. */
    public static Settings alone() {
      return new Settings("millrace", "127.0.0.1", 5701, List.of());
    }
  }

  private final HazelcastInstance instance;

  private HazelcastNode(HazelcastInstance instance) {
    this.instance = instance;
  }

  /** Starts a member, and joins its peers if there are any. */
  public static HazelcastNode start(Settings settings) {
    return new HazelcastNode(Hazelcast.newHazelcastInstance(config(settings)));
  }

  /** The member. */
  public HazelcastInstance instance() {
    return instance;
  }

  /** Whether nobody else is in the cluster now. */
  public boolean isAlone() {
    return instance.getCluster().getMembers().size() == 1;
  }

  /** Leaves the cluster, after it has handed on what it holds. */
  @Override
  public void close() {
    instance.shutdown();
  }

  static Config config(Settings settings) {
    Config config = new Config();
    config.setClusterName(settings.cluster());
    config.setProperty("hazelcast.phone.home.enabled", "false");
    config.setProperty("hazelcast.logging.type", "slf4j");
    config.setProperty("hazelcast.shutdownhook.enabled", "false");
    config.setProperty("hazelcast.socket.bind.any", "false");
    config.setProperty("hazelcast.wait.seconds.before.join", "0");
    config.setProperty("hazelcast.max.no.heartbeat.seconds", "15");
    config.getJetConfig().setEnabled(false);
    config.getMetricsConfig().setEnabled(false);
    config.getManagementCenterConfig().setScriptingEnabled(false).setConsoleEnabled(false);
    network(config.getNetworkConfig(), settings);
    JavaSerializationFilterConfig filter = new JavaSerializationFilterConfig();
    filter.setDefaultsDisabled(true);
    filter
        .getWhitelist()
        .addPrefixes("java.lang.", "[Ljava.lang.StackTraceElement", "com.hazelcast.");
    filter.getWhitelist().addClasses("java.util.Collections$EmptyList");
    config.getSerializationConfig().setJavaSerializationFilterConfig(filter);
    Wire.register(config.getSerializationConfig());
    // Windows are published again by whoever owns the shard: a backup would only double them.
    config.addMapConfig(map(WINDOWS, MAX_WINDOWS_PER_MEMBER).setBackupCount(0));
    config.addMapConfig(map(HINTS + "*", MAX_HINTS_PER_MEMBER).setBackupCount(0));
    // A lease that is evicted would be no lease; their number is what is in flight.
    config.addMapConfig(
        new MapConfig(LEASES + "*")
            .setInMemoryFormat(InMemoryFormat.BINARY)
            .setStatisticsEnabled(false)
            .setBackupCount(1));
    return config;
  }

  private static void network(NetworkConfig network, Settings settings) {
    network.setPort(settings.port()).setPortAutoIncrement(true).setPortCount(PORTS);
    network.getInterfaces().setEnabled(true).addInterface(settings.address());
    network.getJoin().getMulticastConfig().setEnabled(false);
    network.getJoin().getAutoDetectionConfig().setEnabled(false);
    network.getJoin().getTcpIpConfig().setEnabled(!settings.peers().isEmpty());
    network.getJoin().getTcpIpConfig().setMembers(settings.peers());
  }

  private static MapConfig map(String name, int maxEntries) {
    return new MapConfig(name)
        .setInMemoryFormat(InMemoryFormat.BINARY)
        .setStatisticsEnabled(false)
        .setEvictionConfig(
            new EvictionConfig()
                .setEvictionPolicy(EvictionPolicy.LRU)
                .setMaxSizePolicy(MaxSizePolicy.PER_NODE)
                .setSize(maxEntries));
  }
}
