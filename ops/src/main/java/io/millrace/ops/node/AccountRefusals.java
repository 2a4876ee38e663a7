package io.millrace.ops.node;

import io.millrace.ops.Refusal;
import io.millrace.processors.shard.AccountAnswer.Outcome;

/** What is said where an account's shard refuses something. */
final class AccountRefusals {
  private AccountRefusals() {}

  /** That of an outcome that is one. */
  static Refusal of(Outcome outcome) {
    return switch (outcome) {
      case OTHER_REQUEST ->
          refusal(
              Refusal.Kind.OTHER_REQUEST,
              outcome,
              "the Idempotency-Key was used for another request",
              "repeat a request with the same body, or take a new key");
      case NO_BALANCE ->
          refusal(
              Refusal.Kind.REFUSED,
              outcome,
              "the account has no balance",
              "open it with POST /v1/accounts before it has devices");
      case IN_USE ->
          refusal(
              Refusal.Kind.REFUSED,
              outcome,
              "the account has devices already, each charged where it is",
              "open another account, and have the devices begin on it");
      case UNKNOWN_RESERVATION ->
          refusal(
              Refusal.Kind.UNKNOWN,
              outcome,
              "there is no such reservation, or it ended more than a day ago",
              "what was used is charged at once with POST /v1/charges");
      case NO_OFFER ->
          refusal(
              Refusal.Kind.REFUSED,
              outcome,
              "the device has no offer now",
              "`devices show` tells from when to when it has one");
      case NOT_PRICED ->
          refusal(
              Refusal.Kind.REFUSED,
              outcome,
              "no charge of the device's offer reads that meter",
              "name a meter that one of its charges reads");
      case BAD_QUANTITY ->
          refusal(Refusal.Kind.MISUSE, outcome, "the quantity fits no sum", "ask for less at once");
      case TOO_MUCH ->
          refusal(
              Refusal.Kind.REFUSED, outcome, "the amount fits no balance", "ask for less at once");
      case TOO_MANY_RESERVATIONS ->
          refusal(
              Refusal.Kind.TOO_MANY,
              outcome,
              "the account has as many open reservations as it may have",
              "commit or release some, or wait until they expire");
      case BLOCKED ->
          refusal(
              Refusal.Kind.REFUSED,
              outcome,
              "usage has taken the account to its floor",
              "pay in: POST /v1/accounts/{account}/top-up");
      case INSUFFICIENT ->
          refusal(
              Refusal.Kind.REFUSED,
              outcome,
              "there is not enough available",
              "ask for less, release reservations, or pay in");
      case PRICED_PER_EVENT ->
          refusal(
              Refusal.Kind.REFUSED,
              outcome,
              "what it costs hangs on the number of events that it is used by",
              "charge each as it is used: POST /v1/charges");
      case FULL ->
          refusal(
              Refusal.Kind.TOO_MANY,
              outcome,
              "as many requests of the account, or of its shard, are remembered as may be",
              "ask again later, or have accounts spread over more shards");
      case MOVED ->
          refusal(
              Refusal.Kind.UNAVAILABLE,
              outcome,
              "the device is on its way to its next subscription",
              "ask again in a moment, under the same Idempotency-Key");
      case UNKNOWN_SESSION ->
          refusal(
              Refusal.Kind.UNKNOWN,
              outcome,
              "there is no such charging session, or it had no step for two days",
              "begin another one");
      case SESSION_ENDED ->
          refusal(Refusal.Kind.GONE, outcome, "the session was released", "begin another one");
      case SESSION_NUMBER ->
          refusal(
              Refusal.Kind.MISUSE,
              outcome,
              "the session has had a step of that number or a later one",
              "number each step higher than the one before");
      case UNKNOWN_BUCKET ->
          refusal(
              Refusal.Kind.UNKNOWN,
              outcome,
              "the account has no bucket of that name",
              "GET /v1/accounts/{account} lists those it has; a top-up makes one");
      case BUCKET_TERMS ->
          refusal(
              Refusal.Kind.MISUSE,
              outcome,
              "the bucket is for another event type or allowance, or its end is over already",
              "leave out what is to stay as it is, or name another bucket");
      case TOO_MANY_BUCKETS ->
          refusal(
              Refusal.Kind.TOO_MANY,
              outcome,
              "the account has as many buckets as it may have, and none is empty",
              "pay into one that there is");
      case OPENED,
          PAID,
          GRANTED,
          GRANTED_IN_PART,
          PRICED,
          COMMITTED,
          LATE_COMMIT,
          CHARGED,
          RELEASED,
          TRANSFERRED,
          STEPPED ->
          throw new IllegalArgumentException(outcome + " is no refusal");
    };
  }

  private static Refusal refusal(Refusal.Kind kind, Outcome outcome, String meaning, String next) {
    return new Refusal(kind, outcome.code(), meaning, next);
  }
}
