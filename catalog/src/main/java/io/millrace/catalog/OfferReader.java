package io.millrace.catalog;

import java.time.Duration;
import java.time.ZoneId;
import java.util.Currency;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads one offer. */
final class OfferReader {

  static final Set<String> KEYS =
      TermsReader.and(Set.of("scope", "window", "grace", AllowanceReader.WORD, "charges"));
  static final Map<String, Offer.Scope> SCOPES =
      Map.of(
          "device", Offer.Scope.DEVICE,
          "account", Offer.Scope.ACCOUNT,
          "group", Offer.Scope.GROUP,
          "event", Offer.Scope.EVENT);

  private final Problems problems;
  private final Scalars scalars;
  private final ChargeReader chargeReader;
  private final TermsReader termsReader;
  private final AllowanceReader allowanceReader;

  OfferReader(
      Problems problems,
      ChargeReader chargeReader,
      TermsReader termsReader,
      @Nullable Currency currency,
      @Nullable ZoneId zone) {
    this.problems = problems;
    this.scalars = new Scalars(problems);
    this.chargeReader = chargeReader;
    this.termsReader = termsReader;
    this.allowanceReader = new AllowanceReader(problems, currency, zone);
  }

  @Nullable Offer offer(Yaml.Entry entry) {
    String what = "the offer " + Problems.quote(entry.key().text());
    Fields fields = Fields.of(entry.value(), entry.key(), what, problems);
    if (fields == null) {
      return null;
    }
    fields.allow(KEYS);
    String name = scalars.name(entry.key());
    Offer.Scope scope =
        scalars.oneOf(fields.text("scope", "scope: device"), "unknown-scope", SCOPES);
    WindowRule window = window(fields.text("window", "window: 1h"));
    Duration grace = grace(fields.optionalText("grace", "grace: 5m"));
    TermsReader.Said said = termsReader.said(fields, "", TermsReader.Said.NOTHING);
    ChargeReader.Charges charges =
        charges(entry.key(), fields, what, said == null ? TermsReader.Said.NOTHING : said);
    List<ChargeRule> rules = allowanceReader.including(fields, charges);
    if (name == null
        || scope == null
        || window == null
        || grace == null
        || said == null
        || !new UnitShareReader(problems).isOfNoUnit(fields, said.shares())
        || charges == null
        || rules == null
        || !areShared(entry.key(), scope, rules)
        || !(scope != Offer.Scope.EVENT || new EventReader(problems).isOfEvents(fields, rules))
        || !new UnitShareReader(problems).costFromTheFirst(fields, rules, charges.terms())) {
      return null;
    }
    return new Offer(
        name, scope, window, grace, rules, new Agreement(name, said.shares()), charges.terms());
  }

  /** Whether what readings come to can be told whichever of the devices they are of. */
  private boolean areShared(Yaml.Scalar at, Offer.Scope scope, List<ChargeRule> rules) {
    if (scope == Offer.Scope.DEVICE || scope == Offer.Scope.EVENT) {
      return true;
    }
    for (ChargeRule rule : rules) {
      if (rule instanceof ChargeRule.Usage u && u.meter().aggregate().isOfOneDevice()) {
        scalars.reject(
            at,
            "meter-of-one-device",
            "has devices that share, but the meter '"
                + u.meter().name()
                + "' compares each reading with those before of the same device",
            "Write 'scope: device', or a meter of what was used since the last reading");
        return false;
      }
    }
    return true;
  }

  private @Nullable WindowRule window(Yaml.@Nullable Scalar at) {
    if (at == null) {
      return null;
    }
    ChargeRule.Every every = ChargeReader.EVERY.get(at.text());
    if (every != null) {
      return new WindowRule.Calendar(every);
    }
    Duration length = scalars.length(at, "'day' or 'month'");
    if (length == null) {
      return null;
    }
    return WindowRule.Fixed.dividesDay(length)
        ? new WindowRule.Fixed(length)
        : scalars.reject(
            at,
            "window-does-not-divide-day",
            "does not divide a day",
            "Write a length from 1m to 24h that does, like 15m, 1h or 6h, or 'day' or 'month'");
  }

  private @Nullable Duration grace(Yaml.@Nullable Scalar at) {
    if (at == null) {
      return Duration.ZERO;
    }
    Duration grace = scalars.length(at, "leave it out");
    if (grace == null) {
      return null;
    }
    return grace.isNegative() || grace.compareTo(Offer.MOST_GRACE) > 0
        ? scalars.reject(
            at,
            "bad-grace",
            "is no time that a window can wait for late use",
            "Write a length from 0m to 24h, like 5m, or leave it out")
        : grace;
  }

  private ChargeReader.@Nullable Charges charges(
      Yaml.Scalar at, Fields offer, String what, TermsReader.Said common) {
    Yaml.Entry entry = offer.optional("charges");
    Fields fields =
        entry == null ? null : Fields.of(entry.value(), entry.key(), "'charges'", problems);
    if (entry == null || (fields != null && fields.entries().isEmpty())) {
      problems.add(
          entry == null ? at : entry.key(),
          "no-charges",
          what + " charges nothing",
          "Add a charge under 'charges'; a price of 0 makes it free");
      return null;
    }
    if (fields == null) {
      return null;
    }
    ChargeReader.Charges charges =
        chargeReader.charges(List.copyOf(fields.entries()), at.text(), common);
    int count = charges == null ? fields.entries().size() : charges.rules().size();
    if (count > Offer.MOST_CHARGES) {
      problems.add(
          entry.key(),
          "too-many-charges",
          what + " has " + count + " charges, where each band is one",
          "Write " + Offer.MOST_CHARGES + " at most, or make two offers of it");
    }
    return charges;
  }
}
