package io.millrace.connectors.http;

import io.millrace.connectors.codec.Payload;
import io.millrace.connectors.mediation.IntakeFull;
import io.millrace.connectors.mediation.UsageProcessor;
import io.millrace.connectors.mediation.Verdicts;
import io.millrace.connectors.source.AdaptiveLimit;
import io.millrace.connectors.source.Lag;
import io.millrace.connectors.source.SourceCheck;
import io.millrace.connectors.source.SourceRegistry;
import io.millrace.connectors.source.SourceState;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.Suspendable;
import org.apache.camel.support.DefaultConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A source that is posted to: hands a body to its route as one exchange, with nothing else in it
 * that a sender could choose but what a codec may read. Its acknowledgement is the answer, which is
 * told after the commit of all events of the body. Safe for any thread.
 */
public final class HttpSource extends DefaultConsumer implements SourceState, Suspendable {
  private final String name;
  private final SourceRegistry sources;
  private final HttpSources running;
  private final AtomicLong numbers = new AtomicLong();
  private final AtomicLong ended = new AtomicLong();
  private final ConcurrentSkipListSet<Waiting> waiting = new ConcurrentSkipListSet<>();
  private final LongAdder received = new LongAdder();
  private final LongAdder acknowledged = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private final AdaptiveLimit limit;
  private volatile boolean open;

  HttpSource(
      Endpoint endpoint,
      Processor processor,
      String name,
      AdaptiveLimit limit,
      SourceRegistry sources,
      HttpSources running) {
    super(endpoint, processor);
    this.name = name;
    this.limit = limit;
    this.sources = sources;
    this.running = running;
  }

  /** A body whose events are not all committed; the earliest first. */
  private record Waiting(long since, long number) implements Comparable<Waiting> {
    @Override
    public int compareTo(Waiting other) {
      int bySince = Long.compare(since - other.since, 0);
      return bySince != 0 ? bySince : Long.compare(number, other.number);
    }
  }

  /**
   * Takes a body in.
   *
   * @param verdicts are complete once {@code told} is called without a failure
   * @param told called once, after the commit of all its events or with what kept one from it: the
   *     sender may then send all of it again; must not wait
   */
  public void take(Payload payload, Verdicts verdicts, Consumer<@Nullable Exception> told) {
    long open = look();
    if (open >= limit.now()) {
      told.accept(new IntakeFull());
      return;
    }
    received.increment();
    Waiting mine = new Waiting(System.nanoTime(), numbers.incrementAndGet());
    waiting.add(mine);
    Exchange exchange = createExchange(false);
    exchange.setProperty(UsageProcessor.SOURCE, name);
    exchange.setProperty(UsageProcessor.VERDICTS, verdicts);
    exchange.getIn().setBody(payload);
    AsyncCallback end =
        synchronous -> {
          Exception failure = exchange.getException();
          releaseExchange(exchange, false);
          waiting.remove(mine);
          ended.incrementAndGet();
          (failure == null ? acknowledged : failures).increment();
          told.accept(failure);
        };
    try {
      getAsyncProcessor().process(exchange, end);
    } catch (RuntimeException e) {
      exchange.setException(e);
      end.done(true);
    }
  }

  /** Has the limit follow what there is to do; gives the bodies that are not answered. */
  private long look() {
    long done = ended.get();
    long open = numbers.get() - done;
    limit.look(open, done, OptionalLong.of(open >= limit.now() ? 1 : 0));
    return open;
  }

  /** Whether it takes bodies in. */
  public boolean isOpen() {
    return open;
  }

  @Override
  protected void doStart() throws Exception {
    super.doStart();
    sources.add(this);
    open = true;
    running.add(this);
  }

  @Override
  protected void doSuspend() throws Exception {
    open = false;
    super.doSuspend();
  }

  @Override
  protected void doResume() throws Exception {
    super.doResume();
    open = true;
  }

  @Override
  protected void doStop() throws Exception {
    open = false;
    running.remove(this);
    sources.remove(this);
    super.doStop();
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String kind() {
    return HttpSourceComponent.SCHEME;
  }

  /** It needs nothing but this node: whether the server finds it where senders post to. */
  @Override
  public List<SourceCheck> test() {
    String path = name.equals(HttpSources.DEFAULT) ? "/v1/usage" : "/v1/usage/" + name;
    boolean found = running.find(name).filter(source -> source == this).isPresent();
    return List.of(
        found
            ? SourceCheck.good(
                "path",
                "POST " + path + (open ? " comes here" : " comes here, and is refused meanwhile"))
            : SourceCheck.bad(
                "path", "POST " + path + " goes to another source; name each source once"));
  }

  @Override
  public Phase phase() {
    if (isSuspended() || isSuspending()) {
      return Phase.SUSPENDED;
    }
    return open ? Phase.RUNNING : Phase.STOPPED;
  }

  /** Bodies that are not answered: nothing else of it waits anywhere. */
  @Override
  public Optional<Lag> lag() {
    return Optional.of(Lag.of(waiting.size(), Lag.Unit.REQUESTS));
  }

  /** One slot: what was posted to this node, in bodies. */
  @Override
  public List<Slot> slots() {
    long done = acknowledged.sum();
    long failed = failures.sum();
    long came = received.sum();
    look();
    // The last one may be answered between two looks: an iterator keeps what it has seen.
    Iterator<Waiting> ascending = waiting.iterator();
    Waiting oldest = ascending.hasNext() ? ascending.next() : null;
    return List.of(
        new Slot(
            0,
            true,
            open,
            came,
            done,
            Math.max(0, came - done - failed),
            limit.now(),
            oldest == null ? 0 : TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - oldest.since()),
            failed,
            0,
            0,
            0,
            0));
  }
}
