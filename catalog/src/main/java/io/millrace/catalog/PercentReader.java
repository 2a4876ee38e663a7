package io.millrace.catalog;

import io.millrace.catalog.Agreement.Percent;
import io.millrace.catalog.Agreement.Step;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Currency;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads percentages, and tiers of them by an amount. */
final class PercentReader {

  /** Digits of a percentage after its point. */
  static final int PERCENT_DIGITS = 4;

  static final Set<String> KEYS = new TreeSet<>(Set.of("to", "percent"));
  private static final BigDecimal HUNDRED = new BigDecimal(100);

  private final Problems problems;
  private final Scalars scalars;
  private final LedgerAmount amounts;
  private final @Nullable Currency currency;

  /** A reader; {@code currency} is null where it has a problem. */
  PercentReader(Problems problems, @Nullable Currency currency) {
    this.problems = problems;
    this.scalars = new Scalars(problems);
    this.amounts = new LedgerAmount(problems, currency);
    this.currency = currency;
  }

  /** How the bounds of tiers are read. */
  interface Amounts {
    @Nullable BigDecimal read(Yaml.@Nullable Scalar at);
  }

  /** An amount of whole minor units; null after adding a problem, or where it is given null. */
  @Nullable BigDecimal amount(Yaml.@Nullable Scalar at) {
    BigDecimal amount = amounts.read(at);
    if (at == null || amount == null || currency == null) {
      return amount;
    }
    int digits = currency.getDefaultFractionDigits();
    return amount.stripTrailingZeros().scale() > digits
        ? scalars.reject(
            at,
            "price-too-fine",
            "is finer than a statement",
            "Write " + digits + " digits after the point at most")
        : amount;
  }

  /** A percentage of 0 to 100; null after adding a problem, or where it is given null. */
  @Nullable Integer partsPerMillion(Yaml.@Nullable Scalar at) {
    BigDecimal percent = scalars.decimal(at, PERCENT_DIGITS);
    if (at == null || percent == null) {
      return null;
    }
    return percent.compareTo(HUNDRED) > 0
        ? scalars.reject(at, "percent-out-of-range", "is more than all of it", "Write 100 at most")
        : (Integer) percent.movePointRight(PERCENT_DIGITS).intValueExact();
  }

  /** A percentage for each tier, of whole minor units; null after adding a problem. */
  @Nullable Percent tiersOfStatements(Fields fields, String key) {
    return tiers(fields, key, this::amount);
  }

  /** A percentage for each tier, of ledger amounts; null after adding a problem. */
  @Nullable Percent tiersOfAmounts(Fields fields, String key) {
    return tiers(fields, key, amounts::read);
  }

  private @Nullable Percent tiers(Fields of, String key, Amounts bounds) {
    String example = key + ": [{to: 10000, percent: 20}, {percent: 15}]";
    Yaml.Entry entry = of.entry(key);
    List<Yaml> items = of.items(key, example);
    if (!(entry.value() instanceof Yaml.Sequence)) {
      return null;
    }
    if (items.isEmpty() || items.size() > TierReader.MOST) {
      problems.add(
          entry.key(),
          items.isEmpty() ? "no-tiers" : "too-many-tiers",
          "'" + key + "' has " + (items.isEmpty() ? "no tier" : items.size() + " tiers"),
          items.isEmpty() ? "Write '" + example + "'" : "Write " + TierReader.MOST + " at most");
      return null;
    }
    List<Step> steps = new ArrayList<>();
    BigDecimal from = BigDecimal.ZERO;
    for (int i = 0; i < items.size(); i++) {
      Step step = step(items.get(i), i == items.size() - 1, from, bounds);
      if (step == null) {
        return null;
      }
      steps.add(step);
      from = step.to().orElse(from);
    }
    return new Percent(steps);
  }

  private @Nullable Step step(Yaml item, boolean last, BigDecimal from, Amounts bounds) {
    Fields fields = Fields.of(item, item, "a tier", problems);
    if (fields == null) {
      return null;
    }
    fields.allow(KEYS);
    Integer parts = partsPerMillion(fields.text("percent", "percent: 20"));
    Yaml.Scalar toAt = fields.optionalText("to", "to: 10000");
    BigDecimal to = bounds.read(toAt);
    if (toAt == null && !last) {
      problems.add(
          item,
          "never-reached",
          "the tier has no end, so that the one after it is never reached",
          "Add 'to: 10000', or remove what follows");
      return null;
    }
    if (toAt != null && to != null && last) {
      return scalars.reject(
          toAt,
          "tier-gap",
          "leaves out what lies above it",
          "Remove 'to' from the last tier, or add one after it");
    }
    if (toAt != null && to != null && to.compareTo(from) <= 0) {
      String before = from.stripTrailingZeros().toPlainString();
      return scalars.reject(
          toAt,
          "never-reached",
          "is no more than " + before + ", so that the tier is empty",
          "Write more than " + before + ", or remove the tier");
    }
    return parts == null || (toAt != null && to == null)
        ? null
        : new Step(Optional.ofNullable(to), parts);
  }
}
