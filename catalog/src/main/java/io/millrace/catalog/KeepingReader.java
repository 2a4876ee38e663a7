package io.millrace.catalog;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads for how long an allowance is there, and for whom. */
final class KeepingReader {
  static final String ROLLS_OVER = "rolls-over";
  static final String VALID_FOR = "valid-for";
  static final String VALID_UNTIL = "valid-until";
  static final String TOGETHER = "together";
  static final String BOUGHT = "bought";

  /** What is said of an allowance that comes with an offer, and of no other. */
  static final Set<String> INCLUDED =
      new TreeSet<>(
          Set.of(
              AllowanceReader.INCLUDED,
              AllowanceReader.TELL,
              ROLLS_OVER,
              VALID_FOR,
              VALID_UNTIL,
              TOGETHER));

  static final Set<String> ROLLED = new TreeSet<>(Set.of("periods", "most"));

  /** The longest time that an allowance is there for once. */
  static final Duration LONGEST = Duration.ofDays(3_660);

  private static final Pattern PERIODS = Pattern.compile("[1-9][0-9]?");

  private final Problems problems;
  private final Scalars scalars;
  private final BoundReader bounds;
  private final MomentReader moments;

  /**
   * A reader.
   *
   * @param zone null where it has a problem
   */
  KeepingReader(Problems problems, @Nullable ZoneId zone) {
    this.problems = problems;
    this.scalars = new Scalars(problems);
    this.bounds = new BoundReader(problems);
    this.moments = new MomentReader(problems, zone == null ? ZoneOffset.UTC : zone);
  }

  /** What an allowance says of it; null after adding a problem. */
  @Nullable Keeping read(Fields fields, @Nullable Unit unit) {
    if (fields.has(BOUGHT)) {
      return bought(fields);
    }
    boolean sound = true;
    int periods = 0;
    BigDecimal most = null;
    Yaml.Entry rolls = fields.optional(ROLLS_OVER);
    if (rolls != null) {
      Fields said = Fields.of(rolls.value(), rolls.key(), "'rolls-over'", problems);
      if (said == null) {
        return null;
      }
      said.allow(ROLLED);
      Integer count = periods(said.text("periods", "periods: 2"));
      Yaml.Scalar mostAt = said.optionalText("most", "most: 5");
      most = bounds.above(mostAt, null, unit);
      periods = count == null ? 0 : count;
      sound = count != null && (mostAt == null || most != null);
    }
    Yaml.Scalar forAt = fields.optionalText(VALID_FOR, "valid-for: 720h");
    Duration validFor = validFor(forAt);
    Yaml.Scalar untilAt = fields.optionalText(VALID_UNTIL, "valid-until: 2027-01-01");
    Instant validUntil = moments.read(untilAt);
    Yaml.Scalar togetherAt = fields.optionalText(TOGETHER, "together: true");
    Boolean together =
        togetherAt == null
            ? Boolean.FALSE
            : scalars.oneOf(togetherAt, "bad-together", Map.of("true", Boolean.TRUE));
    if (!sound
        || together == null
        || (forAt != null && validFor == null)
        || (untilAt != null && validUntil == null)) {
      return null;
    }
    if (rolls != null && (forAt != null || untilAt != null)) {
      problems.add(
          rolls.key(),
          "once-rolls-over",
          "'rolls-over' is of what a period leaves, and this allowance is there once",
          "Leave out 'rolls-over', or 'valid-for' and 'valid-until'");
      return null;
    }
    return new Keeping(
        together,
        periods,
        Optional.ofNullable(most),
        Optional.ofNullable(validFor),
        Optional.ofNullable(validUntil),
        false);
  }

  /** What is there of it, and until when, is said as it is bought. */
  private @Nullable Keeping bought(Fields fields) {
    Yaml.Scalar at = fields.optionalText(BOUGHT, "bought: true");
    Boolean bought =
        at == null ? null : scalars.oneOf(at, "bad-bought", Map.of("true", Boolean.TRUE));
    boolean sound = bought != null;
    for (String word : INCLUDED) {
      Yaml.Entry said = fields.optional(word);
      if (said != null) {
        problems.add(
            said.key(),
            "bought-and-included",
            "'" + word + "' is of what comes with the offer, and this allowance is bought",
            "Leave it out, or 'bought'");
        sound = false;
      }
    }
    return sound ? Keeping.BOUGHT : null;
  }

  private @Nullable Integer periods(Yaml.@Nullable Scalar at) {
    if (at == null) {
      return null;
    }
    if (PERIODS.matcher(at.text()).matches()
        && Integer.parseInt(at.text()) <= Keeping.MOST_PERIODS) {
      return Integer.valueOf(at.text());
    }
    return scalars.reject(
        at,
        "bad-periods",
        "is no number of periods that anything rolls over for",
        "Write 1 to " + Keeping.MOST_PERIODS);
  }

  private @Nullable Duration validFor(Yaml.@Nullable Scalar at) {
    if (at == null) {
      return null;
    }
    Duration length = scalars.length(at, "'720h'");
    return length == null || length.compareTo(LONGEST) <= 0 && length.isPositive()
        ? length
        : scalars.reject(
            at,
            "validity-out-of-range",
            "is no time that an allowance is there",
            "Write 1m to 87840h");
  }
}
