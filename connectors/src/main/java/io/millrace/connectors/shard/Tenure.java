package io.millrace.connectors.shard;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a node comes by its shards and keeps them: it prolongs their leases, takes what is free, and
 * lets go of what it may not or can't serve. Used by the thread of the shards; any thread asks how
 * it stands.
 */
final class Tenure {
  private static final Logger LOG = LoggerFactory.getLogger(Tenure.class);

  private final NodeShards node;
  private final int shards;
  private final long leaseNanos;
  private final Runnable taken;
  private volatile boolean ready;
  private volatile @Nullable String trouble = "starting";
  private volatile long nextRenewal;

  /** Until then nobody else can have taken a shard of this node. */
  private long leaseEnds;

  /** What can't be read of the rules that are active. */
  private @Nullable String unreadable;

  /**
   * A tenure that has not begun.
   *
   * @param taken run after shards were taken
   */
  Tenure(NodeShards node, ShardHost.Settings settings, Runnable taken) {
    this.node = node;
    this.shards = settings.shards();
    this.leaseNanos = TimeUnit.MILLISECONDS.toNanos(settings.leaseMillis());
    this.taken = taken;
  }

  /** Takes what is free, and what an earlier process of its name has left. */
  void begin() {
    long now = System.nanoTime();
    node.take(shards, true);
    taken.run();
    renewed(now);
    noteOwnership();
  }

  /** Prolongs the leases and takes what is free, if it is time to. */
  void look(long now) {
    if (now - nextRenewal < 0) {
      return;
    }
    nextRenewal = now + leaseNanos / 3;
    try {
      noteLoss(node.renew().size());
      renewed(now);
      if (node.owned() < shards) {
        node.take(shards - node.owned(), false);
        taken.run();
      }
      noteOwnership();
    } catch (RulesUnreadable e) {
      letGo(e);
    }
  }

  /** Has it look as soon as it is asked to; from any thread. */
  void hurry() {
    nextRenewal = System.nanoTime();
  }

  /**
   * A node that stood still may wake to find its shards another's: it looks before it tells what
   * they were. Where the database does not answer either, what is known last is told.
   */
  void confirm() {
    long now = System.nanoTime();
    if (now - leaseEnds >= 0) {
      leaseEnds = now + leaseNanos / 3; // If that fails, not once more for each question.
      nextRenewal = now;
      try {
        look(now);
      } catch (StoreUnavailable e) {
        failed(e);
      }
    }
  }

  private void renewed(long begun) {
    nextRenewal = begun + leaseNanos / 3;
    leaseEnds = begun + leaseNanos;
  }

  /** Others may serve the shards under these rules; this node tries again with its next renewal. */
  void letGo(RulesUnreadable why) {
    String message = String.valueOf(why.getMessage());
    if (!message.equals(unreadable)) {
      LOG.error("the shards of this node are given back: {}", message);
    }
    unreadable = message;
    try {
      node.release();
    } catch (StoreUnavailable e) {
      LOG.debug("they are free when their leases have ended", e);
    }
    noteOwnership();
  }

  void noteLoss(int lost) {
    if (lost > 0) {
      LOG.warn(
          "{} shards were taken over by another node: did this one stand still for a lease?", lost);
    }
  }

  /** The node can commit: it is ready where it owns something. */
  void noteOwnership() {
    ready = node.owned() > 0;
    unreadable = ready ? null : unreadable;
    String free = "no shard is free: another node holds them until its lease ends";
    trouble = ready ? null : unreadable != null ? unreadable : free;
  }

  /** Nothing can be committed now. */
  void failed(StoreUnavailable why) {
    trouble = why.getMessage();
  }

  /** The shards have stopped for good. */
  void stopped(Throwable why) {
    trouble = "stopped: " + why;
  }

  /** It owns nothing any more. */
  void end() {
    ready = false;
  }

  boolean isReady() {
    return ready && trouble == null;
  }

  @Nullable String trouble() {
    return trouble;
  }
}
