package io.millrace.connectors.shard;

import io.millrace.processors.shard.AccountAnswer;
import io.millrace.processors.shard.Command;
import io.millrace.processors.shard.Effects;
import io.millrace.processors.shard.MoveRefusal;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A command, and who waits for it.
 *
 * @param answer an account's, null where the command is none of an account's
 */
record Caller(int shard, Command command, CompletableFuture<@Nullable AccountAnswer> answer) {

  /** Answers all by what the drain came to that they were part of. */
  static void tell(List<Caller> callers, NodeShards.Drained drained) {
    if (callers.isEmpty()) {
      return;
    }
    Set<Object> done = Collections.newSetFromMap(new IdentityHashMap<>());
    drained.work().commands.values().forEach(list -> list.forEach(c -> done.add(identity(c))));
    callers.forEach(c -> c.told(drained, done.contains(identity(c.command))));
  }

  /** A request whose row was numbered anew stands under the very same key. */
  private static Object identity(Command command) {
    return command instanceof Command.Account a ? a.request().key() : command;
  }

  private void told(NodeShards.Drained drained, boolean isDone) {
    if (drained.lost().contains(shard)) {
      answer.completeExceptionally(new ShardMoved(shard));
      return;
    }
    if (!isDone) {
      answer.completeExceptionally(
          new IllegalStateException(
              "the command can't be applied; it waits in suspense as `refused`"));
      return;
    }
    Effects effects = drained.effects().get(shard);
    MoveRefusal refusal =
        effects != null && command instanceof Command.Move m ? effects.refused.get(m) : null;
    if (refusal != null) {
      answer.completeExceptionally(new CommandRefused(refusal));
    } else if (effects != null && command instanceof Command.Account a) {
      answer.complete(effects.answers.get(a.request().key()));
    } else {
      answer.complete(null);
    }
  }
}
