package io.millrace.catalog;

import io.millrace.catalog.Meter.Aggregate;
import io.millrace.catalog.Meter.Counter;
import io.millrace.catalog.Meter.First;
import io.millrace.catalog.Meter.Reset;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads what a meter says of a running counter. */
final class CounterReader {
  static final Set<String> KEYS = new TreeSet<>(Set.of("first", "reset", "rolls-over-at"));
  static final Map<String, First> FIRST =
      Map.of("baseline", First.BASELINE, "from-zero", First.FROM_ZERO);
  static final Map<String, Reset> RESET =
      Map.of("from-zero", Reset.FROM_ZERO, "ignore", Reset.IGNORE, "suspend", Reset.SUSPEND);

  private final Problems problems;
  private final Scalars scalars;
  private final BoundReader bounds;

  CounterReader(Problems problems) {
    this.problems = problems;
    this.scalars = new Scalars(problems);
    this.bounds = new BoundReader(problems);
  }

  /** The meter with what its file says of its counter; null after adding a problem. */
  @Nullable Meter read(Fields fields, Meter meter) {
    if (meter.aggregate() != Aggregate.DELTA) {
      return isPlain(fields) ? meter : null;
    }
    Yaml.Scalar firstAt = fields.optionalText("first", "first: baseline");
    Yaml.Scalar resetAt = fields.optionalText("reset", "reset: from-zero");
    Yaml.Scalar overAt = fields.optionalText("rolls-over-at", "rolls-over-at: 4294967296");
    First first = firstAt == null ? First.BASELINE : scalars.oneOf(firstAt, "unknown-first", FIRST);
    Reset reset =
        resetAt == null ? Reset.FROM_ZERO : scalars.oneOf(resetAt, "unknown-reset", RESET);
    BigDecimal over = overAt == null ? BigDecimal.ZERO : bounds.above(overAt, meter, meter.unit());
    if (first == null || reset == null || over == null) {
      return null;
    }
    Counter counter =
        new Counter(first, reset, over.movePointRight(meter.scale()).longValueExact());
    return meter.with(counter);
  }

  private boolean isPlain(Fields fields) {
    boolean plain = true;
    for (String key : KEYS) {
      Yaml.Entry entry = fields.optional(key);
      if (entry != null) {
        plain = false;
        problems.add(
            entry.key(),
            "not-a-counter",
            Problems.quote(key) + " is said of a running counter",
            "Write 'aggregate: delta', or remove it");
      }
    }
    return plain;
  }
}
