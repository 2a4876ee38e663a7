package io.millrace.connectors.pulsar;

import io.millrace.connectors.source.BatchConsumer;
import io.millrace.connectors.source.ConnectedReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.pulsar.client.api.Consumer;
import org.apache.pulsar.client.api.ConsumerBuilder;
import org.apache.pulsar.client.api.ConsumerCryptoFailureAction;
import org.apache.pulsar.client.api.Message;
import org.apache.pulsar.client.api.MessageId;
import org.apache.pulsar.client.api.PulsarClient;
import org.apache.pulsar.client.api.PulsarClientException;
import org.apache.pulsar.client.api.Schema;
import org.apache.pulsar.client.api.SubscriptionInitialPosition;
import org.apache.pulsar.client.api.SubscriptionMode;
import org.apache.pulsar.client.api.SubscriptionType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One consumer of the subscription: reads while less than its bound waits for its commit, and
 * acknowledges each message after it. A failed attempt is made again in place; what is not
 * acknowledged when it ends, the broker sends to another.
 *
 * <p>The client connects again by itself and keeps the consumer: a message is known by where it is
 * stored, so that one that came before can be acknowledged after. The broker sends it once more in
 * between, and then it is a duplicate.
 */
final class PulsarReader extends ConnectedReader {
  private static final Logger LOG = LoggerFactory.getLogger(PulsarReader.class);

  /** Handed in as one exchange. */
  private static final int MOST_AT_ONCE = 1_000;

  private static final long BYTES_AT_ONCE = 1L << 20;

  /** Payloads in the node at once, bytes; one exchange may come on top. */
  private static final long BYTES_IN_FLIGHT = 1L << 25;

  /** Messages that wait in the client at most, before they are in flight here, and their bytes. */
  private static final int QUEUE = 2_000;

  private static final long QUEUE_BYTES = 1L << 25;

  private static final Duration ANSWER = Duration.ofSeconds(10);
  private static final Duration FULL = Duration.ofMillis(1);
  private static final Duration ACKNOWLEDGEMENTS_TOGETHER = Duration.ofMillis(10);
  private static final long ACKNOWLEDGE_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final PulsarSourceOptions options;
  private final String subscription;

  /** Whose acknowledgement the broker has not confirmed. */
  private final Queue<Messages> unconfirmed = new ConcurrentLinkedQueue<>();

  private long confirmedAt = System.nanoTime();

  PulsarReader(BatchConsumer source, PulsarSourceOptions options, String subscription, int number) {
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
    this.subscription = subscription;
  }

  @Override
  protected void connectAndRead() throws Exception {
    try (PulsarClient client = PulsarLogin.client(options, ANSWER, QUEUE_BYTES)) {
      CompletableFuture<Consumer<byte[]>> opening = consumer(client).subscribeAsync();
      while (isWanted() && !opening.isDone()) {
        LockSupport.parkNanos(LOOK.toNanos());
      }
      if (opening.isDone()) {
        try (Consumer<byte[]> consumer = opened(opening)) {
          read(consumer);
          drain();
        }
      }
    }
  }

  private static Consumer<byte[]> opened(CompletableFuture<Consumer<byte[]>> opening)
      throws Exception {
    try {
      return opening.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof PulsarClientException known ? known : e;
    }
  }

  private ConsumerBuilder<byte[]> consumer(PulsarClient client) {
    return client
        .newConsumer(Schema.BYTES)
        .topic(options.topic())
        .subscriptionName(subscription)
        .subscriptionType(
            switch (options.sharing()) {
              case SHARED -> SubscriptionType.Shared;
              case KEY_SHARED -> SubscriptionType.Key_Shared;
              case FAILOVER -> SubscriptionType.Failover;
            })
        .subscriptionMode(SubscriptionMode.Durable)
        // Never the latest: what was sent before the first start would be skipped without a word.
        .subscriptionInitialPosition(SubscriptionInitialPosition.Earliest)
        .receiverQueueSize(Math.min(QUEUE, options.inFlight()))
        .autoScaledReceiverQueueSizeEnabled(true)
        // None: a slow commit is no reason to send a message to somebody else as well.
        .ackTimeout(0, TimeUnit.MILLISECONDS)
        .enableBatchIndexAcknowledgment(true)
        .isAckReceiptEnabled(true)
        .acknowledgmentGroupTime(ACKNOWLEDGEMENTS_TOGETHER.toMillis(), TimeUnit.MILLISECONDS)
        // By default one that can't be decrypted is not handed over, and waits for ever.
        .cryptoFailureAction(ConsumerCryptoFailureAction.CONSUME);
  }

  private void read(Consumer<byte[]> consumer) throws PulsarClientException {
    while (isWanted()) {
      noteConnection(consumer.isConnected());
      if (isFull()) {
        LockSupport.parkNanos(FULL.toNanos());
      } else {
        Message<byte[]> first = consumer.receive((int) LOOK.toMillis(), TimeUnit.MILLISECONDS);
        if (first != null) {
          handIn(consumer, first);
        }
      }
      acknowledgeAgain();
      advance();
    }
  }

  private void handIn(Consumer<byte[]> consumer, Message<byte[]> first)
      throws PulsarClientException {
    List<Object> payloads = new ArrayList<>();
    List<MessageId> ids = new ArrayList<>();
    int most = Math.min(MOST_AT_ONCE, room());
    long bytes = 0;
    Message<byte[]> each = first;
    while (each != null) {
      byte[] payload = PulsarPayload.bytes(each);
      payloads.add(PulsarPayload.of(each, payload, options.topic()));
      ids.add(each.getMessageId());
      bytes += payload.length;
      boolean more = ids.size() < most && bytes < BYTES_AT_ONCE;
      each = more ? consumer.receive(0, TimeUnit.MILLISECONDS) : null;
    }
    if (options.isUnsafe()) {
      countUnsafe(ids.size());
    }
    handIn(new Messages(consumer, payloads, ids, bytes));
  }

  /** One that is never told of a message keeps it for this consumer for as long as it is there. */
  private void acknowledgeAgain() {
    long now = System.nanoTime();
    if (unconfirmed.isEmpty() || now - confirmedAt < ACKNOWLEDGE_AGAIN_NANOS) {
      return;
    }
    confirmedAt = now;
    for (int left = unconfirmed.size(); left > 0; left--) {
      Messages each = unconfirmed.poll();
      if (each != null) {
        each.acknowledge();
      }
    }
  }

  /** What was read at once, and is acknowledged in the order in which commits come. */
  private final class Messages extends Batch {
    private final Consumer<byte[]> consumer;
    private final List<MessageId> ids;

    Messages(Consumer<byte[]> consumer, List<?> payloads, List<MessageId> ids, long bytes) {
      super(payloads, bytes);
      this.consumer = consumer;
      this.ids = ids;
    }

    @Override
    protected void disposed() {
      acknowledge();
    }

    void acknowledge() {
      if (!isOfThisConnection()) {
        left(0);
        return;
      }
      consumer
          .acknowledgeAsync(ids)
          .whenComplete(
              (done, error) -> {
                if (error == null) {
                  left(size());
                } else if (isOfThisConnection()) {
                  LOG.debug("source {}: the broker has not confirmed", source.name(), error);
                  unconfirmed.add(this);
                } else {
                  left(0);
                }
              });
    }
  }
}
