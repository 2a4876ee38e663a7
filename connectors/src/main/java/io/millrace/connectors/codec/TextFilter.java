package io.millrace.connectors.codec;

import io.millrace.catalog.Meter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Texts in the {@code data} of events that say which of its meters read an event, and which bands
 * of a price it is of. Each member that is looked at has a slot, which holds a copy of its text, a
 * number or boolean as it is written: what is longer than any text that is asked for is as good as
 * not there. One serves one thread.
 */
final class TextFilter {
  private static final int MISSING = -1;

  /** Bytes of a text that is told from others, at most. */
  static final int LONGEST = 255;

  private final Map<String, Integer> slots = new LinkedHashMap<>();
  private final List<Asked> asked = new ArrayList<>();
  private final List<List<Asked>> alternatives = new ArrayList<>();

  /** The slots of members that may be numbers or booleans as well. */
  private final BitSet takesAny = new BitSet();

  /** Whether it holds a number, as which the next event may have another. */
  private boolean holdsNumber;

  private byte[][] text = {};
  private int[] length = {};

  /** What one reading asks for: for each slot the texts that it may hold. */
  private record Asked(int[] slot, byte[][][] values) {}

  private static final Asked NOTHING = new Asked(new int[0], new byte[0][][]);

  /** The slot of each member that some reading's {@code where} names. */
  static Map<String, Integer> slots(List<EventType> types) {
    Map<String, Integer> slots = new LinkedHashMap<>();
    for (EventType type : types) {
      for (EventType.Reading reading : type.readings()) {
        asking(reading).forEach(w -> slots.putIfAbsent(ReadingTree.ROOT + w.field(), slots.size()));
        if (reading.takesText()) {
          slots.putIfAbsent(reading.path(), slots.size());
        }
      }
    }
    return slots;
  }

  private static Stream<Meter.Where> asking(EventType.Reading reading) {
    return Stream.concat(
        reading.where().stream(), reading.alternatives().stream().flatMap(List::stream));
  }

  TextFilter(List<EventType> types) {
    slots.putAll(slots(types));
    int[] longest = new int[slots.size()];
    for (EventType type : types) {
      for (EventType.Reading reading : type.readings()) {
        asked.add(asked(reading.where(), longest));
        List<Asked> some = new ArrayList<>();
        reading.alternatives().forEach(each -> some.add(asked(each, longest)));
        alternatives.add(some);
        asking(reading).forEach(w -> takesAny.set(slot(ReadingTree.ROOT + w.field())));
        if (reading.takesText()) {
          longest[slot(reading.path())] = LONGEST;
        }
      }
    }
    text = Arrays.stream(longest).mapToObj(byte[]::new).toArray(byte[][]::new);
    length = new int[text.length];
  }

  private Asked asked(List<Meter.Where> wheres, int[] longest) {
    if (wheres.isEmpty()) {
      return NOTHING;
    }
    int[] slot = new int[wheres.size()];
    byte[][][] values = new byte[slot.length][][];
    for (int i = 0; i < slot.length; i++) {
      Meter.Where where = wheres.get(i);
      slot[i] = slots.getOrDefault(ReadingTree.ROOT + where.field(), MISSING);
      values[i] =
          where.values().stream()
              .map(v -> v.getBytes(StandardCharsets.UTF_8))
              .toArray(byte[][]::new);
      for (byte[] value : values[i]) {
        longest[slot[i]] = Math.max(longest[slot[i]], value.length);
      }
    }
    return new Asked(slot, values);
  }

  /** Whether nothing is asked for. */
  boolean isEmpty() {
    return text.length == 0;
  }

  /** The slot of a member by its path, {@code data.member}; -1 where no reading asks for it. */
  int slot(String path) {
    return slots.getOrDefault(path, MISSING);
  }

  /** Whether there is a text of one byte at least in a slot. */
  boolean has(int slot) {
    return slot >= 0 && length[slot] > 0;
  }

  /** What tells the text in a slot from others, under a key. */
  long fingerprint(int slot, SipHash key) {
    return key.of(text[slot], 0, length[slot]);
  }

  /** Forgets the texts of the event before. */
  void begin() {
    Arrays.fill(length, MISSING);
    holdsNumber = false;
  }

  /** Whether what is in a slot may be a number or boolean as well as a text. */
  boolean takesAny(int slot) {
    return slot >= 0 && takesAny.get(slot);
  }

  /** As {@link #put}, a number as it is written. */
  void putNumber(int slot, byte[] bytes, int from, int count) {
    put(slot, bytes, from, count);
    holdsNumber = true;
  }

  /** Whether some member that is looked at is a number in the event at hand. */
  boolean holdsNumber() {
    return holdsNumber;
  }

  /** Takes a text, without escapes. */
  void put(int slot, byte[] bytes, int from, int count) {
    boolean fits = count <= text[slot].length;
    length[slot] = fits ? count : MISSING;
    if (fits) {
      System.arraycopy(bytes, from, text[slot], 0, count);
    }
  }

  /** The texts that it holds now, by slot; null where there is none. */
  byte[][] held() {
    byte[][] held = new byte[text.length][];
    for (int slot = 0; slot < held.length; slot++) {
      if (length[slot] != MISSING) {
        held[slot] = Arrays.copyOf(text[slot], length[slot]);
      }
    }
    return held;
  }

  /** Holds again what it held. */
  void hold(byte[][] held) {
    for (int slot = 0; slot < held.length; slot++) {
      length[slot] = MISSING;
      if (held[slot] != null) {
        put(slot, held[slot], 0, held[slot].length);
      }
    }
  }

  /**
   * Whether a meter reads the event whose texts it holds.
   *
   * @param reading its place among all types' readings
   */
  boolean holds(int reading) {
    return holds(asked.get(reading));
  }

  /** Whether a reading tells which of its alternatives hold. */
  boolean tells(int reading) {
    return !alternatives.get(reading).isEmpty();
  }

  /** Which alternatives of a reading hold, of those that ask for anything: bit i for the i-th. */
  long told(int reading) {
    List<Asked> some = alternatives.get(reading);
    long told = 0;
    for (int i = 0; i < some.size(); i++) {
      Asked each = some.get(i);
      if (each != NOTHING && holds(each)) {
        told |= 1L << i;
      }
    }
    return told;
  }

  private boolean holds(Asked wanted) {
    for (int i = 0; i < wanted.slot.length; i++) {
      if (!isOne(wanted.slot[i], wanted.values[i])) {
        return false;
      }
    }
    return true;
  }

  private boolean isOne(int slot, byte[][] values) {
    for (byte[] value : values) {
      if (length[slot] == value.length
          && Arrays.equals(text[slot], 0, length[slot], value, 0, value.length)) {
        return true;
      }
    }
    return false;
  }
}
