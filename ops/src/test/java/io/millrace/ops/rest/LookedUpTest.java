package io.millrace.ops.rest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.millrace.ops.Refusal;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Look-ups are no way to have a node hold as much as one likes. */
class LookedUpTest {
  private static final Answer ANSWER = new Answer(200, "text/plain", new byte[0], Map.of());

  private static Refusal refusal(CompletableFuture<Answer> asked) {
    ExecutionException e =
        assertThrows(ExecutionException.class, () -> asked.get(20, TimeUnit.SECONDS));
    return assertInstanceOf(Refusal.class, e.getCause());
  }

  @Test
  void asManyAsMayAreLookedUp_othersAreRefusedUntilOneIsDone() throws Exception {
    LookedUp two = new LookedUp(2);
    CountDownLatch found = new CountDownLatch(1);
    CompletableFuture<Answer> first = two.begin(() -> waiting(found));
    CompletableFuture<Answer> second = two.begin(() -> waiting(found));
    Refusal refused = refusal(two.begin(() -> CompletableFuture.completedFuture(ANSWER)));
    assertEquals(Refusal.Kind.TOO_MANY, refused.kind());
    assertEquals("too-many-requests", refused.code());
    assertFalse(first.isDone());
    found.countDown();
    assertEquals(ANSWER, first.get(20, TimeUnit.SECONDS));
    assertEquals(ANSWER, second.get(20, TimeUnit.SECONDS));
    CompletableFuture<Answer> after = two.begin(() -> CompletableFuture.completedFuture(ANSWER));
    assertEquals(ANSWER, after.get(20, TimeUnit.SECONDS));
  }

  @Test
  void lookUpsThatFail_makeRoom() {
    LookedUp one = new LookedUp(1);
    for (int i = 0; i < 3; i++) {
      Refusal unknown =
          refusal(
              one.begin(
                  () -> {
                    throw new Refusal(Refusal.Kind.UNKNOWN, "unknown-account", "none", "ask");
                  }));
      assertEquals("unknown-account", unknown.code());
    }
  }

  private static CompletableFuture<Answer> waiting(CountDownLatch found)
      throws InterruptedException {
    found.await();
    return CompletableFuture.completedFuture(ANSWER);
  }
}
