package io.millrace.connectors.source;

import java.util.Locale;

/**
 * What a source has before it where it reads from: all that is there and not acknowledged, what is
 * in flight included. As old as the source's last look, a second or a poll of its folder at most
 * while it is connected.
 *
 * @param count of it, 0 where the source is level with its senders
 * @param unit what is counted
 * @param bytes of it; -1 where nobody says
 */
public record Lag(long count, Unit unit, long bytes) {
  /** What a lag is counted in. */
  public enum Unit {
    /** Events, or where a message holds several, messages. */
    EVENTS,
    /** Files that lie in the folder. */
    FILES,
    /** Requests that are not answered. */
    REQUESTS;

    /** As faces write it. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Where bytes are not told. */
  public static Lag of(long count, Unit unit) {
    return new Lag(count, unit, -1);
  }
}
