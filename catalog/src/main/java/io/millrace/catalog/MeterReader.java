package io.millrace.catalog;

import io.millrace.catalog.Meter.Aggregate;
import java.util.Currency;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads one meter. */
final class MeterReader {

  /** A finer reading is refused, so a default that is too small loses nothing. */
  static final int DEFAULT_SCALE = 3;

  static final Set<String> KEYS =
      new TreeSet<>(Set.of("event", "value", "unit", "scale", "aggregate", "finer"));
  static final Map<String, Aggregate> AGGREGATES =
      Map.of(
          "sum", Aggregate.SUM,
          "count", Aggregate.COUNT,
          "delta", Aggregate.DELTA,
          "time-weighted", Aggregate.TIME_WEIGHTED,
          "max", Aggregate.MAX,
          "latest", Aggregate.LATEST,
          "unique", Aggregate.UNIQUE,
          "burst", Aggregate.BURST,
          "percentile", Aggregate.PERCENTILE);

  static {
    KEYS.addAll(CounterReader.KEYS);
    KEYS.addAll(SlotsReader.KEYS);
    KEYS.add(LevelReader.WORD);
    KEYS.add(WhereReader.WORD);
  }

  static final Map<String, Boolean> FINER = Map.of("refuse", false, "round", true);
  static final Pattern EVENT_TYPE = Pattern.compile("[!-~]{1,255}");
  static final Pattern VALUE = Pattern.compile("data\\.[A-Za-z0-9_-]{1,63}");

  private final Problems problems;
  private final Scalars scalars;
  private final CounterReader counters;
  private final SlotsReader slots;
  private final LevelReader levels;
  private final WhereReader wheres;
  private final @Nullable Currency currency;

  /** A reader of units alone; {@code currency} is null where it has a problem. */
  MeterReader(Problems problems, @Nullable Currency currency) {
    this(problems, currency, null);
  }

  /** A reader; {@code currency} is null where it has a problem, as {@code period}. */
  MeterReader(Problems problems, @Nullable Currency currency, @Nullable PeriodRule period) {
    this.currency = currency;
    this.problems = problems;
    this.scalars = new Scalars(problems);
    this.counters = new CounterReader(problems);
    this.slots = new SlotsReader(problems, period);
    this.levels = new LevelReader(problems, period);
    this.wheres = new WhereReader(problems);
  }

  @Nullable Meter meter(Yaml.Entry entry) {
    String what = "the meter " + Problems.quote(entry.key().text());
    Fields fields = Fields.of(entry.value(), entry.key(), what, problems);
    if (fields == null) {
      return null;
    }
    fields.allow(KEYS);
    String name = scalars.name(entry.key());
    String event = eventType(fields.text("event", "event: lamp.report"));
    Aggregate aggregate =
        scalars.oneOf(fields.text("aggregate", "aggregate: sum"), "unknown-aggregate", AGGREGATES);
    boolean counts = aggregate == Aggregate.COUNT || aggregate == Aggregate.UNIQUE;
    String field =
        aggregate == Aggregate.COUNT
            ? noField(fields)
            : field(fields.text("value", "value: data.wh"));
    Unit unit = counts ? countUnit(fields) : readUnit(fields.text("unit", "unit: Wh"), aggregate);
    Integer scale = scale(fields.optionalText("scale", "scale: 3"), counts);
    Boolean rounds = rounds(fields.optionalText("finer", "finer: round"));
    if (name == null
        || event == null
        || aggregate == null
        || field == null
        || unit == null
        || scale == null
        || rounds == null) {
      return null;
    }
    Meter meter = new Meter(name, event, field, unit, scale, aggregate, rounds);
    Meter counted = counters.read(fields, meter);
    Meter held = counted == null ? null : levels.read(fields, counted);
    Meter told = held == null ? null : slots.read(fields, held);
    return told == null ? null : wheres.read(fields, told);
  }

  /** The unit that readings are counted in. */
  private @Nullable Unit readUnit(Yaml.@Nullable Scalar at, @Nullable Aggregate aggregate) {
    Unit unit = unit(at);
    if (at == null || unit == null) {
      return unit;
    }
    if (unit.isOverTime()) {
      return scalars.reject(
          at,
          "unknown-unit",
          "is what a level comes to over time",
          "Write the level's unit, and this one in the charge");
    }
    return aggregate == Aggregate.TIME_WEIGHTED ? unit.overTime() : unit;
  }

  /** A unit by its symbol; null where it is given null, or after adding a problem. */
  @Nullable Unit unit(Yaml.@Nullable Scalar at) {
    if (at == null) {
      return null;
    }
    if (currency != null && at.text().equals(currency.getCurrencyCode())) {
      return Unit.of(currency);
    }
    Optional<Unit> unit = Unit.of(at.text());
    return unit.isPresent()
        ? unit.get()
        : scalars.reject(
            at,
            "unknown-unit",
            "is not a unit",
            Spelling.fix(at.text(), Unit.ALL.stream().map(Unit::symbol).toList()));
  }

  private @Nullable String eventType(Yaml.@Nullable Scalar at) {
    if (at == null || EVENT_TYPE.matcher(at.text()).matches()) {
      return at == null ? null : at.text();
    }
    return scalars.reject(
        at, "bad-event", "is not an event type", "Write the CloudEvents type, like lamp.report");
  }

  private @Nullable String field(Yaml.@Nullable Scalar at) {
    if (at == null) {
      return null;
    }
    return VALUE.matcher(at.text()).matches()
        ? at.text().substring("data.".length())
        : scalars.reject(
            at,
            "bad-value",
            "is not a member of the event's data",
            "Write data. and the member's name, like data.wh");
  }

  private @Nullable String noField(Fields fields) {
    Yaml.Entry value = fields.optional("value");
    if (value == null) {
      return "";
    }
    problems.add(
        value.key(),
        "value-of-count",
        "a meter that counts events reads no value",
        "Remove 'value', or write 'aggregate: sum'");
    return null;
  }

  private @Nullable Unit countUnit(Fields fields) {
    Unit each = Unit.of("each").orElseThrow();
    Yaml.Scalar at = fields.optionalText("unit", "unit: each");
    Unit unit = at == null ? each : unit(at);
    if (at == null || unit == null || unit.equals(each)) {
      return unit;
    }
    return scalars.reject(at, "other-dimension", "does not count events", "Write 'unit: each'");
  }

  private @Nullable Integer scale(Yaml.@Nullable Scalar at, boolean counts) {
    if (at == null) {
      return counts ? 0 : DEFAULT_SCALE;
    }
    int max = counts ? 0 : Meter.MAX_SCALE;
    if (!at.text().matches("-?[0-9]{1,9}")) {
      return scalars.reject(at, "bad-number", "is not a whole number", "Write 0 to " + max);
    }
    int scale = Integer.parseInt(at.text());
    return scale >= 0 && scale <= max
        ? (Integer) scale
        : scalars.reject(
            at,
            "scale-out-of-range",
            counts ? "digits are more than a count has" : "digits can't be kept",
            counts ? "Remove 'scale'" : "Write 0 to " + max);
  }

  private @Nullable Boolean rounds(Yaml.@Nullable Scalar at) {
    return at == null ? (Boolean) false : scalars.oneOf(at, "unknown-finer", FINER);
  }

  /** The names of meters, for "did you mean". */
  static Set<String> names(Fields meters) {
    return meters.entries().stream()
        .map(e -> e.key().text())
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
