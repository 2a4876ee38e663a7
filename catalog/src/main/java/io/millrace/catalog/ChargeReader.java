package io.millrace.catalog;

import io.millrace.catalog.ChargeRule.Every;
import io.millrace.catalog.ChargeRule.Prorated;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Currency;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads the priced components of offers. */
final class ChargeReader {

  static final Map<String, Every> EVERY = Map.of("day", Every.DAY, "month", Every.MONTH);

  static final Map<String, Prorated> PRORATED =
      Map.of("day", Prorated.DAY, "second", Prorated.SECOND);

  static final String ONE_OFF = "one-off";

  /** Each charge has one of these. */
  static final Set<String> PRICES = new HashSet<>(PriceReader.SHAPES);

  static final Set<String> RECURRING = TermsReader.and(Set.of("recurring", "every", "prorate"));
  static final Set<String> ALL = new TreeSet<>();

  static {
    PRICES.add("recurring");
    PRICES.add(ONE_OFF);
    PRICES.add(CloseReader.DISCOUNT);
    PRICES.add(BandedReader.WORD);
    PRICES.addAll(CloseReader.BOUNDS.keySet());
    ALL.addAll(PriceReader.KEYS);
    ALL.addAll(RECURRING);
    ALL.add(ONE_OFF);
    ALL.add(CloseReader.DISCOUNT);
    ALL.addAll(CloseReader.BOUNDS.keySet());
    ALL.add("of");
    ALL.addAll(BandedReader.keys());
    ALL.add(BundleReader.WORD);
  }

  private final Problems problems;
  private final Scalars scalars;
  private final MeterReader meterReader;
  private final PriceReader prices;
  private final Set<String> meterNames;
  private final Map<String, Meter> meters;
  private final LedgerAmount amounts;
  private final CloseReader closes;
  private final BandedReader banded;
  private final BundleReader bundles;
  private final TermsReader termsReader;
  private final UnitShareReader unitShares;
  private final Set<String> used = new HashSet<>();

  /**
   * A reader.
   *
   * @param meterNames of all meters in the file
   * @param meters those without a problem
   * @param currency null where it has a problem
   * @param bands knows the catalog's holidays
   * @param termsReader reads what charges have beside their prices
   */
  ChargeReader(
      Problems problems,
      Set<String> meterNames,
      Map<String, Meter> meters,
      @Nullable Currency currency,
      BandReader bands,
      TermsReader termsReader) {
    this.problems = problems;
    this.scalars = new Scalars(problems);
    this.meterReader = new MeterReader(problems, currency);
    this.prices = new PriceReader(problems);
    this.meterNames = meterNames;
    this.meters = meters;
    this.amounts = new LedgerAmount(problems, currency);
    this.closes = new CloseReader(problems, amounts, currency);
    this.bundles = new BundleReader(problems, meterNames, meters);
    this.banded = new BandedReader(problems, prices, bands);
    this.termsReader = termsReader;
    this.unitShares = new UnitShareReader(problems);
  }

  /** The names of the meters that charges have used so far. */
  Set<String> used() {
    return used;
  }

  /**
   * The charges of an offer.
   *
   * @param rules in the file's order
   * @param terms what holds for them, by name
   */
  record Charges(List<ChargeRule> rules, Map<String, Terms> terms) {}

  /**
   * The charges of an offer; null after adding problems.
   *
   * @param offer its name
   * @param common what holds for those that say nothing else
   */
  @Nullable Charges charges(List<Yaml.Entry> entries, String offer, TermsReader.Said common) {
    Set<String> all =
        entries.stream().map(e -> e.key().text()).collect(Collectors.toCollection(TreeSet::new));
    List<ChargeRule> charges = new ArrayList<>();
    List<Yaml.Scalar> keys = new ArrayList<>();
    Map<String, List<String>> above = new LinkedHashMap<>();
    Map<String, Terms> terms = new LinkedHashMap<>();
    boolean sound = true;
    for (Yaml.Entry entry : entries) {
      String what = "the charge " + Problems.quote(entry.key().text());
      Fields fields = Fields.of(entry.value(), entry.key(), what, problems);
      List<ChargeRule> read = fields == null ? null : charge(entry, fields, what, above, all);
      TermsReader.Said said =
          fields == null ? null : termsReader.said(fields, entry.key().text(), common);
      sound &= read != null && said != null;
      List<ChargeRule> rules = read == null ? List.of() : read;
      List<String> names = new ArrayList<>();
      for (ChargeRule rule : rules) {
        sound &= rule.name().equals(entry.key().text()) || isFree(entry.key(), rule.name(), all);
        sound &= said == null || fields == null || unitShares.fit(fields, rule, said.shares());
        charges.add(rule);
        keys.add(entry.key());
        names.add(rule.name());
        if (said != null && !said.of(rule.name(), offer).equals(Terms.NONE)) {
          terms.put(rule.name(), said.of(rule.name(), offer));
        }
      }
      above.put(entry.key().text(), names);
    }
    if (sound) {
      closes.checkCaps(keys, charges);
      termsReader.checkLines(keys, charges, terms);
    }
    return sound ? new Charges(charges, terms) : null;
  }

