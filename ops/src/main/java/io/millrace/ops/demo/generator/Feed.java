package io.millrace.ops.demo.generator;

import io.millrace.ops.demo.manifest.Manifest;
import java.util.Arrays;

/**
 * What one connection publishes, minute by minute: its lamps' reports, then what was held back for
 * that minute. It tells the manifest every event it gives out. Not thread-safe.
 *
 * <p>Every lamp makes one good report a minute. Of these 2 % are held back 1 to 5 minutes and 1 %
 * come again 1 to 8 minutes later, byte for byte. Beside them, for 0.1 % of the minutes a flawed
 * report goes out and for 0.1 % one of an unknown lamp. Nothing is held back beyond the last
 * minute.
 */
final class Feed {
  private static final int CHANCES = 1 << 20;
  private static final int HELD_BACK = CHANCES / 50;
  private static final int DUPLICATED = CHANCES / 100;
  private static final int FLAWED = CHANCES / 1000;
  private static final int UNKNOWN = 2 * FLAWED;

  /** More than the longest hold-back and the longest wait of a duplicate together. */
  private static final int LATER = 16;

  private final Load load;
  private final Lamps lamps;
  private final int first;
  private final int step;
  private final Manifest manifest;
  private final Bucket[] later = new Bucket[LATER];
  private final Bucket extras = new Bucket();
  private int minute;
  private int nextLamp;

  /**
   * The feed of one connection.
   *
   * @param connection its number, from 0; it has every {@code load.connections()}-th lamp
   */
  Feed(Load load, Lamps lamps, int connection, Manifest manifest) {
    this.load = load;
    this.lamps = lamps;
    this.manifest = manifest;
    first = connection + 1;
    step = load.connections();
    nextLamp = first;
    Arrays.setAll(later, i -> new Bucket());
  }

  /** The minute it is in; {@code load.minutes()} when all is given out. */
  int minute() {
    return minute;
  }

  /** Whether all is given out. */
  boolean done() {
    return minute == load.minutes();
  }

  /**
   * The next event of this minute, or {@link EventKey#NONE} where that was the last one: then the
   * next minute begins.
   */
  long next() {
    while (!done()) {
      long key = extras.take();
      if (key == EventKey.NONE && nextLamp > load.lamps()) {
        key = later[minute % LATER].take();
        if (key == EventKey.NONE) {
          minute++;
          nextLamp = first;
          return EventKey.NONE;
        }
      }
      if (key == EventKey.NONE) {
        key = report(nextLamp);
        nextLamp += step;
      }
      if (key != EventKey.NONE) {
        record(key);
        return key;
      }
    }
    return EventKey.NONE;
  }

  /** A lamp's report of this minute, or none where it is held back. */
  private long report(int lamp) {
    long luck = lamps.chance(lamp, minute);
    long choice = Lamps.mix(luck);
    int last = load.minutes() - 1;
    int spoiled = (int) (luck & CHANCES - 1);
    if (spoiled < FLAWED) {
      int kinds = Flaw.UNKNOWN_LAMP.ordinal();
      extras.add(flawed(lamp, (int) ((choice & 0xFFFF) * kinds >>> 16)));
    } else if (spoiled < UNKNOWN) {
      extras.add(flawed(lamp, Flaw.UNKNOWN_LAMP.ordinal()));
    }
    int at = minute;
    if ((choice >>> 16 & CHANCES - 1) < HELD_BACK) {
      at = Math.min(last, minute + 1 + (int) ((choice >>> 36 & 0xFF) * 5 >>> 8));
    }
    if (at > minute) {
      later[at % LATER].add(EventKey.of(lamp, minute, EventKey.HELD_BACK));
    }
    if ((luck >>> 20 & CHANCES - 1) < DUPLICATED) {
      int again = Math.min(last, at + 1 + (int) ((choice >>> 44 & 0xFF) * 8 >>> 8));
      later[again % LATER].add(EventKey.of(lamp, minute, EventKey.DUPLICATE));
    }
    return at > minute ? EventKey.NONE : EventKey.of(lamp, minute, EventKey.REPORT);
  }

  private long flawed(int lamp, int ordinal) {
    return EventKey.of(lamp, minute, EventKey.FLAWED + ordinal);
  }

  private void record(long key) {
    int kind = EventKey.kind(key);
    if (kind == EventKey.DUPLICATE) {
      manifest.duplicate();
    } else if (kind >= EventKey.FLAWED) {
      manifest.unchargeable(Flaw.of(kind - EventKey.FLAWED).reason());
    } else {
      int lamp = EventKey.lamp(key);
      int of = EventKey.minute(key);
      long occurredAt = load.start().toEpochMilli() + (of * 60L + lamps.second(lamp)) * 1000;
      manifest.report(lamp, occurredAt, lamps.milliwattHours(lamp, of), kind == EventKey.HELD_BACK);
    }
  }

  /** Events in order of arrival; its array is used again once it has been emptied. */
  private static final class Bucket {
    private long[] keys = new long[4];
    private int from;
    private int to;

    void add(long key) {
      if (to == keys.length) {
        keys = Arrays.copyOf(keys, to * 2);
      }
      keys[to++] = key;
    }

    long take() {
      if (from == to) {
        from = 0;
        to = 0;
        return EventKey.NONE;
      }
      return keys[from++];
    }
  }
}
