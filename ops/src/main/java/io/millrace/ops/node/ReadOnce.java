package io.millrace.ops.node;

import io.millrace.catalog.Meter;
import io.millrace.ops.Refusal;
import io.millrace.processors.usage.Attributes;
import java.util.Collection;
import java.util.stream.Collectors;

/**
 * Holds what is asked of a meter against the event that the use would be: the meter reads it, and
 * of the quantity it is the only one that does, since a use is asked of one meter.
 */
final class ReadOnce {
  private ReadOnce() {}

  /**
   * Refuses a use whose event would be charged as something else.
   *
   * @param said what its event says
   * @param meters that read events now
   */
  static void check(AccountDesk.Reading reading, Attributes said, Collection<Meter> meters)
      throws Refusal {
    Meter meter = reading.meter();
    if (!said.isReadBy(meter)) {
      throw new Refusal(
          Refusal.Kind.MISUSE,
          "not-read",
          "the meter `" + meter.name() + "` does not read an event that says that, or nothing",
          meter.where().stream()
              .map(w -> w.field() + " is " + String.join(" or ", w.values()))
              .collect(Collectors.joining(", ", "say in `attributes` that ", "")));
    }
    for (Meter other : meters) {
      if (readsTheSame(meter, other) && said.isReadBy(other)) {
        throw new Refusal(
            Refusal.Kind.MISUSE,
            "read-twice",
            "the meter `" + other.name() + "` reads the same of an event that says that",
            "send it as an event: all of its meters charge it");
      }
    }
  }

  /** Meters that read all events have each been asked for alone since before some read some. */
  private static boolean readsTheSame(Meter meter, Meter other) {
    return meter.aggregate() == Meter.Aggregate.SUM
        && other.aggregate() == Meter.Aggregate.SUM
        && other.eventType().equals(meter.eventType())
        && other.field().equals(meter.field())
        && !other.equals(meter)
        && !(meter.where().isEmpty() && other.where().isEmpty());
  }
}
