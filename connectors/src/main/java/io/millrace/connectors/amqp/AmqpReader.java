package io.millrace.connectors.amqp;

import io.millrace.connectors.source.BatchConsumer;
import io.millrace.connectors.source.SourceBatch;
import io.millrace.connectors.source.SourceReader;
import io.millrace.connectors.source.SourceState;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.apache.qpid.protonj2.client.Client;
import org.apache.qpid.protonj2.client.Connection;
import org.apache.qpid.protonj2.client.ConnectionOptions;
import org.apache.qpid.protonj2.client.Delivery;
import org.apache.qpid.protonj2.client.Receiver;
import org.apache.qpid.protonj2.client.ReceiverOptions;
import org.apache.qpid.protonj2.client.exceptions.ClientException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection that competes for the queue. The broker may send as many messages as it has credit
 * for; a message's credit is given back when its commit has accepted it, and not before.
 */
final class AmqpReader implements SourceReader {
  private static final Logger LOG = LoggerFactory.getLogger(AmqpReader.class);

  /** Handed in as one exchange. */
  private static final int MOST_AT_ONCE = 1_000;

  private static final Duration LOOK = Duration.ofMillis(20);
  private static final Duration ANSWER = Duration.ofSeconds(5);
  private static final Duration SILENCE = Duration.ofSeconds(30);
  private static final long FIRST_PAUSE_MILLIS = 200;
  private static final long LONGEST_PAUSE_MILLIS = 10_000;

  private final BatchConsumer source;
  private final AmqpSourceOptions options;
  private final int number;
  private final ArrayDeque<Batch> batches = new ArrayDeque<>();
  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicInteger credit = new AtomicInteger();
  private final LongAdder received = new LongAdder();
  private final LongAdder acknowledged = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private final LongAdder reconnects = new LongAdder();
  private final LongAdder stale = new LongAdder();
  private final LongAdder unsafe = new LongAdder();
  private volatile boolean wanted;
  private volatile boolean connected;
  private volatile long oldestAt;

  /** Whose messages can be accepted; a connection's end ends it. */
  private volatile @Nullable Receiver current;

  private @Nullable Thread thread;
  private boolean everConnected;
  private boolean complained;

  AmqpReader(BatchConsumer source, AmqpSourceOptions options, int number) {
    this.source = source;
    this.options = options;
    this.number = number;
  }

  @Override
  public void start() {
    wanted = true;
    thread =
        Thread.ofPlatform().name("amqp-" + source.name() + '-' + number).start(this::runUntilLeft);
  }

  @Override
  public void leave() {
    wanted = false;
  }

  @Override
  public void awaitEnd() throws InterruptedException {
    Thread running = thread;
    if (running != null) {
      running.join(options.drainMillis() + ANSWER.multipliedBy(2).toMillis());
    }
  }

  /** One at a time: one that stood still at its end goes on before the next begins. */
  private synchronized void runUntilLeft() {
    long pause = FIRST_PAUSE_MILLIS;
    while (wanted) {
      try (Client client = Client.create();
          Connection connection = connect(client, options)) {
        read(open(connection));
        drain();
      } catch (ClientException | ExecutionException | TimeoutException e) {
        complain(String.valueOf(e.getMessage()));
      } catch (InterruptedException e) {
        wanted = false;
      } catch (RuntimeException e) {
        LOG.error("source {} reader {} begins again after", source.name(), number, e);
      }
      pause = connected ? FIRST_PAUSE_MILLIS : pause;
      connected = false;
      current = null;
      advance();
      long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(pause);
      while (wanted && (System.nanoTime() - until < 0 || inFlight.get() >= options.inFlight())) {
        LockSupport.parkNanos(LOOK.toNanos());
      }
      pause = Math.min(pause * 2, LONGEST_PAUSE_MILLIS);
    }
  }

  private void complain(String why) {
    if (!complained) {
      complained = true;
      LOG.warn(
          "source {} reader {} can't read {}, and keeps trying: {}",
          source.name(),
          number,
          options,
          why);
    }
  }

  /** Begins to connect as this source does. */
  static Connection connect(Client client, AmqpSourceOptions options) throws ClientException {
    ConnectionOptions how =
        new ConnectionOptions()
            .reconnectEnabled(false)
            .sslEnabled(options.isTls())
            .openTimeout(ANSWER.toMillis())
            .closeTimeout(ANSWER.toMillis())
            .idleTimeout(SILENCE.toMillis());
    if (!options.user().isEmpty()) {
      how.user(options.user()).password(options.password());
    }
    return client.connect(options.url().getHost(), options.port(), how);
  }

