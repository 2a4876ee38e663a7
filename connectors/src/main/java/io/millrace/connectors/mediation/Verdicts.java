package io.millrace.connectors.mediation;

import io.millrace.processors.shard.Effects.Verdict;
import io.millrace.processors.shard.Reason;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of each event of an exchange, in the order in which its payloads hold them. A caller
 * that wants to know puts one on the exchange as {@link UsageProcessor#VERDICTS}; it is complete
 * once the exchange has ended without a failure.
 */
public final class Verdicts {

  /**
   * What became of an event.
   *
   * @param verdict charged, duplicate, or suspended: it waits in suspense, from now or from before
   * @param reason why it is suspended; null where it is not
   */
  public record Each(Verdict verdict, @Nullable Reason reason) {}

  private final List<@Nullable Each> all = new ArrayList<>();

  /** A place for the next event. */
  synchronized int place() {
    all.add(null);
    return all.size() - 1;
  }

  synchronized void set(int place, Verdict verdict, @Nullable Reason reason) {
    all.set(place, new Each(verdict, reason));
  }

  /**
   * All, in order.
   *
   * @throws IllegalStateException where the exchange has not ended well
   */
  public synchronized List<Each> all() {
    List<Each> known = new ArrayList<>();
    for (Each each : all) {
      if (each == null) {
        throw new IllegalStateException("an event has no verdict yet");
      }
      known.add(each);
    }
    return known;
  }
}
