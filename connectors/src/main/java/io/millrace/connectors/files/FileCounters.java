package io.millrace.connectors.files;

import io.millrace.connectors.source.AdaptiveLimit;
import io.millrace.connectors.source.SourceState;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** What a reader of files has done since it was made. For any thread. */
public final class FileCounters {
  private final AdaptiveLimit limit;
  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicLong bytesInFlight = new AtomicLong();
  private final LongAdder received = new LongAdder();
  private final LongAdder acknowledged = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private final LongAdder reconnects = new LongAdder();
  private final LongAdder unsafe = new LongAdder();
  private final AtomicLong ended = new AtomicLong();
  private volatile long oldestAt;
  private volatile boolean busy;

  /**
   * Of one that has done nothing.
   *
   * @param least lines in flight that it may have where there is little to do
   * @param most lines that it may have under load
   */
  public FileCounters(int least, int most) {
    limit = new AdaptiveLimit(least, most);
  }

  boolean hasRoom(long bytes) {
    return hasRoom() && bytesInFlight.get() < bytes;
  }

  /** Whether fewer lines are in flight than may be. */
  public boolean hasRoom() {
    return inFlight.get() < limit.now();
  }

  /**
   * Has the limit of lines in flight follow what there is to do.
   *
   * @param waiting lines of the file that is read that are not handed in
   */
  public void look(long waiting) {
    limit.look(inFlight.get(), ended.get(), OptionalLong.of(waiting));
  }

  /** Notes whether a file is being read. */
  public void busy(boolean now) {
    busy = now;
  }

  /** Whether one is. */
  public boolean isBusy() {
    return busy;
  }

  void handedIn(int lines, long bytes) {
    received.add(lines);
    inFlight.addAndGet(lines);
    bytesInFlight.addAndGet(bytes);
  }

  void left(int lines, long bytes) {
    inFlight.addAndGet(-lines);
    bytesInFlight.addAndGet(-bytes);
    ended.incrementAndGet();
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

  /**
   * As operators see them.
   *
   * @param wanted whether it is to read; one that rests may have nothing in flight
   */
  public SourceState.Slot state(int number, boolean wanted, boolean held, boolean connected) {
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
        0,
        0,
        unsafe.sum());
  }
}
