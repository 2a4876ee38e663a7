package io.millrace.processors.settlement;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a delivery after an answer. The rule: a row is posted again only where the
 * receiver certainly has no entry of it, because it said so or because nothing was sent.
 *
 * @param state the next state
 * @param pause before anything more is done; zero in a final state
 * @param reference the receiver's id, once acknowledged
 * @param reason why it isn't acknowledged
 */
public record Delivery(
    DeliveryState state, Duration pause, @Nullable String reference, @Nullable String reason) {

  /** What is asked of the receiver. */
  public enum Step {
    /** Find the entry by its key. */
    READ,
    /** Post it. */
    POST
  }

  /** What to do with a row that is due. */
  public static Step step(DeliveryState state) {
    return switch (state) {
      case QUEUED -> Step.POST;
      case SENT, UNKNOWN -> Step.READ;
      case ACKNOWLEDGED, REFUSED, GIVEN_UP ->
          throw new IllegalArgumentException("nothing is due: " + state.code());
    };
  }

  /**
   * Judges an answer.
   *
   * @param step what was asked
   * @param attempt how many times anything was asked for this delivery, this one included
   * @param jitter per mille, 0 to 999
   */
  public static Delivery after(
      Step step, Answer answer, int attempt, DeliveryPolicy policy, int jitter) {
    return switch (answer) {
      case Answer.Holds holds ->
          new Delivery(DeliveryState.ACKNOWLEDGED, Duration.ZERO, holds.reference(), null);
      case Answer.Differs differs -> refused(differs.what());
      case Answer.Absent absent ->
          step == Step.READ
              ? again(DeliveryState.QUEUED, Duration.ZERO, "not-found", attempt, policy)
              : again(
                  DeliveryState.UNKNOWN, policy.pause(attempt, jitter), "garbled", attempt, policy);
      case Answer.Unreachable unreachable ->
          again(
              step == Step.POST ? DeliveryState.QUEUED : DeliveryState.UNKNOWN,
              policy.pause(attempt, jitter),
              "unreachable: " + unreachable.why(),
              attempt,
              policy);
      case Answer.Lost lost ->
          again(DeliveryState.UNKNOWN, policy.pause(attempt, jitter), lost.why(), attempt, policy);
      case Answer.Status status -> afterStatus(step, status, attempt, policy, jitter);
    };
  }

  private static Delivery afterStatus(
      Step step, Answer.Status answer, int attempt, DeliveryPolicy policy, int jitter) {
    int status = answer.status();
    String reason = "status-" + status;
    if (status < 400) {
      reason += ": redirects are not followed";
    }
    boolean unclear = status >= 500 || status == 408 || status == 409 || status < 400;
    boolean notTaken = status == 429 || isOfEndpoint(status) && status >= 400;
    if (!unclear && !notTaken && step == Step.POST) {
      return refused(reason);
    }
    Duration pause = policy.pause(attempt, jitter);
    if ((status == 429 || status == 503) && answer.retryAfter() != null) {
      pause = longer(pause, answer.retryAfter());
      pause = pause.compareTo(policy.longest()) > 0 ? policy.longest() : pause;
    }
    boolean isQueued = notTaken && step == Step.POST;
    return again(
        isQueued ? DeliveryState.QUEUED : DeliveryState.UNKNOWN, pause, reason, attempt, policy);
  }

  /**
   * Whether a status speaks of the endpoint and not of what was sent: its address or the secret is
   * wrong, and every delivery gets the same until an operator has seen to it.
   */
  public static boolean isOfEndpoint(int status) {
    return status < 400 || status == 401 || status == 403 || status == 404 || status == 407;
  }

  private static Delivery again(
      DeliveryState state, Duration pause, String reason, int attempt, DeliveryPolicy policy) {
    return attempt < policy.attempts()
        ? new Delivery(state, pause, null, reason)
        : new Delivery(DeliveryState.GIVEN_UP, Duration.ZERO, null, reason);
  }

  private static Delivery refused(String reason) {
    return new Delivery(DeliveryState.REFUSED, Duration.ZERO, null, reason);
  }

  private static Duration longer(Duration a, Duration b) {
    return a.compareTo(b) >= 0 ? a : b;
  }
}
