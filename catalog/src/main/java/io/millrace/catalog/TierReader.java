package io.millrace.catalog;

import io.millrace.catalog.Price.Tier;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads the tiers of a price, which follow each other without gap or overlap from 0 on: each ends
 * with its {@code to}, the last one has none. {@code from} says what the file means anyway, and is
 * checked.
 */
final class TierReader {

  /** The most tiers of a price; as many again are nobody's tariff. */
  static final int MOST = 64;

  static final Set<String> PRICED = new TreeSet<>(Set.of("from", "to", "per-unit", "flat"));
  static final Set<String> STAIRS = new TreeSet<>(Set.of("from", "to", "price"));

  private final Problems problems;
  private final Scalars scalars;
  private final BoundReader bounds;

  TierReader(Problems problems, BoundReader bounds) {
    this.problems = problems;
    this.scalars = new Scalars(problems);
    this.bounds = bounds;
  }

  /** The price of a shape that has tiers; null after adding a problem. */
  @Nullable Price price(String shape, Fields charge, @Nullable Meter meter, @Nullable Unit unit) {
    List<Tier> tiers = tiers(shape, charge, meter, unit);
    if (tiers == null) {
      return null;
    }
    return switch (shape) {
      case "graduated" -> new Price.Graduated(tiers);
      case "volume" -> new Price.Volume(tiers);
      case "stair-step" -> new Price.StairStep(tiers);
      default -> throw new AssertionError("no shape of tiers: " + shape);
    };
  }

  private @Nullable List<Tier> tiers(
      String shape, Fields charge, @Nullable Meter meter, @Nullable Unit unit) {
    boolean stairs = shape.equals("stair-step");
    String example =
        stairs
            ? shape + ": [{to: 100, price: 5}, {price: 20}]"
            : shape + ": [{to: 100, per-unit: 0.10}, {per-unit: 0.05}]";
    Yaml.Entry entry = charge.entry(shape);
    if (!(entry.value() instanceof Yaml.Sequence)) {
      charge.items(shape, example); // adds the problem
      return null;
    }
    List<Yaml> items = charge.items(shape, example);
    if (items.isEmpty() || items.size() > MOST) {
      problems.add(
          entry.key(),
          items.isEmpty() ? "no-tiers" : "too-many-tiers",
          "'" + shape + "' has " + (items.isEmpty() ? "no tier" : items.size() + " tiers"),
          items.isEmpty() ? "Write '" + example + "'" : "Write " + MOST + " at most");
      return null;
    }
    List<Tier> tiers = new ArrayList<>();
    BigDecimal from = BigDecimal.ZERO;
    for (int i = 0; i < items.size(); i++) {
      Fields fields = Fields.of(items.get(i), items.get(i), "a tier", problems);
      if (fields == null) {
        return null;
      }
      fields.allow(stairs ? STAIRS : PRICED);
      boolean last = i == items.size() - 1;
      Tier tier = tier(fields, items.get(i), stairs, last, from, meter, unit);
      if (tier == null) {
        return null;
      }
      tiers.add(tier);
      from = tier.to().orElse(from);
    }
    return tiers;
  }

  private @Nullable Tier tier(
      Fields fields,
      Yaml at,
      boolean stairs,
      boolean last,
      BigDecimal from,
      @Nullable Meter meter,
      @Nullable Unit unit) {
    Yaml.Scalar fromAt = fields.optionalText("from", "from: " + plain(from));
    Yaml.Scalar toAt = fields.optionalText("to", "to: 100");
    boolean sound = starts(fromAt, from, meter, unit);
    BigDecimal to = toAt == null ? null : bounds.above(toAt, meter, unit);
    sound &= toAt == null ? ends(at, last) : to != null && ends(toAt, to, last, from);
    BigDecimal perUnit = stairs ? BigDecimal.ZERO : optional(fields, "per-unit");
    BigDecimal flat = stairs ? price(fields) : optional(fields, "flat");
    if (!stairs && !fields.has("per-unit") && !fields.has("flat")) {
      problems.add(at, "no-price", "the tier has no price", "Add 'per-unit: 0.10'");
      return null;
    }
    return !sound || perUnit == null || flat == null
        ? null
        : new Tier(Optional.ofNullable(to), perUnit, flat);
  }

  private boolean starts(
      Yaml.@Nullable Scalar at, BigDecimal from, @Nullable Meter meter, @Nullable Unit unit) {
    BigDecimal said = bounds.from(at, meter, unit);
    if (at == null || said == null) {
      return at == null;
    }
    int order = said.compareTo(from);
    if (order != 0) {
      scalars.reject(
          at,
          order > 0 ? "tier-gap" : "tier-overlap",
          order > 0
              ? "leaves out what lies above " + plain(from)
              : "is below " + plain(from) + ", where the tier before ends",
          "Write 'from: " + plain(from) + "', or change the tier before");
    }
    return order == 0;
  }

  private boolean ends(Yaml at, boolean last) {
    if (!last) {
      problems.add(
          at,
          "never-reached",
          "the tier has no end, so that the one after it is never reached",
          "Add 'to: 100', or remove what follows");
    }
    return last;
  }

  private boolean ends(Yaml.Scalar at, BigDecimal to, boolean last, BigDecimal from) {
    if (to.compareTo(from) <= 0) {
      scalars.reject(
          at,
          "never-reached",
          "is no more than " + plain(from) + ", so that the tier is empty",
          "Write more than " + plain(from) + ", or remove the tier");
      return false;
    }
    if (last) {
      scalars.reject(
          at,
          "tier-gap",
          "leaves out what lies above it",
          "Remove 'to' from the last tier, or add one after it");
    }
    return !last;
  }

  private @Nullable BigDecimal optional(Fields fields, String key) {
    return fields.has(key)
        ? scalars.decimal(fields.text(key, key + ": 0.10"), Scalars.MAX_FRACTION_DIGITS)
        : (BigDecimal) BigDecimal.ZERO;
  }

  private @Nullable BigDecimal price(Fields fields) {
    return scalars.decimal(fields.text("price", "price: 5"), Scalars.MAX_FRACTION_DIGITS);
  }

  private static String plain(BigDecimal quantity) {
    return quantity.stripTrailingZeros().toPlainString();
  }
}
