package io.millrace.catalog;

import io.millrace.catalog.Meter.Aggregate;
import io.millrace.catalog.Meter.Slots;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads what a meter says of short slots of time. */
final class SlotsReader {
  static final Set<String> KEYS = new TreeSet<>(Set.of("every", "above", "percentile"));
  private static final Duration LONGEST_MONTH = Duration.ofDays(31).plusHours(1);
  private static final Duration LONGEST_DAY = Duration.ofHours(25);

  private final Problems problems;
  private final Scalars scalars;
  private final BoundReader bounds;
  private final @Nullable PeriodRule period;

  /** A reader; {@code period} is null where it has a problem. */
  SlotsReader(Problems problems, @Nullable PeriodRule period) {
    this.problems = problems;
    this.scalars = new Scalars(problems);
    this.bounds = new BoundReader(problems);
    this.period = period;
  }

  /** The meter with what its file says of its slots; null after adding a problem. */
  @Nullable Meter read(Fields fields, Meter meter) {
    Aggregate aggregate = meter.aggregate();
    boolean bursts = aggregate == Aggregate.BURST;
    if (!bursts && aggregate != Aggregate.PERCENTILE) {
      return has(fields, "every", "above", "percentile") ? null : meter;
    }
    Duration length = length(fields.text("every", "every: 5m"));
    boolean wrong = has(fields, bursts ? "percentile" : "above");
    long above = 0;
    int percent = 0;
    if (bursts) {
      BigDecimal read = bounds.from(fields.text("above", "above: 100"), meter, meter.unit());
      wrong |= read == null;
      above = read == null ? 0 : read.movePointRight(meter.scale()).longValueExact();
    } else {
      Integer read = percent(fields.text("percentile", "percentile: 95"));
      wrong |= read == null;
      percent = read == null ? 0 : read;
    }
    return wrong || length == null ? null : meter.with(new Slots(length, above, percent));
  }

  private @Nullable Duration length(Yaml.@Nullable Scalar at) {
    Duration length = at == null ? null : scalars.length(at, "PT30S");
    if (at == null || length == null) {
      return null;
    }
    if (length.toSeconds() < 1 || longest().compareTo(length.multipliedBy(Slots.MOST)) > 0) {
      return scalars.reject(
          at,
          "too-many-slots",
          "makes more than " + Slots.MOST + " slots of a settlement period",
          "Write a longer time, like 5m of a month's periods");
    }
    return length;
  }

  private Duration longest() {
    return switch (period) {
      case PeriodRule.Fixed fixed -> fixed.length();
      case PeriodRule.Calendar c when c.every() == ChargeRule.Every.DAY -> LONGEST_DAY;
      case null, default -> LONGEST_MONTH;
    };
  }

  private @Nullable Integer percent(Yaml.@Nullable Scalar at) {
    if (at == null || at.text().matches("[1-9][0-9]?")) {
      return at == null ? null : Integer.valueOf(at.text());
    }
    return scalars.reject(
        at, "bad-percentile", "is no whole number from 1 to 99", "Write it, like 95");
  }

  private boolean has(Fields fields, String... others) {
    boolean found = false;
    for (String key : others) {
      Yaml.Entry entry = fields.optional(key);
      if (entry != null) {
        found = true;
        problems.add(
            entry.key(),
            "no-such-slots",
            Problems.quote(key) + " is said of " + (key.equals("every") ? "slots" : "others"),
            key.equals("percentile")
                ? "Write 'aggregate: percentile', or remove it"
                : "Write 'aggregate: burst', or remove it");
      }
    }
    return found;
  }
}
