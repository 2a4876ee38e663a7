package io.millrace.tests.bench;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** All that was measured, in the order in which it first was. */
final class Figures {
  private final Map<String, Figure> byName = new LinkedHashMap<>();
  private String step = "";

  /**
   * A number, once for each run.
   *
   * @param step that measured it
   * @param what it is, unique in its step
   * @param unit of the values
   * @param goal for the median
   * @param values in the order of the runs
   */
  record Figure(String step, String what, String unit, Goal goal, List<Double> values) {

    /** The middle one; of an even number the mean of the two in the middle. */
    double median() {
      List<Double> sorted = values.stream().sorted().toList();
      int half = sorted.size() / 2;
      return sorted.size() % 2 == 1
          ? sorted.get(half)
          : (sorted.get(half - 1) + sorted.get(half)) / 2;
    }

    double lowest() {
      return values.stream().mapToDouble(v -> v).min().orElseThrow();
    }

    double highest() {
      return values.stream().mapToDouble(v -> v).max().orElseThrow();
    }

    boolean hasGoal() {
      return !(goal instanceof Goal.None);
    }

    boolean isMet() {
      return goal.isMet(median());
    }
  }

  /** What is noted from here on is this step's. */
  void begin(String name) {
    step = name;
  }

  /** Notes a run's value of something without a goal. */
  void note(String what, String unit, double value) {
    note(what, unit, Goal.NONE, value);
  }

  /** Notes a run's value. */
  void note(String what, String unit, Goal goal, double value) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException(step + ": " + what + " is " + value);
    }
    byName
        .computeIfAbsent(
            key(step, what), k -> new Figure(step, what, unit, goal, new ArrayList<>()))
        .values()
        .add(value);
  }

  /** The median of what a step measured, if it did. */
  OptionalDouble median(String of, String what) {
    Figure figure = byName.get(key(of, what));
    return figure == null ? OptionalDouble.empty() : OptionalDouble.of(figure.median());
  }

  /** All of them. */
  Collection<Figure> all() {
    return byName.values();
  }

  /** Those of a step. */
  List<Figure> of(String name) {
    return byName.values().stream().filter(f -> f.step().equals(name)).toList();
  }

  private static String key(String step, String what) {
    return step + "/" + what;
  }
}
