package io.millrace.tests.linear;

import java.util.Set;

/** What became of the search for an order of a history's calls. */
public sealed interface Verdict {
  /**
   * There is an order.
   *
   * @param most configurations that were held at a time
   */
  record Linearizable(int most) implements Verdict {}

  /**
   * There is none.
   *
   * @param call the first whose answer no order explains
   * @param before in which states the object could be when it was answered
   */
  record Broken(Call<?> call, Set<?> before) implements Verdict {}

  /** More orders had to be kept in mind than there is room for: nothing is known. */
  record Undecided(Call<?> call, String why) implements Verdict {}
}
