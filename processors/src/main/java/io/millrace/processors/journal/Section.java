package io.millrace.processors.journal;

import io.millrace.processors.shard.Command;
import java.util.List;

/**
 * One shard's part of a commit: all that its {@code apply} needs beside the state and the rules.
 *
 * @param shard its number
 * @param epoch the owner's epoch
 * @param seq this commit's number in the shard, from 1
 * @param time the shard's time from here on, milliseconds since 1970-01-01 UTC; never backwards
 * @param dueLimit how many due items may run in this commit; 0: nothing falls due, no close either
 * @param commands in order, applied before the usage
 * @param usageFrom the first of its rows in the commit's usage
 * @param usageTo the row after its last
 */
public record Section(
    int shard,
    int epoch,
    long seq,
    long time,
    int dueLimit,
    List<Command> commands,
    int usageFrom,
    int usageTo) {

  public Section {
    commands = List.copyOf(commands);
    if (usageFrom > usageTo || seq < 1) {
      throw new IllegalArgumentException("section " + shard + "/" + seq);
    }
  }
}
