package io.millrace.catalog;

import io.millrace.catalog.Agreement.Share;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads one offer. */
final class OfferReader {

  private static final Set<String> KEYS =
      new TreeSet<>(Set.of("scope", "window", "charges", "share"));
  private static final Map<String, Offer.Scope> SCOPES = Map.of("device", Offer.Scope.DEVICE);

  private final Problems problems;
  private final Scalars scalars;
  private final ChargeReader chargeReader;

  OfferReader(Problems problems, ChargeReader chargeReader) {
    this.problems = problems;
    this.scalars = new Scalars(problems);
    this.chargeReader = chargeReader;
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
    List<ChargeRule> charges = charges(entry.key(), fields, what);
    List<Share> shares = new ShareReader(problems).shares(fields);
    if (name == null || scope == null || window == null || charges == null || shares == null) {
      return null;
    }
    return new Offer(name, scope, window, charges, new Agreement(name, shares));
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

  private @Nullable List<ChargeRule> charges(Yaml at, Fields offer, String what) {
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
    List<ChargeRule> charges = chargeReader.charges(List.copyOf(fields.entries()));
    int count = charges == null ? fields.entries().size() : charges.size();
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
