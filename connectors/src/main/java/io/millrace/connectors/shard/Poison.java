package io.millrace.connectors.shard;

import io.millrace.processors.journal.Section;
import io.millrace.processors.shard.Command;
import io.millrace.processors.shard.Digests;
import io.millrace.processors.shard.Reason;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the command or row that trips an assertion, by bisection, and has it journalled as refused,
 * so that it blocks nothing.
 */
final class Poison {
  private static final Logger LOG = LoggerFactory.getLogger(Poison.class);

  private final Owned owned;
  private final long number;
  private final long now;

  Poison(Owned owned, long number, long now) {
    this.owned = owned;
    this.number = number;
    this.now = now;
  }

  /** The work with the culprit replaced by its suspension. */
  Work isolate(Work work, AssertionError bug) {
    int shard = owned.number();
    List<Command> commands = work.commands.getOrDefault(shard, List.of());
    int all = commands.size() + work.from[shard + 1] - work.from[shard];
    if (trips(work, commands, 0)) {
      throw new AssertionError("shard " + owned.shard.key() + " can't go on: no command is to blame", bug);
    }
    int passes = 0;
    int fails = all;
    while (fails - passes > 1) {
      int middle = (passes + fails) >>> 1;
      if (trips(work, commands, middle)) {
        fails = middle;
      } else {
        passes = middle;
      }
    }
    LOG.error(
        "a {} of shard {} was refused and waits in suspense as `refused`; it trips: {}",
        passes < commands.size() ? "command" : "usage event",
        owned.shard.key(),
        String.valueOf(bug.getMessage()));
    return passes < commands.size()
        ? withoutCommand(work, commands, passes)
        : withoutRow(work, work.from[shard] + passes - commands.size());
  }

  private boolean trips(Work work, List<Command> commands, int prefix) {
    int shard = owned.number();
    int commandCount = Math.min(prefix, commands.size());
    int to = work.from[shard] + prefix - commandCount;
    Section section =
        new Section(
            shard,
            owned.epoch,
            owned.shard.seq() + 1,
            Math.max(now, owned.shard.time()),
            0,
            commands.subList(0, commandCount),
            work.from[shard],
            to);
    try {
      owned.shard.apply(number, section, work.usage);
      return false;
    } catch (AssertionError expected) {
      return true;
    } finally {
      owned.shard.undo();
    }
  }

  private Work withoutRow(Work work, int row) {
    byte[] raw = work.usage.rawOf(row);
    int source = work.usage.source[row];
    byte[] hash = Digests.suspense(source, raw);
    long receivedAt = work.usage.receivedAt[row];
    Work left = work.without(row);
    left.command(
        owned.number(),
        new Command.Suspend(
            source, Reason.REFUSED, Digests.head(hash), receivedAt, raw, raw.length, hash));
    return left;
  }

  private Work withoutCommand(Work work, List<Command> commands, int index) {
    Command culprit = commands.remove(index);
    if (!(culprit instanceof Command.Suspend)) {
      byte[] raw = culprit.toString().getBytes(StandardCharsets.UTF_8);
      byte[] hash = Digests.suspense(0, raw);
      commands.add(
          new Command.Suspend(0, Reason.REFUSED, Digests.head(hash), now, raw, raw.length, hash));
    }
    return work;
  }
}
