package io.millrace.catalog;

import io.millrace.catalog.ChargeRule.Every;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Currency;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads the priced components of offers. */
final class ChargeReader {

  static final Map<String, Every> EVERY = Map.of("day", Every.DAY, "month", Every.MONTH);

  /** Each charge has one of these. */
  private static final Set<String> PRICES = new HashSet<>(PriceReader.SHAPES);

  private static final Set<String> RECURRING = new TreeSet<>(Set.of("recurring", "every"));
  private static final Set<String> ALL = new TreeSet<>();

  static {
    PRICES.add("recurring");
    PRICES.addAll(CloseReader.BOUNDS.keySet());
    ALL.addAll(PriceReader.KEYS);
    ALL.addAll(RECURRING);
    ALL.addAll(CloseReader.BOUNDS.keySet());
    ALL.add("of");
  }

  private final Problems problems;
  private final Scalars scalars;
  private final MeterReader meterReader;
  private final PriceReader prices;
  private final Set<String> meterNames;
  private final Map<String, Meter> meters;
  private final LedgerAmount amounts;
  private final CloseReader closes;
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
    this.prices = new PriceReader(problems);
    this.meterNames = meterNames;
    this.meters = meters;
    this.amounts = new LedgerAmount(problems, currency);
    this.closes = new CloseReader(problems, amounts);
  }

  /** The names of the meters that charges have used so far. */
  Set<String> used() {
    return used;
  }

  /** The charges of an offer; fewer than entries after adding problems. */
  List<ChargeRule> charges(List<Yaml.Entry> entries) {
    Set<String> all =
        entries.stream().map(e -> e.key().text()).collect(Collectors.toCollection(TreeSet::new));
    List<ChargeRule> charges = new ArrayList<>();
    List<String> above = new ArrayList<>();
    for (Yaml.Entry entry : entries) {
      ChargeRule rule = charge(entry, above, all);
      if (rule != null) {
        charges.add(rule);
      }
      above.add(entry.key().text());
    }
    if (charges.size() == entries.size()) {
      closes.checkCaps(entries, charges);
    }
    return charges;
  }

  private @Nullable ChargeRule charge(Yaml.Entry entry, List<String> above, Set<String> all) {
    String what = "the charge " + Problems.quote(entry.key().text());
    Fields fields = Fields.of(entry.value(), entry.key(), what, problems);
    if (fields == null) {
      return null;
    }
    String name = scalars.name(entry.key());
    if (fields.optional("meter") instanceof Yaml.Entry(_, Yaml.Scalar meterName)) {
      used.add(meterName.text());
    }
    List<String> prices =
        fields.entries().stream().map(e -> e.key().text()).filter(PRICES::contains).toList();
    if (prices.size() == 1) {
      String price = prices.getFirst();
      if (CloseReader.BOUNDS.containsKey(price)) {
        fields.allow(CloseReader.keys(price));
        return closes.close(name, price, entry.key(), fields, above, all);
      }
      return price.equals("recurring")
          ? recurring(name, fields.allow(RECURRING))
          : usage(name, price, fields);
    }
    fields.allow(ALL);
    if (prices.isEmpty()) {
      problems.add(
          entry.key(),
          "no-price",
          what + " has no price",
          "Add 'per-unit: 0.10' or 'recurring: 0.10'");
    } else {
      problems.add(
          fields.entry(prices.get(1)).key(),
          "two-prices",
          what + " has both '" + prices.get(0) + "' and '" + prices.get(1) + "'",
          "Make two charges of it");
    }
    return null;
  }

  private @Nullable ChargeRule usage(@Nullable String name, String shape, Fields fields) {
    boolean measured = !PriceReader.UNMEASURED.contains(shape);
    fields.allow(measured ? PriceReader.measured(shape) : Set.of("meter", shape));
    Meter meter = meter(fields.text("meter", "meter: energy"));
    Unit unit = measured ? unit(fields, meter) : meter == null ? null : meter.unit();
    Price price = prices.price(shape, fields, meter, unit);
    QuantityRounding rounding = prices.rounding(shape, fields, meter, unit);
    return name == null || meter == null || unit == null || price == null || rounding == null
        ? null
        : new ChargeRule.Usage(name, meter, unit, price, rounding);
  }

  private @Nullable Unit unit(Fields fields, @Nullable Meter meter) {
    Yaml.Scalar at = fields.text("unit", "unit: kWh");
    Unit unit = meterReader.unit(at);
    return at == null
            || unit == null
            || meter == null
            || unit.dimension().equals(meter.unit().dimension())
        ? unit
        : scalars.reject(
            at,
            "other-dimension",
            "measures " + unit.dimension() + ", but the meter measures " + meter.unit().dimension(),
            "Write a unit that " + meter.unit().symbol() + " converts to");
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
    BigDecimal amount = amounts.read(fields.text("recurring", "recurring: 0.10"));
    Every every = scalars.oneOf(fields.text("every", "every: day"), "unknown-every", EVERY);
    return name == null || amount == null || every == null
        ? null
        : new ChargeRule.Recurring(name, amount, every);
  }
}
