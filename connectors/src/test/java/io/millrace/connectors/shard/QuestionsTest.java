package io.millrace.connectors.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class QuestionsTest {
  private final AtomicInteger looks = new AtomicInteger();
  private final Questions questions = new Questions(List::of);

  @Test
  void whoAsksOnWithEachAnswer_waitsForTheNextTime() {
    CompletableFuture<CompletableFuture<Integer>> asksOn =
        questions.add(shards -> 1).thenApply(n -> questions.add(shards -> n + 1));
    answer();
    assertTrue(asksOn.isDone());
    assertFalse(asksOn.join().isDone());
    answer();
    assertEquals(2, asksOn.join().join());
  }

  @Test
  void allThatWaited_areAnsweredInTheirOrder_eachAfterALook() {
    CompletableFuture<Integer> first = questions.add(shards -> looks.get());
    CompletableFuture<Integer> second = questions.add(shards -> looks.get());
    answer();
    assertEquals(1, first.join());
    assertEquals(2, second.join());
  }

  @Test
  void aQuestionThatFails_failsAlone() {
    CompletableFuture<Integer> bad =
        questions.add(
            shards -> {
              throw new IllegalStateException("none");
            });
    CompletableFuture<Integer> good = questions.add(shards -> 7);
    answer();
    assertThrows(CompletionException.class, bad::join);
    assertEquals(7, good.join());
  }

  private void answer() {
    questions.answer(looks::incrementAndGet);
  }
}
