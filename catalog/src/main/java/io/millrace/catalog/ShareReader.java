package io.millrace.catalog;

import io.millrace.catalog.Agreement.Share;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads who shares an offer's money, and refuses what can't add up. */
final class ShareReader {

  private static final Set<String> KEYS = new TreeSet<>(Set.of("party", "percent", "remainder"));
  private static final String EXAMPLE = "share: [{party: telco, percent: 100}]";
  private static final int PERCENT_DIGITS = 4;

  private final Problems problems;
  private final Scalars scalars;

  ShareReader(Problems problems) {
    this.problems = problems;
    this.scalars = new Scalars(problems);
  }

  /** The shares of an offer; null after adding a problem, empty where it has none. */
  @Nullable List<Share> shares(Fields offer) {
    Yaml.Entry entry = offer.optional("share");
    if (entry == null) {
      return List.of();
    }
    List<Yaml> items = offer.items("share", EXAMPLE);
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
    Yaml.Entry remainder = fields.optional("remainder");
    if (remainder != null && fields.has("percent")) {
      problems.add(
          remainder.key(),
          "percent-and-remainder",
          "a share is a percentage or the remainder",
          "Remove one of them");
      return null;
    }
    if (remainder != null) {
      return party != null && takesRemainder(remainder, fields, remainderTaken)
          ? new Share(party, 0, true)
          : null;
    }
    Integer parts = partsPerMillion(fields.text("percent", "percent: 70"));
    return party == null || parts == null ? null : new Share(party, parts, false);
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

  private @Nullable Integer partsPerMillion(Yaml.@Nullable Scalar at) {
    BigDecimal percent = scalars.decimal(at, PERCENT_DIGITS);
    if (at == null || percent == null) {
      return null;
    }
    if (percent.signum() == 0 || percent.compareTo(new BigDecimal(100)) > 0) {
      return scalars.reject(
          at,
          "percent-out-of-range",
          "is not a share",
          "Write more than 0 and 100 at most, or leave the party out");
    }
    return percent.movePointRight(PERCENT_DIGITS).intValueExact();
  }

  private boolean addUp(Yaml at, List<Share> shares, boolean remainder) {
    long sum = shares.stream().mapToLong(Share::partsPerMillion).sum();
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
    } else if (!remainder && sum < Agreement.WHOLE) {
      code = "shares-under-100";
      fix = "Raise a percentage, or add a party with 'remainder: true'";
    }
    if (code == null) {
      return true;
    }
    String percent = BigDecimal.valueOf(sum, PERCENT_DIGITS).stripTrailingZeros().toPlainString();
    problems.add(at, code, "the percentages add up to " + percent, fix);
    return false;
  }
}
