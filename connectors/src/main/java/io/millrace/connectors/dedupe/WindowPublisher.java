package io.millrace.connectors.dedupe;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import io.millrace.processors.codec.ByteWriter;
import io.millrace.processors.dedupe.DedupeWindow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes the windows that changed to a Hazelcast map, on a thread of its own, the last state of
 * each once a round. What is published is a hint for other nodes and routes ({@link
 * PublishedWindows}); nothing waits for it, and a round that fails is made up by the next change.
 */
public final class WindowPublisher implements AutoCloseable {

  /** A window is published this long after its change, at the latest, unless the cluster lags. */
  public static final Duration INTERVAL = Duration.ofMillis(400);

  /** Windows that may wait for the next round; what comes beyond is left out and counted. */
  public static final int MAX_PENDING = 250_000;

  /** Windows in one operation on a partition: its thread is held for some milliseconds at most. */
  static final int OPERATION = 2_000;

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Logger LOG = LoggerFactory.getLogger(WindowPublisher.class);

  private record Offer(int epoch, long seq, DedupeWindow.Snapshot window) {}

  private final IMap<WindowKey, PublishedWindow> map;
  private final Consumer<WindowPublisher> collector;
  private final ConcurrentHashMap<WindowKey, Offer> pending = new ConcurrentHashMap<>();
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("millrace-windows").factory());
  private final AtomicLong published = new AtomicLong();
  private final AtomicLong leftOut = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();

  /**
   * A publisher that has not started.
   *
   * @param collector called at the start of each round: it may {@link #offer} all that has changed,
   *     and must return soon
   */
  public WindowPublisher(HazelcastInstance hazelcast, Consumer<WindowPublisher> collector) {
    this.map = hazelcast.getMap(HazelcastNode.WINDOWS);
    this.collector = collector;
  }

  /** Begins the rounds. */
  public void start() {
    long pause = INTERVAL.toMillis();
    var unused = thread.scheduleWithFixedDelay(this::round, pause, pause, TimeUnit.MILLISECONDS);
  }

  /**
   * Has a window published with the next round, in place of what waits for the same key. From any
   * thread; it neither waits nor encodes.
   *
   * @param epoch of the owner
   * @param seq of the commit that the snapshot was taken after
   */
  public void offer(WindowKey key, int epoch, long seq, DedupeWindow.Snapshot window) {
    if (pending.size() >= MAX_PENDING && !pending.containsKey(key)) {
      leftOut.incrementAndGet();
      return;
    }
    pending.put(key, new Offer(epoch, seq, window));
  }

  /** Windows sent since the start. */
  public long published() {
    return published.get();
  }

  /** Windows that were left out because too many waited. */
  public long leftOut() {
    return leftOut.get();
  }

  /** Rounds that failed. */
  public long failures() {
    return failures.get();
  }

  private void round() {
    try {
      collector.accept(this);
      publish();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | ExecutionException | TimeoutException e) {
      if (failures.incrementAndGet() == 1) {
        LOG.warn(
            "Dedupe windows can't be published: {}. Other nodes can't cut duplicates short until "
                + "they can; nothing is lost. Failed rounds are counted, not logged again.",
            e.toString());
      }
    }
  }

  private void publish() throws InterruptedException, ExecutionException, TimeoutException {
    Map<Long, Map<WindowKey, PublishedWindow>> byPartition = new HashMap<>();
    List<CompletableFuture<?>> sent = new ArrayList<>();
    ByteWriter out = new ByteWriter(1_024);
    Iterator<Map.Entry<WindowKey, Offer>> offers = pending.entrySet().iterator();
    while (offers.hasNext()) {
      Map.Entry<WindowKey, Offer> next = offers.next();
      offers.remove();
      Offer offer = next.getValue();
      out.clear();
      offer.window().encodePublished(out);
      Long partition = next.getKey().getPartitionKey();
      Map<WindowKey, PublishedWindow> batch =
          byPartition.computeIfAbsent(partition, p -> new HashMap<>());
      batch.put(next.getKey(), new PublishedWindow(offer.epoch(), offer.seq(), out.toByteArray()));
      if (batch.size() == OPERATION) {
        sent.add(send(batch));
        byPartition.remove(partition);
      }
    }
    for (Map<WindowKey, PublishedWindow> batch : byPartition.values()) {
      sent.add(send(batch));
    }
    CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new))
        .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
  }

  private CompletableFuture<?> send(Map<WindowKey, PublishedWindow> batch) {
    published.addAndGet(batch.size());
    return map.submitToKeys(batch.keySet(), new ReplaceOlder(batch)).toCompletableFuture();
  }

  /** Publishes what waits, and ends. */
  @Override
  public void close() {
    thread.shutdown();
    try {
      if (thread.awaitTermination(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        publish();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | ExecutionException | TimeoutException e) {
      LOG.debug("the last windows were not published", e);
    }
  }
}
