package io.millrace.connectors.shard;

import io.millrace.processors.shard.Effects.Verdict;
import io.millrace.processors.shard.Reason;
import org.jspecify.annotations.Nullable;

/**
 * Who waits for the outcome of an event that it handed in. Called once for each event, from the
 * thread that acknowledges, after the commit that disposes of it (I1), or when that can't be on
 * this node now.
 */
public interface Ticket {

  /** The event is disposed of, durably. */
  void done();

  /** Whether it is to be told what became of the event; must always be the same. */
  default boolean wantsVerdict() {
    return false;
  }

  /**
   * The event is disposed of, durably; told in place of {@link #done()} to who wants the verdict.
   *
   * @param verdict charged, duplicate, or suspended: it waits in suspense, from now or from before
   * @param reason why it is suspended; null where it is not
   */
  default void done(Verdict verdict, @Nullable Reason reason) {
    done();
  }

  /** It is not; the source must hand it in again. Nothing is lost and nothing counted twice. */
  void failed(Exception why);
}
