package io.millrace.connectors.files;

import io.millrace.connectors.source.SourceState;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** What a reader of files has done since it was made. For any thread. */
public final class FileCounters {
  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicLong bytesInFlight = new AtomicLong();
  private final LongAdder received = new LongAdder();
  private final LongAdder acknowledged = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private final LongAdder reconnects = new LongAdder();
  private final LongAdder unsafe = new LongAdder();
  private volatile long oldestAt;

  boolean hasRoom(int lines, long bytes) {
    return inFlight.get() < lines && bytesInFlight.get() < bytes;
  }

  /** Whether fewer lines than these are in flight. */
  public boolean hasRoom(int lines) {
    return inFlight.get() < lines;
  }

  void handedIn(int lines, long bytes) {
    received.add(lines);
    inFlight.addAndGet(lines);
    bytesInFlight.addAndGet(bytes);
  }

  void left(int lines, long bytes) {
    inFlight.addAndGet(-lines);
    bytesInFlight.addAndGet(-bytes);
  }

  void acknowledged(long lines) {
    acknowledged.add(lines);
  }

  void failed() {
    failures.increment();
  }

  void oldest(long nanos) {
    oldestAt = nanos;
  }

  /** A connection was made that was not the first. */
  public void reconnected() {
    reconnects.increment();
  }

  /** An entry was passed over whose name or kind no file has. */
  public void passedOver() {
    unsafe.increment();
  }

  /** As operators see them. */
  public SourceState.Slot state(int number, boolean held, boolean connected) {
    long oldest = oldestAt;
    return new SourceState.Slot(
        number,
        held,
        connected,
        received.sum(),
        acknowledged.sum(),
        inFlight.get(),
        oldest == 0 ? 0 : TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - oldest),
        failures.sum(),
        reconnects.sum(),
        0,
        0,
        unsafe.sum());
  }
}
