package io.millrace.catalog;

import io.millrace.catalog.QuantityRounding.Each;
import io.millrace.catalog.QuantityRounding.Way;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads the shape of a usage charge's price, and the rounding of its quantity. */
final class PriceReader {

  /** The words for shapes; a usage charge has one of them. */
  static final List<String> SHAPES =
      List.of(
          "per-unit", "graduated", "volume", "stair-step", "package", "percent", "flat", "free");

  /** Shapes that ask for no quantity, and so for no unit. */
  static final Set<String> UNMEASURED = Set.of("flat", "free");

  /** All keys of usage charges. */
  static final Set<String> KEYS = new TreeSet<>(SHAPES);

  static {
    KEYS.addAll(measured("per-unit"));
  }

  static final Set<String> PACKAGE = new TreeSet<>(Set.of("of", "price"));
  static final Map<String, Each> EACH = Map.of("event", Each.EVENT, "period", Each.PERIOD);
  static final Map<String, Way> WAYS =
      Map.of("up-to", Way.UP, "down-to", Way.DOWN, "nearest", Way.NEAREST);
  static final Set<String> ROUND =
      new TreeSet<>(Set.of("each", "up-to", "down-to", "nearest", "at-least", "at-most"));
  private static final Set<Meter.Aggregate> ROUNDED_BY_PERIOD =
      Set.of(
          Meter.Aggregate.DELTA,
          Meter.Aggregate.TIME_WEIGHTED,
          Meter.Aggregate.UNIQUE,
          Meter.Aggregate.BURST,
          Meter.Aggregate.PERCENTILE);
  private static final BigDecimal HUNDRED = new BigDecimal(100);
  private static final String ROUND_EXAMPLE = "round: {each: event, up-to: 1}";

  private final Problems problems;
  private final Scalars scalars;
  private final TierReader tiers;
  private final BoundReader bounds;

  PriceReader(Problems problems) {
    this.problems = problems;
    this.scalars = new Scalars(problems);
    this.bounds = new BoundReader(problems);
    this.tiers = new TierReader(problems, bounds);
  }

  /** The shape whose quantity is money, and needs no other unit. */
  static final String PERCENT = "percent";

  /** The keys of a charge of a shape that asks for a quantity. */
  static Set<String> measured(String shape) {
    Set<String> keys = new TreeSet<>(Set.of("meter", "unit", "round", shape));
    if (shape.equals(PERCENT)) {
      keys.remove("unit");
    }
    return keys;
  }

  /**
   * The price.
   *
   * @param shape one of {@link #SHAPES}, which the charge has
   * @param meter null where it has a problem, as {@code unit}
   */
  @Nullable Price price(String shape, Fields charge, @Nullable Meter meter, @Nullable Unit unit) {
    return switch (shape) {
      case "per-unit" -> {
        BigDecimal each = amount(charge, "per-unit");
        yield each == null ? null : new Price.PerUnit(each);
      }
      case "flat" -> {
        BigDecimal amount = amount(charge, "flat");
        yield amount == null ? null : new Price.Flat(amount);
      }
      case "free" -> free(charge.text("free", "free: true"));
      case PERCENT -> percent(charge, meter);
      case "package" -> inPackages(charge.entry(shape), meter, unit);
      default -> tiers.price(shape, charge, meter, unit);
    };
  }

  private @Nullable Price percent(Fields charge, @Nullable Meter meter) {
    Yaml.Scalar at = charge.text(PERCENT, "percent: 1.5");
    BigDecimal percent = scalars.decimal(at, Scalars.MAX_FRACTION_DIGITS);
    if (at != null && meter != null && !meter.unit().dimension().equals(Unit.MONEY)) {
      problems.add(
          charge.entry(PERCENT).key(),
          "percent-of-no-money",
          "the meter measures " + meter.unit().dimension() + ", not money",
          "Write a price per unit, or the currency as the meter's unit");
      return null;
    }
    if (at != null && percent != null && percent.compareTo(HUNDRED) > 0) {
      return scalars.reject(
          at, "percent-out-of-range", "is more than all of it", "Write 100 at most");
    }
    return percent == null ? null : new Price.Percent(percent);
  }

  private @Nullable BigDecimal amount(Fields fields, String key) {
    return scalars.decimal(fields.text(key, key + ": 0.10"), Scalars.MAX_FRACTION_DIGITS);
  }

