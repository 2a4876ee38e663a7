package io.millrace.tests.bench;

import io.millrace.connectors.pulsar.PulsarSourceComponent;
import io.millrace.connectors.source.SourceRegistry;
import io.millrace.tests.sources.PulsarBroker;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.CamelContext;
import org.apache.pulsar.client.api.Consumer;
import org.apache.pulsar.client.api.ConsumerBuilder;
import org.apache.pulsar.client.api.Message;
import org.apache.pulsar.client.api.MessageId;
import org.apache.pulsar.client.api.PulsarClient;
import org.apache.pulsar.client.api.PulsarClientException;
import org.apache.pulsar.client.api.SubscriptionType;

/**
 * The Pulsar source beside its client, which acknowledges what comes, each message by name and with
 * a receipt. The broker is a process of its own, whose CPU is not counted.
 */
final class PulsarBench implements Step {
  private static final int REPORTS = 1_000_000;
  private static final int AT_ONCE = 50_000;

  /** What the source does too. */
  private static final int ACKNOWLEDGED_AT_ONCE = 1_000;

  private static final int QUEUE = 2_000;
  private static final int TOGETHER_MILLIS = 10;
  private static final String SUBSCRIPTION = "millrace-" + Engine.TENANT + '-' + SourceRace.SOURCE;
  private static final Goal GOAL = Goal.atLeast(0.5);

  @Override
  public String name() {
    return "pulsar";
  }

  @Override
  public String what() {
    return "the Pulsar source, from a topic to charges on disk, beside its client alone";
  }

  @Override
  public void measure(Site site, Figures figures) throws Exception {
    try (PulsarBroker broker = PulsarBroker.start(site.folder("pulsar"))) {
      // Else the topics would keep nothing.
      consumer(broker.client(), SourceRace.BARE, SourceRace.BARE).close();
      consumer(broker.client(), SourceRace.SOURCE, SUBSCRIPTION).close();
      SourceRace.run(site, figures, new Topics(broker), "bare client", REPORTS, GOAL);
    }
  }

  private static Consumer<byte[]> consumer(PulsarClient client, String topic, String subscription)
      throws PulsarClientException {
    ConsumerBuilder<byte[]> builder =
        client
            .newConsumer()
            .topic(topic)
            .subscriptionName(subscription)
            .subscriptionType(SubscriptionType.Shared)
            .receiverQueueSize(QUEUE)
            .autoScaledReceiverQueueSizeEnabled(true)
            .enableBatchIndexAcknowledgment(true)
            .isAckReceiptEnabled(true)
            .acknowledgmentGroupTime(TOGETHER_MILLIS, TimeUnit.MILLISECONDS);
    return builder.subscribe();
  }

  private record Topics(PulsarBroker broker) implements SourceRace.Course {
    @Override
    public void fill(String place, LampEvents reports) throws Exception {
      List<byte[]> some = new ArrayList<>(AT_ONCE);
      for (int i = 0; i < reports.size(); i++) {
        some.add(reports.payload(i));
        if (some.size() == AT_ONCE || i + 1 == reports.size()) {
          broker.publish(place, some);
          some.clear();
        }
      }
    }

    @Override
    public SourceRace.Reading bare(int reports) throws PulsarClientException {
      return new Bare(broker.url(), reports);
    }

    @Override
    public void install(CamelContext context, SourceRegistry sources) {
      PulsarSourceComponent.install(context, Engine.TENANT, sources);
    }

    @Override
    public String route() {
      return "pulsar:%s?source=%s&url=%s"
          .formatted(SourceRace.SOURCE, SourceRace.SOURCE, broker.url());
    }
  }

  private static final class Bare implements SourceRace.Reading {
    private final PulsarClient client;
    private final Consumer<byte[]> consumer;
    private final AtomicInteger acknowledged = new AtomicInteger();
    private final int reports;
    private List<MessageId> read = new ArrayList<>();
    private int received;

    Bare(String url, int reports) throws PulsarClientException {
      this.reports = reports;
      client =
          PulsarClient.builder()
              .serviceUrl(url)
              .ioThreads(1)
              .listenerThreads(1)
              .statsInterval(0, TimeUnit.SECONDS)
              .build();
      consumer = consumer(client, SourceRace.BARE, SourceRace.BARE);
    }

    @Override
    public void awaitFirst() throws PulsarClientException {
      Message<byte[]> message = consumer.receive(2, TimeUnit.MINUTES);
      if (message == null) {
        throw new IllegalStateException(
            "%,d of %,d messages never came; the client says %s"
                .formatted(reports - received, reports, consumer.getStats()));
      }
      read.add(message.getMessageId());
      received++;
    }

    @Override
    public void awaitLast() throws PulsarClientException {
      while (received < reports) {
        awaitFirst();
        if (read.size() == ACKNOWLEDGED_AT_ONCE) {
          acknowledge();
        }
      }
      acknowledge();
      SourceRace.await("all acknowledged", () -> acknowledged.get() == reports);
    }

    private void acknowledge() {
      List<MessageId> some = read;
      read = new ArrayList<>(ACKNOWLEDGED_AT_ONCE);
      if (!some.isEmpty()) {
        consumer.acknowledgeAsync(some).thenRun(() -> acknowledged.addAndGet(some.size()));
      }
    }

    @Override
    public void close() throws PulsarClientException {
      consumer.close();
      client.close();
    }
  }
}