  private Receiver open(Connection connection)
      throws ClientException, InterruptedException, ExecutionException, TimeoutException {
    ReceiverOptions how =
        new ReceiverOptions()
            .autoAccept(false)
            .autoSettle(true)
            .creditWindow(0)
            .openTimeout(ANSWER.toMillis());
    how.sourceOptions().capabilities("queue");
    Receiver receiver = connection.openReceiver(options.queue(), how);
    receiver.openFuture().get(ANSWER.toMillis(), TimeUnit.MILLISECONDS);
    if (everConnected) {
      reconnects.increment();
    }
    everConnected = true;
    connected = true;
    if (complained) {
      complained = false;
      LOG.info("source {} reader {} reads again", source.name(), number);
    }
    return receiver;
  }

  private void read(Receiver receiver) throws ClientException {
    credit.set(0);
    current = receiver;
    receiver.addCredit(options.inFlight());
    while (wanted) {
      Delivery first = receiver.receive(LOOK.toMillis(), TimeUnit.MILLISECONDS);
      if (first != null) {
        handIn(receiver, first);
      }
      advance();
      int more = credit.getAndSet(0);
      if (more > 0) {
        receiver.addCredit(more);
      }
    }
  }

  private void handIn(Receiver receiver, Delivery first) throws ClientException {
    List<Delivery> deliveries = new ArrayList<>();
    List<Object> payloads = new ArrayList<>();
    Delivery each = first;
    while (each != null) {
      deliveries.add(each);
      payloads.add(AmqpPayload.of(each, options.queue()));
      if (each.remoteSettled()) {
        unsafe.increment();
      }
      each = deliveries.size() < MOST_AT_ONCE ? receiver.tryReceive() : null;
    }
    Batch batch = new Batch(receiver, payloads, deliveries);
    received.add(batch.size());
    inFlight.addAndGet(batch.size());
    batches.addLast(batch);
    batch.attempt();
  }

  /** What was read at once, and is accepted in the order in which commits come. */
  private final class Batch extends SourceBatch {
    private final Receiver receiver;
    private final List<Delivery> deliveries;

    Batch(Receiver receiver, List<?> payloads, List<Delivery> deliveries) {
      super(source, payloads);
      this.receiver = receiver;
      this.deliveries = deliveries;
    }

    boolean isOfThisConnection() {
      return receiver == current;
    }

    @Override
    protected void disposed() {
      int accepted = 0;
      try {
        while (accepted < size() && isOfThisConnection()) {
          deliveries.get(accepted).accept();
          accepted++;
        }
      } catch (ClientException | RuntimeException e) {
        LOG.debug("source {}: the connection has ended; they come again", source.name(), e);
      }
      acknowledged.add(accepted);
      stale.add(size() - accepted);
      if (isOfThisConnection()) {
        credit.addAndGet(accepted);
      }
      inFlight.addAndGet(-size());
    }

    @Override
    protected void failed() {
      failures.increment();
    }

    /** The broker sends it again itself: another attempt here would be one more. */
    boolean dropIfStale() {
      boolean drop = isFailed() && !isOfThisConnection();
      if (drop) {
        stale.add(size());
        inFlight.addAndGet(-size());
      }
      return drop;
    }
  }

  /** Tries one batch again whose time for that has come, and forgets those that are done. */
  private void advance() {
    long now = System.nanoTime();
    batches.removeIf(b -> b.isDone() || b.dropIfStale());
    batches.stream().filter(b -> b.isToBeRepeated(now)).findFirst().ifPresent(SourceBatch::attempt);
    SourceBatch oldest = batches.peekFirst();
    oldestAt = oldest == null ? 0 : oldest.arrivedAt();
  }

  private void drain() {
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(options.drainMillis());
    while (batches.stream().anyMatch(SourceBatch::isInRoute) && System.nanoTime() - until < 0) {
      LockSupport.parkNanos(LOOK.toNanos());
    }
  }

  @Override
  public boolean isConnected() {
    return connected;
  }

  @Override
  public SourceState.Slot state() {
    long oldest = oldestAt;
    return new SourceState.Slot(
        number,
        connected,
        connected,
        received.sum(),
        acknowledged.sum(),
        inFlight.get(),
        oldest == 0 ? 0 : TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - oldest),
        failures.sum(),
        reconnects.sum(),
        stale.sum(),
        0,
        unsafe.sum());
  }
}
