package io.millrace.connectors.files;

import io.millrace.connectors.files.CheckedFile.Reading;
import io.millrace.connectors.mediation.UsageProcessor;
import io.millrace.connectors.mediation.Verdicts;
import io.millrace.connectors.source.BatchConsumer;
import io.millrace.connectors.source.SourceBatch;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lines of one file on their way through the route, thousands at once; how far all before are
 * disposed of is stored as it goes. Belongs to its reader's thread.
 */
public final class FileFlow {
  private static final Logger LOG = LoggerFactory.getLogger(FileFlow.class);

  /** Lines of one exchange at most, and bytes after which it ends. */
  private static final int BATCH_LINES = 2_000;

  private static final int BATCH_BYTES = 1 << 20;

  /** Payloads of one reader in the node at once, bytes; one batch may come on top. */
  private static final long BYTES_IN_FLIGHT = 1L << 25;

  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long STORE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  /** A file that comes no further for so long is left to whoever can do better. */
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

  /** How a flow ended. */
  public enum End {
    /** All lines are disposed of, and that is stored. */
    DONE,
    /** It was told to leave, or came no further; the rest is to be read later. */
    LEFT,
    /** Another reader has the file. */
    LOST
  }

  private final BatchConsumer source;
  private final SourceFiles.Reader claims;
  private final FileCounters counters;
  private final long drainMillis;
  private final FileClaim claim;
  private final Deque<Batch> batches = new ArrayDeque<>();
  private long stored;
  private long upTo;
  private LineCounts notStored = LineCounts.NONE;
  private long storedAt = System.nanoTime();
  private long movedAt = System.nanoTime();

  /**
   * A flow that has not begun.
   *
   * @param drainMillis how long it waits for them when it is told to leave
   */
  public FileFlow(
      BatchConsumer source,
      SourceFiles.Reader claims,
      FileClaim claim,
      FileCounters counters,
      long drainMillis) {
    this.source = source;
    this.claims = claims;
    this.claim = claim;
    this.counters = counters;
    this.drainMillis = drainMillis;
  }

  /**
   * Hands the lines in until all are disposed of.
   *
   * @param first the line to begin with
   * @param wanted whether to go on
   */
  public End run(CheckedFile file, long first, BooleanSupplier wanted) throws IOException {
    stored = upTo = first;
    try (Reading reading = file.read(first)) {
      while (true) {
        advance();
        counters.look(file.lines() - reading.next());
        boolean allIn = !reading.hasNext() && batches.isEmpty();
        if (!store(allIn)) {
          return End.LOST;
        }
        if (allIn && stored == upTo) {
          return End.DONE;
        }
        if (!wanted.getAsBoolean() || System.nanoTime() - movedAt > PATIENCE_NANOS) {
          return leave();
        }
        if (reading.hasNext() && counters.hasRoom(BYTES_IN_FLIGHT)) {
          handIn(reading);
        } else {
          LockSupport.parkNanos(LOOK_NANOS);
        }
      }
    } finally {
      // What is still in the route ends there, and counts for nobody.
      batches.forEach(Batch::leave);
      counters.oldest(0);
    }
  }

  private void handIn(Reading reading) throws IOException {
    List<byte[]> payloads = new ArrayList<>();
    long bytes = 0;
    while (payloads.size() < BATCH_LINES && bytes < BATCH_BYTES && reading.hasNext()) {
      byte[] line = reading.line();
      payloads.add(line);
      bytes += line.length;
    }
    Batch batch = new Batch(payloads, bytes, reading.next());
    counters.handedIn(batch.size(), bytes);
    batches.addLast(batch);
    batch.attempt();
  }

  private void advance() {
    long now = System.nanoTime();
    passDone();
    Batch head = batches.peekFirst();
    if (head == null) {
      movedAt = now;
    }
    batches.stream().filter(b -> b.isToBeRepeated(now)).findFirst().ifPresent(SourceBatch::attempt);
    counters.oldest(head == null ? 0 : head.arrivedAt());
  }

  /** Returns whether the file is still this reader's, as far as that can be told. */
  private boolean store(boolean now) {
    long at = System.nanoTime();
    boolean due = at - storedAt > STORE_NANOS;
    try {
      if (upTo > stored && (now || due)) {
        storedAt = at;
        if (!claims.progress(claim, stored, upTo, notStored)) {
          return false;
        }
        counters.acknowledged(upTo - stored);
        stored = upTo;
        notStored = LineCounts.NONE;
      } else if (at - storedAt > SourceFiles.RENEWAL.toNanos()) {
        storedAt = at;
        return claims.renew(claim);
      }
    } catch (SQLException e) {
      // The shards' commits wait for the same database; whoever has the file then goes on.
      LOG.debug("file {}: its progress can't be stored now", claim.id(), e);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
    }
    return true;
  }

  private End leave() {
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(drainMillis);
    while (batches.stream().anyMatch(SourceBatch::isInRoute) && System.nanoTime() - until < 0) {
      LockSupport.parkNanos(LOOK_NANOS);
    }
    passDone();
    return store(true) ? End.LEFT : End.LOST;
  }

  private void passDone() {
    Batch head;
    while ((head = batches.peekFirst()) != null && head.isDone()) {
      upTo = head.end;
      notStored = notStored.plus(head.counts());
      movedAt = System.nanoTime();
      batches.removeFirst();
    }
  }

  /** Lines that were handed in at once. */
  private final class Batch extends SourceBatch {
    private final long bytes;
    private final long end;
    private final AtomicBoolean left = new AtomicBoolean();
    private Verdicts verdicts = new Verdicts();

    Batch(List<byte[]> payloads, long bytes, long end) {
      super(source, payloads);
      this.bytes = bytes;
      this.end = end;
    }

    void leave() {
      if (left.compareAndSet(false, true)) {
        counters.left(size(), bytes);
      }
    }

    @Override
    protected void begins(Exchange attempt) {
      verdicts = new Verdicts();
      attempt.setProperty(UsageProcessor.VERDICTS, verdicts);
    }

    @Override
    protected void disposed() {
      leave();
    }

    /** Of a batch that is done; a line holds none, one or many events, as its codec finds. */
    LineCounts counts() {
      long charged = 0;
      long duplicate = 0;
      long suspended = 0;
      for (Verdicts.Each each : verdicts.all()) {
        switch (each.verdict()) {
          case CHARGED -> charged++;
          case DUPLICATE -> duplicate++;
          case SUSPENDED -> suspended++;
          case MOVED -> throw new IllegalStateException("told of an event that is on its way");
        }
      }
      return new LineCounts(charged, duplicate, suspended);
    }

    @Override
    protected void failed() {
      counters.failed();
    }
  }
}
