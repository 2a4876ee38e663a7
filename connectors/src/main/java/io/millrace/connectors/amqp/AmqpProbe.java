package io.millrace.connectors.amqp;

import io.millrace.connectors.source.Probe;
import io.millrace.connectors.source.SourceCheck;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.qpid.protonj2.client.Client;
import org.apache.qpid.protonj2.client.Connection;
import org.apache.qpid.protonj2.client.Receiver;
import org.apache.qpid.protonj2.client.ReceiverOptions;

/** Tries a broker with a receiver that is never given credit: it is sent nothing. */
final class AmqpProbe {
  private AmqpProbe() {}

  static List<SourceCheck> checks(AmqpSourceOptions options) {
    Probe probe = new Probe().host(options.url().getHost(), options.port());
    try (Client client = Client.create()) {
      Connection[] connection = new Connection[1];
      return probe
          .check(
              "login",
              "check user, password file and what they may do",
              () -> {
                connection[0] = AmqpReader.connect(client, options);
                connection[0].openFuture().get(Probe.ANSWER.toMillis(), TimeUnit.MILLISECONDS);
                return options.user().isEmpty() ? "without a user" : "as " + options.user();
              })
          .check(
              "queue",
              "check the queue's name, and whether the user may read it",
              () -> attach(connection[0], options.queue()))
          .checks();
    }
  }

  private static String attach(Connection connection, String queue) throws Exception {
    ReceiverOptions how =
        new ReceiverOptions().creditWindow(0).openTimeout(Probe.ANSWER.toMillis());
    how.sourceOptions().capabilities("queue");
    try (Receiver receiver = connection.openReceiver(queue, how)) {
      receiver.openFuture().get(Probe.ANSWER.toMillis(), TimeUnit.MILLISECONDS);
      return queue + " may be read";
    }
  }
}
