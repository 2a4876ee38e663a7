package io.millrace.catalog;

import java.time.Duration;

/**
 * Something that a device may do for a time once it is paid for: an event of the meter, charged to
 * an account with a balance, unlocks it. Its price is the charges' of that meter.
 *
 * @param meter counts the events that unlock it
 * @param validity for how long each of them does; a minute to 366 days
 */
public record Feature(String name, Meter meter, Duration validity) {
  static final Duration SHORTEST = Duration.ofMinutes(1);
  static final Duration LONGEST = Duration.ofDays(366);

  /** Features of a catalog at most. */
  static final int MOST = 64;

  public Feature {
    if (!isUnlocking(meter)
        || validity.compareTo(SHORTEST) < 0
        || validity.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("the feature " + name + " can't be unlocked");
    }
  }

  /** Whether the events that a meter counts can unlock something: each of its type counts. */
  static boolean isUnlocking(Meter meter) {
    return meter.aggregate() == Meter.Aggregate.COUNT && meter.where().isEmpty();
  }
}
