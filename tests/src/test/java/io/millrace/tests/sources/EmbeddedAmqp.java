package io.millrace.tests.sources;

import io.millrace.tests.house.FreePort;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.security.CheckType;
import org.apache.activemq.artemis.core.security.Role;
import org.apache.activemq.artemis.core.server.ActiveMQServer;
import org.apache.activemq.artemis.core.server.ActiveMQServers;
import org.apache.activemq.artemis.core.server.JournalType;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;
import org.apache.activemq.artemis.spi.core.security.ActiveMQSecurityManager;
import org.apache.qpid.protonj2.client.Client;
import org.apache.qpid.protonj2.client.Connection;
import org.apache.qpid.protonj2.client.ConnectionOptions;
import org.apache.qpid.protonj2.client.Message;
import org.apache.qpid.protonj2.client.Receiver;
import org.apache.qpid.protonj2.client.ReceiverOptions;
import org.apache.qpid.protonj2.client.Sender;
import org.apache.qpid.protonj2.client.Tracker;

/** An AMQP 1.0 broker in this process: Artemis with one durable queue, on loopback. */
public final class EmbeddedAmqp implements AutoCloseable {
  /** The queue that it holds. */
  public static final String QUEUE = "lamps";

  /** Who may log in, where not everybody may. */
  static final String USER = "millrace";

  private final Path folder;
  private final int port;
  private final String password;
  private ActiveMQServer server;

  private EmbeddedAmqp(Path folder, int port, String password) throws Exception {
    this.folder = folder;
    this.port = port;
    this.password = password;
    this.server = startServer();
  }

  /** Starts one on a free port. */
  public static EmbeddedAmqp start(Path folder) throws Exception {
    return start(folder, "");
  }

  /** One that lets {@link #USER} in alone, by this password; anybody where it is empty. */
  static EmbeddedAmqp start(Path folder, String password) throws Exception {
    return new EmbeddedAmqp(folder, FreePort.next(), password);
  }

  private ActiveMQServer startServer() throws Exception {
    Configuration c = new ConfigurationImpl();
    c.setSecurityEnabled(!password.isEmpty());
    c.setJMXManagementEnabled(false);
    c.setPersistenceEnabled(true);
    c.setJournalType(JournalType.NIO);
    c.setBindingsDirectory(folder.resolve("bindings").toString());
    c.setJournalDirectory(folder.resolve("journal").toString());
    c.setPagingDirectory(folder.resolve("paging").toString());
    c.setLargeMessagesDirectory(folder.resolve("large").toString());
    c.setMessageExpiryScanPeriod(-1);
    c.addAddressSetting(
        "#",
        new AddressSettings()
            .setMaxDeliveryAttempts(-1)
            .setDeadLetterAddress(SimpleString.of("none"))
            .setExpiryAddress(SimpleString.of("none")));
    c.addQueueConfiguration(
        QueueConfiguration.of(QUEUE).setRoutingType(RoutingType.ANYCAST).setDurable(true));
    c.addAcceptorConfiguration("amqp", "tcp://127.0.0.1:" + port + "?protocols=AMQP");
    ActiveMQServer made = ActiveMQServers.newActiveMQServer(c, null, new OneUser());
    made.start();
    return made;
  }

  private final class OneUser implements ActiveMQSecurityManager {
    @Override
    public boolean validateUser(String user, String said) {
      return USER.equals(user) && password.equals(said);
    }

    @Override
    public boolean validateUserAndRole(String user, String said, Set<Role> roles, CheckType check) {
      return validateUser(user, said);
    }
  }

  /** Where clients connect. */
  public String url() {
    return "amqp://127.0.0.1:" + port;
  }

  /** Messages that are in the queue, those included that a reader has and did not accept. */
  public long queued() {
    return server.locateQueue(QUEUE).getMessageCount();
  }

  /** Messages that a reader has and did not accept. */
  public int delivering() {
    return server.locateQueue(QUEUE).getDeliveringCount();
  }

  private ConnectionOptions login() {
    return password.isEmpty()
        ? new ConnectionOptions()
        : new ConnectionOptions().user(USER).password(password);
  }

  /** Publishes them durably, and waits until the broker has accepted all. */
  public void publish(List<byte[]> payloads) throws Exception {
    try (Client client = Client.create();
        Connection connection = client.connect("127.0.0.1", port, login());
        Sender sender = connection.openSender(QUEUE)) {
      List<Tracker> sent = new ArrayList<>();
      for (byte[] each : payloads) {
        sent.add(sender.send(Message.create(each).durable(true)));
      }
      for (Tracker each : sent) {
        each.awaitAccepted();
      }
    }
  }

  /** Publishes the numbers in this range as text. */
  public void publish(int from, int to) throws Exception {
    List<byte[]> payloads = new ArrayList<>();
    for (int i = from; i < to; i++) {
      payloads.add(Integer.toString(i).getBytes(StandardCharsets.UTF_8));
    }
    publish(payloads);
  }

  /** A connection that asks for so many messages, accepts none of them and ends. */
  public void takeAndLeave(int most) throws Exception {
    try (Client client = Client.create();
        Connection connection = client.connect("127.0.0.1", port);
        Receiver receiver =
            connection.openReceiver(
                QUEUE, new ReceiverOptions().autoAccept(false).creditWindow(0))) {
      receiver.addCredit(most);
      receiver.receive(1, TimeUnit.SECONDS);
    }
  }

  /** Ends it; what was written is there again after {@link #restart()}. */
  public void stop() throws Exception {
    server.stop();
  }

  /** Starts it again after a stop, at the same port. */
  public void restart() throws Exception {
    server = startServer();
  }

  @Override
  public void close() throws Exception {
    stop();
  }
}
