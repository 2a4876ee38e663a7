package io.millrace.processors.settlement;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What came back from a receiver, as far as it is known. */
public sealed interface Answer {

  /**
   * It holds the entry.
   *
   * @param reference its own id for it
   */
  record Holds(String reference) implements Answer {}

  /** Asked by key, it says that it has no such entry. */
  record Absent() implements Answer {}

  /** Asked by key, it shows an entry that isn't ours: the key was used for something else. */
  record Differs(String what) implements Answer {}

  /**
   * It answered with a status that is no success.
   *
   * @param status the HTTP status, 300 to 599
   * @param retryAfter how long it asks us to wait, if it says
   */
  record Status(int status, @Nullable Duration retryAfter) implements Answer {}

  /** The connection was refused: nothing was sent. */
  record Unreachable(String why) implements Answer {}

  /**
   * Time ran out, the connection dropped, or the answer made no sense: anything may have happened.
   */
  record Lost(String why) implements Answer {}
}
