package io.millrace.connectors.explain;

import io.millrace.processors.explain.ChargePart;
import io.millrace.processors.explain.PriceLine;
import io.millrace.processors.explain.Verdict;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A charge, what it is made of, the events that it is for, and what was proven.
 *
 * @param lines how much is priced at what; they add up to the amount. Empty where the catalog is
 *     not known here
 * @param parts what the quantity comes from; they add up to it. Empty where its readings tell that
 * @param events the first of them, in the order in which they were charged
 */
public record Explanation(
    StoredCharge charge,
    List<PriceLine> lines,
    List<ChargePart> parts,
    List<Verdict> verdicts,
    List<Event> events) {

  /**
   * One event.
   *
   * @param commit the journal row that it is in
   * @param row its place there
   * @param occurredAt milliseconds since 1970-01-01 UTC
   * @param source the id of its source
   * @param eventId its number, or the keyed fingerprint of its id
   * @param numbered whether it is a number
   * @param reading in the meter's scaled integers
   * @param raw its bytes; null where they are past their retention
   */
  public record Event(
      long commit,
      int row,
      long occurredAt,
      int source,
      long eventId,
      boolean numbered,
      long reading,
      byte @Nullable [] raw) {}

  public Explanation {
    lines = List.copyOf(lines);
    parts = List.copyOf(parts);
    verdicts = List.copyOf(verdicts);
    events = List.copyOf(events);
  }

  /** Whether all that was checked holds. */
  public boolean isProven() {
    return verdicts.stream().allMatch(Verdict::good);
  }
}
