package io.millrace.processors.usage;

import io.millrace.catalog.Meter;
import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is said of a use that is asked for, in the members that an event's {@code data} would have:
 * it picks the bands and the meters that the same use has where it is mediated. Numbers and
 * booleans are the texts that they are written as. Two are equal that say the same.
 */
public final class Attributes {
  /** Members at most. */
  public static final int MOST = 16;

  /** Nothing is said. */
  public static final Attributes NONE = new Attributes(Map.of());

  private static final long[] NOTHING = {};

  private final SortedMap<String, String> members;

  /** The last answer. Racy on purpose: it never changes, and a stale one only costs time. */
  private @Nullable Told last;

  private record Told(List<Meter> meters, long[] values) {}

  private Attributes(Map<String, String> members) {
    this.members = Collections.unmodifiableSortedMap(new TreeMap<>(members));
  }

  /** Of these members. */
  public static Attributes of(Map<String, String> members) {
    if (members.size() > MOST) {
      throw new IllegalArgumentException(members.size() + " attributes");
    }
    return members.isEmpty() ? NONE : new Attributes(members);
  }

  /** By member, in their order. */
  public SortedMap<String, String> members() {
    return members;
  }

  /** Whether nothing is said. */
  public boolean isEmpty() {
    return members.isEmpty();
  }

  /**
   * The readings of an event that says this and measures nothing: of each meter that {@link
   * Meter#tells} the alternatives that hold, of one that reads some events only what the codec
   * would tell of this one, else 0.
   *
   * @param meters of the event's type
   * @return one for each, or none where all are 0; not to be written to
   */
  public long[] told(List<Meter> meters) {
    if (members.isEmpty() && readsAll(meters)) {
      return NOTHING;
    }
    Told known = last;
    if (known == null || known.meters != meters) {
      known = new Told(meters, meters.stream().mapToLong(this::told).toArray());
      last = known;
    }
    return known.values;
  }

  /**
   * The same where a quantity was measured by one of the meters: the readings of a use.
   *
   * @param value which of them; −1 where the event itself counts
   * @param quantity in that meter's scaled integers
   */
  public long[] readings(List<Meter> meters, int value, long quantity) {
    long[] readings = Arrays.copyOf(told(meters), meters.size());
    if (value >= 0) {
      readings[value] = quantity;
    }
    return readings;
  }

  private static boolean readsAll(List<Meter> meters) {
    for (int i = 0; i < meters.size(); i++) {
      if (!meters.get(i).where().isEmpty()) {
        return false;
      }
    }
    return true;
  }

  /** Whether a meter reads an event that says this. */
  public boolean isReadBy(Meter meter) {
    return holdsAll(meter.where());
  }

  private long told(Meter meter) {
    if (!meter.where().isEmpty()) {
      boolean counts = meter.aggregate() == Meter.Aggregate.COUNT;
      return !isReadBy(meter) ? UsageBatch.NOT_READ : counts ? 1 : 0;
    }
    long told = 0;
    for (int i = 0; i < meter.alternatives().size(); i++) {
      List<Meter.Where> all = meter.alternatives().get(i);
      if (!all.isEmpty() && holdsAll(all)) {
        told |= 1L << i;
      }
    }
    return told;
  }

  private boolean holdsAll(List<Meter.Where> all) {
    for (int i = 0; i < all.size(); i++) {
      if (!holds(all.get(i))) {
        return false;
      }
    }
    return true;
  }

  private boolean holds(Meter.Where where) {
    String said = members.get(where.field());
    return said != null && where.values().contains(said);
  }

  /** Writes them. */
  public void encode(ByteWriter out) {
    out.varint(members.size());
    members.forEach(
        (name, value) -> {
          out.string(name);
          out.string(value);
        });
  }

  /** Reads what was written. */
  public static Attributes decode(ByteReader in) {
    Map<String, String> members = new TreeMap<>();
    for (int left = in.count(MOST); left > 0; left--) {
      members.put(in.string(), in.string());
    }
    return of(members);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Attributes a && members.equals(a.members);
  }

  @Override
  public int hashCode() {
    return members.hashCode();
  }

  @Override
  public String toString() {
    return members.toString();
  }
}
