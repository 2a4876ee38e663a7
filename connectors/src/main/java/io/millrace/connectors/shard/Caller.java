package io.millrace.connectors.shard;

import io.millrace.processors.shard.Command;
import io.millrace.processors.shard.Effects;
import io.millrace.processors.shard.MoveRefusal;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A command, and who waits for it. */
record Caller(int shard, Command command, CompletableFuture<Void> answer) {

  /** Answers by what the drain came to that it was part of. */
  void told(NodeShards.Drained drained) {
    if (drained.lost().contains(shard)) {
      answer.completeExceptionally(new ShardMoved(shard));
      return;
    }
    List<Command> done = drained.work().commands.getOrDefault(shard, List.of());
    if (done.stream().noneMatch(c -> c == command)) {
      answer.completeExceptionally(
          new IllegalStateException(
              "the command can't be applied; it waits in suspense as `refused`"));
      return;
    }
    Effects effects = drained.effects().get(shard);
    MoveRefusal refusal =
        effects != null && command instanceof Command.Move m ? effects.refused.get(m) : null;
    if (refusal == null) {
      answer.complete(null);
    } else {
      answer.completeExceptionally(new CommandRefused(refusal));
    }
  }
}
