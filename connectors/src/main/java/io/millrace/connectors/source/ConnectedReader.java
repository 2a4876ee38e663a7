package io.millrace.connectors.source;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A reader that holds a connection whose broker sends again what was not acknowledged when it
 * ended: its thread, the way back after each failure, what is in flight, and the counters. How to
 * connect, read and acknowledge is for each kind to say.
 */
public abstract class ConnectedReader implements SourceReader {
  private static final Logger LOG = LoggerFactory.getLogger(ConnectedReader.class);

  /** How often a thread that waits looks whether it still has to. */
  protected static final Duration LOOK = Duration.ofMillis(20);

  private static final long FIRST_PAUSE_MILLIS = 200;
  private static final long LONGEST_PAUSE_MILLIS = 10_000;

  /** Whose messages it reads. */
  protected final BatchConsumer source;

  private final String place;
  private final int number;
  private final Bounds bounds;
  private final AdaptiveLimit limit;
  private final AtomicLong ended = new AtomicLong();
  private final ArrayDeque<Batch> batches = new ArrayDeque<>();
  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicLong bytesInFlight = new AtomicLong();
  private final LongAdder received = new LongAdder();
  private final LongAdder acknowledged = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private final LongAdder reconnects = new LongAdder();
  private final LongAdder stale = new LongAdder();
  private final LongAdder unsafe = new LongAdder();
  private volatile boolean wanted;
  private volatile boolean connected;
  private volatile long oldestAt;

  /** Counts connections; a batch is of the one during which it was read. */
  private volatile int connection;

  private @Nullable Thread thread;
  private boolean everConnected;
  private boolean complained;

  /**
   * Where it stops.
   *
   * @param least messages that may wait for their commit, where there is little to do
   * @param messages that may wait for it before it reads no more
   * @param bytes of their payloads, likewise
   * @param drainMillis how long its end waits for what is in the route
   * @param leaving how long it takes at most to let a connection go
   */
  public record Bounds(int least, int messages, long bytes, long drainMillis, Duration leaving) {}

  /**
   * A reader that has not started.
   *
   * @param place what it reads, for an operator; no secret
   * @param number among the readers of its source, from 0
   */
  protected ConnectedReader(BatchConsumer source, String place, int number, Bounds bounds) {
    this.source = source;
    this.place = place;
    this.number = number;
    this.bounds = bounds;
    this.limit = new AdaptiveLimit(bounds.least(), bounds.messages());
  }

  /**
   * Connects, and reads while {@link #isWanted()}; then, while it is still connected, {@link
   * #drain()}s. Called again when it returns or throws and the reader is still wanted.
   *
   * @throws Exception where it can't go on; its message tells an operator why
   */
  protected abstract void connectAndRead() throws Exception;

  @Override
  public final void start() {
    wanted = true;
    thread =
        Thread.ofPlatform()
            .name(source.kind() + '-' + source.name() + '-' + number)
            .start(this::runUntilLeft);
  }

  @Override
  public final void leave() {
    wanted = false;
  }

  @Override
  public final void awaitEnd() throws InterruptedException {
    Thread running = thread;
    if (running != null) {
      running.join(bounds.drainMillis() + bounds.leaving().toMillis());
    }
  }

  /** One at a time: one that stood still at its end goes on before the next begins. */
  private synchronized void runUntilLeft() {
    long pause = FIRST_PAUSE_MILLIS;
    while (wanted) {
      try {
        connectAndRead();
      } catch (InterruptedException e) {
        wanted = false;
      } catch (RuntimeException e) {
        LOG.error("source {} reader {} begins again after", source.name(), number, e);
      } catch (Exception e) {
        complain(String.valueOf(e.getMessage()));
      }
      pause = connected ? FIRST_PAUSE_MILLIS : pause;
      connected = false;
      connection++;
      advance();
      long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(pause);
      while (wanted && (System.nanoTime() - until < 0 || isFull())) {
        LockSupport.parkNanos(LOOK.toNanos());
        advance();
      }
      pause = Math.min(pause * 2, LONGEST_PAUSE_MILLIS);
    }
  }

  /** Whether it is to read on. */
  protected final boolean isWanted() {
    return wanted;
  }

