package io.millrace.catalog;

import io.millrace.catalog.Agreement.Percent;
import io.millrace.catalog.ChargeRule.AtClose;
import io.millrace.catalog.ChargeRule.Bound;
import io.millrace.catalog.ChargeRule.Discount;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Currency;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads the lines of a period's end: minimum, cap, commitment and discount. */
final class CloseReader {

  /** The words for it. A commitment is a minimum of all charges before it. */
  static final Map<String, Bound> BOUNDS =
      Map.of("minimum", Bound.MINIMUM, "cap", Bound.CAP, "commitment", Bound.MINIMUM);

  /** The word for what is taken back by the percentage of a tier. */
  static final String DISCOUNT = "discount";

  private static final String EXAMPLE = "of: [energy]";

  private final Problems problems;
  private final Scalars scalars;
  private final LedgerAmount amounts;
  private final PercentReader percents;

  /** A reader; {@code currency} is null where it has a problem. */
  CloseReader(Problems problems, LedgerAmount amounts, @Nullable Currency currency) {
    this.percents = new PercentReader(problems, currency);
    this.problems = problems;
    this.scalars = new Scalars(problems);
    this.amounts = amounts;
  }

  /** The keys of such a charge. */
  static Set<String> keys(String word) {
    return new TreeSet<>(word.equals("commitment") ? Set.of(word) : Set.of(word, "of"));
  }

  /**
   * The charge; null after adding a problem.
   *
   * @param word one of {@link #BOUNDS}, which the charge has
   * @param above the offer's entries before it, each with the names of the charges it became
   * @param all the names of all of them
   */
  @Nullable AtClose close(
      @Nullable String name,
      String word,
      Yaml.Scalar key,
      Fields fields,
      Map<String, List<String>> above,
      Set<String> all) {
    BigDecimal amount = amounts.read(fields.text(word, word + ": 5.00"));
    Bound bound = BOUNDS.getOrDefault(word, Bound.MINIMUM);
    List<String> charges = charges(word, key, fields, above, all);
    return name == null || amount == null || charges == null
        ? null
        : new AtClose(name, bound, amount, charges);
  }

  /** A discount; null after adding a problem. See {@link #close}. */
  @Nullable Discount discount(
      @Nullable String name,
      Yaml.Scalar key,
      Fields fields,
      Map<String, List<String>> above,
      Set<String> all) {
    Percent percent = percents.tiersOfAmounts(fields, DISCOUNT);
    List<String> charges = charges(DISCOUNT, key, fields, above, all);
    return name == null || percent == null || charges == null
        ? null
        : new Discount(name, percent, charges);
  }

  /** The names of the charges that a line is of; null after adding a problem. */
  private @Nullable List<String> charges(
      String word,
      Yaml.Scalar key,
      Fields fields,
      Map<String, List<String>> above,
      Set<String> all) {
    List<String> entries = List.copyOf(above.keySet());
    List<String> of = word.equals("commitment") ? entries : of(fields, entries, all);
    if (of != null && of.isEmpty()) {
      problems.add(
          fields.has("of") ? fields.entry("of").key() : key,
          "of-nothing",
          "there is no charge to bound",
          "Name charges above it, like '" + EXAMPLE + "'");
      return null;
    }
    if (of == null) {
      return null;
    }
    List<String> charges = new ArrayList<>();
    of.forEach(entry -> charges.addAll(above.getOrDefault(entry, List.of())));
    return charges.isEmpty() ? null : charges;
  }

  private @Nullable List<String> of(Fields fields, List<String> above, Set<String> all) {
    Yaml.Entry entry = fields.required("of", EXAMPLE);
    if (entry == null) {
      return null;
    }
    List<Yaml> items =
        entry.value() instanceof Yaml.Scalar one ? List.of(one) : fields.items("of", EXAMPLE);
    if (items.isEmpty() && !(entry.value() instanceof Yaml.Sequence)) {
      return null;
    }
    List<String> names = new ArrayList<>();
    for (Yaml item : items) {
      if (!(item instanceof Yaml.Scalar at)) {
        problems.add(item, "bad-type", "a charge is told by its name", "Write '" + EXAMPLE + "'");
        return null;
      }
      if (!isBoundable(at, names, above, all)) {
        return null;
      }
      names.add(at.text());
    }
    return names;
  }

  private boolean isBoundable(
      Yaml.Scalar at, List<String> before, List<String> above, Set<String> all) {
    String name = at.text();
    if (!all.contains(name)) {
      scalars.reject(at, "unknown-charge", "is not a charge of the offer", Spelling.fix(name, all));
      return false;
    }
    if (!above.contains(name)) {
      scalars.reject(
          at,
          "of-later-charge",
          "does not stand above this charge",
          "Move this charge below it: lines of a period's end are made in the file's order");
      return false;
    }
    if (before.contains(name)) {
      scalars.reject(at, "of-twice", "is bounded already", "Keep one of them");
      return false;
    }
    return true;
  }

  /** Adds a problem where a cap is below a minimum of the same charges. */
  void checkCaps(List<Yaml.Scalar> keys, List<ChargeRule> charges) {
    for (int i = 0; i < charges.size(); i++) {
      for (int j = 0; j < charges.size(); j++) {
        if (charges.get(i) instanceof AtClose cap
            && charges.get(j) instanceof AtClose least
            && cap.bound() == Bound.CAP
            && least.bound() == Bound.MINIMUM
            && cap.of().equals(least.of())
            && cap.amount().compareTo(least.amount()) < 0) {
          problems.add(
              keys.get(i),
              "cap-below-minimum",
              "the cap is below the minimum "
                  + Problems.quote(least.name())
                  + " of the same charges",
              "Raise the cap, or lower the minimum");
        }
      }
    }
  }
}
