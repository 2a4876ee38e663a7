package io.millrace.connectors.kafka;

import io.millrace.connectors.codec.CloudEventsBindings;
import io.millrace.connectors.codec.Payload;
import io.millrace.connectors.codec.Transport;
import io.millrace.connectors.kafka.KafkaBatch.Reach;
import io.millrace.connectors.source.AdaptiveLimit;
import io.millrace.connectors.source.Lag;
import io.millrace.connectors.source.SourceReader;
import io.millrace.connectors.source.SourceState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A member of the source's group: one thread that polls, hands what came to the route, and commits
 * how far all before has been disposed of. It reads on while thousands wait for their commit, and
 * stops reading where its bound is reached; then it only keeps its place in the group.
 */
final class KafkaReader implements SourceReader {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaReader.class);

  /** Payloads in the node at once, bytes; one poll may come on top. */
  private static final long BYTES_IN_FLIGHT = 1L << 25;

  private static final Duration IDLE = Duration.ofMillis(200);
  private static final Duration BUSY = Duration.ofMillis(20);
  private static final Duration FULL = Duration.ofMillis(2);
  private static final Duration ANSWER = Duration.ofSeconds(5);
  private static final long COMMIT_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long FIRST_PAUSE_MILLIS = 200;
  private static final long LONGEST_PAUSE_MILLIS = 10_000;

  private final KafkaSourceConsumer source;
  private final KafkaSourceEndpoint endpoint;
  private final int number;
  private final KafkaLag lag = new KafkaLag();
  private final AdaptiveLimit limit;
  private final KafkaProgress progress = new KafkaProgress();
  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicLong bytesInFlight = new AtomicLong();
  private final LongAdder received = new LongAdder();
  private final LongAdder acknowledged = new LongAdder();
  private final AtomicLong ended = new AtomicLong();
  private final LongAdder failures = new LongAdder();
  private final LongAdder reconnects = new LongAdder();
  private final LongAdder stale = new LongAdder();
  private final LongAdder offsetsLost = new LongAdder();
  private volatile boolean wanted;
  private volatile boolean held;
  private volatile boolean connected;
  private volatile long oldestAt;
  private @Nullable Thread thread;
  private boolean committing;
  private boolean paused;
  private boolean everConnected;
  private boolean complained;
  private long committedAt;

  KafkaReader(KafkaSourceConsumer source, KafkaSourceEndpoint endpoint, int number) {
    this.source = source;
    this.endpoint = endpoint;
    this.number = number;
    this.limit =
        new AdaptiveLimit(endpoint.options().leastInFlight(), endpoint.options().inFlight());
  }

  @Override
  public void start() {
    wanted = true;
    thread =
        Thread.ofPlatform().name("kafka-" + source.name() + '-' + number).start(this::runUntilLeft);
  }

  @Override
  public void leave() {
    wanted = false;
  }

  @Override
  public void awaitEnd() throws InterruptedException {
    Thread running = thread;
    if (running != null) {
      running.join(endpoint.options().drainMillis() + ANSWER.multipliedBy(3).toMillis());
    }
  }

  /** One at a time: one that stood still at its end goes on before the next begins. */
  private synchronized void runUntilLeft() {
    long pause = FIRST_PAUSE_MILLIS;
    while (wanted) {
      try (Consumer<byte[], byte[]> consumer =
          new KafkaConsumer<>(endpoint.properties(source.name(), number))) {
        read(consumer);
        settle(consumer, consumer.assignment());
        consumer.close(CloseOptions.timeout(ANSWER));
      } catch (KafkaException | KafkaStart.NotSaid e) {
        complain(e.getMessage() + because(e.getCause()));
      } catch (RuntimeException e) {
        LOG.error("source {} reader {} begins again after", source.name(), number, e);
      }
      pause = connected ? FIRST_PAUSE_MILLIS : pause;
      connected = false;
      held = false;
      lag.forget();
      long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(pause);
      while (wanted && (System.nanoTime() - until < 0 || isFull())) {
        LockSupport.parkNanos(BUSY.toNanos());
      }
      pause = Math.min(pause * 2, LONGEST_PAUSE_MILLIS);
    }
  }

  private static String because(@Nullable Throwable cause) {
    return cause == null ? "" : ": " + cause.getMessage();
  }

  private void complain(String why) {
    if (!complained) {
      complained = true;
      LOG.warn("source {} reader {} can't read, and keeps trying: {}", source.name(), number, why);
    }
  }

  private void read(Consumer<byte[], byte[]> consumer) {
    String group = endpoint.group(source.name());
    KafkaStart start = new KafkaStart(source.name(), group, endpoint.options().begin());
    Metric connections = connections(consumer);
    committing = false;
    paused = false;
    consumer.subscribe(endpoint.topics(), new Handover(consumer));
    try {
      while (wanted) {
        pauseOrResume(consumer);
        try {
          handIn(consumer.poll(paused ? FULL : progress.isEmpty() ? IDLE : BUSY));
          noteConnection(connections);
        } catch (NoOffsetForPartitionException e) {
          start.beginIn(consumer, e.partitions());
        } catch (OffsetOutOfRangeException e) {
          offsetsLost.increment();
          start.goOnIn(consumer, e.offsetOutOfRangePartitions());
        }
        progress.repeatOne();
        lag.look(consumer);
        limit.look(inFlight.get(), ended.get(), waiting());
        commit(consumer);
        held = !consumer.assignment().isEmpty();
      }
    } catch (RuntimeException e) {
      stale.add(progress.forget(consumer.assignment()));
      throw e;
    }
  }

  private static Metric connections(Consumer<byte[], byte[]> consumer) {
    return consumer.metrics().entrySet().stream()
        .filter(e -> e.getKey().name().equals("connection-count"))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElseThrow();
  }

  /** The client itself keeps trying without a word. */
  private void noteConnection(Metric connections) {
    boolean now = connections.metricValue() instanceof Double count && count > 0;
    if (now && !connected) {
      if (everConnected) {
        reconnects.increment();
      }
      everConnected = true;
      if (complained) {
        complained = false;
        LOG.info("source {} reader {} reads again", source.name(), number);
      }
    } else if (!now && connected) {
      complain("no connection to " + endpoint.brokers() + "; is the broker up?");
    }
    connected = now;
  }

  private boolean isFull() {
    return inFlight.get() >= limit.now() || bytesInFlight.get() >= BYTES_IN_FLIGHT;
  }

  private void pauseOrResume(Consumer<byte[], byte[]> consumer) {
    boolean full = isFull();
    if (full && !paused) {
      consumer.pause(consumer.assignment());
    } else if (!full && paused) {
      consumer.resume(consumer.paused());
    }
    paused = full;
  }

  private void handIn(ConsumerRecords<byte[], byte[]> records) {
    if (records.isEmpty()) {
      return;
    }
    List<Object> payloads = new ArrayList<>(records.count());
    Map<TopicPartition, Reach> reach = new HashMap<>();
    long bytes = 0;
    for (TopicPartition partition : records.partitions()) {
      List<ConsumerRecord<byte[], byte[]>> some = records.records(partition);
      for (ConsumerRecord<byte[], byte[]> each : some) {
        byte[] payload = each.value() == null ? new byte[0] : each.value();
        payloads.add(said(each, payload));
        bytes += payload.length;
      }
      ConsumerRecord<byte[], byte[]> last = some.getLast();
      reach.put(
          partition,
          new Reach(new OffsetAndMetadata(last.offset() + 1, last.leaderEpoch(), ""), some.size()));
    }
    KafkaBatch batch = new KafkaBatch(source, this, payloads, bytes, reach);
    received.add(batch.size());
    inFlight.addAndGet(batch.size());
    bytesInFlight.addAndGet(bytes);
    progress.add(batch);
    batch.attempt();
  }

  /** The bytes alone where its headers say nothing that a codec may read. */
  private static Object said(ConsumerRecord<byte[], byte[]> each, byte[] payload) {
    Header[] headers = each.headers().toArray();
    if (headers.length == 0) {
      return payload;
    }
    Transport transport =
        CloudEventsBindings.kafka(
            "",
            taker -> {
              for (Header header : headers) {
                taker.accept(header.key(), header.value());
              }
            });
    return transport == Transport.NONE
        ? payload
        : new Payload(payload, transport.withAddress(each.topic()));
  }

  private void commit(Consumer<byte[], byte[]> consumer) {
    oldestAt = progress.advance();
    long now = System.nanoTime();
    if (committing || now - committedAt < COMMIT_PAUSE_NANOS) {
      return;
    }
    Map<TopicPartition, Reach> some = progress.take();
    if (some.isEmpty()) {
      return;
    }
    committing = true;
    committedAt = now;
    consumer.commitAsync(
        KafkaProgress.offsets(some),
        (offsets, error) -> {
          committing = false;
          if (error == null) {
            acknowledged.add(KafkaProgress.events(some));
          } else {
            LOG.debug("source {}: offsets were not committed", source.name(), error);
            some.keySet().retainAll(consumer.assignment());
            progress.putBack(some);
          }
        });
  }

  /** Waits a while for what is in the route, commits what is done, and lets go of the rest. */
  private void settle(Consumer<byte[], byte[]> consumer, Collection<TopicPartition> partitions) {
    long until =
        System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(endpoint.options().drainMillis());
    while (progress.isAnyInRoute() && System.nanoTime() - until < 0) {
      LockSupport.parkNanos(FULL.toNanos());
    }
    oldestAt = progress.advance();
    Map<TopicPartition, Reach> some = progress.take();
    try {
      consumer.commitSync(KafkaProgress.offsets(some), ANSWER);
      acknowledged.add(KafkaProgress.events(some));
    } catch (KafkaException e) {
      // Whoever reads on is sent these once more.
      LOG.debug("source {}: offsets were not committed", source.name(), e);
      progress.putBack(some);
    }
    stale.add(progress.forget(partitions));
  }

  /** What the group's changes mean for this member; on its own thread, while it polls or closes. */
  private final class Handover implements ConsumerRebalanceListener {
    private final Consumer<byte[], byte[]> consumer;

    Handover(Consumer<byte[], byte[]> consumer) {
      this.consumer = consumer;
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      paused = false;
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      if (!partitions.isEmpty()) {
        settle(consumer, partitions);
      }
    }

    /** The group has gone on without it: a commit would be refused, and must not be tried. */
    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
      stale.add(progress.forget(partitions));
    }
  }

  /** A batch's attempt has failed; on any thread. */
  void failed() {
    failures.increment();
  }

  /** A batch is no longer in flight; on any thread. */
  void left(KafkaBatch batch) {
    inFlight.addAndGet(-batch.size());
    bytesInFlight.addAndGet(-batch.bytes());
    ended.incrementAndGet();
  }

  @Override
  public boolean isConnected() {
    return connected;
  }

  /** Of its partitions: what it has not read, and what it has read and not committed. */
  @Override
  public Optional<Lag> lag() {
    OptionalLong ahead = lag.ahead();
    long open = Math.max(0, received.sum() - acknowledged.sum() - stale.sum());
    return ahead.isPresent()
        ? Optional.of(Lag.of(ahead.getAsLong() + open, Lag.Unit.EVENTS))
        : Optional.empty();
  }

  @Override
  public OptionalLong waiting() {
    return lag.ahead();
  }

  @Override
  public boolean isPressed() {
    return limit.isMost() && limit.isFull(inFlight.get());
  }

  @Override
  public SourceState.Slot state() {
    long oldest = oldestAt;
    return new SourceState.Slot(
        number,
        held,
        connected,
        received.sum(),
        acknowledged.sum(),
        inFlight.get(),
        wanted ? limit.now() : 0,
        oldest == 0 ? 0 : TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - oldest),
        failures.sum(),
        reconnects.sum(),
        stale.sum(),
        offsetsLost.sum(),
        0);
  }
}
