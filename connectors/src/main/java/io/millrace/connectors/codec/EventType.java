package io.millrace.connectors.codec;

import io.millrace.catalog.Meter;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.usage.UsageBatch;
import java.util.ArrayList;
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
   * @param required whether an event without it is refused; else it is {@link UsageBatch#ABSENT}
   * @param where what must hold for the meter to read the event: texts of {@code data}
   * @param takesText whether it may be a text: then the value is a keyed fingerprint of it
   * @param alternatives where there are any, the reading tells which of them hold, bit i for the
   *     i-th of them
   */
  public record Reading(
      String path,
      int scale,
      boolean roundsFiner,
      boolean required,
      List<Meter.Where> where,
      boolean takesText,
      List<List<Meter.Where>> alternatives) {

    public Reading {
      where = List.copyOf(where);
      alternatives = List.copyOf(alternatives);
    }

    /** A reading of each event, that none may be without. */
    public Reading(String path, int scale, boolean roundsFiner) {
      this(path, scale, roundsFiner, List.of());
    }

    /** A reading of some events, that none of those may be without. */
    public Reading(String path, int scale, boolean roundsFiner, List<Meter.Where> where) {
      this(path, scale, roundsFiner, true, where, false, List.of());
    }
  }

  /** The types of the rules, by their numbers. */
  public static List<EventType> of(Rules rules) {
    List<EventType> types = new ArrayList<>();
    for (Rules.EventType type : rules.types()) {
      List<Reading> readings = new ArrayList<>();
      for (int i = 0; i < type.meters().size(); i++) {
        readings.add(reading(type.meters().get(i), type.required().get(i)));
      }
      types.add(new EventType(type.name(), readings));
    }
    return types;
  }

  private static Reading reading(Meter meter, boolean required) {
    return new Reading(
        meter.field().isEmpty() ? "" : "data." + meter.field(),
        meter.scale(),
        meter.roundsFiner(),
        required,
        meter.where(),
        meter.aggregate() == Meter.Aggregate.UNIQUE,
        meter.alternatives());
  }
}
