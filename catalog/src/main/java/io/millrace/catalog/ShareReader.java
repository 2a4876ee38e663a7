package io.millrace.catalog;

import io.millrace.catalog.Agreement.Part;
import io.millrace.catalog.Agreement.PerUnit;
import io.millrace.catalog.Agreement.Percent;
import io.millrace.catalog.Agreement.Remainder;
import io.millrace.catalog.Agreement.Share;
import io.millrace.catalog.Agreement.Step;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Currency;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads who shares the money of an offer or a charge, and refuses what can't add up. */
final class ShareReader {

  /** What a share is; each has one of them. */
  static final List<String> PARTS = List.of("percent", "tiers", "per-unit", "remainder");

  static final Set<String> KEYS =
      new TreeSet<>(Set.of("party", "percent", "tiers", "per-unit", "remainder", "at-least"));
  private static final String EXAMPLE = "share: [{party: telco, percent: 100}]";

  private final Problems problems;
  private final Scalars scalars;
  private final PercentReader steps;

  /** A reader; {@code currency} is null where it has a problem. */
  ShareReader(Problems problems, @Nullable Currency currency) {
    this.problems = problems;
    this.scalars = new Scalars(problems);
    this.steps = new PercentReader(problems, currency);
  }

  /** The shares of an offer or a charge; null after adding a problem, empty where it has none. */
  @Nullable List<Share> shares(Fields of) {
    Yaml.Entry entry = of.optional("share");
    if (entry == null) {
      return List.of();
    }
    List<Yaml> items = of.items("share", EXAMPLE);
    List<Share> shares = new ArrayList<>();
    Set<String> parties = new HashSet<>();
    boolean remainder = false;
    for (Yaml item : items) {
      Share share = share(item, parties, remainder);
      if (share != null) {
        shares.add(share);
        remainder |= share.remainder();
      }
    }
    return shares.size() == items.size() && addUp(entry.key(), shares, remainder) ? shares : null;
  }

  private @Nullable Share share(Yaml item, Set<String> parties, boolean remainderTaken) {
    Fields fields = Fields.of(item, item, "a share", problems);
    if (fields == null) {
      return null;
    }
    fields.allow(KEYS);
    Yaml.Scalar partyAt = fields.text("party", "party: telco");
    String party = scalars.name(partyAt);
    if (partyAt != null && party != null && !parties.add(party)) {
      return scalars.reject(
          partyAt, "duplicate-party", "has a share already", "Add its shares up in one line");
    }
    if (!isOne(fields)) {
      return null;
    }
    Part part = part(fields, remainderTaken);
    Yaml.Scalar leastAt = fields.optionalText("at-least", "at-least: 500");
    BigDecimal least = leastAt == null ? BigDecimal.ZERO : steps.amount(leastAt);
    if (leastAt != null && part instanceof Remainder) {
      problems.add(
          fields.entry("at-least").key(),
          "promise-of-remainder",
          "what the others leave has no least",
          "Remove 'at-least', or give the party a 'percent'");
      return null;
    }
    return party == null || part == null || least == null ? null : new Share(party, part, least);
  }

  private boolean isOne(Fields fields) {
    List<Yaml.Scalar> parts =
        fields.entries().stream()
            .map(Yaml.Entry::key)
            .filter(key -> PARTS.contains(key.text()))
            .toList();
    if (parts.size() < 2) {
      return true;
    }
    boolean remainder = fields.has("remainder");
    problems.add(
        remainder ? fields.entry("remainder").key() : parts.get(1),
        remainder && fields.has("percent") ? "percent-and-remainder" : "two-parts",
        remainder
            ? "a share is a percentage or the remainder"
            : "a share has one percentage, or one a tier",
        "Remove one of them");
    return false;
  }

  private @Nullable Part part(Fields fields, boolean remainderTaken) {
    Yaml.Entry remainder = fields.optional("remainder");
    if (remainder != null) {
      return takesRemainder(remainder, fields, remainderTaken) ? new Remainder() : null;
    }
    if (fields.has("tiers")) {
      return steps.tiersOfStatements(fields, "tiers");
    }
    if (fields.has("per-unit")) {
      return perUnit(fields.text("per-unit", "per-unit: 0.02"));
    }
    Yaml.Scalar at = fields.text("percent", "percent: 70");
    Integer parts = steps.partsPerMillion(at);
    if (at == null || parts == null) {
      return null;
    }
    return parts == 0
        ? scalars.reject(
            at, "percent-out-of-range", "is no share", "Write more than 0, or leave the party out")
        : new Percent(List.of(new Step(Optional.empty(), parts)));
  }

  private @Nullable Part perUnit(Yaml.@Nullable Scalar at) {
    BigDecimal each = scalars.decimal(at, Scalars.MAX_FRACTION_DIGITS);
    if (at == null || each == null) {
      return null;
    }
    return each.signum() == 0
        ? scalars.reject(at, "no-share", "is no share", "Write more than 0, or leave the party out")
        : new PerUnit(each);
  }

  private boolean takesRemainder(Yaml.Entry entry, Fields fields, boolean taken) {
    Yaml.Scalar value = fields.text("remainder", "remainder: true");
    if (value == null) {
      return false;
    }
    if (!value.text().equals("true")) {
      scalars.reject(
          value, "bad-remainder", "is not 'true'", "Write 'remainder: true' or a 'percent'");
      return false;
    }
    if (taken) {
      problems.add(
          entry.key(),
          "two-remainders",
          "another party takes the remainder",
          "Give this one a 'percent'");
      return false;
    }
    return true;
  }

  private boolean addUp(Yaml at, List<Share> shares, boolean remainder) {
    long sum = Agreement.mostNamed(shares);
    String said =
        "the percentages add up to "
            + BigDecimal.valueOf(sum, PercentReader.PERCENT_DIGITS)
                .stripTrailingZeros()
                .toPlainString();
    String code = null;
    String fix = "";
    if (shares.isEmpty()) {
      code = "no-shares";
      fix = "Add a party, or remove 'share'";
    } else if (sum > Agreement.WHOLE) {
      code = "shares-over-100";
      fix = "Lower a percentage";
    } else if (remainder && sum == Agreement.WHOLE) {
      code = "nothing-remains";
      fix = "Lower a percentage, or leave out the party that takes the remainder";
    } else if (!remainder && !shares.stream().allMatch(Share::isPlain)) {
      code = "no-remainder";
      said = "nobody takes what tiers, promises and amounts for a unit leave";
      fix = "Add a party with 'remainder: true'";
    } else if (!remainder && sum < Agreement.WHOLE) {
      code = "shares-under-100";
      fix = "Raise a percentage, or add a party with 'remainder: true'";
    }
    if (code != null) {
      problems.add(at, code, said, fix);
    }
    return code == null;
  }
}
