package io.millrace.tests.crash;

import io.millrace.tests.sources.EmbeddedAmqp;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A queue of an AMQP 1.0 broker. */
final class AmqpWire implements Wire {
  private static final int SOME = 100;

  private final EmbeddedAmqp broker;

  AmqpWire(Path folder) throws Exception {
    broker = EmbeddedAmqp.start(folder);
  }

  @Override
  public String route() {
    return "amqp-lamps.camel.yaml";
  }

  @Override
  public Map<String, String> properties() {
    return Map.of("amqp.url", broker.url());
  }

  @Override
  public void publish(List<byte[]> payloads) throws Exception {
    broker.publish(payloads);
  }

  @Override
  public void stop() throws Exception {
    broker.stop();
  }

  @Override
  public void restart() throws Exception {
    broker.restart();
  }

  @Override
  public void comeAndDie() throws Exception {
    broker.takeAndLeave(SOME);
  }

  @Override
  public boolean isAcknowledged(long published) {
    return broker.queued() == 0;
  }

  @Override
  public void close() throws Exception {
    broker.close();
  }
}
