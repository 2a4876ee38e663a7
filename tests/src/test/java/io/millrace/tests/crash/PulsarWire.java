package io.millrace.tests.crash;

import io.millrace.tests.sources.PulsarBroker;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.pulsar.client.api.Consumer;
import org.apache.pulsar.client.api.SubscriptionType;

/** A topic of Pulsar, whose broker is killed. */
final class PulsarWire implements Wire {
  private static final String TOPIC = "lamps";
  private static final String SUBSCRIPTION = "millrace-city-lamps";
  private static final int SOME = 100;

  private final PulsarBroker broker;

  PulsarWire(Path folder) throws Exception {
    broker = PulsarBroker.start(folder);
    // A topic that nobody has subscribed to keeps nothing.
    reader().close();
  }

  private Consumer<byte[]> reader() throws Exception {
    return broker
        .client()
        .newConsumer()
        .topic(TOPIC)
        .subscriptionName(SUBSCRIPTION)
        .subscriptionType(SubscriptionType.Shared)
        .receiverQueueSize(SOME)
        .subscribe();
  }

  @Override
  public String route() {
    return "pulsar-lamps.camel.yaml";
  }

  @Override
  public Map<String, String> properties() {
    return Map.of("pulsar.url", broker.url());
  }

  @Override
  public void publish(List<byte[]> payloads) throws Exception {
    broker.publish(TOPIC, payloads);
  }

  @Override
  public void stop() throws Exception {
    broker.kill();
  }

  @Override
  public void restart() throws Exception {
    broker.restart();
  }

  @Override
  public void comeAndDie() throws Exception {
    try (Consumer<byte[]> stranger = reader()) {
      stranger.receive(1, TimeUnit.SECONDS);
    }
  }

  @Override
  public boolean isAcknowledged(long published) {
    return broker.backlog(TOPIC) == 0;
  }

  @Override
  public void close() throws Exception {
    broker.close();
  }
}
