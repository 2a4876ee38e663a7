package io.millrace.connectors.source;

import io.millrace.connectors.mediation.UsageProcessor;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ScheduledExecutorService;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.Suspendable;
import org.apache.camel.support.DefaultConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A source that reads in batches: hands what a reader brings to the route as one exchange whose
 * body is the list of payloads, with nothing else in it that a sender could choose. A source that
 * is suspended has left its broker.
 */
public abstract class BatchConsumer extends DefaultConsumer implements SourceState, Suspendable {
  private final String said;
  private final SourceRegistry sources;
  private volatile @Nullable ReadersAtWork readers;
  private @Nullable ScheduledExecutorService timer;
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

  /** Its readers, one at least, none of which has started. */
  protected abstract List<SourceReader> readers();

  /** How many of them read where there is little to do. */
  protected abstract int leastReaders();

  /** What none of its readers has read; empty where one of them can't tell. */
  protected OptionalLong waiting() {
    List<OptionalLong> each = atWork().stream().map(SourceReader::waiting).toList();
    return each.isEmpty() || !each.stream().allMatch(OptionalLong::isPresent)
        ? OptionalLong.empty()
        : OptionalLong.of(each.stream().mapToLong(OptionalLong::getAsLong).sum());
  }

  @Override
  protected void doStart() throws Exception {
    super.doStart();
    name = sourceName();
    failures = new AttemptFailures(name);
    sources.add(this);
    List<SourceReader> all = readers();
    if (leastReaders() < all.size()) {
      timer =
          getEndpoint()
              .getCamelContext()
              .getExecutorServiceManager()
              .newSingleThreadScheduledExecutor(this, kind() + '-' + name + "-readers");
    }
    AdaptiveLimit limit =
        new AdaptiveLimit(leastReaders(), all.size(), all.size(), System::nanoTime);
    ReadersAtWork team = new ReadersAtWork(all, limit, this::waiting);
    readers = team;
    running = true;
    team.start(timer);
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
    ReadersAtWork team = readers;
    if (team != null) {
      team.start(timer);
    }
  }

  @Override
  protected void doStop() throws Exception {
    running = false;
    quiet();
    if (timer != null) {
      getEndpoint().getCamelContext().getExecutorServiceManager().shutdownNow(timer);
      timer = null;
    }
    sources.remove(this);
    super.doStop();
  }

  private void quiet() throws InterruptedException {
    ReadersAtWork team = readers;
    if (team != null) {
      team.stop();
    }
  }

  private List<SourceReader> atWork() {
    ReadersAtWork team = readers;
    return team == null ? List.of() : team.atWork();
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
    return atWork().stream().anyMatch(SourceReader::isConnected) ? Phase.RUNNING : Phase.WAITING;
  }

  /**
   * The sum over its readers at work, each of which has a part of its own; empty where one can't
   * tell.
   */
  @Override
  public Optional<Lag> lag() {
    List<Optional<Lag>> all = atWork().stream().map(SourceReader::lag).toList();
    return all.stream().allMatch(Optional::isPresent)
        ? all.stream()
            .flatMap(Optional::stream)
            .reduce((a, b) -> Lag.of(a.count() + b.count(), a.unit()))
        : Optional.empty();
  }

  @Override
  public List<Slot> slots() {
    ReadersAtWork team = readers;
    return team == null ? List.of() : team.all().stream().map(SourceReader::state).toList();
  }
}
