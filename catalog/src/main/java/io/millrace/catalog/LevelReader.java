package io.millrace.catalog;

import io.millrace.catalog.Meter.Aggregate;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Reads what a meter says of a level. */
final class LevelReader {
  static final String WORD = "holds-for";
  private static final Duration SHORTEST_MONTH = Duration.ofDays(28).minusHours(1);
  private static final Duration SHORTEST_DAY = Duration.ofHours(23);

  private final Problems problems;
  private final Scalars scalars;
  private final @Nullable PeriodRule period;

  /** A reader; {@code period} is null where it has a problem. */
  LevelReader(Problems problems, @Nullable PeriodRule period) {
    this.problems = problems;
    this.scalars = new Scalars(problems);
    this.period = period;
  }

  /** The meter with what its file says of its level; null after adding a problem. */
  @Nullable Meter read(Fields fields, Meter meter) {
    if (meter.aggregate() != Aggregate.TIME_WEIGHTED) {
      Yaml.Entry entry = fields.optional(WORD);
      if (entry != null) {
        problems.add(
            entry.key(),
            "not-a-level",
            "'" + WORD + "' is said of a level",
            "Write 'aggregate: time-weighted', or remove it");
      }
      return entry == null ? meter : null;
    }
    Yaml.Scalar at = fields.text(WORD, WORD + ": 24h");
    Duration holds = at == null ? null : scalars.length(at, "PT30S");
    if (at == null || holds == null) {
      return null;
    }
    if (holds.toSeconds() < 1 || holds.compareTo(shortest()) > 0) {
      return scalars.reject(
          at,
          "holds-too-long",
          "is no time that fits a settlement period",
          "Write from PT1S to " + shortest().toHours() + "h, more than lies between two readings");
    }
    return meter.with(holds);
  }

  /** A level may so hold in two periods, never in three. */
  private Duration shortest() {
    return switch (period) {
      case PeriodRule.Fixed fixed -> fixed.length();
      case PeriodRule.Calendar c when c.every() == ChargeRule.Every.DAY -> SHORTEST_DAY;
      case null, default -> SHORTEST_MONTH;
    };
  }
}
