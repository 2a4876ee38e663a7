package io.millrace.connectors.codec;

import io.millrace.processors.shard.Reason;
import io.millrace.processors.usage.UsageBatch;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the rules read of events: all their types, and for each reading a slot that a codec puts the
 * number's text into. One serves one version of the rules and one thread; nothing is allocated for
 * an event.
 */
public final class Readings {
  private static final int MISSING = -1;
  private static final byte[] NONE = {};

  private final List<EventType> types;
  private final Names typeNames;
  private final byte[][] typeName;

  /** The type of the event before, which most often is that of the next. */
  private int lastType = MISSING;

  private final ReadingTree tree;
  private final TextFilter filter;

  /** Where each type's readings begin among those of all. */
  private final int[] firstReading;

  private final List<int[]> slots = new ArrayList<>();
  private final Map<String, Integer> byPath = new LinkedHashMap<>();
  private final SipHash fingerprints;
  private final QuantityParser quantities;
  private final byte[][] slotBytes;
  private final int[] slotFrom;
  private final int[] slotLength;
  private final char[] number = new char[JsonScanner.MAX_NUMBER];

  /**
   * Readings of these types.
   *
   * @param types all types of event that the rules rate, by their index in the rules
   * @param fingerprintKey the tenant's, 16 bytes
   * @param quantities reads the meters' numbers
   */
  public Readings(List<EventType> types, byte[] fingerprintKey, QuantityParser quantities) {
    this.types = List.copyOf(types);
    Map<String, Integer> numbers = new LinkedHashMap<>();
    for (EventType type : types) {
      numbers.put(type.name(), numbers.size());
    }
    if (numbers.size() != types.size()) {
      throw new IllegalArgumentException("a type of event comes twice");
    }
    typeNames = new Names(numbers);
    typeName =
        types.stream().map(t -> t.name().getBytes(StandardCharsets.UTF_8)).toArray(byte[][]::new);
    filter = new TextFilter(types);
    tree = ReadingTree.of(types, slots, TextFilter.slots(types));
    firstReading = new int[types.size()];
    for (int t = 1; t < firstReading.length; t++) {
      firstReading[t] = firstReading[t - 1] + types.get(t - 1).readings().size();
    }
    int most = 0;
    for (int t = 0; t < types.size(); t++) {
      int[] ofType = slots.get(t);
      for (int i = 0; i < ofType.length; i++) {
        most = Math.max(most, ofType[i] + 1);
        if (ofType[i] != ReadingTree.COUNTED) {
          byPath.put(types.get(t).readings().get(i).path(), ofType[i]);
        }
      }
    }
    slotBytes = new byte[most][];
    Arrays.fill(slotBytes, NONE);
    slotFrom = new int[most];
    slotLength = new int[most];
    fingerprints = new SipHash(fingerprintKey);
    this.quantities = quantities;
  }

  /** The members of {@code data} that any type reads. */
  ReadingTree tree() {
    return tree;
  }

  /** The slot of a reading by its path, {@code data.member}; -1 where no meter reads it. */
  int slot(String path) {
    return byPath.getOrDefault(path, MISSING);
  }

  /** The texts that say which meters read an event. */
  TextFilter filter() {
    return filter;
  }

  /** Forgets the readings of the event before. */
  void begin() {
    Arrays.fill(slotLength, MISSING);
    if (!filter.isEmpty()) {
      filter.begin();
    }
  }

  /**
   * Takes the text of a number.
   *
   * @param bytes hold a JSON number of 64 characters at most, and stay as they are until {@link
   *     #complete}
   */
  void put(int slot, byte[] bytes, int from, int length) {
    slotBytes[slot] = bytes;
    slotFrom[slot] = from;
    slotLength[slot] = length;
  }

  /** The slot whose number begins there, -1 where none does. */
  int slotAt(byte[] bytes, int from) {
    for (int slot = 0; slot < slotLength.length; slot++) {
      if (slotLength[slot] != MISSING && slotBytes[slot] == bytes && slotFrom[slot] == from) {
        return slot;
      }
    }
    return MISSING;
  }

  /**
   * Completes an event that has its texts, its readings and its time.
   *
   * @param hasTime whether {@code into.occurredAt} is the event's own
   * @return why it can't be charged, the first that applies of malformed (no id, source or type),
   *     unknown-device, no-time, no-offer, bad-quantity; null where it is complete
   */
  @Nullable Reason complete(DecodedEvent into, boolean hasTime) {
    if (into.id.length == 0 || into.source.length == 0 || into.type.length == 0) {
      return Reason.MALFORMED;
    }
    if (into.subject.length == 0) {
      return Reason.UNKNOWN_DEVICE;
    }
    if (!hasTime) {
      return Reason.NO_TIME;
    }
    Text id = into.id;
    into.eventId = counter(id.bytes, id.from, id.length);
    into.numbered = into.eventId >= 0;
    if (!into.numbered) {
      into.eventId = fingerprints.of(id.bytes, id.from, id.length);
    }
    if (lastType < 0 || !into.type.is(typeName[lastType])) {
      lastType = typeNames.find(into.type);
    }
    into.typeIndex = lastType;
    return into.typeIndex < 0 ? Reason.NO_OFFER : measure(into);
  }

  /** The number that a counter wrote, -1 where it did not: "007" and "7" are two ids. */
  private static long counter(byte[] text, int from, int length) {
    if (length > 18 || text[from] == '0' && length > 1) {
      return -1;
    }
    long value = 0;
    for (int i = from; i < from + length; i++) {
      int digit = text[i] - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      value = value * 10 + digit;
    }
    return value;
  }

  private @Nullable Reason measure(DecodedEvent into) {
    int[] ofType = slots.get(into.typeIndex);
    List<EventType.Reading> meters = types.get(into.typeIndex).readings();
    if (into.values.length < ofType.length) {
      into.values = new long[ofType.length];
    }
    into.valueCount = ofType.length;
    for (int i = 0; i < ofType.length; i++) {
      long value = 1;
      int slot = ofType[i];
      if (!filter.isEmpty() && !filter.holds(firstReading[into.typeIndex] + i)) {
        value = UsageBatch.NOT_READ;
      } else if (filter.tells(firstReading[into.typeIndex] + i)) {
        value = filter.told(firstReading[into.typeIndex] + i);
      } else if (slot != ReadingTree.COUNTED) {
        int length = slotLength[slot];
        EventType.Reading meter = meters.get(i);
        if (length == MISSING) {
          int text = meter.takesText() ? filter.slot(meter.path()) : MISSING;
          if (filter.has(text)) {
            into.values[i] = UsageBatch.reading(filter.fingerprint(text, fingerprints));
          } else if (meter.required()) {
            return Reason.BAD_QUANTITY;
          } else {
            into.values[i] = UsageBatch.ABSENT;
          }
          continue;
        }
        byte[] bytes = slotBytes[slot];
        int from = slotFrom[slot];
        for (int k = 0; k < length; k++) {
          number[k] = (char) bytes[from + k];
        }
        value = quantities.parse(number, 0, length, meter.scale(), meter.roundsFiner());
        if (value == QuantityParser.BAD && meter.required()) {
          return Reason.BAD_QUANTITY;
        } else if (value == QuantityParser.BAD) {
          value = UsageBatch.ABSENT; // Whoever reads it refuses the event; others may go on.
        }
      }
      into.values[i] = value;
    }
    return null;
  }
}