  private @Nullable Price free(Yaml.@Nullable Scalar at) {
    if (at == null || at.text().equals("true")) {
      return at == null ? null : new Price.Free();
    }
    return scalars.reject(at, "bad-free", "is not 'true'", "Write 'free: true' or a price");
  }

  private @Nullable Price inPackages(Yaml.Entry entry, @Nullable Meter meter, @Nullable Unit unit) {
    Fields fields = Fields.of(entry.value(), entry.key(), "'package'", problems);
    if (fields == null) {
      return null;
    }
    fields.allow(PACKAGE);
    BigDecimal size = bounds.above(fields.text("of", "of: 100"), meter, unit);
    BigDecimal each = amount(fields, "price");
    return size == null || each == null ? null : new Price.Package(size, each);
  }

  /** How the quantity is rounded; null after adding a problem. */
  @Nullable QuantityRounding rounding(
      String shape, Fields charge, @Nullable Meter meter, @Nullable Unit unit) {
    Yaml.Entry entry = UNMEASURED.contains(shape) ? null : charge.optional("round");
    if (entry == null) {
      return QuantityRounding.NONE;
    }
    Fields fields = Fields.of(entry.value(), entry.key(), "'round'", problems);
    if (fields == null) {
      return null;
    }
    fields.allow(ROUND);
    Each each = scalars.oneOf(fields.text("each", "each: event"), "unknown-each", EACH);
    List<Yaml.Entry> ways =
        fields.entries().stream().filter(e -> WAYS.containsKey(e.key().text())).toList();
    Yaml.Scalar leastAt = fields.optionalText("at-least", "at-least: 1");
    Yaml.Scalar mostAt = fields.optionalText("at-most", "at-most: 100");
    Yaml.Scalar boundAt = leastAt == null ? mostAt : leastAt;
    if (ways.size() > 1) {
      problems.add(
          ways.get(1).key(), "two-roundings", "a quantity is rounded one way", "Keep one of them");
      return null;
    }
    if (ways.isEmpty() && boundAt == null) {
      problems.add(
          entry.key(), "no-rounding", "'round' changes nothing", "Write '" + ROUND_EXAMPLE + "'");
      return null;
    }
    if (each == Each.EVENT && meter != null && ROUNDED_BY_PERIOD.contains(meter.aggregate())) {
      problems.add(
          entry.key(),
          "round-of-counter",
          "what an event of this meter adds depends on other events, the period's total doesn't",
          "Write 'each: period'");
      return null;
    }
    if (each == Each.PERIOD && (boundAt != null || shape.equals("package"))) {
      problems.add(
          boundAt == null ? entry.key() : boundAt,
          boundAt == null ? "round-of-package" : "at-least-of-period",
          boundAt == null
              ? "a package rounds the period's total by itself"
              : "only an event's quantity has a least or a most",
          boundAt == null ? "Remove 'round', or round each event" : "Write 'each: event'");
      return null;
    }
    return rounding(each, ways, fields, leastAt, mostAt, meter, unit);
  }

  private @Nullable QuantityRounding rounding(
      @Nullable Each each,
      List<Yaml.Entry> ways,
      Fields fields,
      Yaml.@Nullable Scalar leastAt,
      Yaml.@Nullable Scalar mostAt,
      @Nullable Meter meter,
      @Nullable Unit unit) {
    Way way = Way.UP;
    BigDecimal step = BigDecimal.ZERO;
    if (!ways.isEmpty()) {
      String key = ways.getFirst().key().text();
      way = WAYS.getOrDefault(key, Way.UP);
      step = bounds.above(fields.text(key, key + ": 1"), meter, unit);
    }
    BigDecimal least = leastAt == null ? BigDecimal.ZERO : bounds.above(leastAt, meter, unit);
    BigDecimal most = mostAt == null ? BigDecimal.ZERO : bounds.above(mostAt, meter, unit);
    if (mostAt != null && most != null && least != null && most.compareTo(least) < 0) {
      return scalars.reject(
          mostAt, "most-below-least", "is below 'at-least'", "Raise it, or lower 'at-least'");
    }
    return each == null || step == null || least == null || most == null
        ? null
        : new QuantityRounding(each, way, step, least, most);
  }
}
