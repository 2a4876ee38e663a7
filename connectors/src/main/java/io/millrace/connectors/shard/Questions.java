package io.millrace.connectors.shard;

import io.millrace.processors.shard.Shard;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What readers ask the shards of a node: any thread adds, the thread of the shards answers between
 * two commits, so that they see what is committed.
 */
final class Questions {
  private final Supplier<List<Shard>> shards;
  private final ConcurrentLinkedQueue<Runnable> waiting = new ConcurrentLinkedQueue<>();

  /**
   * Questions about shards.
   *
   * @param shards those that the node owns, between two commits
   */
  Questions(Supplier<List<Shard>> shards) {
    this.shards = shards;
  }

  <T> CompletableFuture<T> add(Function<List<Shard>, T> question) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    waiting.add(
        () -> {
          try {
            answer.complete(question.apply(shards.get()));
          } catch (RuntimeException | AssertionError e) {
            answer.completeExceptionally(e);
          }
        });
    return answer;
  }

  /**
   * Answers all that wait. What is asked meanwhile waits until the next time: who asks on with each
   * answer would keep the thread from commits.
   *
   * @param before run ahead of each: it sees to it that the shards are still this node's
   */
  void answer(Runnable before) {
    if (waiting.isEmpty()) {
      return;
    }
    List<Runnable> asked = new ArrayList<>();
    for (Runnable next; (next = waiting.poll()) != null; ) {
      asked.add(next);
    }
    for (Runnable question : asked) {
      before.run();
      question.run();
    }
  }
}
