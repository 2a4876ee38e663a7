package io.millrace.catalog;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Currency;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads what an offer includes of its charges' use. */
final class AllowanceReader {
  static final String WORD = "allowances";
  static final String TELL = "tell";
  static final String INCLUDED = "included";
  static final Set<String> NEEDED = new TreeSet<>(Set.of("allowance", "unit", "of"));
  static final Set<String> KEYS = new TreeSet<>(NEEDED);

  static {
    KEYS.add(TELL);
    KEYS.add(INCLUDED);
    KEYS.addAll(
        Set.of(
            KeepingReader.BOUGHT,
            KeepingReader.ROLLS_OVER,
            KeepingReader.VALID_FOR,
            KeepingReader.VALID_UNTIL,
            KeepingReader.TOGETHER));
  }

  /** The most allowances of an offer. */
  static final int MOST = 16;

  private static final Pattern PERCENT = Pattern.compile("[1-9][0-9]?|100");
  private static final BigInteger LARGEST = BigInteger.valueOf(Long.MAX_VALUE);

  private final Problems problems;
  private final Scalars scalars;
  private final BoundReader bounds;
  private final MeterReader meterReader;
  private final KeepingReader keepings;

  /** What is bought in some offer, by its name: an account has it for all of them. */
  private final Map<String, BoughtUnits> bought = new HashMap<>();

  /**
   * A reader.
   *
   * @param currency null where it has a problem, as {@code zone}
   */
  AllowanceReader(Problems problems, @Nullable Currency currency, @Nullable ZoneId zone) {
    this.keepings = new KeepingReader(problems, zone);
    this.problems = problems;
    this.scalars = new Scalars(problems);
    this.bounds = new BoundReader(problems);
    this.meterReader = new MeterReader(problems, currency);
  }

  /**
   * The charges with what is included of each; null after adding problems.
   *
   * @param charges null where they have problems: then only what stands by itself is checked
   */
  @Nullable List<ChargeRule> including(Fields offer, ChargeReader.@Nullable Charges charges) {
    List<Yaml> items =
        offer.items(WORD, WORD + ": [{allowance: plan, included: 500, unit: MB, of: data}]");
    Yaml.Entry entry = offer.optional(WORD);
    if (entry != null && entry.value() instanceof Yaml.Sequence && items.isEmpty()) {
      problems.add(entry.key(), "missing-value", "'allowances' is empty", "Leave it out");
    }
    if (entry != null && items.size() > MOST) {
      problems.add(
          entry.key(),
          "too-many-allowances",
          "the offer has " + items.size() + " allowances",
          "Write " + MOST + " at most");
    }
    boolean sound = true;
    Set<String> names = new HashSet<>();
    Map<String, List<Allowance>> included = new HashMap<>();
    for (Yaml item : items) {
      sound &= read(item, names, charges, included);
    }
    if (!sound || charges == null) {
      return null;
    }
    List<ChargeRule> rules = new ArrayList<>();
    for (ChargeRule rule : charges.rules()) {
      List<Allowance> some = included.get(rule.name());
      rules.add(some == null ? rule : ((ChargeRule.Usage) rule).including(some));
    }
    return rules;
  }