  /** Whether as much waits for its commit as may. */
  protected final boolean isFull() {
    return room() <= 0 || isFullOfBytes();
  }

  /** Whether as many bytes do. */
  protected final boolean isFullOfBytes() {
    return bytesInFlight.get() >= bounds.bytes();
  }

  /** How many messages it may read before it is full; 0 or less where it is. */
  protected final int room() {
    return limit.now() - inFlight.get();
  }

  /** How many messages may wait for their commit now. */
  protected final int limit() {
    return limit.now();
  }

  /** Notes whether it is connected now; on its own thread, each time that it may have changed. */
  protected final void noteConnection(boolean now) {
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
      complain("the connection has ended; is the broker up?");
    }
    connected = now;
  }

  /** Tells an operator once, until it has connected again. */
  private void complain(String why) {
    if (wanted && !complained) {
      complained = true;
      LOG.warn(
          "source {} reader {} can't read {}, and keeps trying: {}",
          source.name(),
          number,
          place,
          why);
    }
  }

  /** Counts messages that nobody would send again. */
  protected final void countUnsafe(int messages) {
    unsafe.add(messages);
  }

  /** Takes a batch that was read just now into account, and into the route. */
  protected final void handIn(Batch batch) {
    received.add(batch.size());
    inFlight.addAndGet(batch.size());
    bytesInFlight.addAndGet(batch.bytes);
    batches.addLast(batch);
    batch.attempt();
  }

  /** Tries one batch again whose time for that has come, and forgets those that are done. */
  protected final void advance() {
    long now = System.nanoTime();
    batches.removeIf(Batch::isOver);
    batches.stream().filter(b -> b.isToBeRepeated(now)).findFirst().ifPresent(Batch::attempt);
    SourceBatch oldest = batches.peekFirst();
    oldestAt = oldest == null ? 0 : oldest.arrivedAt();
    limit.look(inFlight.get(), ended.get(), waiting());
  }

  /** Waits, for a bounded time, until nothing is in the route and what is done is acknowledged. */
  protected final void drain() {
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(bounds.drainMillis());
    while (batches.stream().anyMatch(Batch::isPending) && System.nanoTime() - until < 0) {
      LockSupport.parkNanos(LOOK.toNanos());
    }
  }

  @Override
  public final boolean isConnected() {
    return connected;
  }

  @Override
  public final boolean isPressed() {
    return limit.isMost() && limit.isFull(inFlight.get());
  }

  @Override
  public final SourceState.Slot state() {
    long oldest = oldestAt;
    return new SourceState.Slot(
        number,
        connected,
        connected,
        received.sum(),
        acknowledged.sum(),
        inFlight.get(),
        wanted ? limit.now() : 0,
        oldest == 0 ? 0 : TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - oldest),
        failures.sum(),
        reconnects.sum(),
        stale.sum(),
        0,
        unsafe.sum());
  }

  /** What was read at once. It is in flight until it has {@link #left}. */
  protected abstract class Batch extends SourceBatch {
    private final int readDuring = connection;
    private final long bytes;
    private final AtomicBoolean over = new AtomicBoolean();

    /**
     * One that was read just now.
     *
     * @param bytes of its payloads
     */
    protected Batch(List<?> payloads, long bytes) {
      super(source, payloads);
      this.bytes = bytes;
    }

    /** Whether it was read from the connection that is there now. */
    protected final boolean isOfThisConnection() {
      return readDuring == connection;
    }

    /**
     * It is no longer in flight; on any thread, and only the first call counts.
     *
     * @param known how many of its messages the broker was told of; it sends the others again
     */
    protected final void left(int known) {
      if (over.compareAndSet(false, true)) {
        acknowledged.add(known);
        stale.add(size() - known);
        inFlight.addAndGet(-size());
        bytesInFlight.addAndGet(-bytes);
        ended.incrementAndGet();
      }
    }

    @Override
    protected final void failed() {
      failures.increment();
    }

    private boolean isPending() {
      return !over.get() && !isFailed();
    }

    /** One of an earlier connection is not tried again: the broker sends it once more itself. */
    private boolean isOver() {
      if (!isInRoute() && !isOfThisConnection()) {
        left(0);
      }
      return over.get();
    }
  }
}
