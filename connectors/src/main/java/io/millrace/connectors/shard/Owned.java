package io.millrace.connectors.shard;

import io.millrace.connectors.shard.Store.Checkpoint;
import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import io.millrace.processors.journal.Section;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.shard.Command;
import io.millrace.processors.shard.Shard;
import io.millrace.processors.shard.ShardKey;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A shard that this node owns: its state, and what its row must look like. */
final class Owned {
  /** Changes that are stored, in sizes of the whole that they build on. */
  private static final long MOST_CHANGES = 4;

  final Shard shard;

  /** Raised by who takes it, and by its owner where a commit is not to be made any more. */
  int epoch;

  byte[] chain;

  /** The stamp of its row: the last period whose close was asked for. */
  int closing;

  /** The number of the commit of its last seq. */
  long number;

  /** The seq up to which its windows have been shown for publishing. */
  long publishedSeq;

  /** Messages to it that are not journalled yet, those of a sender in its order. */
  List<Command.Received> inbox = List.of();

  /** Senders whose next message trips; nothing of theirs is journalled while this node has it. */
  final Set<Integer> held = new HashSet<>();

  long checkpointSeq;
  long deltaBytes;
  long fullBytes;

  Owned(Shard shard, int epoch, byte[] chain, int closing) {
    this.shard = shard;
    this.epoch = epoch;
    this.chain = chain;
    this.closing = closing;
  }

  /**
   * A shard as its checkpoints have it.
   *
   * @param seq those after it were left behind by an owner that had lost the shard
   */
  static Owned stored(Store store, ShardKey key, Rules rules, int epoch, int closing, long seq) {
    byte[] genesis = NodeShards.genesis(key.tenant(), key.number());
    Owned o = new Owned(new Shard(key, rules), epoch, genesis, closing);
    for (Checkpoint c : store.checkpoints(key.number())) {
      if (c.base() == o.checkpointSeq && c.seq() <= seq) {
        o.shard.overlay(new ByteReader(c.body()));
        o.number = c.number();
        o.chain = c.chain();
        o.stored(c);
      }
    }
    return o;
  }

  /**
   * What brings it back to here: what changed since its last checkpoint; all where none is, and
   * where so much has changed that folding it ({@link Fold}) has failed or fallen behind.
   */
  Checkpoint checkpoint(ByteWriter scratch) {
    return checkpoint(scratch, deltaBytes > MOST_CHANGES * fullBytes ? 0 : checkpointSeq);
  }

  /** All that brings it back to here. */
  Checkpoint whole(ByteWriter scratch) {
    return checkpoint(scratch, 0);
  }

  private Checkpoint checkpoint(ByteWriter scratch, long base) {
    scratch.clear();
    shard.encode(scratch, base);
    return new Checkpoint(number(), shard.seq(), epoch, number, base, chain, scratch.toByteArray());
  }

  /** Notes that a checkpoint is stored: the next one may build on it. */
  void stored(Checkpoint c) {
    if (c.base() == 0) {
      fullBytes = c.body().length;
      deltaBytes = 0;
    } else {
      deltaBytes += c.body().length;
    }
    checkpointSeq = c.seq();
  }

  /** Whether something is due at this time, or a close was asked for. */
  boolean isDue(long now) {
    return closing > shard.closing()
        || !inbox.isEmpty()
        || shard.isBehind()
        || shard.nextDue() <= now;
  }

  int number() {
    return shard.key().number();
  }

  /**
   * Its part of the next commit; the close that its row asks for comes first, then messages.
   *
   * @param usageFrom the first of its rows in the commit's usage
   * @param usageTo the row after its last
   */
  Section section(List<Command> commands, int usageFrom, int usageTo, long now, int dueLimit) {
    List<Command> all = new ArrayList<>();
    if (closing > shard.closing()) {
      all.add(new Command.ClosePeriod(closing));
    }
    all.addAll(inbox);
    all.addAll(commands);
    long time = Math.max(now, shard.time());
    return new Section(number(), epoch, shard.seq() + 1, time, dueLimit, all, usageFrom, usageTo);
  }
}
