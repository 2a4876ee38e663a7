package io.millrace.processors.rating;

import io.millrace.processors.rating.Rules.UsageCharge;
import io.millrace.processors.usage.UsageBatch;
import java.util.List;

/**
 * What events of several meters count for together.
 *
 * @param parts in the file's order; one event may be of some of them
 */
public record Bundle(List<Part> parts) {

  /**
   * One of the meters.
   *
   * @param type the event type it reads, by number
   * @param value index of its reading in a row's values, −1 where it counts events
   * @param times what one of its scaled integers counts for in the charge's
   */
  public record Part(int type, int value, long times) {}

  public Bundle {
    parts = List.copyOf(parts);
  }

  /** Whether events of a type count. */
  public boolean reads(int type) {
    for (int i = 0; i < parts.size(); i++) {
      if (parts.get(i).type == type) {
        return true;
      }
    }
    return false;
  }

  /**
   * The place of the last reading that a charge takes of an event, −1 where it takes none: a row
   * that ends before it would be charged with its neighbour's.
   */
  public static int lastOf(UsageCharge charge, int type) {
    if (charge.bundle() == null) {
      return charge.value();
    }
    int last = -1;
    for (Part part : charge.bundle().parts) {
      last = part.type == type ? Math.max(last, part.value) : last;
    }
    return last;
  }

  /**
   * Whether a quantity of a type counts the same by however many events it comes, and whatever is
   * granted of other types: what grants hold is worked out for one type.
   */
  boolean addsUp() {
    return parts.stream().allMatch(part -> part.value >= 0 && part.type == parts.getFirst().type);
  }

  /** Whether one of the parts is a reading of a row. */
  public boolean reads(int type, int value) {
    return parts.stream().anyMatch(part -> part.type == type && part.value == value);
  }

  /**
   * {@link UsageBatch#ABSENT} where an event lacks the reading of a part, {@link
   * UsageBatch#NOT_READ} where no part reads it, else something else.
   */
  long seen(int type, long[] values, int from) {
    boolean some = false;
    for (int i = 0; i < parts.size(); i++) {
      Part part = parts.get(i);
      if (part.type == type) {
        long reading = part.value < 0 ? 1 : values[from + part.value];
        if (reading == UsageBatch.ABSENT) {
          return UsageBatch.ABSENT;
        }
        some |= reading != UsageBatch.NOT_READ;
      }
    }
    return some ? 0 : UsageBatch.NOT_READ;
  }

  /**
   * What an event counts for.
   *
   * @throws ArithmeticException where it is no {@code long}
   */
  long quantity(int type, long[] values, int from) {
    long sum = 0;
    for (int i = 0; i < parts.size(); i++) {
      Part part = parts.get(i);
      if (part.type == type) {
        long reading = part.value < 0 ? 1 : values[from + part.value];
        if (reading != UsageBatch.NOT_READ) {
          sum = Math.addExact(sum, Math.multiplyExact(reading, part.times));
        }
      }
    }
    return sum;
  }

  /** What one of the parts reads of an event, in its meter's scaled integers; 0 where nothing. */
  public long read(int part, int type, long[] values, int from) {
    Part of = parts.get(part);
    long reading = of.type != type ? 0 : of.value < 0 ? 1 : values[from + of.value];
    return reading == UsageBatch.NOT_READ || reading == UsageBatch.ABSENT ? 0 : reading;
  }
}
