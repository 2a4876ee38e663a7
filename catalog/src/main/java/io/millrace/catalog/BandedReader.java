package io.millrace.catalog;

import io.millrace.catalog.Bands.Band;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads a usage charge whose price depends on when the use took place, or on what its event says.
 * Each band becomes a charge of its own, {@code name.band}, with its own total: so whatever holds
 * for a charge holds for it.
 */
final class BandedReader {
  /** The word for it. */
  static final String WORD = "bands";

  static final Set<String> KEYS = new TreeSet<>(Set.of("meter", "unit", "round", WORD));
  static final Set<String> WHEN = Set.of("band", "days", "hours", WhereReader.WHEN);
  private static final String EXAMPLE =
      "bands: [{band: peak, hours: 08:00-20:00, per-unit: 0.30}, {band: rest, per-unit: 0.20}]";
  private static final int LONGEST_NAME = 63;

  private final Problems problems;
  private final PriceReader prices;
  private final BandReader bands;

  BandedReader(Problems problems, PriceReader prices, BandReader bands) {
    this.problems = problems;
    this.prices = prices;
    this.bands = bands;
  }

  /** The keys of such a charge. */
  static Set<String> keys() {
    return KEYS;
  }

  /**
   * The charges; null after adding a problem.
   *
   * @param meter null where it has a problem, as {@code unit}
   */
  @Nullable List<ChargeRule> charges(
      Yaml.Scalar key, Fields charge, @Nullable Meter meter, @Nullable Unit unit) {
    Yaml.Entry entry = charge.entry(WORD);
    List<Yaml> items = charge.items(WORD, EXAMPLE);
    if (!(entry.value() instanceof Yaml.Sequence)) {
      return null;
    }
    if (items.isEmpty() || items.size() > BandReader.MOST) {
      problems.add(
          entry.key(),
          items.isEmpty() ? "no-bands" : "too-many-bands",
          "there are " + items.size() + " bands",
          items.isEmpty() ? "Write '" + EXAMPLE + "'" : "Write " + BandReader.MOST + " at most");
      return null;
    }
    List<Band> when = new ArrayList<>();
    List<Price> priced = new ArrayList<>();
    List<String> shapes = new ArrayList<>();
    for (Yaml item : items) {
      Fields fields = Fields.of(item, item, "a band", problems);
      String shape = fields == null ? null : shape(fields, item);
      if (fields == null || shape == null) {
        return null;
      }
      Band band = bands.band(fields);
      Price price = prices.price(shape, fields, meter, unit);
      if (band == null || price == null) {
        return null;
      }
      when.add(band);
      priced.add(price);
      shapes.add(shape);
    }
    String roundedAs = shapes.contains("package") ? "package" : "per-unit";
    QuantityRounding rounding = prices.rounding(roundedAs, charge, meter, unit);
    Bands all = bands.bands(when, items, entry.key());
    if (all != null
        && meter != null
        && meter.isBetweenReadings()
        && !all.alternatives().isEmpty()) {
      problems.add(
          entry.key(),
          "when-of-counter",
          "the meter "
              + Problems.quote(meter.name())
              + " counts from one reading to the next, whose data may say something else",
          "Remove 'when', or make a meter with 'where' for each band");
      return null;
    }
    return all == null || rounding == null || meter == null || unit == null
        ? null
        : charges(key, all, priced, meter, unit, rounding);
  }

  private @Nullable List<ChargeRule> charges(
      Yaml.Scalar key,
      Bands all,
      List<Price> priced,
      Meter meter,
      Unit unit,
      QuantityRounding rounding) {
    List<ChargeRule> charges = new ArrayList<>();
    for (int i = 0; i < priced.size(); i++) {
      String name = key.text() + "." + all.all().get(i).name();
      if (name.length() > LONGEST_NAME) {
        problems.add(
            key,
            "bad-name",
            "the charge of a band, " + Problems.quote(name) + ", has a name too long",
            "Shorten one of both names: they have " + LONGEST_NAME + " letters at most, and a dot");
        return null;
      }
      charges.add(
          new ChargeRule.Usage(
              name, meter, unit, priced.get(i), rounding, Optional.of(new Bands.One(all, i))));
    }
    return charges;
  }

  /** The one price of a band. */
  private @Nullable String shape(Fields fields, Yaml at) {
    List<String> shapes =
        fields.entries().stream()
            .map(e -> e.key().text())
            .filter(PriceReader.SHAPES::contains)
            .toList();
    Set<String> known = new TreeSet<>(WHEN);
    known.addAll(shapes.isEmpty() ? PriceReader.SHAPES : shapes);
    fields.allow(known);
    if (shapes.size() == 1) {
      return shapes.getFirst();
    }
    problems.add(
        shapes.isEmpty() ? at : fields.entry(shapes.get(1)).key(),
        shapes.isEmpty() ? "no-price" : "two-prices",
        shapes.isEmpty()
            ? "the band has no price"
            : "the band has both '" + shapes.get(0) + "' and '" + shapes.get(1) + "'",
        shapes.isEmpty() ? "Add 'per-unit: 0.10' or 'free: true'" : "Make two charges of it");
    return null;
  }
}
