package io.millrace.connectors.shard;

import io.millrace.connectors.shard.Store.Checkpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has checkpoints stored beside the commits: encoded on the thread of the shards, between two
 * drains, and written on one of its own, one at a time. A round over all shards that moved on is
 * cut into transactions of some megabytes, so that neither a drain nor the heap waits for all; and
 * the longer a round takes, the longer until the next.
 */
final class Checkpointer {
  private static final Logger LOG = LoggerFactory.getLogger(Checkpointer.class);
  private static final long STOP_SECONDS = 10;

  /** Encoded state that one transaction writes, one shard's at least. */
  static final long BYTES = 1 << 22;

  /** How long one look encodes, and a shard longer at most: commits wait for it. */
  private static final long LOOK_NANOS = 500_000;

  /** Rounds encode for one part in so many of the time: those who wait for commits wait for it. */
  private static final long SHARE = 50;

  /** After so long a round begins whatever it takes: a restart reads all that came since. */
  static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(60);

  private final NodeShards node;
  private final Store store;
  private final long pauseNanos;
  private final ExecutorService writer =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().name("millrace-checkpoint").factory());
  private @Nullable Future<Set<Integer>> writing;
  private List<Checkpoint> underWay = List.of();

  /** Made, and not handed to the writer yet. */
  private final List<Checkpoint> made = new ArrayList<>();

  private long madeBytes;

  /** Shards whose turn in this round is still to come. */
  private final TreeSet<Integer> left = new TreeSet<>();

  private long next;

  /** When the round that goes on began, and how long it has encoded. */
  private long begun;

  private long encodedNanos;

  Checkpointer(NodeShards node, Store store, long pauseMillis) {
    this.node = node;
    this.store = store;
    this.pauseNanos = TimeUnit.MILLISECONDS.toNanos(pauseMillis);
    this.next = System.nanoTime() + pauseNanos;
  }

  /** Notes what has been stored, and begins with the next ones when it is time. */
  void look(long now) {
    Future<Set<Integer>> done = writing;
    if (done != null) {
      if (done.isDone()) {
        writing = null;
        Set<Integer> stored = stored(done);
        underWay.stream()
            .filter(c -> stored.contains(c.shard()))
            .forEach(node.progress()::checkpointed);
      }
    } else if (!left.isEmpty() || now - next >= 0) {
      if (left.isEmpty()) {
        begun = now;
        encodedNanos = 0;
        left.addAll(node.progress().moved());
      }
      long from = System.nanoTime();
      make(from);
      encodedNanos += System.nanoTime() - from;
      next = begun + pause(pauseNanos, encodedNanos);
      if (!made.isEmpty() && (left.isEmpty() || madeBytes >= BYTES)) {
        List<Checkpoint> wanting = List.copyOf(made);
        made.clear();
        madeBytes = 0;
        underWay = wanting;
        writing = writer.submit(() -> store.checkpoint(wanting));
      }
    }
  }

  /**
   * From the begin of a round to that of the next.
   *
   * @param wanted what is configured
   * @param encoded how long the round encodes
   */
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

  private static Set<Integer> stored(Future<Set<Integer>> done) {
    return switch (done.state()) {
      case SUCCESS -> done.resultNow();
      case RUNNING, FAILED, CANCELLED -> {
        // The next ones build on the last that are known to be stored.
        LOG.warn(
            "a checkpoint was not stored and is tried again; recovery takes longer until then");
        yield Set.of();
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
