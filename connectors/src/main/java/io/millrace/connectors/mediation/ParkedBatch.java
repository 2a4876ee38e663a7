package io.millrace.connectors.mediation;

import io.millrace.connectors.shard.Intake;
import io.millrace.connectors.shard.Ticket;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.InvalidPayloadException;
import org.jspecify.annotations.Nullable;

/**
 * An exchange of many events that waits for the last of them. It fails where one of them was not
 * disposed of; the source then hands all in again, and those that were are duplicates.
 */
final class ParkedBatch implements Ticket {
  /** How long a batch waits for room: no commit has come through for so long then. */
  private static final long ROOM_NANOS = TimeUnit.SECONDS.toNanos(5);

  private static final long ROOM_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final Exchange exchange;
  private final AsyncCallback callback;

  /** Events that are not told, and one more until all are handed in. */
  private final AtomicInteger left;

  private volatile @Nullable Exception failure;

  ParkedBatch(Exchange exchange, AsyncCallback callback, int size) {
    this.exchange = exchange;
    this.callback = callback;
    this.left = new AtomicInteger(size + 1);
  }

  /** Hands the payloads in, in their order, and waits for room; stops at the first failure. */
  void handIn(String source, List<?> payloads, Mediator mediator, Intake intake) {
    int done = 0;
    try {
      for (Object each : payloads) {
        offer(source, payload(each), mediator, intake);
        done++;
      }
    } catch (IntakeFull | SQLException | InvalidPayloadException | RuntimeException e) {
      failure = e;
    }
    told(payloads.size() - done + 1);
  }

  private byte[] payload(@Nullable Object each) throws InvalidPayloadException {
    if (each instanceof byte[] bytes) {
      return bytes;
    }
    byte[] converted =
        exchange.getContext().getTypeConverter().tryConvertTo(byte[].class, exchange, each);
    if (converted == null) {
      throw new InvalidPayloadException(exchange, byte[].class);
    }
    return converted;
  }

  private void offer(String source, byte[] payload, Mediator mediator, Intake intake)
      throws IntakeFull, SQLException {
    if (mediator.offer(source, payload, intake, this)) {
      return;
    }
    long until = System.nanoTime() + ROOM_NANOS;
    do {
      if (System.nanoTime() - until > 0 || Thread.currentThread().isInterrupted()) {
        throw new IntakeFull();
      }
      LockSupport.parkNanos(ROOM_LOOK_NANOS);
    } while (!mediator.offer(source, payload, intake, this));
  }

  @Override
  public void done() {
    told(1);
  }

  @Override
  public void failed(Exception why) {
    failure = why;
    told(1);
  }

  private void told(int events) {
    if (left.addAndGet(-events) == 0) {
      Exception why = failure;
      if (why != null) {
        exchange.setException(why);
      }
      callback.done(false);
    }
  }
}
