package io.millrace.connectors.amqp;

import io.millrace.connectors.codec.Payload;
import io.millrace.connectors.source.BatchConsumer;
import io.millrace.connectors.source.ConnectedReader;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.apache.qpid.protonj2.client.Client;
import org.apache.qpid.protonj2.client.Connection;
import org.apache.qpid.protonj2.client.ConnectionOptions;
import org.apache.qpid.protonj2.client.Delivery;
import org.apache.qpid.protonj2.client.Receiver;
import org.apache.qpid.protonj2.client.ReceiverOptions;
import org.apache.qpid.protonj2.client.exceptions.ClientException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection that competes for the queue. The broker may send as many messages as it has credit
 * for; a message's credit is given back when its commit has accepted it, and not before. Where the
 * limit has fallen it is not given back; what the broker has of it is not taken away.
 */
final class AmqpReader extends ConnectedReader {
  private static final Logger LOG = LoggerFactory.getLogger(AmqpReader.class);

  /** Handed in as one exchange. */
  private static final int MOST_AT_ONCE = 1_000;

  private static final long BYTES_AT_ONCE = 1L << 20;

  /** Payloads in the node at once, bytes; one exchange, and what the client has read, on top. */
  private static final long BYTES_IN_FLIGHT = 1L << 25;

  private static final Duration FULL = Duration.ofMillis(1);
  private static final Duration ANSWER = Duration.ofSeconds(5);
  private static final Duration SILENCE = Duration.ofSeconds(30);

  private final AmqpSourceOptions options;
  private final AtomicInteger credit = new AtomicInteger();

  /** Messages that the broker may send, and those that it has sent and are not accepted. */
  private int window;

  AmqpReader(BatchConsumer source, AmqpSourceOptions options, int number) {
    super(
        source,
        options.toString(),
        number,
        new Bounds(
            options.leastInFlight(),
            options.inFlight(),
            BYTES_IN_FLIGHT,
            options.drainMillis(),
            ANSWER.multipliedBy(2)));
    this.options = options;
  }

  @Override
  protected void connectAndRead() throws Exception {
    try (Client client = Client.create();
        Connection connection = connect(client, options)) {
      Receiver receiver = open(connection);
      noteConnection(true);
      read(receiver);
      drain();
    }
  }

  /** Begins to connect as this source does. */
  static Connection connect(Client client, AmqpSourceOptions options)
      throws ClientException, IOException {
    ConnectionOptions how =
        new ConnectionOptions()
            .reconnectEnabled(false)
            .sslEnabled(options.isTls())
            .openTimeout(ANSWER.toMillis())
            .closeTimeout(ANSWER.toMillis())
            .idleTimeout(SILENCE.toMillis());
    if (!options.user().isEmpty()) {
      how.user(options.user()).password(options.password());
    }
    return client.connect(options.url().getHost(), options.port(), how);
  }

  private Receiver open(Connection connection) throws Exception {
    ReceiverOptions how =
        new ReceiverOptions()
            .autoAccept(false)
            .autoSettle(true)
            .creditWindow(0)
            .openTimeout(ANSWER.toMillis());
    how.sourceOptions().capabilities("queue");
    Receiver receiver = connection.openReceiver(options.queue(), how);
    receiver.openFuture().get(ANSWER.toMillis(), TimeUnit.MILLISECONDS);
    return receiver;
  }

  private void read(Receiver receiver) throws ClientException {
    credit.set(0);
    window = limit();
    receiver.addCredit(window);
    while (isWanted()) {
      if (isFullOfBytes()) {
        receiver.addCredit(0); // Throws where the connection has ended.
        LockSupport.parkNanos(FULL.toNanos());
      } else {
        Delivery first = receiver.receive(LOOK.toMillis(), TimeUnit.MILLISECONDS);
        if (first != null) {
          handIn(receiver, first);
        }
      }
      advance();
      window -= credit.getAndSet(0);
      int more = limit() - window;
      if (more > 0) {
        receiver.addCredit(more);
        window += more;
      }
    }
  }

  private void handIn(Receiver receiver, Delivery first) throws ClientException {
    List<Delivery> deliveries = new ArrayList<>();
    List<Object> payloads = new ArrayList<>();
    int settled = 0;
    long bytes = 0;
    Delivery each = first;
    while (each != null) {
      Object payload = AmqpPayload.of(each, options.queue());
      deliveries.add(each);
      payloads.add(payload);
      bytes += payload instanceof Payload told ? told.bytes().length : ((byte[]) payload).length;
      settled += each.remoteSettled() ? 1 : 0;
      boolean more = deliveries.size() < MOST_AT_ONCE && bytes < BYTES_AT_ONCE;
      each = more ? receiver.tryReceive() : null;
    }
    countUnsafe(settled);
    handIn(new Deliveries(payloads, deliveries, bytes));
  }

  /** What was read at once, and is accepted in the order in which commits come. */
  private final class Deliveries extends Batch {
    private final List<Delivery> deliveries;

    Deliveries(List<?> payloads, List<Delivery> deliveries, long bytes) {
      super(payloads, bytes);
      this.deliveries = deliveries;
    }

    @Override
    protected void disposed() {
      int accepted = 0;
      try {
        while (accepted < size() && isOfThisConnection()) {
          deliveries.get(accepted).accept();
          accepted++;
        }
      } catch (ClientException | RuntimeException e) {
        LOG.debug("source {}: the connection has ended; they come again", source.name(), e);
      }
      if (isOfThisConnection()) {
        credit.addAndGet(accepted);
      }
      left(accepted);
    }
  }
}
