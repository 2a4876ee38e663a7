package io.millrace.connectors.shard;

import io.millrace.processors.journal.Section;
import io.millrace.processors.shard.Command;
import io.millrace.processors.shard.Shard;
import java.util.ArrayList;
import java.util.List;

/** A shard that this node owns: its state, and what its row must look like. */
final class Owned {
  final Shard shard;
  final int epoch;
  byte[] chain;

  /** The stamp of its row: the last period whose close was asked for. */
  int closing;

  /** The number of the commit of its last seq. */
  long number;

  /** The seq up to which its windows have been shown for publishing. */
  long publishedSeq;

  long checkpointSeq;
  long checkpointNumber;
  long deltaBytes;
  long fullBytes;

  Owned(Shard shard, int epoch, byte[] chain, int closing) {
    this.shard = shard;
    this.epoch = epoch;
    this.chain = chain;
    this.closing = closing;
  }

  int number() {
    return shard.key().number();
  }

  /**
   * Its part of the next commit; the close that its row asks for comes first.
   *
   * @param usageFrom the first of its rows in the commit's usage
   * @param usageTo the row after its last
   */
  Section section(List<Command> commands, int usageFrom, int usageTo, long now, int dueLimit) {
    List<Command> all = new ArrayList<>();
    if (closing > shard.closing()) {
      all.add(new Command.ClosePeriod(closing));
    }
    all.addAll(commands);
    long time = Math.max(now, shard.time());
    return new Section(
        number(), epoch, shard.seq() + 1, time, dueLimit, all, usageFrom, usageTo);
  }
}
