package io.millrace.processors.shard;

import io.millrace.processors.shard.AccountTotals.Line;
import org.jspecify.annotations.Nullable;

/**
 * Finds a line of an account that has many: one of a large customer, whose devices are on hundreds
 * of offers. Belongs to one array of lines, and can follow it as it grows. Has one owner.
 */
final class LineIndex {
  /** Up to so many lines are looked through faster. */
  static final int FEW = 8;

  /** Of no account. */
  static final LineIndex NONE = new LineIndex(new Line[0]);

  /** Open addressing: at least half of the places are free. */
  private @Nullable Line[] places;

  private Line[] of;

  LineIndex(Line[] lines) {
    of = lines;
    places = places(lines);
  }

  /** Whether it finds the lines of this array. */
  boolean isOf(Line[] lines) {
    return of == lines;
  }

  /**
   * Follows its array.
   *
   * @param grown with the line as its last
   */
  void add(Line line, Line[] grown) {
    of = grown;
    if (grown.length > places.length / 2) {
      places = places(grown);
    } else {
      put(line, places);
    }
  }

  @Nullable Line find(int offer, int charge, int period) {
    int i = place(offer, charge, period, places.length);
    Line line = places[i];
    while (line != null
        && (line.charge != charge || line.offer != offer || line.period != period)) {
      i = i + 1 & places.length - 1;
      line = places[i];
    }
    return line;
  }

  private static @Nullable Line[] places(Line[] lines) {
    @Nullable Line[] places = new @Nullable Line[4 * Integer.highestOneBit(lines.length | 1)];
    for (Line line : lines) {
      put(line, places);
    }
    return places;
  }

  private static void put(Line line, @Nullable Line[] places) {
    int i = place(line.offer, line.charge, line.period, places.length);
    while (places[i] != null) {
      i = i + 1 & places.length - 1;
    }
    places[i] = line;
  }

  private static int place(int offer, int charge, int period, int places) {
    int mixed = ((offer * 31 + period) * 31 + charge) * 0x9E37_79B9;
    return (mixed ^ mixed >>> 16) & places - 1;
  }
}
