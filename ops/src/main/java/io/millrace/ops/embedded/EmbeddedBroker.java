package io.millrace.ops.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.paging.PagingManager;
import org.apache.activemq.artemis.core.paging.PagingStoreFactory;
import org.apache.activemq.artemis.core.server.JournalType;
import org.apache.activemq.artemis.core.server.impl.ActiveMQServerImpl;
import org.apache.activemq.artemis.core.settings.impl.AddressFullMessagePolicy;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;
import org.apache.activemq.artemis.spi.core.security.ActiveMQSecurityManager;
import org.jspecify.annotations.Nullable;

/**
 * An MQTT 5 broker in this process: Artemis, durable in a folder, on loopback and therefore without
 * passwords. Tuned for two cores that it shares with everything else; what it holds in memory is
 * bounded, the rest of a backlog is paged to disk.
 */
public final class EmbeddedBroker implements AutoCloseable {
  /** The largest packet that it takes, bytes. */
  public static final int MAXIMUM_PACKET = 16 << 20;

  /** Messages held in memory, bytes; what is beyond is paged. */
  public static final long MAXIMUM_MEMORY = 64L << 20;

  /** Messages that one publisher may send ahead of the broker's acknowledgement. */
  public static final int PUBLISHER_WINDOW = 1_024;

  private static final SimpleString NOWHERE = SimpleString.of("millrace.nowhere");
  private static final String HOST = "127.0.0.1";
  private static final int JOURNAL_FILE_BYTES = 10 << 20;
  private static final int COMPACT_FROM_FILES = 30;
  private static final int WORKERS = 8;
  private static final int NETWORK_THREADS = 2;
  private static final int SOCKET_BYTES = 256 << 10;

  private final ActiveMQServerImpl server;
  private final int port;

  private EmbeddedBroker(ActiveMQServerImpl server, int port) {
    this.server = server;
    this.port = port;
  }

  /**
   * Starts it; what the folder holds of an earlier run is there again.
   *
   * @param folder made where it is not there
   * @param port 0 for any free one
   * @throws IOException where it can't start; the message says why
   */
  public static EmbeddedBroker start(Path folder, int port, BrokerSafety safety)
      throws IOException {
    int bound = port == 0 ? freePort() : port;
    requireFree(bound);
    Server server = new Server(configuration(folder, bound, safety));
    try {
      server.start();
      server.getRemotingService().addIncomingInterceptor(new MqttGate(server));
      if (!server.waitForActivation(30, TimeUnit.SECONDS)) {
        throw new IOException("the broker did not come up within 30 s");
      }
      return new EmbeddedBroker(server, bound);
    } catch (Exception e) {
      stop(server);
      throw e instanceof IOException io
          ? io
          : new IOException("the embedded MQTT broker can't start in " + folder + ": " + e, e);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(HOST))) {
      return socket.getLocalPort();
    }
  }

  /** Artemis only logs that a port is taken. */
  private static void requireFree(int port) throws IOException {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(HOST, port));
    } catch (IOException e) {
      throw new IOException(
          "port " + port + " on " + HOST + " is taken; name another one or 0 for any", e);
    }
  }

  private static Configuration configuration(Path folder, int port, BrokerSafety safety)
      throws IOException {
    boolean stored = safety != BrokerSafety.CONNECTION_LOSS;
    Configuration c = new ConfigurationImpl();
    c.setName("embedded");
    c.setSecurityEnabled(false);
    c.setJMXManagementEnabled(false);
    c.setMessageCounterEnabled(false);
    c.setPersistenceEnabled(stored);
    c.setBindingsDirectory(folder.resolve("bindings").toString());
    c.setJournalDirectory(folder.resolve("journal").toString());
    c.setPagingDirectory(folder.resolve("paging").toString());
    c.setLargeMessagesDirectory(folder.resolve("large").toString());
    // libaio is not everywhere, and costs more CPU for a message than what NIO does in batches.
    c.setJournalType(JournalType.NIO);
    // An acknowledgement waits for its batch to be written in all cases but the last.
    c.setJournalSyncTransactional(stored);
    c.setJournalSyncNonTransactional(stored);
    c.setJournalDatasync(safety == BrokerSafety.POWER_CUT);
    c.setJournalFileSize(JOURNAL_FILE_BYTES);
    c.setJournalMinFiles(2);
    c.setJournalPoolFiles(COMPACT_FROM_FILES);
    // Files empty themselves as messages are acknowledged; compacting them early is work for
    // nothing.
    c.setJournalCompactMinFiles(COMPACT_FROM_FILES);
    c.setGlobalMaxSize(MAXIMUM_MEMORY);
    c.setThreadPoolMaxSize(WORKERS);
    c.setScheduledThreadPoolMaxSize(1);
    c.setMessageExpiryScanPeriod(-1);
    c.addAddressSetting(
        "#",
        new AddressSettings()
            .setAddressFullMessagePolicy(AddressFullMessagePolicy.PAGE)
            .setMaxSizeBytes(-1)
            // What was never acknowledged is delivered again, however often that happens.
            .setMaxDeliveryAttempts(-1)
            // Never used; without them Artemis warns of each queue that it makes.
            .setDeadLetterAddress(NOWHERE)
            .setExpiryAddress(NOWHERE)
            .setAutoDeleteAddresses(false)
            .setAutoDeleteQueues(false)
            // No address for each topic that is published to: MqttGate makes those that are read.
            .setAutoCreateAddresses(false));
    c.addAddressSetting("$sys.mqtt.#", new AddressSettings().setAutoCreateAddresses(true));
    try {
      c.addAcceptorConfiguration(
          "mqtt",
          "tcp://"
              + HOST
              + ":"
              + port
              + "?protocols=MQTT;maximumPacketSize="
              + MAXIMUM_PACKET
              + ";receiveMaximum="
              + PUBLISHER_WINDOW
              + ";remotingThreads="
              + NETWORK_THREADS
              + ";tcpSendBufferSize="
              + SOCKET_BYTES
              + ";tcpReceiveBufferSize="
              + SOCKET_BYTES);
    } catch (Exception e) {
      throw new IOException(e);
    }
    return c;
  }

  /** Artemis with few page stores instead of one for each topic. */
  private static final class Server extends ActiveMQServerImpl {
    Server(Configuration configuration) {
      super(configuration, (ActiveMQSecurityManager) null);
    }

    @Override
    protected PagingStoreFactory getPagingStoreFactory() {
      Configuration c = getConfiguration();
      return new FewPageStores(
          this,
          c.getPagingLocation(),
          scheduledPool,
          pageExecutorFactory,
          c.isJournalSyncNonTransactional());
    }
  }

  /** The port that it listens on, on loopback. */
  public int port() {
    return port;
  }

  /** The URL for a client on this machine. */
  public String url() {
    return "tcp://" + HOST + ":" + port;
  }

  /** Whether a part of the backlog is on disk only. */
  boolean isPaging() throws Exception {
    PagingManager manager = server.getPagingManager();
    for (SimpleString name : manager.getStoreNames()) {
      if (manager.getPageStore(name).isStorePaging()) {
        return true;
      }
    }
    return false;
  }

  /** Stops it; what is not acknowledged stays in the folder. */
  @Override
  public void close() {
    stop(server);
  }

  private static void stop(@Nullable ActiveMQServerImpl server) {
    if (server != null) {
      try {
        server.stop(false);
      } catch (Exception e) {
        throw new IllegalStateException("the embedded MQTT broker did not stop cleanly", e);
      }
    }
  }
}
