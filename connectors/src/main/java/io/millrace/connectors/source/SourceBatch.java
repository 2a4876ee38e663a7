package io.millrace.connectors.source;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * Events that a source reads at once, on their way through the route: each attempt is an exchange
 * of its own. A batch belongs to its reader's thread; only an attempt's end is told by another one.
 */
public abstract class SourceBatch implements AsyncCallback {
  private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(30);

  private enum State {
    IN_ROUTE,
    FAILED,
    DONE
  }

  private final BatchConsumer source;
  private final List<?> payloads;
  private final long arrivedAt = System.nanoTime();
  private int attempts;
  private @Nullable Exchange exchange;
  private volatile State state = State.IN_ROUTE;
  private volatile long failedAt;

  /**
   * A batch that has not been tried.
   *
   * @param payloads bytes where there is nothing else to say, else {@link
   *     io.millrace.connectors.codec.Payload}
   */
  protected SourceBatch(BatchConsumer source, List<?> payloads) {
    this.source = source;
    this.payloads = payloads;
  }

  /** Its payloads. */
  public final int size() {
    return payloads.size();
  }

  /** When it was read, in the time of {@link System#nanoTime()}. */
  public final long arrivedAt() {
    return arrivedAt;
  }

  /** Not named run: Camel ends an asynchronous exchange by its callback's run. */
  public final void attempt() {
    attempts++;
    state = State.IN_ROUTE;
    Exchange attempt = source.exchange(payloads);
    exchange = attempt;
    begins(attempt);
    source.process(attempt, this);
  }

  @Override
  public final void done(boolean synchronous) {
    Exchange attempt = exchange;
    if (attempt == null) {
      return;
    }
    exchange = null;
    boolean failed = attempt.isFailed() || attempt.isRollbackOnly();
    source.ended(attempt, failed);
    if (failed) {
      failed();
      failedAt = System.nanoTime();
      state = State.FAILED;
    } else {
      disposed();
      state = State.DONE;
    }
  }

  /** An attempt is about to be made; its exchange takes what is wanted of the route. */
  protected void begins(Exchange attempt) {}

  /** All its events are disposed of; on the thread that says so. */
  protected abstract void disposed();

  /** An attempt has failed; on the thread that says so. */
  protected abstract void failed();

  /** Whether all its events are disposed of. */
  public final boolean isDone() {
    return state == State.DONE;
  }

  /** Whether the route has it. */
  public final boolean isInRoute() {
    return state == State.IN_ROUTE;
  }

  /** Whether its last attempt failed. */
  public final boolean isFailed() {
    return state == State.FAILED;
  }

  /** Whether it failed, and has waited for as long as that number of attempts asks. */
  public final boolean isToBeRepeated(long now) {
    return state == State.FAILED
        && now - failedAt
            >= Math.min(LONGEST_PAUSE_NANOS, FIRST_PAUSE_NANOS << Math.min(attempts - 1, 16));
  }
}
