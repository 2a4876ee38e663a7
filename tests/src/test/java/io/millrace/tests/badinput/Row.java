package io.millrace.tests.badinput;

import java.util.concurrent.Callable;

/**
 * One bad input and what must become of it.
 *
 * @param source that it comes by
 * @param what in words, after its number in the list of bad inputs, where it has one
 * @param outcome what becomes of each of its events, in any order: {@code charged}, {@code
 *     duplicate} or the reason under which it is suspended; {@code refused:<code>} where the
 *     transport is told that it is not taken; empty where nothing reaches a shard. Several outcomes
 *     that may be are parted by {@code |}
 * @param milliwattHours of each event that is charged
 * @param sending sends it, and returns {@code refused:<code>} where that is the answer, else empty
 */
record Row(
    String source, String what, String outcome, long milliwattHours, Callable<String> sending) {

  /** What a good report charges, mWh. */
  static final long GOOD = 412;

  /** The number in the list; 0 where it has none. */
  int number() {
    String word = what.split(" ")[0];
    return word.matches("\\d+") ? Integer.parseInt(word) : 0;
  }

  @Override
  public String toString() {
    return source + ": " + what;
  }
}
