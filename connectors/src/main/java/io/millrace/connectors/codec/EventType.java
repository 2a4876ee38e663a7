package io.millrace.connectors.codec;

import io.millrace.catalog.Meter;
import java.util.List;

/**
 * A type of event that the rules rate; its index in the codec's list is its index in the rules.
 *
 * @param name the CloudEvents {@code type}
 * @param readings one for each meter of this type, in the rules' order
 */
public record EventType(String name, List<Reading> readings) {

  public EventType {
    readings = List.copyOf(readings);
  }

  /**
   * What a meter reads.
   *
   * @param path {@code data.member} or deeper, {@code data.a.b}; empty for a meter that counts
   *     events, whose reading is always 1
   * @param scale decimal digits kept
   * @param roundsFiner whether a finer reading is rounded, else it is refused
   * @param where what must hold for the meter to read the event: texts of {@code data}
   * @param takesText whether it may be a text: then the value is a keyed fingerprint of it
   */
  public record Reading(
      String path, int scale, boolean roundsFiner, List<Meter.Where> where, boolean takesText) {

    public Reading {
      where = List.copyOf(where);
    }

    /** A reading of each event. */
    public Reading(String path, int scale, boolean roundsFiner) {
      this(path, scale, roundsFiner, List.of(), false);
    }

    /** A reading of some events. */
    public Reading(String path, int scale, boolean roundsFiner, List<Meter.Where> where) {
      this(path, scale, roundsFiner, where, false);
    }
  }

  /** What this meter reads. */
  public static Reading readingOf(Meter meter) {
    String path = meter.field().isEmpty() ? "" : "data." + meter.field();
    boolean text = meter.aggregate() == Meter.Aggregate.UNIQUE;
    return new Reading(path, meter.scale(), meter.roundsFiner(), meter.where(), text);
  }
}
