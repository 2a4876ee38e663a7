package io.millrace.processors.shard;

import io.millrace.processors.rating.Periods;
import java.util.ArrayList;
import java.util.List;

/** What is to be remembered of an event's readings that don't just add up, once it is charged. */
final class Memories {
  private final List<Memory> all = new ArrayList<>();

  /** One of them. */
  private sealed interface Memory {}

  /** A reading among all of a subscription. */
  private record Counted(int key, long at, long reading) implements Memory {}

  /** The reading that counts of a period. */
  private record Held(int key, long at, long reading, int period) implements Memory {}

  /** A value that a period has not had. */
  private record Met(int charge, long value, int period) implements Memory {}

  /** What a slot of a period adds up to. */
  private record Summed(int charge, int period, int slot, long sum, long ranked)
      implements Memory {}

  void clear() {
    all.clear();
  }

  boolean isEmpty() {
    return all.isEmpty();
  }

  /** Whether it was new: charges share what they remember by its key. */
  boolean count(int key, long at, long reading) {
    Memory memory = new Counted(key, at, reading);
    return !all.contains(memory) && all.add(memory);
  }

  void hold(int key, long at, long reading, int period) {
    all.add(new Held(key, at, reading, period));
  }

  void meet(int charge, long value, int period) {
    all.add(new Met(charge, value, period));
  }

  void sum(int charge, int period, SlotStep step) {
    all.add(new Summed(charge, period, step.slot, step.sum, step.ranked));
  }

  /**
   * Has a subscription remember them.
   *
   * @param oldest the first period that late events may still be of
   */
  void storeIn(Gauges gauges, Periods periods, int oldest) {
    for (Memory each : all) {
      switch (each) {
        case Counted c -> gauges.get(c.key).insert(c.at, c.reading);
        case Held h ->
            gauges
                .get(h.key)
                .hold(h.at, h.reading, periods.startOf(h.period), periods.endOf(h.period));
        case Met m -> gauges.add(m.charge, m.period, m.value, oldest);
        case Summed s -> gauges.sums(s.charge, s.period, oldest).set(s.slot, s.sum, s.ranked);
      }
    }
  }
}
