package io.millrace.catalog;

import io.millrace.catalog.ChargeRule.Every;
import java.math.BigDecimal;
import java.util.Currency;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads the priced components of offers. */
final class ChargeReader {

  static final Map<String, Every> EVERY = Map.of("day", Every.DAY, "month", Every.MONTH);

  private static final Set<String> PER_UNIT = new TreeSet<>(Set.of("meter", "per-unit", "unit"));
  private static final Set<String> RECURRING = new TreeSet<>(Set.of("recurring", "every"));
  private static final Set<String> ALL = new TreeSet<>();

  static {
    ALL.addAll(PER_UNIT);
    ALL.addAll(RECURRING);
  }

  private final Problems problems;
  private final Scalars scalars;
  private final MeterReader meterReader;
  private final Set<String> meterNames;
  private final Map<String, Meter> meters;
  private final @Nullable Currency currency;
  private final Set<String> used = new HashSet<>();

  /**
   * A reader.
   *
   * @param meterNames of all meters in the file
   * @param meters those without a problem
   * @param currency null where it has a problem
   */
  ChargeReader(
      Problems problems,
      Set<String> meterNames,
      Map<String, Meter> meters,
      @Nullable Currency currency) {
    this.problems = problems;
    this.scalars = new Scalars(problems);
    this.meterReader = new MeterReader(problems);
    this.meterNames = meterNames;
    this.meters = meters;
    this.currency = currency;
  }

  /** The names of the meters that charges have used so far. */
  Set<String> used() {
    return used;
  }

  @Nullable ChargeRule charge(Yaml.Entry entry) {
    String what = "the charge " + Problems.quote(entry.key().text());
    Fields fields = Fields.of(entry.value(), entry.key(), what, problems);
    if (fields == null) {
      return null;
    }
    String name = scalars.name(entry.key());
    if (fields.optional("meter") instanceof Yaml.Entry(_, Yaml.Scalar meterName)) {
      used.add(meterName.text());
    }
    Yaml.Entry perUnit = fields.optional("per-unit");
    Yaml.Entry recurring = fields.optional("recurring");
    if (perUnit != null && recurring != null) {
      fields.allow(ALL);
      problems.add(
          recurring.key(),
          "two-prices",
          what + " has a price per unit and a recurring one",
          "Make two charges of it");
      return null;
    }
    if (perUnit != null) {
      return perUnit(name, fields.allow(PER_UNIT));
    }
    if (recurring != null) {
      return recurring(name, fields.allow(RECURRING));
    }
    fields.allow(ALL);
    problems.add(
        entry.key(),
        "no-price",
        what + " has no price",
        "Add 'per-unit: 0.10' or 'recurring: 0.10'");
    return null;
  }

  private @Nullable ChargeRule perUnit(@Nullable String name, Fields fields) {
    BigDecimal price =
        scalars.decimal(fields.text("per-unit", "per-unit: 0.10"), Scalars.MAX_FRACTION_DIGITS);
    Meter meter = meter(fields.text("meter", "meter: energy"));
    Yaml.Scalar unitAt = fields.text("unit", "unit: kWh");
    Unit unit = meterReader.unit(unitAt);
    if (unitAt != null
        && unit != null
        && meter != null
        && !unit.dimension().equals(meter.unit().dimension())) {
      return scalars.reject(
          unitAt,
          "other-dimension",
          "measures " + unit.dimension() + ", but the meter measures " + meter.unit().dimension(),
          "Write a unit that " + meter.unit().symbol() + " converts to");
    }
    return name == null || price == null || meter == null || unit == null
        ? null
        : new ChargeRule.PerUnit(name, meter, price, unit);
  }

  private @Nullable Meter meter(Yaml.@Nullable Scalar at) {
    if (at == null) {
      return null;
    }
    return meterNames.contains(at.text())
        ? meters.get(at.text())
        : scalars.reject(
            at, "unknown-meter", "is not a meter", Spelling.fix(at.text(), meterNames));
  }

  private @Nullable ChargeRule recurring(@Nullable String name, Fields fields) {
    Yaml.Scalar amountAt = fields.text("recurring", "recurring: 0.10");
    BigDecimal amount = scalars.decimal(amountAt, Scalars.MAX_FRACTION_DIGITS);
    Every every = scalars.oneOf(fields.text("every", "every: day"), "unknown-every", EVERY);
    if (amountAt != null && amount != null && !fitsLedger(amountAt, amount)) {
      return null;
    }
    return name == null || amount == null || every == null
        ? null
        : new ChargeRule.Recurring(name, amount, every);
  }

  /** A recurring amount is booked as it is, so it must be a ledger amount. */
  private boolean fitsLedger(Yaml.Scalar at, BigDecimal amount) {
    if (currency == null) {
      return true;
    }
    int digits = Catalog.ledgerScale(currency);
    if (amount.stripTrailingZeros().scale() > digits) {
      scalars.reject(
          at,
          "price-too-fine",
          "is finer than the ledger",
          "Write " + digits + " digits after the point at most");
      return false;
    }
    if (amount.movePointRight(digits).toBigInteger().bitLength() > 63) {
      scalars.reject(
          at, "price-too-large", "is more than the ledger can hold", "Write a smaller amount");
      return false;
    }
    return true;
  }
}
