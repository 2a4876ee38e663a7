package io.millrace.connectors.kafka;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * What one poll brought, on its way through the route: each attempt is an exchange of its own. It
 * belongs to its reader's thread; only an attempt's end is told by another one.
 */
final class KafkaBatch implements AsyncCallback {
  private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(30);

  /** What a batch needs of its reader; the last two are called by any thread. */
  interface Host {
    Exchange exchange(List<byte[]> payloads);

    void process(Exchange exchange, AsyncCallback callback);

    /** The exchange has ended, and failed where there is a cause. */
    void ended(Exchange exchange, boolean failed);

    /** It is no longer in flight. */
    void left(KafkaBatch batch);
  }

  /**
   * How far it reaches in a partition.
   *
   * @param next the offset behind its last event there
   * @param events its events there
   */
  record Reach(OffsetAndMetadata next, int events) {
    Reach and(Reach other) {
      return new Reach(
          next.offset() > other.next.offset() ? next : other.next, events + other.events);
    }
  }

  private enum State {
    IN_ROUTE,
    FAILED,
    DONE
  }

  private final Host host;
  private final List<byte[]> payloads;
  private final long bytes;
  private final Map<TopicPartition, Reach> reach;
  private final long arrivedAt = System.nanoTime();
  private int attempts;
  private @Nullable Exchange exchange;
  private volatile State state = State.IN_ROUTE;
  private volatile long failedAt;

  /**
   * A batch that has not been tried.
   *
   * @param bytes the payloads' together
   */
  KafkaBatch(Host host, List<byte[]> payloads, long bytes, Map<TopicPartition, Reach> reach) {
    this.host = host;
    this.payloads = payloads;
    this.bytes = bytes;
    this.reach = new HashMap<>(reach);
  }

  int size() {
    return payloads.size();
  }

  long bytes() {
    return bytes;
  }

  long arrivedAt() {
    return arrivedAt;
  }

  /** Not named run: Camel ends an asynchronous exchange by its callback's run. */
  void attempt() {
    attempts++;
    state = State.IN_ROUTE;
    Exchange attempt = host.exchange(payloads);
    exchange = attempt;
    host.process(attempt, this);
  }

  @Override
  public void done(boolean synchronous) {
    Exchange attempt = exchange;
    if (attempt == null) {
      return;
    }
    exchange = null;
    boolean failed = attempt.isFailed() || attempt.isRollbackOnly();
    host.ended(attempt, failed);
    if (failed) {
      failedAt = System.nanoTime();
      state = State.FAILED;
    } else {
      host.left(this);
      state = State.DONE;
    }
  }

  boolean isDone() {
    return state == State.DONE;
  }

  boolean isInRoute() {
    return state == State.IN_ROUTE;
  }

  /** Whether it failed, and has waited for as long as that number of attempts asks. */
  boolean isToBeRepeated(long now) {
    return state == State.FAILED
        && now - failedAt
            >= Math.min(LONGEST_PAUSE_NANOS, FIRST_PAUSE_NANOS << Math.min(attempts - 1, 16));
  }

  /** Where the group may go on when this and all before it are done. */
  Map<TopicPartition, Reach> reach() {
    return reach;
  }

  /** The partition is another reader's now; gives the events there that this one can't commit. */
  int forget(TopicPartition partition) {
    Reach gone = reach.remove(partition);
    return gone == null ? 0 : gone.events();
  }

  /** Whether it waits for another attempt that nobody needs; it is no longer in flight then. */
  boolean dropIfForgotten() {
    boolean drop = reach.isEmpty() && state == State.FAILED;
    if (drop) {
      host.left(this);
    }
    return drop;
  }
}
