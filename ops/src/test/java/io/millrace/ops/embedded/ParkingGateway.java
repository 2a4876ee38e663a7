package io.millrace.ops.embedded;

import io.millrace.connectors.codec.Payload;
import io.millrace.connectors.mqtt.MqttComponent;
import io.millrace.connectors.source.SlotLeases;
import io.millrace.connectors.source.SourceRegistry;
import io.millrace.connectors.source.SourceState;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.AsyncProcessorSupport;

/**
 * A node reduced to its MQTT source: it parks each exchange until the test says what becomes of it.
 */
final class ParkingGateway implements AutoCloseable {
  /** An exchange that waits. */
  record Parked(Exchange exchange, AsyncCallback callback) {}

  private static final int SHUTDOWN_SECONDS = 3;
  private static final String DRAIN = "&drainTimeout=2000";

  private final CamelContext context = new DefaultCamelContext();
  private final SourceRegistry sources = new SourceRegistry();
  private final LinkedBlockingQueue<Parked> parked = new LinkedBlockingQueue<>();
  private final Set<String> bodies = ConcurrentHashMap.newKeySet();
  private final Map<String, Integer> failFirst = new ConcurrentHashMap<>();

  /** When true an exchange completes at once. */
  volatile boolean open;

  ParkingGateway(SlotLeases leases, String brokerUrl, String options) throws Exception {
    context.getShutdownStrategy().setTimeout(SHUTDOWN_SECONDS);
    MqttComponent.install(context, "city", leases, sources);
    context.addRoutes(
        new RouteBuilder() {
          @Override
          public void configure() {
            from("paho-mqtt5:lamps/+/report?source=lamps&brokerUrl=" + brokerUrl + DRAIN + options)
                .routeId("lamps")
                .errorHandler(noErrorHandler())
                .process(new Park());
          }
        });
  }

  ParkingGateway start() throws Exception {
    context.start();
    return this;
  }

  /** Lets the attempts at this body fail that many times. */
  void failFirst(String body, int times) {
    failFirst.put(body, times);
  }

  private final class Park extends AsyncProcessorSupport {
    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
      byte[] body = exchange.getIn().getBody(Payload.class).bytes();
      String text =
          body.length > 100 ? body.length + " bytes" : new String(body, StandardCharsets.UTF_8);
      Integer failures = failFirst.get(text);
      if (failures != null && failures > 0) {
        failFirst.put(text, failures - 1);
        exchange.setException(new IllegalStateException("the test says so"));
        callback.done(true);
        return true;
      }
      bodies.add(text);
      if (open) {
        callback.done(true);
        return true;
      }
      parked.add(new Parked(exchange, callback));
      return false;
    }
  }

  /** Completes up to that many exchanges, in the order of their arrival. */
  int complete(int most) {
    List<Parked> some = new ArrayList<>();
    parked.drainTo(some, most);
    some.forEach(p -> p.callback().done(false));
    return some.size();
  }

  /** Lets go of what is parked and of all that follows. */
  void flow() {
    open = true;
    complete(Integer.MAX_VALUE);
  }

  int parked() {
    return parked.size();
  }

  Exchange first() throws InterruptedException {
    return parked.take().exchange();
  }

  /** The distinct bodies that the route has seen. */
  Set<String> bodies() {
    return bodies;
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
