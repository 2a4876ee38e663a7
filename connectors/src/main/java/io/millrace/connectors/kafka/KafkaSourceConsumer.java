package io.millrace.connectors.kafka;

import io.millrace.connectors.mediation.UsageProcessor;
import io.millrace.connectors.source.SourceRegistry;
import io.millrace.connectors.source.SourceState;
import java.util.List;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.Suspendable;
import org.apache.camel.support.DefaultConsumer;

/**
 * Reads topics with readers that share a group, hands what one poll brings to the route as one
 * exchange whose body is the list of payloads, with nothing else in it that a sender could choose,
 * and commits an offset when all exchanges up to it have completed. A source that is suspended has
 * left the group.
 */
final class KafkaSourceConsumer extends DefaultConsumer implements SourceState, Suspendable {
  private final KafkaSourceEndpoint endpoint;
  private final SourceRegistry sources;
  private volatile List<KafkaReader> readers = List.of();
  private volatile boolean running;
  private String name = "";

  KafkaSourceConsumer(KafkaSourceEndpoint endpoint, Processor processor, SourceRegistry sources) {
    super(endpoint, processor);
    this.endpoint = endpoint;
    this.sources = sources;
  }

  @Override
  protected void doStart() throws Exception {
    super.doStart();
    name = sourceName();
    sources.add(this);
    KafkaReader[] made = new KafkaReader[endpoint.readers()];
    for (int i = 0; i < made.length; i++) {
      made[i] = new KafkaReader(this, endpoint, i);
    }
    readers = List.of(made);
    running = true;
    readers.forEach(KafkaReader::start);
  }

  private String sourceName() {
    if (!endpoint.options().source().isEmpty()) {
      return endpoint.options().source();
    }
    if (getRouteId() == null) {
      throw new IllegalArgumentException(
          endpoint.getEndpointBaseUri() + ": has no name; add source=<name>");
    }
    return getRouteId();
  }

  @Override
  protected void doSuspend() throws Exception {
    quiet();
    super.doSuspend();
  }

  @Override
  protected void doResume() throws Exception {
    super.doResume();
    readers.forEach(KafkaReader::start);
  }

  @Override
  protected void doStop() throws Exception {
    running = false;
    quiet();
    sources.remove(this);
    super.doStop();
  }

  /** All at once first: one after the other, the rest would take over what each lets go. */
  private void quiet() throws InterruptedException {
    readers.forEach(KafkaReader::leave);
    for (KafkaReader reader : readers) {
      reader.awaitEnd();
    }
  }

  /** An exchange of these payloads; the callback hears of its end. */
  Exchange exchange(List<byte[]> payloads) {
    Exchange exchange = createExchange(false);
    exchange.setProperty(UsageProcessor.SOURCE, name);
    exchange.getIn().setBody(payloads);
    return exchange;
  }

  void process(Exchange exchange, AsyncCallback callback) {
    try {
      getAsyncProcessor().process(exchange, callback);
    } catch (RuntimeException e) {
      exchange.setException(e);
      callback.done(true);
    }
  }

  void release(Exchange exchange) {
    releaseExchange(exchange, false);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Phase phase() {
    if (isSuspended() || isSuspending()) {
      return Phase.SUSPENDED;
    }
    if (!running) {
      return Phase.STOPPED;
    }
    return readers.stream().anyMatch(KafkaReader::isConnected) ? Phase.RUNNING : Phase.WAITING;
  }

  @Override
  public List<Slot> slots() {
    return readers.stream().map(KafkaReader::state).toList();
  }
}
