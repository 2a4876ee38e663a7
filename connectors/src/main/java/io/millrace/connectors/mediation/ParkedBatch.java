package io.millrace.connectors.mediation;

import io.millrace.connectors.codec.CodecSpec;
import io.millrace.connectors.codec.Payload;
import io.millrace.connectors.codec.Transport;
import io.millrace.connectors.shard.Intake;
import io.millrace.connectors.shard.Ticket;
import io.millrace.processors.shard.Effects.Verdict;
import io.millrace.processors.shard.Reason;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.InvalidPayloadException;
import org.jspecify.annotations.Nullable;

/**
 * An exchange that waits for the last of its events. It fails where one of them was not disposed
 * of; the source then hands all in again, and those that were are duplicates.
 */
final class ParkedBatch implements Ticket, Waiter {
  private static final AtomicIntegerFieldUpdater<ParkedBatch> LEFT =
      AtomicIntegerFieldUpdater.newUpdater(ParkedBatch.class, "left");

  private final Exchange exchange;
  private final AsyncCallback callback;
  private final @Nullable Verdicts verdicts;

  /** Events that are not told; one for each payload to come; and one more until all are in. */
  @SuppressWarnings("UnusedVariable") // by its updater
  private volatile int left;

  /** Whether the payload being handed in has taken the place that was kept for it. */
  private boolean placeTaken;

  private boolean mayWait;
  private volatile @Nullable Exception failure;

  ParkedBatch(Exchange exchange, AsyncCallback callback, @Nullable Verdicts verdicts) {
    this.exchange = exchange;
    this.callback = callback;
    this.verdicts = verdicts;
  }

  /**
   * Hands in what the body holds, in its order; stops at the first failure.
   *
   * @param body a {@link Payload}, what converts to bytes, or a list of these, which waits for room
   */
  void handIn(String source, Object body, CodecSpec codec, Mediator mediator, Intake intake) {
    List<?> payloads = body instanceof List<?> list ? list : List.of(body);
    mayWait = body instanceof List<?>;
    left = payloads.size() + 1;
    int done = 0;
    int untold = 1;
    try {
      for (Object each : payloads) {
        placeTaken = false;
        mediator.warm(codec, payloads, done);
        if (each instanceof Payload payload) {
          mediator.offer(source, payload.bytes(), payload.transport(), codec, intake, this);
        } else {
          mediator.offer(source, bytes(each), Transport.NONE, codec, intake, this);
        }
        done++;
        untold += placeTaken ? 0 : 1;
      }
    } catch (IntakeFull | SQLException | InvalidPayloadException | RuntimeException e) {
      failure = e;
      untold += payloads.size() - done - (placeTaken ? 1 : 0);
    }
    if (verdicts != null) {
      intake.hurry();
    }
    told(untold);
  }

  private byte[] bytes(@Nullable Object each) throws InvalidPayloadException {
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

  @Override
  public Ticket next() {
    if (placeTaken) {
      LEFT.incrementAndGet(this);
    }
    placeTaken = true;
    Verdicts wanted = verdicts;
    return wanted == null ? this : new Place(wanted, wanted.place());
  }

  @Override
  public boolean mayWait() {
    return mayWait;
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
    if (LEFT.addAndGet(this, -events) == 0) {
      Exception why = failure;
      if (why != null) {
        exchange.setException(why);
      }
      callback.done(false);
    }
  }

  /** The ticket of an event whose verdict is wanted. */
  private final class Place implements Ticket {
    private final Verdicts wanted;
    private final int place;

    Place(Verdicts wanted, int place) {
      this.wanted = wanted;
      this.place = place;
    }

    @Override
    public boolean wantsVerdict() {
      return true;
    }

    @Override
    public void done(Verdict verdict, @Nullable Reason reason) {
      wanted.set(place, verdict, reason);
      ParkedBatch.this.done();
    }

    @Override
    public void done() {
      throw new AssertionError("a verdict was wanted");
    }

    @Override
    public void failed(Exception why) {
      ParkedBatch.this.failed(why);
    }
  }
}
