package io.millrace.connectors.mqtt;

import io.millrace.connectors.codec.Payload;
import io.millrace.connectors.mediation.UsageProcessor;
import io.millrace.connectors.source.AttemptFailures;
import io.millrace.connectors.source.SlotLeases;
import io.millrace.connectors.source.SlotLeases.LeasesUnavailable;
import io.millrace.connectors.source.SourceCheck;
import io.millrace.connectors.source.SourceRegistry;
import io.millrace.connectors.source.SourceState;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.Suspendable;
import org.apache.camel.component.paho.mqtt5.PahoMqtt5Constants;
import org.apache.camel.support.DefaultConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a shared subscription through slots, hands each message to the route as an exchange with
 * nothing in it that the sender could choose but body and topic, and acknowledges it when the
 * exchange has completed, on whatever thread that is.
 */
final class MqttConsumer extends DefaultConsumer
    implements SourceState, Suspendable, MqttSlot.Host {
  private static final Logger LOG = LoggerFactory.getLogger(MqttConsumer.class);
  private static final long DRAIN_LOOK_MILLIS = 10;

  /** A slot that does not read by then, or is another node's, holds the next one up no longer. */
  private static final int MOST_LOOKS = 100;

  private final MqttEndpoint endpoint;
  private final SlotLeases leases;
  private final SourceRegistry sources;
  private final List<MqttSlot> slots = new ArrayList<>();
  private String name = "";
  private AttemptFailures failures = new AttemptFailures("");
  private @Nullable ScheduledExecutorService scheduler;
  private @Nullable ScheduledExecutorService renewal;
  private volatile boolean running;
  private boolean leasesComplained;

  MqttConsumer(
      MqttEndpoint endpoint, Processor processor, SlotLeases leases, SourceRegistry sources) {
    super(endpoint, processor);
    this.endpoint = endpoint;
    this.leases = leases;
    this.sources = sources;
  }

  @Override
  protected void doStart() throws Exception {
    super.doStart();
    name = sourceName();
    failures = new AttemptFailures(name);
    sources.add(this);
    var executors = endpoint.getCamelContext().getExecutorServiceManager();
    scheduler = executors.newScheduledThreadPool(this, "mqtt-" + name, 1);
    renewal = executors.newScheduledThreadPool(this, "mqtt-" + name + "-leases", 1);
    slots.clear();
    for (int i = 0; i < endpoint.options().slots(); i++) {
      slots.add(new MqttSlot(this, name, i, endpoint.session(name, i)));
    }
    running = true;
    bringUp(0, 0);
    long period = SlotLeases.RENEWAL.toMillis();
    renewal.scheduleWithFixedDelay(this::renew, 0, period, TimeUnit.MILLISECONDS);
    scheduler.scheduleWithFixedDelay(
        () -> slots.forEach(MqttSlot::checkLease), period, period, TimeUnit.MILLISECONDS);
  }

  /**
   * One slot after the other: brokers make the shared subscription's queue at the first one's
   * subscribe, and Artemis refuses a second that comes at the same moment.
   */
  private void bringUp(int slot, int looks) {
    if (!running || slot == slots.size()) {
      return;
    }
    if (looks == 0) {
      slots.get(slot).want(true);
    }
    boolean next = slots.get(slot).isReading() || looks == MOST_LOOKS;
    scheduler()
        .schedule(
            () -> bringUp(next ? slot + 1 : slot, next ? 0 : looks + 1),
            DRAIN_LOOK_MILLIS,
            TimeUnit.MILLISECONDS);
  }

  private String sourceName() {
    if (!endpoint.options().source().isEmpty()) {
      return endpoint.options().source();
    }
    if (getRouteId() == null) {
      throw new IllegalArgumentException(
          MqttComponent.SCHEME + ":" + endpoint.getTopic() + ": has no name; add source=<name>");
    }
    return getRouteId();
  }

  private void renew() {
    for (MqttSlot slot : slots) {
      if (!running) {
        return;
      }
      try {
        long at = System.nanoTime();
        if (leases.hold(name, slot.number())) {
          String known =
              slot.isHeld() ? null : leases.subscription(name, slot.number()).orElse(null);
          slot.leased(at, known);
        } else {
          slot.notLeased();
        }
        leasesComplained = false;
      } catch (LeasesUnavailable e) {
        if (!leasesComplained) {
          leasesComplained = true;
          LOG.warn("source {}: {}: is the database up?", name, e.getMessage());
        }
      } catch (RuntimeException e) {
        LOG.error("source {}: the leases of its slots were not renewed", name, e);
      }
    }
  }

  @Override
  protected void doSuspend() throws Exception {
    quiet();
    super.doSuspend();
  }

  @Override
  protected void doResume() throws Exception {
    super.doResume();
    slots.forEach(slot -> slot.want(true));
  }

  @Override
  protected void doStop() throws Exception {
    running = false;
    shutdown(renewal);
    quiet();
    for (MqttSlot slot : slots) {
      try {
        leases.release(name, slot.number());
      } catch (LeasesUnavailable e) {
        break; // they run out by themselves
      }
    }
    shutdown(scheduler);
    sources.remove(this);
    super.doStop();
  }

  private void shutdown(@Nullable ScheduledExecutorService service) {
    if (service != null) {
      endpoint.getCamelContext().getExecutorServiceManager().shutdownNow(service);
    }
  }

  /** First the intake, then what is in flight, for a bounded time, then the connections. */
  private void quiet() throws InterruptedException {
    slots.forEach(MqttSlot::stopIntake);
    long until =
        System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(endpoint.options().drainMillis());
    while (slots.stream().anyMatch(s -> s.isReading() && s.outstanding() > 0)
        && System.nanoTime() < until) {
      TimeUnit.MILLISECONDS.sleep(DRAIN_LOOK_MILLIS);
    }
    slots.forEach(MqttSlot::disconnect);
  }

  @Override
  public Exchange exchange(Payload payload) {
    Exchange exchange = createExchange(false);
    exchange.setProperty(UsageProcessor.SOURCE, name);
    exchange.getIn().setBody(payload);
    exchange.getIn().setHeader(PahoMqtt5Constants.MQTT_TOPIC, payload.transport().address());
    return exchange;
  }

  @Override
  public void process(Exchange exchange, AsyncCallback callback) {
    try {
      getAsyncProcessor().process(exchange, callback);
    } catch (RuntimeException e) {
      exchange.setException(e);
      callback.done(true);
    }
  }

  @Override
  public void release(Exchange exchange) {
    releaseExchange(exchange, false);
  }

  @Override
  public void subscribed(int slot, String filter) {
    ScheduledExecutorService service = renewal;
    if (service != null && running) {
      service.execute(() -> remember(slot, filter));
    }
  }

  private void remember(int slot, String filter) {
    try {
      leases.subscribed(name, slot, filter);
    } catch (LeasesUnavailable e) {
      // Not known at the next start, the subscription is asked for once more: a few repeats.
      LOG.debug("source {} slot {}: its subscription was not remembered", name, slot, e);
    }
  }

  @Override
  public void failed(@Nullable Exception why) {
    failures.note(why);
  }

  @Override
  public ScheduledExecutorService scheduler() {
    ScheduledExecutorService s = scheduler;
    if (s == null) {
      throw new IllegalStateException("the source has not begun");
    }
    return s;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String kind() {
    return MqttComponent.SCHEME;
  }

  @Override
  public List<SourceCheck> test() {
    return MqttProbe.checks(endpoint);
  }

  @Override
  public Phase phase() {
    if (isSuspended() || isSuspending()) {
      return Phase.SUSPENDED;
    }
    if (!running) {
      return Phase.STOPPED;
    }
    return slots.stream().anyMatch(MqttSlot::isReading) ? Phase.RUNNING : Phase.WAITING;
  }

  @Override
  public List<Slot> slots() {
    return slots.stream().map(MqttSlot::state).toList();
  }
}
