package io.millrace.connectors.shard;

import io.millrace.connectors.shard.Store.ChainPoint;
import io.millrace.connectors.shard.Store.Checkpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has checkpoints stored beside the commits: what changed is encoded on the thread of the shards,
 * between two drains, and written on one of its own, one at a time. A round over all shards that
 * moved on is cut into small transactions, so that neither a drain nor the heap waits for all; the
 * longer one takes, the longer until the next. Between them the changes that outweigh the whole
 * that they build on are folded into it, on that other thread alone. It also notes points of the
 * shards' chains; these wait for what is being written, and for nothing else.
 */
final class Checkpointer {
  private static final Logger LOG = LoggerFactory.getLogger(Checkpointer.class);
  private static final long STOP_SECONDS = 10;

  /**
   * Encoded state that one transaction writes, one shard's at least: commits wait until its log is
   * on disk, as there is one log for all.
   */
  static final long BYTES = 1 << 18;

  /** How long one look encodes, and a shard longer at most: commits wait for it. */
  private static final long LOOK_NANOS = 500_000;

  /** Rounds encode for one part in so many of the time: those who wait for commits wait for it. */
  private static final long SHARE = 50;

  /**
   * So many times as long as one transaction took, the round's next one waits: commits share the
   * disk and the cores with it, and those who wait for one notice as few of them as can be.
   */
  private static final long WRITE_PAUSES = 32;

  /** So many times as long as one fold took, the next one waits: it takes cores from commits. */
  private static final long FOLD_PAUSES = 16;

  /**
   * After so long a round begins whatever it takes, and the waits within one come to no more: a
   * restart reads all that came since.
   */
  static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(60);

  private final NodeShards node;
  private final Store store;
  private final long pauseNanos;
  private final ExecutorService writer =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().name("millrace-checkpoint").factory());

  /** What goes on there; it tells what is stored. */
  private @Nullable Future<Written> writing;

  /** Made, and not handed to the writer yet. */
  private final List<Checkpoint> made = new ArrayList<>();

  private long madeBytes;

  /** Shards whose turn in this round is still to come. */
  private final TreeSet<Integer> left = new TreeSet<>();

  private long nextRound;

  /** When the round that goes on began, and how long it has encoded. */
  private long begun;

  private long encodedNanos;

  /** When the round's next transaction may be made. */
  private long writeAt = System.nanoTime();

  /** What is to be folded next, and when. */
  private @Nullable Fold fold;

  private long foldAt = System.nanoTime();

  /** Whether what goes on is a fold, or the noting of points. */
  private boolean folding;

  private boolean noting;

  /**
   * What one task of the writer came to.
   *
   * @param nanos that it took
   */
  private record Written(List<Checkpoint> stored, long nanos) {}

  Checkpointer(NodeShards node, Store store, long pauseMillis) {
    this.node = node;
    this.store = store;
    this.pauseNanos = TimeUnit.MILLISECONDS.toNanos(pauseMillis);
    this.nextRound = System.nanoTime() + pauseNanos;
  }

  /** Notes what has been stored, and begins with what comes next when it is time. */
  void look(long now) {
    Future<Written> last = writing;
    Fold next = fold;
    if (last != null) {
      if (last.isDone()) {
        writing = null;
        noteStored(last, now);
      }
    } else if (next != null && made.isEmpty() && now - foldAt >= 0) {
      folding = true;
      write(() -> next.of(store).stream().toList());
    } else if (now - writeAt >= 0 && (!left.isEmpty() || now - nextRound >= 0)) {
      encode(now);
    } else {
      List<ChainPoint> points = node.progress().chainPoints();
      if (!points.isEmpty()) {
        noting = true;
        write(
            () -> {
              store.note(points);
              return List.of();
            });
      }
    }
  }

  private void noteStored(Future<Written> done, long now) {
    Written written = written(done);
    if (noting) {
      noting = false;
      return;
    }
    written.stored.forEach(node.progress()::checkpointed);
    // Where nothing could be stored, the next round shows whether folding can.
    fold = written.stored.isEmpty() ? null : node.progress().fold().orElse(null);
    long longest = LONGEST_PAUSE_NANOS / Math.max(1, node.owned());
    if (folding) {
      folding = false;
      foldAt = now + Math.min(FOLD_PAUSES * written.nanos, longest);
    } else {
      writeAt = now + Math.min(WRITE_PAUSES * written.nanos, longest);
    }
  }

  private void encode(long now) {
    if (left.isEmpty()) {
      begun = now;
      encodedNanos = 0;
      left.addAll(node.progress().moved());
    }
    long from = System.nanoTime();
    make(from);
    encodedNanos += System.nanoTime() - from;
    nextRound = begun + pause(pauseNanos, encodedNanos);
    if (!made.isEmpty() && (left.isEmpty() || madeBytes >= BYTES)) {
      List<Checkpoint> wanting = List.copyOf(made);
      made.clear();
      madeBytes = 0;
      write(() -> wanting);
    }
  }

  /** Has the writer store some checkpoints, which it makes first; none where it does all itself. */
  private void write(Supplier<List<Checkpoint>> some) {
    writing =
        writer.submit(
            () -> {
              long begun = System.nanoTime();
              List<Checkpoint> wanting = some.get();
              Set<Integer> stored = wanting.isEmpty() ? Set.of() : store.checkpoint(wanting);
              return new Written(
                  wanting.stream().filter(c -> stored.contains(c.shard())).toList(),
                  System.nanoTime() - begun);
            });
  }

  /** From the begin of a round to that of the next, where one encodes for so long. */
  static long pause(long wanted, long encoded) {
    return Math.max(wanted, Math.min(SHARE * encoded, LONGEST_PAUSE_NANOS));
  }

  private void make(long from) {
    while (!left.isEmpty() && madeBytes < BYTES) {
      List<Checkpoint> some = node.progress().checkpoints(left, 1);
      made.addAll(some);
      madeBytes += some.stream().mapToLong(c -> c.body().length).sum();
      if (some.isEmpty() || System.nanoTime() - from >= LOOK_NANOS) {
        return;
      }
    }
  }

  private Written written(Future<Written> done) {
    return switch (done.state()) {
      case SUCCESS -> done.resultNow();
      case RUNNING, FAILED, CANCELLED -> {
        // The next ones build on the last that are known to be stored.
        LOG.warn(
            "{}: {}",
            noting
                ? "no points of the journal's chains were noted; the next are, after 1,024 commits"
                : "a checkpoint was not stored and is tried again; recovery takes longer until"
                    + " then",
            done.state() == Future.State.FAILED ? done.exceptionNow().toString() : "stopped");
        yield new Written(List.of(), LONGEST_PAUSE_NANOS);
      }
    };
  }

  void close() throws InterruptedException {
    writer.shutdown();
    if (!writer.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
      LOG.warn("the last checkpoint takes longer than {} s and is left to itself", STOP_SECONDS);
    }
  }
}
