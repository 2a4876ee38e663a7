package io.millrace.tests.linear;

/**
 * One call of an object's history. It took effect at one moment between its two times.
 *
 * @param operation what was asked, and what was answered as far as it is known
 * @param invoked when it was asked for, nanoseconds of the one clock of its history
 * @param returned when it was answered; {@link #NEVER} where it may take effect at any time later
 * @param certain whether it took effect; without an answer it may not have
 */
public record Call<O>(O operation, long invoked, long returned, boolean certain) {
  /** The time of no answer. */
  public static final long NEVER = Long.MAX_VALUE;

  public Call {
    if (returned < invoked) {
      throw new IllegalArgumentException(operation + " was answered before it was asked");
    }
  }

  /** One that was answered. */
  public static <O> Call<O> answered(O operation, long invoked, long returned) {
    return new Call<>(operation, invoked, returned, true);
  }

  /** One without an answer: it is done wholly at some time from then on, or never. */
  public static <O> Call<O> unanswered(O operation, long invoked) {
    return new Call<>(operation, invoked, NEVER, false);
  }
}
