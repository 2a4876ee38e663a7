package io.millrace.tests.bench;

/** What a figure should be (DESIGN §12). */
sealed interface Goal {
  /** Told for what it is worth. */
  Goal NONE = new None();

  static Goal atLeast(double bound) {
    return new AtLeast(bound);
  }

  static Goal atMost(double bound) {
    return new AtMost(bound);
  }

  /** Nothing is asked. */
  record None() implements Goal {}

  /** The more the better. */
  record AtLeast(double bound) implements Goal {}

  /** The less the better. */
  record AtMost(double bound) implements Goal {}

  /** Whether a value keeps it. */
  default boolean isMet(double value) {
    return switch (this) {
      case None none -> true;
      case AtLeast(double bound) -> value >= bound;
      case AtMost(double bound) -> value <= bound;
    };
  }
}
