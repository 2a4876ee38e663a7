package io.millrace.connectors.mqtt;

import io.millrace.connectors.codec.Payload;
import io.millrace.connectors.source.SlotLeases;
import io.millrace.connectors.source.SourceState;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A place in the source's shared subscription: connected while this node holds its lease and the
 * source is wanted, connected again with back-off where it was cut.
 */
final class MqttSlot implements MqttConnection.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(MqttSlot.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
  private static final Duration LONGEST_RETRY_PAUSE = Duration.ofSeconds(30);

  /** What a slot needs of its consumer. */
  interface Host {
    Exchange exchange(Payload payload);

    void process(Exchange exchange, AsyncCallback callback);

    void release(Exchange exchange);

    /** To be remembered; does not wait for the database. */
    void subscribed(int slot, String filter);

    /** An attempt has failed. */
    void failed(@Nullable Exception why);

    /** Short work and pauses. */
    ScheduledExecutorService scheduler();
  }

  private final Host host;
  private final String source;
  private final int number;
  private final MqttEndpoint.Session session;
  private final AtomicInteger outstanding = new AtomicInteger();
  private final LongAdder received = new LongAdder();
  private final LongAdder acknowledged = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private final LongAdder reconnects = new LongAdder();
  private final LongAdder stale = new LongAdder();
  private final LongAdder sessionsLost = new LongAdder();
  private final LongAdder unsafe = new LongAdder();

  private boolean wanted;
  private long heldUntil;
  private boolean held;
  private @Nullable MqttConnection connection;
  private boolean connected;

  /**
   * Connected, with a subscription that the broker has confirmed: what is published now arrives.
   */
  private boolean reading;

  private boolean everConnected;
  private boolean pausing;
  private boolean complained;
  private int tries;
  private @Nullable String subscription;
  private volatile boolean intake;

  /** A connection that only renews the subscription of a session that was there. */
  private volatile @Nullable MqttConnection resubscribing;

  MqttSlot(Host host, String source, int number, MqttEndpoint.Session session) {
    this.host = host;
    this.source = source;
    this.number = number;
    this.session = session;
  }

  int number() {
    return number;
  }

  /** Whether the source is to take anything in. */
  synchronized void want(boolean yes) {
    wanted = yes;
    intake = yes;
    reconcile();
  }

  /** Takes nothing more in, and leaves the connection to acknowledge what is in flight. */
  void stopIntake() {
    intake = false;
  }

  /**
   * The lease is held here, by a request made at that time of {@link System#nanoTime()}.
   *
   * @param known the filter that the broker keeps in the session, if one is known
   */
  synchronized void leased(long requestedAt, @Nullable String known) {
    heldUntil = requestedAt + SlotLeases.LEASE.toNanos();
    held = true;
    if (subscription == null) {
      subscription = known;
    }
    reconcile();
  }

  /** Another node holds the lease. */
  synchronized void notLeased() {
    held = false;
    subscription = null;
    reconcile();
  }

  /** Lets go of a lease that could not be renewed in time. */
  synchronized void checkLease() {
    if (held && System.nanoTime() - heldUntil > 0) {
      notLeased();
    }
    reconcile();
  }

  synchronized boolean isHeld() {
    return held;
  }

  private void reconcile() {
    boolean want = wanted && held;
    MqttConnection current = connection;
    if (!want && current != null) {
      drop(current);
    } else if (want
        && current == null
        && !pausing
        // What an earlier connection left unfinished is bounded too: at most this much and as much
        // again.
        && outstanding.get() <= session.receiveMaximum()) {
      connect();
    }
  }

  private void connect() {
    try {
      MqttConnection next = new MqttConnection(session, this);
      connection = next;
      connected = false;
      reading = false;
      next.open();
      schedule(() -> expire(next), session.connectionTimeout());
    } catch (MqttException | RuntimeException e) {
      connection = null;
      retry(String.valueOf(e.getMessage()));
    }
  }

  private void expire(MqttConnection attempt) {
    boolean late;
    synchronized (this) {
      late = attempt == connection && !reading;
    }
    if (late) {
      attempt.giveUp("no answer within the connection timeout");
    }
  }

  /** The next connection waits for the end of this one: brokers mix up two of the same client. */
  private void drop(MqttConnection current) {
    connection = null;
    connected = false;
    reading = false;
    pausing = true;
    schedule(
        () -> {
          current.close();
          resume();
        },
        Duration.ZERO);
  }

  private void retry(String why) {
    if (!complained) {
      complained = true;
      LOG.warn(
          "source {} slot {} has no connection to {} ({}); it keeps trying: is the broker up?",
          source,
          number,
          session.brokerUrl(),
          why);
    }
    pausing = true;
    schedule(this::resume, pause(FIRST_PAUSE, LONGEST_PAUSE, tries++));
  }

  private synchronized void resume() {
    pausing = false;
    reconcile();
  }

  /** Doubled with each try and scattered by a fifth, so that slots don't come back in step. */
  private static Duration pause(Duration first, Duration longest, int tries) {
    long millis = Math.min(longest.toMillis(), first.toMillis() << Math.min(tries, 16));
    return Duration.ofMillis(millis + ThreadLocalRandom.current().nextLong(millis / 5 + 1));
  }

  private void schedule(Runnable task, Duration after) {
    try {
      host.scheduler().schedule(task, after.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      // the source has ended
    }
  }

  @Override
  public synchronized void connected(MqttConnection from, boolean sessionPresent) {
    if (from != connection) {
      return;
    }
    connected = true;
    tries = 0;
    if (everConnected) {
      reconnects.increment();
    }
    everConnected = true;
    if (complained) {
      complained = false;
      LOG.info("source {} slot {} is connected again", source, number);
    }
    if (!sessionPresent) {
      if (subscription != null) {
        sessionsLost.increment();
        LOG.warn(
            "source {} slot {}: the broker has forgotten its session and all that was queued in it;"
                + " check the broker's session expiry and storage",
            source,
            number);
      }
      subscription = null;
      from.subscribe();
    } else if (!session.filter().equals(subscription)) {
      resubscribing = from;
      from.subscribe();
    } else {
      reading = true;
    }
  }

  @Override
  public synchronized void subscribed(MqttConnection from) {
    if (from != connection) {
      return;
    }
    subscription = session.filter();
    host.subscribed(number, session.filter());
    if (from == resubscribing) {
      // Artemis moves what it has sent already to the new subscription, and then waits for
      // acknowledgements that it no longer understands. A new connection begins in order.
      drop(from);
    } else {
      reading = true;
    }
  }

  @Override
  public synchronized void ended(MqttConnection from, boolean takenOver, String why) {
    if (from != connection) {
      return;
    }
    connection = null;
    connected = false;
    reading = false;
    schedule(from::close, Duration.ZERO);
    if (takenOver) {
      // Whoever did it holds the lease, or will not be let in again: ask before fighting back.
      held = false;
      tries++;
    }
    if (wanted && held) {
      retry(why);
    }
  }

  @Override
  public void arrived(MqttConnection from, String topic, MqttMessage message) {
    if (!intake || from == resubscribing) {
      return;
    }
    received.increment();
    if (message.getQos() == 0) {
      unsafe.increment();
    }
    outstanding.incrementAndGet();
    new MqttDelivery(this, from, topic, message).attempt();
  }

  Exchange exchange(Payload payload) {
    return host.exchange(payload);
  }

  void process(Exchange exchange, AsyncCallback callback) {
    host.process(exchange, callback);
  }

  void release(Exchange exchange) {
    host.release(exchange);
  }

  /** The route is done with it: now, and only now, the broker may forget it. */
  void completed(MqttDelivery delivery) {
    if (delivery.connection.acknowledge(delivery.packetId, delivery.qos)) {
      acknowledged.increment();
    } else {
      stale.increment();
    }
    outstanding.decrementAndGet();
  }

  /** Tries again in place; a broker delivers again only on the next connection. */
  void failed(MqttDelivery delivery, @Nullable Exception why) {
    failures.increment();
    host.failed(why);
    if (!delivery.connection.isOpen() || !intake) {
      outstanding.decrementAndGet();
      return;
    }
    schedule(
        () -> again(delivery), pause(FIRST_PAUSE, LONGEST_RETRY_PAUSE, delivery.attempts() - 1));
  }

  private void again(MqttDelivery delivery) {
    if (delivery.connection.isOpen() && intake) {
      delivery.attempt();
    } else {
      outstanding.decrementAndGet();
    }
  }

  /** Messages in the route, of this connection and of earlier ones. */
  int outstanding() {
    return outstanding.get();
  }

  synchronized boolean isReading() {
    return reading;
  }

  /** Ends the connection and waits for that; for a source that stops. */
  void disconnect() {
    MqttConnection current;
    synchronized (this) {
      wanted = false;
      intake = false;
      current = connection;
      connection = null;
      connected = false;
      reading = false;
    }
    if (current != null) {
      current.close();
    }
  }

  SourceState.Slot state() {
    MqttConnection current;
    boolean up;
    boolean mine;
    synchronized (this) {
      current = connection;
      up = reading;
      mine = held;
    }
    return new SourceState.Slot(
        number,
        mine,
        up,
        received.sum(),
        acknowledged.sum(),
        current == null ? 0 : current.inFlight(),
        session.receiveMaximum(),
        current == null ? 0 : current.oldestMillis(),
        failures.sum(),
        reconnects.sum(),
        stale.sum(),
        sessionsLost.sum(),
        unsafe.sum());
  }
}
