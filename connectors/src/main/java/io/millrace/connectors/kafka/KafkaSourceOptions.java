package io.millrace.connectors.kafka;

import io.millrace.connectors.source.OptionRange;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/**
 * What a route may say about its source beside Camel's own options.
 *
 * @param source its name; empty for the route's id
 * @param tenant whose it is
 * @param begin where to begin in a partition in which the group has read nothing
 * @param leastReaders threads that read where there is little to do
 * @param leastInFlight events that one of its readers may have in the node at once, where there is
 *     little to do
 * @param inFlight events that one may have under load
 * @param drainMillis how long a stop, or a partition's handing over, waits for what is in flight
 */
record KafkaSourceOptions(
    String source,
    String tenant,
    Optional<Begin> begin,
    int leastReaders,
    int leastInFlight,
    int inFlight,
    long drainMillis) {
  /** In flight where the route says nothing: a full intake, and as much again in its commit. */
  static final int IN_FLIGHT = 32_768;

  static final int MOST_IN_FLIGHT = 1 << 20;
  static final long DRAIN_MILLIS = 5_000;

  /**
   * A place in every partition that stays where it is, so that whoever begins there again skips
   * nothing. The end of the log is no such place.
   *
   * @param since the earliest time of a record that is read; {@link Instant#MIN} for all there are
   */
  record Begin(Instant since) {
    static final Begin EARLIEST = new Begin(Instant.MIN);

    static Optional<Begin> parse(String text) {
      if (text.isEmpty()) {
        return Optional.empty();
      }
      if (text.equals("earliest")) {
        return Optional.of(EARLIEST);
      }
      try {
        return Optional.of(new Begin(Instant.parse(text)));
      } catch (DateTimeParseException e) {
        throw new IllegalArgumentException(
            "begin="
                + text
                + " is neither `earliest` nor an instant like 2026-11-02T00:00:00Z; there is no"
                + " `latest`, which skips events each time the group's offsets are lost",
            e);
      }
    }
  }

  KafkaSourceOptions {
    OptionRange.check("inFlight", inFlight, 1, MOST_IN_FLIGHT, "events");
    OptionRange.checkLeast("leastInFlight", leastInFlight, "inFlight", inFlight);
    OptionRange.check("drainTimeout", drainMillis, 0, 60_000, "ms");
  }
}
