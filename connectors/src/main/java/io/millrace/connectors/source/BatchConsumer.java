package io.millrace.connectors.source;

import io.millrace.connectors.mediation.UsageProcessor;
import java.util.List;
import java.util.Optional;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.Suspendable;
import org.apache.camel.support.DefaultConsumer;

/**
 * A source that reads in batches: hands what a reader brings to the route as one exchange whose
 * body is the list of payloads, with nothing else in it that a sender could choose. A source that
 * is suspended has left its broker.
 */
public abstract class BatchConsumer extends DefaultConsumer implements SourceState, Suspendable {
  private final String said;
  private final SourceRegistry sources;
  private volatile List<SourceReader> readers = List.of();
  private volatile boolean running;
  private String name = "";
  private AttemptFailures failures = new AttemptFailures("");

  /**
   * A source that has not begun.
   *
   * @param name as the route says it; empty for the route's id
   */
  protected BatchConsumer(
      Endpoint endpoint, Processor processor, String name, SourceRegistry sources) {
    super(endpoint, processor);
    this.said = name;
    this.sources = sources;
  }

  /** Its readers, none of which has started. */
  protected abstract List<SourceReader> readers();

  @Override
  protected void doStart() throws Exception {
    super.doStart();
    name = sourceName();
    failures = new AttemptFailures(name);
    sources.add(this);
    readers = readers();
    running = true;
    readers.forEach(SourceReader::start);
  }

  private String sourceName() {
    if (!said.isEmpty()) {
      return said;
    }
    if (getRouteId() == null) {
      throw new IllegalArgumentException(
          getEndpoint().getEndpointBaseUri() + ": has no name; add source=<name>");
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
    readers.forEach(SourceReader::start);
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
    readers.forEach(SourceReader::leave);
    for (SourceReader reader : readers) {
      reader.awaitEnd();
    }
  }

  /** An exchange of these payloads; the callback hears of its end. */
  Exchange exchange(List<?> payloads) {
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

  void ended(Exchange exchange, boolean failed) {
    if (failed) {
      failures.note(exchange.getException());
    }
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
    return readers.stream().anyMatch(SourceReader::isConnected) ? Phase.RUNNING : Phase.WAITING;
  }

  /** The sum over its readers, each of which has a part of its own; empty where one can't tell. */
  @Override
  public Optional<Lag> lag() {
    List<Optional<Lag>> all = readers.stream().map(SourceReader::lag).toList();
    return all.stream().allMatch(Optional::isPresent)
        ? all.stream()
            .flatMap(Optional::stream)
            .reduce((a, b) -> Lag.of(a.count() + b.count(), a.unit()))
        : Optional.empty();
  }

  @Override
  public List<Slot> slots() {
    return readers.stream().map(SourceReader::state).toList();
  }
}