  private boolean read(
      Yaml item,
      Set<String> names,
      ChargeReader.@Nullable Charges charges,
      Map<String, List<Allowance>> included) {
    Fields fields = Fields.of(item, item, "an allowance", problems);
    if (fields == null) {
      return false;
    }
    fields.allow(KEYS);
    Yaml.Scalar at = fields.text("allowance", "allowance: plan");
    String name = scalars.name(at);
    if (at != null && name != null && !names.add(name)) {
      scalars.reject(
          at, "allowance-twice", "is another allowance's name", "Name each of an offer's apart");
      return false;
    }
    List<Yaml.Scalar> of = of(fields);
    Yaml.Scalar unitAt = fields.text("unit", "unit: MB");
    Unit unit = meterReader.unit(unitAt);
    Keeping keeping = keepings.read(fields, unit);
    boolean isBought = fields.has(KeepingReader.BOUGHT);
    Yaml.Scalar quantityAt = isBought ? null : fields.text(INCLUDED, "included: 500");
    BigDecimal quantity = isBought ? BigDecimal.ZERO : bounds.above(quantityAt, null, unit);
    List<Integer> tell = isBought ? List.of() : tell(fields);
    if (tell == null
        || keeping == null
        || name == null
        || of == null
        || unitAt == null
        || unit == null
        || quantity == null
        || charges == null) {
      return false;
    }
    boolean sound = true;
    ChargeRule.Usage first = null;
    for (Covered each : keeping.isShared() ? spread(of, charges.rules()) : plain(of)) {
      Yaml.Scalar charge = each.at;
      ChargeRule.Usage rule = covered(charge, each.name, charges.rules());
      if (rule == null
          || !fits(rule, unitAt, unit, quantityAt, included)
          || !isDrawn(rule, charge, keeping, unit, first)
          || isBought && !isMeasuredAlike(new BoughtUnits(name, unit, rule.meter()), charge)) {
        sound = false;
        continue;
      }
      first = first == null ? rule : first;
      List<Allowance> some = included.computeIfAbsent(rule.name(), r -> new ArrayList<>());
      if (some.stream().anyMatch(a -> a.name().equals(name))) {
        scalars.reject(charge, "of-twice", "is named twice", "Name it once");
        sound = false;
      }
      some.add(new Allowance(name, quantity, unit, tell, keeping));
    }
    return sound;
  }

  /** Percentages that are told of, ascending; null after adding a problem. */
  private @Nullable List<Integer> tell(Fields fields) {
    TreeSet<Integer> all = new TreeSet<>();
    boolean sound = !fields.has(TELL) || fields.entry(TELL).value() instanceof Yaml.Sequence;
    for (Yaml item : fields.items(TELL, "tell: [80, 100]")) {
      if (!(item instanceof Yaml.Scalar at)) {
        problems.add(item, "bad-type", "'tell' must be numbers", "Write 'tell: [80, 100]'");
        sound = false;
      } else if (!PERCENT.matcher(at.text()).matches()) {
        scalars.reject(
            at, "percent-out-of-range", "is no whole percentage", "Write a number from 1 to 100");
        sound = false;
      } else if (!all.add(Integer.parseInt(at.text()))) {
        scalars.reject(at, "told-twice", "is told of already", "Write it once");
        sound = false;
      }
    }
    return sound ? List.copyOf(all) : null;
  }

  /** The names of charges; null after adding a problem. */
  private @Nullable List<Yaml.Scalar> of(Fields fields) {
    Yaml.Entry entry = fields.required("of", "of: data");
    if (entry == null || !(entry.value() instanceof Yaml.Sequence sequence)) {
      Yaml.Scalar one = entry == null ? null : fields.text("of", "of: data");
      return one == null ? null : List.of(one);
    }
    List<Yaml.Scalar> names = new ArrayList<>();
    for (Yaml each : sequence.items()) {
      if (each instanceof Yaml.Scalar name) {
        names.add(name);
      } else {
        problems.add(each, "bad-type", "'of' must be names of charges", "Write 'of: data'");
        return null;
      }
    }
    if (names.isEmpty()) {
      problems.add(entry.key(), "of-nothing", "'of' names no charge", "Name one, like 'of: data'");
      return null;
    }
    return names;
  }

  /** A charge of which an allowance is, and where the file says so. */
  private record Covered(Yaml.Scalar at, String name) {}

  private static List<Covered> plain(List<Yaml.Scalar> of) {
    return of.stream().map(at -> new Covered(at, at.text())).toList();
  }

  /** The same, with all of a charge's bands for its name. */
  private static List<Covered> spread(List<Yaml.Scalar> of, List<ChargeRule> charges) {
    List<Covered> all = new ArrayList<>();
    for (Yaml.Scalar at : of) {
      List<Covered> bands =
          charges.stream()
              .filter(c -> c instanceof ChargeRule.Usage u && u.band().isPresent())
              .filter(c -> c.name().startsWith(at.text() + "."))
              .map(c -> new Covered(at, c.name()))
              .toList();
      all.addAll(bands.isEmpty() ? plain(List.of(at)) : bands);
    }
    return all;
  }

