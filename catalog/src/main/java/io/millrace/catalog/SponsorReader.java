package io.millrace.catalog;

import java.math.BigDecimal;
import java.util.Currency;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads which other account pays: {@code paid-by: maker}, or with bounds. */
final class SponsorReader {
  static final String WORD = "paid-by";
  static final Set<String> KEYS = Set.of("account", "up-to", "within");

  /** What bounds all that an account pays for whomever. */
  static final Map<String, Boolean> WITHIN = Map.of("balance", true);

  /** What an account's id looks like. */
  private static final Pattern ID = Pattern.compile("[0-9]{1,9}");

  private final Problems problems;
  private final Scalars scalars;
  private final LedgerAmount amounts;

  /** A reader; {@code currency} is null where it has a problem. */
  SponsorReader(Problems problems, @Nullable Currency currency) {
    this.problems = problems;
    this.scalars = new Scalars(problems);
    this.amounts = new LedgerAmount(problems, currency);
  }

  /**
   * Who pays for an offer or a charge.
   *
   * @param clause the charge's name, empty for an offer
   * @return null after adding a problem; empty where nothing is said
   */
  @Nullable Optional<Sponsorship> read(Fields of, String clause) {
    Yaml.Entry entry = of.optional(WORD);
    if (entry == null) {
      return Optional.empty();
    }
    if (entry.value() instanceof Yaml.Scalar named) {
      String account = account(named);
      return account == null
          ? null
          : Optional.of(new Sponsorship(clause, account, Optional.empty(), false));
    }
    Fields fields = Fields.of(entry.value(), entry.key(), "'paid-by'", problems);
    if (fields == null) {
      return null;
    }
    fields.allow(KEYS);
    String account = account(fields.text("account", "account: maker"));
    Yaml.Scalar upToAt = fields.optionalText("up-to", "up-to: 5.00");
    BigDecimal upTo = amounts.read(upToAt);
    if (upToAt != null && upTo != null && upTo.signum() == 0) {
      return scalars.reject(
          upToAt, "bound-of-nothing", "pays for nothing", "Write more, or remove 'paid-by'");
    }
    Yaml.Scalar withinAt = fields.optionalText("within", "within: balance");
    Boolean within =
        withinAt == null ? Boolean.FALSE : scalars.oneOf(withinAt, "unknown-within", WITHIN);
    return account == null || upToAt != null && upTo == null || within == null
        ? null
        : Optional.of(new Sponsorship(clause, account, Optional.ofNullable(upTo), within));
  }

  /**
   * Adds a problem where a line of a period's end takes off what another account pays than the one
   * that gets the line: it would be paid what it was never charged.
   *
   * @param keys where each of the charges is written
   * @param terms of the charges, by name
   */
  void checkLines(List<Yaml.Scalar> keys, List<ChargeRule> charges, Map<String, Terms> terms) {
    for (int i = 0; i < charges.size(); i++) {
      Optional<Sponsorship> of = sponsorship(terms, charges.get(i).name());
      for (String taken : takenOff(charges.get(i))) {
        if (!sponsorship(terms, taken).equals(of)) {
          problems.add(
              keys.get(i),
              "paid-by-another",
              "takes off what is charged for "
                  + Problems.quote(taken)
                  + ", which another 'paid-by' is about, or none",
              "Say 'paid-by' for the offer alone, or leave that charge out of 'of'");
          break;
        }
      }
    }
  }

  private static Optional<Sponsorship> sponsorship(Map<String, Terms> terms, String charge) {
    return terms.getOrDefault(charge, Terms.NONE).sponsorship();
  }

  /** The charges that a line is of that makes them cost less. */
  private static List<String> takenOff(ChargeRule charge) {
    return switch (charge) {
      case ChargeRule.AtClose line -> line.bound() == ChargeRule.Bound.CAP ? line.of() : List.of();
      case ChargeRule.Discount line -> line.of();
      case ChargeRule.Usage _, ChargeRule.Recurring _, ChargeRule.OneOff _ -> List.of();
    };
  }

  private @Nullable String account(Yaml.@Nullable Scalar at) {
    String name = scalars.name(at);
    if (at != null && name != null && ID.matcher(name).matches()) {
      return scalars.reject(
          at,
          "account-like-an-id",
          "looks like an account's id",
          "Write the name of the account that pays, like maker");
    }
    return name;
  }
}