  /** Whether the charge of a band has a name of its own. */
  private boolean isFree(Yaml.Scalar key, String name, Set<String> all) {
    if (all.contains(name)) {
      problems.add(
          key,
          "band-name-taken",
          "the charge of a band is called " + Problems.quote(name) + " as another charge is",
          "Rename the other charge, or the band");
    }
    return !all.contains(name);
  }

  private @Nullable List<ChargeRule> charge(
      Yaml.Entry entry,
      Fields fields,
      String what,
      Map<String, List<String>> above,
      Set<String> all) {
    String name = scalars.name(entry.key());
    if (fields.optional("meter") instanceof Yaml.Entry(_, Yaml.Scalar meterName)) {
      used.add(meterName.text());
    }
    if (fields.optional(BundleReader.WORD) instanceof Yaml.Entry(_, Yaml.Mapping bundle)) {
      bundle.entries().forEach(each -> used.add(each.key().text()));
    }
    List<String> prices =
        fields.entries().stream().map(e -> e.key().text()).filter(PRICES::contains).toList();
    if (prices.size() == 1) {
      String price = prices.getFirst();
      if (CloseReader.BOUNDS.containsKey(price)) {
        fields.allow(TermsReader.and(CloseReader.keys(price)));
        return one(closes.close(name, price, entry.key(), fields, above, all));
      }
      if (price.equals(CloseReader.DISCOUNT)) {
        fields.allow(TermsReader.and(CloseReader.keys(price)));
        return one(closes.discount(name, entry.key(), fields, above, all));
      }
      if (price.equals(BandedReader.WORD)) {
        fields.allow(TermsReader.and(BandedReader.keys()));
        Meter meter = meter(fields.text("meter", "meter: energy"));
        List<ChargeRule> charges = banded.charges(entry.key(), fields, meter, unit(fields, meter));
        return name == null ? null : charges;
      }
      return one(
          switch (price) {
            case "recurring" -> recurring(name, fields.allow(RECURRING));
            case ONE_OFF -> oneOff(name, fields.allow(TermsReader.and(Set.of(ONE_OFF))));
            default -> usage(name, price, fields);
          });
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

  private static @Nullable List<ChargeRule> one(@Nullable ChargeRule rule) {
    return rule == null ? null : List.of(rule);
  }

  private @Nullable ChargeRule usage(@Nullable String name, String shape, Fields fields) {
    boolean measured = !PriceReader.UNMEASURED.contains(shape);
    boolean bundled = fields.has(BundleReader.WORD);
    fields.allow(
        TermsReader.and(
            bundled
                ? bundle(shape)
                : measured ? PriceReader.measured(shape) : Set.of("meter", shape)));
    Meter meter = bundled ? bundles.read(fields) : meter(fields.text("meter", "meter: energy"));
    boolean named = measured && !bundled && !shape.equals(PriceReader.PERCENT);
    Unit unit = named ? unit(fields, meter) : meter == null ? null : meter.unit();
    Price price = prices.price(shape, fields, meter, unit);
    QuantityRounding rounding = prices.rounding(shape, fields, meter, unit);
    return name == null || meter == null || unit == null || price == null || rounding == null
        ? null
        : new ChargeRule.Usage(name, meter, unit, price, rounding, Optional.empty());
  }

  /** The keys of a charge for a bundle. */
  static Set<String> bundle(String shape) {
    Set<String> keys = new TreeSet<>(Set.of(BundleReader.WORD, shape));
    if (!PriceReader.UNMEASURED.contains(shape)) {
      keys.add("round");
    }
    return keys;
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

  private @Nullable ChargeRule oneOff(@Nullable String name, Fields fields) {
    BigDecimal amount = amounts.read(fields.text(ONE_OFF, "one-off: 25.00"));
    return name == null || amount == null ? null : new ChargeRule.OneOff(name, amount);
  }

  private @Nullable ChargeRule recurring(@Nullable String name, Fields fields) {
    BigDecimal amount = amounts.read(fields.text("recurring", "recurring: 0.10"));
    Every every = scalars.oneOf(fields.text("every", "every: day"), "unknown-every", EVERY);
    Yaml.Scalar prorateAt = fields.optionalText("prorate", "prorate: day");
    Prorated prorated =
        prorateAt == null ? Prorated.NOT : scalars.oneOf(prorateAt, "unknown-prorate", PRORATED);
    if (prorateAt != null && every == Every.DAY && prorated == Prorated.DAY) {
      return scalars.reject(
          prorateAt,
          "nothing-to-prorate",
          "leaves each day as it is",
          "Write 'prorate: second', 'every: month', or leave it out");
    }
    return name == null || amount == null || every == null || prorated == null
        ? null
        : new ChargeRule.Recurring(name, amount, every, prorated);
  }
}
