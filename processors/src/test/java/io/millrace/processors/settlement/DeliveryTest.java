package io.millrace.processors.settlement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.processors.settlement.Delivery.Step;
import java.time.Duration;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class DeliveryTest {

  /** Waits 1, 2, 4, 8, 8 … seconds less up to half; five tries. */
  private static final DeliveryPolicy POLICY =
      new DeliveryPolicy(Duration.ofSeconds(1), Duration.ofSeconds(8), 5);

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      textBlock =
          """
          # asked, answer,       attempt, state,        wait ms, reason
          POST,    holds,        1,       acknowledged, 0,       -
          POST,    302,          1,       unknown,      500,     status-302: redirects are not followed
          POST,    400,          1,       refused,      0,       status-400
          POST,    401,          1,       queued,       500,     status-401
          POST,    403,          2,       queued,       1000,    status-403
          POST,    404,          1,       queued,       500,     status-404
          POST,    404,          5,       given-up,     0,       status-404
          POST,    407,          1,       queued,       500,     status-407
          POST,    410,          1,       refused,      0,       status-410
          POST,    422,          1,       refused,      0,       status-422
          POST,    408,          1,       unknown,      500,     status-408
          POST,    409,          1,       unknown,      500,     status-409
          POST,    429,          1,       queued,       500,     status-429
          POST,    429 after 3,  1,       queued,       3000,    status-429
          POST,    429 after 99, 1,       queued,       8000,    status-429
          POST,    429 after 0,  3,       queued,       2000,    status-429
          POST,    500,          1,       unknown,      500,     status-500
          POST,    500 after 3,  1,       unknown,      500,     status-500
          POST,    503,          2,       unknown,      1000,    status-503
          POST,    503 after 3,  1,       unknown,      3000,    status-503
          POST,    unreachable,  1,       queued,       500,     unreachable: refused
          POST,    lost,         3,       unknown,      2000,    timed-out
          POST,    lost,         4,       unknown,      4000,    timed-out
          POST,    lost,         5,       given-up,     0,       timed-out
          POST,    unreachable,  5,       given-up,     0,       unreachable: refused
          POST,    429 after 3,  5,       given-up,     0,       status-429
          POST,    holds,        5,       acknowledged, 0,       -
          POST,    422,          5,       refused,      0,       status-422
          READ,    holds,        2,       acknowledged, 0,       -
          READ,    differs,      2,       refused,      0,       total
          READ,    absent,       2,       queued,       0,       not-found
          READ,    absent,       5,       given-up,     0,       not-found
          READ,    302,          1,       unknown,      500,     status-302: redirects are not followed
          READ,    401,          1,       unknown,      500,     status-401
          READ,    429 after 3,  1,       unknown,      3000,    status-429
          READ,    500,          1,       unknown,      500,     status-500
          READ,    503 after 3,  1,       unknown,      3000,    status-503
          READ,    unreachable,  1,       unknown,      500,     unreachable: refused
          READ,    lost,         1,       unknown,      500,     timed-out
          """)
  void answer_leadsTo(
      Step asked, String answer, int attempt, String state, long wait, String reason) {
    Delivery next = Delivery.after(asked, answer(answer), attempt, POLICY, 0);
    assertEquals(state, next.state().code());
    assertEquals(wait, next.pause().toMillis());
    assertEquals(reason, next.reason());
    assertEquals(answer.equals("holds") ? "je-7" : null, next.reference());
  }

  @ParameterizedTest
  @EnumSource(DeliveryState.class)
  void dueRow_isPostedOnlyWhileNothingWasSent(DeliveryState state) {
    switch (state) {
      case QUEUED -> assertEquals(Step.POST, Delivery.step(state));
      case SENT, UNKNOWN -> assertEquals(Step.READ, Delivery.step(state));
      case ACKNOWLEDGED, REFUSED, GIVEN_UP ->
          assertThrows(IllegalArgumentException.class, () -> Delivery.step(state));
    }
    assertEquals(state, DeliveryState.of(state.code()));
  }

  @Property
  void anyUnclearAnswerToAPost_isReadBeforeItIsPostedAgain(
      @ForAll @IntRange(min = 300, max = 599) int status,
      @ForAll @IntRange(min = 1, max = 4) int attempt,
      @ForAll @IntRange(max = 999) int jitter) {
    Delivery next =
        Delivery.after(Step.POST, new Answer.Status(status, null), attempt, POLICY, jitter);
    if (next.state() == DeliveryState.QUEUED) {
      assertTrue(
          Set.of(401, 403, 404, 407, 429).contains(status), "only these say that it was not taken");
    }
    if (next.state().isFinal()) {
      assertEquals(DeliveryState.REFUSED, next.state());
      assertNotNull(next.reason());
      assertNull(next.reference());
    } else {
      Duration full = Duration.ofSeconds(1L << (attempt - 1));
      assertTrue(next.pause().compareTo(full) <= 0, () -> next.pause() + " of " + full);
      assertTrue(next.pause().compareTo(full.dividedBy(2)) >= 0, () -> next.pause().toString());
    }
  }

  private static Answer answer(String text) {
    return switch (text) {
      case "holds" -> new Answer.Holds("je-7");
      case "absent" -> new Answer.Absent();
      case "differs" -> new Answer.Differs("total");
      case "unreachable" -> new Answer.Unreachable("refused");
      case "lost" -> new Answer.Lost("timed-out");
      default -> {
        String[] parts = text.split(" after ");
        yield new Answer.Status(
            Integer.parseInt(parts[0]),
            parts.length == 1 ? null : Duration.ofSeconds(Long.parseLong(parts[1])));
      }
    };
  }
}
