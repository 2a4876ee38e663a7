package io.millrace.tests.sources;

import io.millrace.connectors.amqp.AmqpSourceComponent;
import io.millrace.connectors.codec.Payload;
import io.millrace.connectors.kafka.KafkaSourceComponent;
import io.millrace.connectors.pulsar.PulsarSourceComponent;
import io.millrace.connectors.source.SourceCheck;
import io.millrace.connectors.source.SourceRegistry;
import io.millrace.connectors.source.SourceState;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.AsyncProcessorSupport;

/** A node reduced to its source: parks each batch until the test says what becomes of it. */
final class ParkingReader implements AutoCloseable {
  private record Parked(Exchange exchange, AsyncCallback callback) {}

  private final CamelContext context = new DefaultCamelContext();
  private final SourceRegistry sources = new SourceRegistry();
  private final LinkedBlockingQueue<Parked> parked = new LinkedBlockingQueue<>();

  /** How often each body has come. */
  final Map<String, Integer> seen = new ConcurrentHashMap<>();

  /** Attempts that are to fail yet. */
  final AtomicInteger failing = new AtomicInteger();

  /** When true a batch completes at once. */
  volatile boolean open;

  /**
   * A source that is started.
   *
   * @param uri of its endpoint, which names it lamps
   */
  ParkingReader(String uri) throws Exception {
    this(uri, (context, sources) -> {});
  }

  /** The same with a component of the test's own. */
  ParkingReader(String uri, BiConsumer<CamelContext, SourceRegistry> more) throws Exception {
    context.getShutdownStrategy().setTimeout(1);
    KafkaSourceComponent.install(context, "city", sources);
    AmqpSourceComponent.install(context, sources);
    PulsarSourceComponent.install(context, "city", sources);
    more.accept(context, sources);
    context.addRoutes(
        new RouteBuilder() {
          @Override
          public void configure() {
            from(uri).routeId("lamps").errorHandler(noErrorHandler()).process(new Park());
          }
        });
    context.start();
  }

  private final class Park extends AsyncProcessorSupport {
    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
      if (failing.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
        exchange.setException(new IllegalStateException("the test says so"));
        callback.done(true);
        return true;
      }
      for (Object each : exchange.getIn().getBody(List.class)) {
        byte[] bytes = each instanceof Payload payload ? payload.bytes() : (byte[]) each;
        seen.merge(new String(bytes, StandardCharsets.UTF_8), 1, Integer::sum);
      }
      if (open) {
        callback.done(true);
        return true;
      }
      parked.add(new Parked(exchange, callback));
      return false;
    }
  }

  /** Tries what the source needs. */
  List<SourceCheck> test() {
    return sources.find("lamps").orElseThrow().test();
  }

  int parked() {
    return parked.size();
  }

  /** Messages of the batches that wait here. */
  int messagesParked() {
    return parked.stream()
        .mapToInt(each -> each.exchange().getIn().getBody(List.class).size())
        .sum();
  }

  /** Completes the batch that came first. */
  void completeFirst() {
    parked.remove().callback().done(false);
  }

  /** Completes all but the batch that came first. */
  void completeAllButFirst() {
    Parked first = parked.remove();
    flowParked();
    parked.add(first);
  }

  /** Lets go of what is parked and of all that follows. */
  void flow() {
    open = true;
    flowParked();
  }

  private void flowParked() {
    Parked each;
    while ((each = parked.poll()) != null) {
      each.callback().done(false);
    }
  }

  SourceState source() {
    return sources.find("lamps").orElseThrow();
  }

  SourceState.Slot slot() {
    return source().slots().getFirst();
  }

  @Override
  public void close() {
    context.stop();
  }
}
