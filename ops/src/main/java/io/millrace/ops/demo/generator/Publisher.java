package io.millrace.ops.demo.generator;

import io.millrace.ops.demo.manifest.Manifest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * Publishes a load through up to {@value Load#MAX_CONNECTIONS} MQTT 5 connections at QoS 1, on one
 * thread, as fast as broker and gateway take it. Connections stay within {@value
 * #MAX_MINUTES_APART} simulated minutes of the slowest. What is not acknowledged is sent again
 * until it is, so a broker may go and come back.
 *
 * <p>It speaks MQTT itself rather than through a client library: the load must cost little beside
 * the gateway that it loads, and a library's threads per connection cost more than the gateway.
 */
public final class Publisher implements AutoCloseable {
  /** How far a connection may run ahead of the slowest one, in simulated minutes. */
  public static final int MAX_MINUTES_APART = 10;

  /** Unacknowledged events of all connections together. */
  public static final int MAX_IN_FLIGHT = 16_384;

  /** Unacknowledged events of one connection. */
  public static final int MAX_IN_FLIGHT_EACH = 512;

  /** Events published that the gateway has not taken yet: at most this many, */
  public static final int MAX_BACKLOG = 65_536;

  /**
   * and at most this many simulated minutes of them, or the day would run away from the gateway.
   */
  public static final int MAX_BACKLOG_MINUTES = 10;

  private static final int LEAST_BACKLOG = 64;

  /** Without one acknowledgement in this time it gives up. */
  public static final Duration PATIENCE = Duration.ofMinutes(5);

  private static final long ROUND_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long IDLE_MILLIS = 20;

  private final Load load;
  private final SimulatedClock clock;
  private final LongSupplier taken;
  private final int maxBacklog;
  private final Tally tally = new Tally();
  private final Selector selector;
  private final LampConnection[] connections;
  private final CompletableFuture<Progress> end = new CompletableFuture<>();
  private final Thread thread;
  private int turn;
  private volatile Progress progress = new Progress(0, 0, 0, 0, 0, "");
  private volatile boolean stopped;

  /**
   * How far it is.
   *
   * @param minutes simulated minutes that every connection has finished
   * @param published events, each counted once
   * @param acknowledged by the broker
   * @param resent sends that were repeated
   * @param refused publishes that the broker did not accept; they are among the resent
   * @param trouble why a connection was last lost or a publish refused; empty where none was
   */
  public record Progress(
      int minutes, long published, long acknowledged, long resent, long refused, String trouble) {}

  /**
   * A publisher that is not started.
   *
   * @param broker where it listens; MQTT 5, no TLS
   * @param manifest is told every event
   * @param clock is moved on by what is acknowledged
   * @param taken how many events the gateway has disposed of; {@code () -> Long.MAX_VALUE} where
   *     nobody counts
   */
  public Publisher(
      Load load,
      InetSocketAddress broker,
      Manifest manifest,
      SimulatedClock clock,
      LongSupplier taken) {
    this.load = load;
    this.clock = clock;
    this.taken = taken;
    maxBacklog = Math.clamp((long) load.lamps() * MAX_BACKLOG_MINUTES, LEAST_BACKLOG, MAX_BACKLOG);
    try {
      selector = Selector.open();
    } catch (IOException e) {
      throw new UncheckedIOException("can't open a selector", e);
    }
    Lamps lamps = new Lamps(load.seed(), Household.load());
    ReportWriter writer = new ReportWriter(load, lamps);
    connections = new LampConnection[load.connections()];
    int window = Math.min(MAX_IN_FLIGHT_EACH, MAX_IN_FLIGHT / connections.length);
    for (int i = 0; i < connections.length; i++) {
      Feed feed = new Feed(load, lamps, i, manifest);
      connections[i] =
          new LampConnection("demo-lamps-" + i, broker, selector, writer, tally, feed, window);
    }
    thread = Thread.ofPlatform().name("demo-lamps").daemon().unstarted(this::run);
  }

  /** Begins to publish. */
  public void start() {
    thread.start();
  }

  /** How far it is; may be asked from any thread. */
  public Progress progress() {
    return progress;
  }

  /** Done when everything is published and acknowledged; fails when it gave up. */
  public CompletableFuture<Progress> end() {
    return end.copy();
  }

  /**
   * Waits until everything is published and acknowledged.
   *
   * @throws IOException where it gave up, with the last trouble
   * @throws TimeoutException where it takes longer
   */
  public Progress await(Duration atMost)
      throws IOException, TimeoutException, InterruptedException {
    try {
      return end.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new IOException(e.getCause() == null ? e.toString() : e.getCause().getMessage(), e);
    }
  }

  /** Stops wherever it is and closes its connections. */
  @Override
  public void close() {
    stopped = true;
    selector.wakeup();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    closeSelector();
  }

  private void closeSelector() {
    try {
      selector.close();
    } catch (IOException e) {
      tally.trouble(e);
    }
  }

  private void run() {
    try {
      publishAll();
      end.complete(progress);
    } catch (Throwable e) {
      end.completeExceptionally(e);
    } finally {
      for (LampConnection connection : connections) {
        connection.close();
      }
      closeSelector();
    }
  }

  private void publishAll() throws IOException {
    long acknowledged = -1;
    long since = System.nanoTime();
    while (!stopped) {
      long now = System.nanoTime();
      boolean done = round(now);
      publishProgress();
      if (done) {
        return;
      }
      if (tally.acknowledged != acknowledged || waitsForGateway()) {
        acknowledged = tally.acknowledged;
        since = now;
      } else if (now - since > PATIENCE.toNanos()) {
        throw new IOException(
            "the broker acknowledged nothing for " + PATIENCE + ": " + tally.trouble());
      }
      selector.select(k -> ((LampConnection) k.attachment()).ready(System.nanoTime()), IDLE_MILLIS);
      // A few events at a time would cost a system call each: let them gather.
      LockSupport.parkNanos(now + ROUND_NANOS - System.nanoTime());
    }
    throw new IOException("the publisher was stopped");
  }

  /** Moves the clock on and lets each connection publish; returns whether all is done. */
  private boolean round(long now) {
    int slowest = load.minutes();
    boolean done = true;
    for (LampConnection connection : connections) {
      slowest = Math.min(slowest, connection.finishedMinutes());
      done &= connection.done();
    }
    clock.advanceTo(slowest);
    long budget = maxBacklog - backlog();
    turn = (turn + 1) % connections.length;
    for (int i = 0; i < connections.length; i++) {
      LampConnection connection = connections[(turn + i) % connections.length];
      budget -= connection.pump(now, slowest + MAX_MINUTES_APART, Math.max(0, budget));
    }
    return done;
  }

  private long backlog() {
    return Math.max(0, tally.published - taken.getAsLong());
  }

  private boolean waitsForGateway() {
    return tally.published == tally.acknowledged && backlog() >= maxBacklog;
  }

  private void publishProgress() {
    progress =
        new Progress(
            clock.minutes(),
            tally.published,
            tally.acknowledged,
            tally.resent,
            tally.refused,
            tally.trouble());
  }
}
