package io.millrace.tests.linear;

import org.jspecify.annotations.Nullable;

/**
 * What is asked of an account, with what was answered; amounts are ledger units. {@code available}
 * is what the answer said can be granted after it, null where no answer said it.
 */
public sealed interface AccountOperation {
  /** Money comes in, from outside or from another account. */
  record In(long amount, @Nullable Long available) implements AccountOperation {}

  /** Money leaves for another account; never more than is available. */
  record Out(long amount, @Nullable Long available) implements AccountOperation {}

  /**
   * It was refused, since it would take more than there is.
   *
   * @param amount the least that would have had to be available
   */
  record Refused(long amount) implements AccountOperation {}

  /** Usage that has happened: charged whatever there is. */
  record Used(long amount) implements AccountOperation {}

  /** A reservation is granted. */
  record Granted(String reservation, long held, long available) implements AccountOperation {}

  /**
   * What was used of a reservation is charged.
   *
   * @param held what it still holds, null where it has ended
   * @param late whether it had ended before
   */
  record Committed(
      String reservation, long amount, @Nullable Long held, boolean late, long available)
      implements AccountOperation {}

  /**
   * A reservation is released.
   *
   * @param amount what that freed
   */
  record Released(String reservation, long amount, long available) implements AccountOperation {}

  /** The time of a reservation is over. */
  record Expired(String reservation) implements AccountOperation {}

  /** What it has is looked at. */
  record Read(long available, long reserved) implements AccountOperation {}
}
