package io.millrace.connectors.shard;

import io.millrace.processors.shard.AccountAnswer;
import io.millrace.processors.shard.Command;
import io.millrace.processors.shard.Effects;
import io.millrace.processors.shard.MoveRefusal;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A command, and who waits for it.
 *
 * @param answer an account's, null where the command is none of an account's
 */
record Caller(int shard, Command command, CompletableFuture<@Nullable AccountAnswer> answer) {

  /** Answers by what the drain came to that it was part of. */
  void told(NodeShards.Drained drained) {
    if (drained.lost().contains(shard)) {
      answer.completeExceptionally(new ShardMoved(shard));
      return;
    }
    List<Command> done = drained.work().commands.getOrDefault(shard, List.of());
    if (done.stream().noneMatch(this::isIt)) {
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

  /** A request whose row was numbered anew stands under the very same key. */
  private boolean isIt(Command other) {
    return other == command
        || other instanceof Command.Account a
            && command instanceof Command.Account b
            && a.request().key() == b.request().key();
  }
}
