package io.millrace.tests.pulsar;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.apache.bookkeeper.conf.ServerConfiguration;
import org.apache.pulsar.broker.PulsarService;
import org.apache.pulsar.broker.ServiceConfiguration;
import org.apache.pulsar.broker.authentication.AuthenticationProviderToken;
import org.apache.pulsar.broker.resources.PulsarResources;
import org.apache.pulsar.common.naming.NamespaceName;
import org.apache.pulsar.common.policies.data.ClusterData;
import org.apache.pulsar.common.policies.data.Policies;
import org.apache.pulsar.common.policies.data.PoliciesUtil;
import org.apache.pulsar.common.policies.data.TenantInfo;
import org.apache.pulsar.metadata.bookkeeper.BKCluster;

/**
 * A broker with one bookie, durable in a folder, on loopback: {@code FOLDER PORT WEB-PORT
 * BOOKIE-PORT TLS-PORT SECRET}, the last one in Base64 and what tokens are signed with. The folder
 * holds {@code cert.pem} and {@code key.pem} for TLS. Prints a line that begins with {@code ready}
 * once it serves. Ends when its input does; what it has acknowledged outlives a SIGKILL, since the
 * bookie's journal is synced.
 */
public final class PulsarBrokerMain {
  private static final String CLUSTER = "standalone";
  private static final NamespaceName NAMESPACE = NamespaceName.get("public", "default");
  private static final String LOOPBACK = "127.0.0.1";

  private PulsarBrokerMain() {}

  /** Starts one; one that can't start ends with 1, whatever of it still runs. */
  public static void main(String[] args) {
    try {
      serve(args);
      System.exit(0);
    } catch (Throwable e) {
      e.printStackTrace();
      System.exit(1);
    }
  }

  private static void serve(String[] args) throws Exception {
    Path folder = Files.createDirectories(Path.of(args[0]).toAbsolutePath());
    String metadata = "rocksdb://" + folder.resolve("metadata");
    BKCluster bookie =
        BKCluster.builder()
            .baseServerConfiguration(bookie())
            .metadataServiceUri(metadata)
            .numBookies(1)
            .bkPort(Integer.parseInt(args[3]))
            .dataDir(folder.resolve("bookkeeper").toString())
            .build();
    ServiceConfiguration c = broker(metadata);
    c.setBrokerServicePort(Optional.of(Integer.valueOf(args[1])));
    c.setWebServicePort(Optional.of(Integer.valueOf(args[2])));
    c.setBrokerServicePortTls(Optional.of(Integer.valueOf(args[4])));
    c.setTlsCertificateFilePath(folder.resolve("cert.pem").toString());
    c.setTlsKeyFilePath(folder.resolve("key.pem").toString());
    // With TLS its clients are sent to a name: they can't tell whether an address is vouched for.
    c.setInternalListenerName("loopback");
    c.setAdvertisedListeners(
        "loopback:pulsar://%s:%s,loopback:pulsar+ssl://localhost:%s"
            .formatted(LOOPBACK, args[1], args[4]));
    c.getProperties().setProperty("tokenSecretKey", "data:;base64," + args[5]);
    PulsarService broker = new PulsarService(c);
    broker.start();
    prepare(broker);
    System.out.println("ready " + broker.getBrokerServiceUrl());
    while (System.in.read() >= 0) {}
    broker.close();
    bookie.close();
  }

  private static ServerConfiguration bookie() {
    ServerConfiguration c = new ServerConfiguration();
    c.setAllowLoopback(true);
    c.setAdvertisedAddress(LOOPBACK);
    c.setListeningInterface("lo");
    c.setAllowEphemeralPorts(true);
    c.setJournalFlushWhenQueueEmpty(true);
    c.setProperty("journalPreAllocSizeMB", 1);
    c.setProperty("dbStorage_writeCacheMaxSizeMb", 8);
    c.setProperty("dbStorage_readAheadCacheMaxSizeMb", 8);
    // A message may be 5 MiB, and its entry a little more.
    c.setNettyMaxFrameSizeBytes((5 << 20) + (10 << 10));
    // A full disk of the machine is not what is tested.
    c.setDiskUsageThreshold(0.999F);
    c.setDiskUsageWarnThreshold(0.999F);
    c.setMinUsableSizeForEntryLogCreation(1);
    c.setMinUsableSizeForIndexFileCreation(1);
    return c;
  }

  private static ServiceConfiguration broker(String metadata) {
    ServiceConfiguration c = new ServiceConfiguration();
    c.setClusterName(CLUSTER);
    c.setMetadataStoreUrl(metadata);
    c.setConfigurationMetadataStoreUrl(metadata);
    c.setBindAddress(LOOPBACK);
    c.setAdvertisedAddress(LOOPBACK);
    c.setRunningStandalone(true);
    // Who shows a token must show one that is signed so; who shows none is let in.
    c.setAuthenticationEnabled(true);
    c.setAuthenticationProviders(Set.of(AuthenticationProviderToken.class.getName()));
    c.setAnonymousUserRole("anyone");
    c.setLoadBalancerEnabled(false);
    c.setManagedLedgerDefaultEnsembleSize(1);
    c.setManagedLedgerDefaultWriteQuorum(1);
    c.setManagedLedgerDefaultAckQuorum(1);
    c.setSystemTopicEnabled(false);
    c.setTopicLevelPoliciesEnabled(false);
    c.setAcknowledgmentAtBatchIndexLevelEnabled(true);
    c.setManagedLedgerCacheSizeMB(32);
    c.setNumIOThreads(2);
    c.setNumHttpServerThreads(8);
    c.setNumOrderedExecutorThreads(2);
    c.setNumExecutorThreadPoolSize(2);
    c.setNumCacheExecutorThreadPoolSize(2);
    c.setManagedLedgerNumSchedulerThreads(2);
    return c;
  }

  /** What a broker of a first start lacks: its cluster's name, the public tenant, a namespace. */
  private static void prepare(PulsarService broker) throws Exception {
    PulsarResources resources = broker.getPulsarResources();
    if (!resources.getClusterResources().clusterExists(CLUSTER)) {
      resources
          .getClusterResources()
          .createCluster(
              CLUSTER,
              ClusterData.builder()
                  .serviceUrl(broker.getWebServiceAddress())
                  .brokerServiceUrl(broker.getBrokerServiceUrl())
                  .build());
    }
    if (!resources.getTenantResources().tenantExists(NAMESPACE.getTenant())) {
      resources
          .getTenantResources()
          .createTenant(
              NAMESPACE.getTenant(), TenantInfo.builder().allowedClusters(Set.of(CLUSTER)).build());
    }
    if (!resources.getNamespaceResources().namespaceExists(NAMESPACE)) {
      Policies policies = new Policies();
      policies.replication_clusters = Set.of(CLUSTER);
      policies.bundles = PoliciesUtil.getBundles(1);
      resources.getNamespaceResources().createPolicies(NAMESPACE, policies);
    }
  }
}
