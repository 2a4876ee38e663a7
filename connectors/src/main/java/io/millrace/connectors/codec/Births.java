package io.millrace.connectors.codec;

import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * What Sparkplug births said of the metrics of each edge node and device: which alias stands for
 * which name, and its datatype. A message is read by the latest birth that is not later than it.
 * Methods may throw {@link CodecSpecs.Unavailable}; safe for any thread.
 */
public interface Births {

  /**
   * A metric as its birth declared it.
   *
   * @param alias below zero where it has none
   * @param datatype as the standard numbers them
   */
  record Declared(String name, long alias, int datatype) {}

  /**
   * Takes a birth in, durably, before anything behind it is read.
   *
   * @param node {@code group/edge} or {@code group/edge/device}
   * @param at its timestamp, milliseconds since 1970-01-01 UTC
   */
  void born(String node, long at, List<Declared> metrics);

  /** The births of a node, by their times. */
  NavigableMap<Long, List<Declared>> of(String node);

  /** Notes that a node should be asked for its births: something came that no birth explains. */
  void rebirthWanted(String node);

  /** The metric that an alias stands for in a message of this time. */
  default Optional<Declared> byAlias(String node, long alias, long at) {
    Map.Entry<Long, List<Declared>> birth = of(node).floorEntry(at);
    return birth == null
        ? Optional.empty()
        : birth.getValue().stream().filter(m -> m.alias == alias).findFirst();
  }

  /** The metric of this name in a message of this time. */
  default Optional<Declared> byName(String node, String name, long at) {
    Map.Entry<Long, List<Declared>> birth = of(node).floorEntry(at);
    return birth == null
        ? Optional.empty()
        : birth.getValue().stream().filter(m -> m.name.equals(name)).findFirst();
  }

  /** One that forgets all with the process: for tests. */
  static Births inMemory() {
    Map<String, NavigableMap<Long, List<Declared>>> all = new ConcurrentHashMap<>();
    return new Births() {
      @Override
      public void born(String node, long at, List<Declared> metrics) {
        all.computeIfAbsent(node, n -> new ConcurrentSkipListMap<>()).put(at, List.copyOf(metrics));
      }

      @Override
      public NavigableMap<Long, List<Declared>> of(String node) {
        return all.getOrDefault(node, new TreeMap<>());
      }

      @Override
      public void rebirthWanted(String node) {}
    };
  }
}
