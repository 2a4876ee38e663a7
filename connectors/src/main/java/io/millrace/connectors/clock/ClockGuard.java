package io.millrace.connectors.clock;

import io.millrace.connectors.clock.ClockRecord.Cause;
import io.millrace.connectors.clock.ClockRecord.Stop;
import io.millrace.connectors.store.DatabaseUnavailable;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Believes the node's clock while three others bear it out: the time that passes (which no one can
 * set), the database's clock, and what shards have committed. Where it is off by more than {@link
 * #TOLERANCE}, ticks stop until an operator agrees, also over a restart. Commits go on with the
 * last time that could be believed and what has passed since: too early a time can be made good, a
 * window that was closed too early can't.
 */
public final class ClockGuard implements CommitClock {
  /** How far off a clock may be. */
  public static final Duration TOLERANCE = Duration.ofMinutes(5);

  /** The pause between two looks at the database's clock. */
  static final Duration PAUSE = Duration.ofSeconds(5);

  /** An answer that took longer tells too little of the time. */
  private static final Duration SLOW = Duration.ofSeconds(10);

  private static final Logger LOG = LoggerFactory.getLogger(ClockGuard.class);

  private final LongSupplier millis;
  private final LongSupplier nanos;
  private final ClockBook book;
  private final ScheduledExecutorService looking =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("millrace-clock").factory());

  private ClockRecord record;
  private boolean saved = true;

  /** What was believed last: a time, and the elapsed time then. */
  private long believed;

  private long believedNanos;
  private long databaseTime;
  private long databaseNanos;
  private @Nullable Long difference;
  private long given = Long.MIN_VALUE;
  private long ahead = Long.MIN_VALUE;

  private ClockGuard(LongSupplier millis, LongSupplier nanos, ClockBook book) {
    this.millis = millis;
    this.nanos = nanos;
    this.book = book;
    this.record = book.load().orElse(ClockRecord.NEW);
  }

  /**
   * Looks at the clock for the first time, and then every few seconds.
   *
   * @param millis the node's clock, milliseconds since 1970-01-01 UTC
   * @param nanos the time that passes, as {@link System#nanoTime}
   * @throws DatabaseUnavailable where the database does not answer: a clock is not believed unseen
   */
  public static ClockGuard start(LongSupplier millis, LongSupplier nanos, ClockBook book) {
    ClockGuard guard = unscheduled(millis, nanos, book);
    long pause = PAUSE.toMillis();
    var unused =
        guard.looking.scheduleWithFixedDelay(guard::look, pause, pause, TimeUnit.MILLISECONDS);
    return guard;
  }

  /** The same for who calls {@link #look} itself. */
  public static ClockGuard unscheduled(LongSupplier millis, LongSupplier nanos, ClockBook book) {
    ClockGuard guard = new ClockGuard(millis, nanos, book);
    guard.first();
    return guard;
  }

  private synchronized void first() {
    note(ask());
    long now = millis.getAsLong();
    believedNanos = nanos.getAsLong();
    Stop stop = record.stop();
    if (stop != null) {
      // How long nobody looked is told by no clock that can be believed: time stands still for it.
      believed = stop.held();
      LOG.warn("{}: seen before the last start, and nobody has agreed", stop.cause().meaning());
      return;
    }
    // If they differ: the lesser does no harm that can't be made good.
    believed = Math.min(now, databaseTime + record.agreedDifference());
    compare();
    if (record.stop() == null) {
      believed = now;
    }
  }

  @Override
  public synchronized Reading read() {
    long now = millis.getAsLong();
    long passed = passed();
    if (record.stop() == null && off(now - passed)) {
      stop(Cause.JUMP, now, passed);
    }
    boolean ticks = record.stop() == null;
    given = Math.max(given, ticks ? now : passed);
    return new Reading(given, ticks);
  }

  /** What the time is if the clock was right when it was last believed. */
  private long passed() {
    return believed + (nanos.getAsLong() - believedNanos) / 1_000_000;
  }

  private static boolean off(long by) {
    return by > TOLERANCE.toMillis() || by < -TOLERANCE.toMillis();
  }

  private void stop(Cause cause, long now, long held) {
    record = record.stopped(new Stop(cause, now, held, databaseNow()));
    believed = held;
    believedNanos = nanos.getAsLong();
    LOG.warn(
        "{}: it says {}, commits go on from {}. Windows stay open and nothing falls due until an"
            + " operator agrees: `millrace clock`",
        cause.meaning(),
        Instant.ofEpochMilli(now),
        Instant.ofEpochMilli(held));
    saved = false;
    save();
  }

  private void save() {
    try {
      book.save(record);
      saved = true;
    } catch (DatabaseUnavailable e) {
      LOG.debug("a stop is written down later: {}", e.getMessage());
    }
  }

  @Override
  public synchronized void seen(long committed) {
    ahead = Math.max(ahead, committed);
    long now = millis.getAsLong();
    if (record.stop() == null
        && committed > record.agreedAhead()
        && committed > now + TOLERANCE.toMillis()) {
      stop(Cause.BEHIND, now, now);
    }
  }

  /** Compares it with the database's clock; where that does not answer, nothing is learnt. */
  public void look() {
    try {
      read();
      Answer answer = ask();
      learn(answer);
    } catch (DatabaseUnavailable e) {
      LOG.debug("the database's clock did not answer: {}", e.getMessage());
    } catch (RuntimeException e) {
      LOG.error("the clock can't be looked at; it goes on as it was", e);
    }
  }

  /** What the database's clock said, the elapsed time halfway of the question, and how long. */
  private record Answer(long time, long nanos, long took) {}

  /** Without the lock: commits don't wait for it. */
  private Answer ask() {
    long before = nanos.getAsLong();
    long said = book.databaseTime();
    long took = nanos.getAsLong() - before;
    return new Answer(said, before + took / 2, took);
  }

  private void note(Answer answer) {
    databaseTime = answer.time;
    databaseNanos = answer.nanos;
    difference = millis.getAsLong() - databaseNow();
  }

  private long databaseNow() {
    return databaseTime + (nanos.getAsLong() - databaseNanos) / 1_000_000;
  }

  private synchronized void learn(Answer answer) {
    if (!saved) {
      save();
    }
    if (answer.took > SLOW.toNanos()) {
      return;
    }
    note(answer);
    if (read().ticks()) {
      compare();
    }
    if (record.stop() == null) {
      // Small steps are forgiven one by one: each was borne out by the database.
      believed = millis.getAsLong();
      believedNanos = nanos.getAsLong();
    }
  }

  private void compare() {
    if (difference != null && off(difference - record.agreedDifference())) {
      stop(Cause.DIFFERENCE, millis.getAsLong(), passed());
    }
  }

  @Override
  public synchronized ClockState state() {
    Reading reading = read();
    return new ClockState(true, millis.getAsLong(), reading.now(), difference, record);
  }

  @Override
  public synchronized ClockState agree(String who) {
    if (record.stop() != null) {
      note(ask());
      long now = millis.getAsLong();
      long by = now - databaseNow();
      ClockRecord agreed =
          new ClockRecord(null, off(by) ? by : 0, Math.max(ahead, given), who, databaseNow());
      book.save(agreed);
      saved = true;
      record = agreed;
      believed = now;
      believedNanos = nanos.getAsLong();
      LOG.info("an operator agrees to the clock as it is, {}", Instant.ofEpochMilli(now));
    }
    return state();
  }

  @Override
  public void close() {
    looking.shutdownNow();
  }
}