  /** Whether what is used of a charge can draw on an allowance, and on it beside another charge. */
  private boolean isDrawn(
      ChargeRule.Usage rule,
      Yaml.Scalar at,
      Keeping keeping,
      Unit unit,
      ChargeRule.@Nullable Usage first) {
    if (!keeping.isOrdered()) {
      return true;
    }
    if (!rule.meter().aggregate().addsUp() || !rule.meter().parts().isEmpty()) {
      scalars.reject(
          at,
          "allowance-of-no-sum",
          "has a bundle, or a meter whose readings don't just add up, which allowances in order"
              + " don't cover",
          "Name a charge of a meter that sums or counts, or let the allowance be of each period");
      return false;
    }
    if (keeping.most().isPresent() && rule.meter().steps(keeping.most().get(), unit).isEmpty()) {
      scalars.reject(
          at,
          "bound-too-fine",
          "has a meter that does not count to just what rolls over at most",
          "Raise the meter's 'scale', or lower 'most'");
      return false;
    }
    if (first != null
        && (first.meter().scale() != rule.meter().scale()
            || !first.meter().unit().equals(rule.meter().unit()))) {
      scalars.reject(
          at,
          "other-unit",
          "has a meter of another unit or scale than the charge before",
          "Have the charges that are covered together measured alike");
      return false;
    }
    return true;
  }

  /** Whether what is bought of it is counted as in the offers before. */
  private boolean isMeasuredAlike(BoughtUnits units, Yaml.Scalar at) {
    BoughtUnits before = bought.putIfAbsent(units.name(), units);
    if (before == null || before.isCountedAs(units)) {
      return true;
    }
    scalars.reject(
        at,
        "other-unit",
        "has a meter of another unit or scale, or the allowance another unit, than where it is"
            + " bought before",
        "Have what is bought under one name measured alike, or name them apart");
    return false;
  }

  private ChargeRule.@Nullable Usage covered(
      Yaml.Scalar at, String name, List<ChargeRule> charges) {
    TreeSet<String> names = new TreeSet<>();
    boolean banded = false;
    for (ChargeRule charge : charges) {
      if (charge.name().equals(name)) {
        return priced(at, charge);
      }
      names.add(charge.name());
      banded |=
          charge instanceof ChargeRule.Usage u
              && u.band().isPresent()
              && u.name().startsWith(at.text() + ".");
    }
    return banded
        ? scalars.reject(
            at,
            "allowance-of-bands",
            "has bands, and which of them would use it first is nowhere said",
            "Name one of them, like 'of: " + at.text() + ".peak', or write 'together: true'")
        : scalars.reject(
            at, "unknown-charge", "is no charge of this offer", Spelling.fix(at.text(), names));
  }

  private ChargeRule.@Nullable Usage priced(Yaml.Scalar at, ChargeRule charge) {
    return charge instanceof ChargeRule.Usage usage && !(usage.price() instanceof Price.Free)
        ? usage
        : scalars.reject(
            at,
            "unused-allowance",
            charge instanceof ChargeRule.Usage
                ? "is free, so that nothing of the allowance is ever used"
                : "is no price of use, so that nothing of the allowance is ever used",
            "Name a charge that has a 'meter' and a price");
  }

  /** Whether the charge's meter counts to it, and to all that is included before it as well. */
  private boolean fits(
      ChargeRule.Usage rule,
      Yaml.Scalar unitAt,
      Unit unit,
      Yaml.@Nullable Scalar quantityAt,
      Map<String, List<Allowance>> included) {
    Meter meter = rule.meter();
    if (!unit.dimension().equals(meter.unit().dimension())) {
      scalars.reject(
          unitAt,
          "other-dimension",
          "measures " + unit.dimension() + ", but the meter measures " + meter.unit().dimension(),
          "Write a unit that " + meter.unit().symbol() + " converts to");
      return false;
    }
    if (quantityAt == null) {
      return true;
    }
    BigDecimal quantity = bounds.above(quantityAt, meter, unit);
    if (quantity == null) {
      return false;
    }
    BigInteger all = meter.steps(quantity, unit).orElseThrow();
    for (Allowance before : included.getOrDefault(rule.name(), List.of())) {
      all = all.add(meter.steps(before.quantity(), before.unit()).orElseThrow());
    }
    if (all.compareTo(LARGEST) > 0) {
      scalars.reject(
          quantityAt,
          "never-reached",
          "is, with what is included before it, more than the meter can count to",
          "Lower it, or the meter's 'scale'");
      return false;
    }
    return true;
  }
}
