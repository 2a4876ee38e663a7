package io.millrace.connectors.shard;

import io.millrace.processors.journal.Section;
import io.millrace.processors.shard.Command;
import io.millrace.processors.shard.Digests;
import io.millrace.processors.shard.Effects;
import io.millrace.processors.shard.Reason;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the command or row that trips {@code apply}, or that the database refuses to write down, by
 * bisection, and has it journalled as refused, so that it blocks nothing. Whatever else is applied
 * with it (what is due, a close) is tried with every part, so that what trips by itself is not
 * blamed on who happened to be there.
 */
final class Poison {
  private static final Logger LOG = LoggerFactory.getLogger(Poison.class);

  private final Owned owned;
  private final long number;
  private final long now;
  private final int dueLimit;
  private final Predicate<Applied> refused;

  /**
   * For a shard whose part of a commit does not go through.
   *
   * @param refused whether the database is against a part that was applied
   */
  Poison(Owned owned, long number, long now, int dueLimit, Predicate<Applied> refused) {
    this.refused = refused;
    this.owned = owned;
    this.number = number;
    this.now = now;
    this.dueLimit = dueLimit;
  }

  /**
   * The work with what the database refuses of this shard's part replaced by its suspension.
   *
   * @return null where it refuses none of it, or none any more
   * @throws StoreUnavailable where it refuses what is due by itself
   */
  @Nullable Work isolateRefused(Work work, SQLException cause) {
    int shard = owned.number();
    List<Command> commands = work.commands.getOrDefault(shard, List.of());
    if (!trips(work, commands, commands.size() + work.from[shard + 1] - work.from[shard])) {
      return null;
    }
    List<Command.Received> inbox = owned.inbox;
    owned.inbox = List.of();
    boolean byItself = trips(work, List.of(), 0);
    owned.inbox = inbox;
    if (byItself) {
      throw new StoreUnavailable(
          "the database refuses what is due in shard " + owned.shard.key(), cause);
    }
    // Its message may hold a key, and so a device.
    return blamed(
        work,
        new IllegalStateException("the database refuses it: SQL state " + cause.getSQLState()));
  }

  /** The work with the culprit replaced by its suspension. */
  Work isolate(Work work, Throwable bug) {
    Work left = blamed(work, bug);
    if (left == null) {
      throw new AssertionError(
          "shard " + owned.shard.key() + " is not the same each time: nothing trips again", bug);
    }
    return left;
  }

  private @Nullable Work blamed(Work work, Throwable bug) {
    int shard = owned.number();
    List<Command> commands = work.commands.getOrDefault(shard, List.of());
    int all = commands.size() + work.from[shard + 1] - work.from[shard];
    if (holdsBackMessage(work)) {
      return work;
    }
    if (trips(work, commands, 0)) {
      throw new AssertionError(
          "shard " + owned.shard.key() + " can't go on: no command is to blame", bug);
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
    if (fails == 0 || !trips(work, commands, fails)) {
      return null; // The database has changed its mind meanwhile: nobody is to blame.
    }
    LOG.error(
        "a {} of shard {} was refused and waits in suspense as `refused`; it trips: {}",
        passes < commands.size() ? "command" : "usage event",
        owned.shard.key(),
        bug.toString());
    return passes < commands.size()
        ? withoutCommand(work, commands, passes)
        : withoutRow(work, work.from[shard] + passes - commands.size());
  }

  /**
   * Whether it is a message that trips. What its sender sends waits then, in its order: a message
   * is never lost, and what comes after it may build on it.
   */
  private boolean holdsBackMessage(Work work) {
    List<Command.Received> inbox = owned.inbox;
    if (inbox.isEmpty()) {
      return false;
    }
    for (int n = 0; n <= inbox.size(); n++) {
      owned.inbox = inbox.subList(0, n);
      if (trips(work, List.of(), 0)) {
        if (n == 0) {
          break; // By itself.
        }
        int sender = inbox.get(n - 1).from();
        owned.held.add(sender);
        owned.inbox = inbox.stream().filter(m -> m.from() != sender).toList();
        LOG.error(
            "a message to shard {} trips; those of shard {} to it wait until another version of"
                + " this node can apply it",
            owned.shard.key(),
            sender);
        return true;
      }
    }
    owned.inbox = inbox;
    return false;
  }

  private boolean trips(Work work, List<Command> commands, int prefix) {
    int from = work.from[owned.number()];
    int commandCount = Math.min(prefix, commands.size());
    Section section =
        owned.section(
            commands.subList(0, commandCount), from, from + prefix - commandCount, now, dueLimit);
    try {
      Effects effects = owned.shard.apply(number, section, work.usage);
      return refused.test(new Applied(owned, section, effects));
    } catch (StoreUnavailable unknown) {
      throw unknown;
    } catch (AssertionError | RuntimeException expected) {
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
    if (work.isRecycled(row)) {
      return left; // It stays in suspense as what it was.
    }
    left.command(
        owned.number(),
        new Command.Suspend(
            source,
            Reason.REFUSED,
            owned.shard.fingerprint(
                work.usage, row), // as where the shard suspends it: it waits once
            receivedAt,
            raw,
            raw.length,
            hash));
    return left;
  }

  private Work withoutCommand(Work work, List<Command> commands, int index) {
    Command culprit = commands.remove(index);
    if (!(culprit instanceof Command.Suspend s)) {
      byte[] raw = culprit.toString().getBytes(StandardCharsets.UTF_8);
      byte[] hash = Digests.suspense(0, raw);
      commands.add(
          new Command.Suspend(0, Reason.REFUSED, Digests.head(hash), now, raw, raw.length, hash));
    } else if (s.reason() != Reason.REFUSED || s.raw().length > 0) {
      // It waits all the same: as refused, and without its bytes where they are what trips.
      byte[] raw = s.reason() == Reason.REFUSED ? new byte[0] : s.raw();
      commands.add(
          new Command.Suspend(
              s.source(),
              Reason.REFUSED,
              s.fingerprint(),
              s.receivedAt(),
              raw,
              s.rawSize(),
              s.rawHash()));
    } else {
      throw new AssertionError("shard " + owned.shard.key() + " can't even suspend");
    }
    return work;
  }
}
