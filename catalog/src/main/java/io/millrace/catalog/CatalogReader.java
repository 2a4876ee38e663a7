package io.millrace.catalog;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Currency;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads a whole catalog. */
final class CatalogReader {

  static final Set<String> KEYS =
      new TreeSet<>(
          Set.of(
              "catalog",
              "effective",
              "currency",
              "zone",
              "period",
              "tiers",
              "holidays",
              "meters",
              "offers",
              FeatureReader.WORD));
  private static final Instant FIRST = Instant.parse("1970-01-01T00:00:00Z");
  private static final Instant LAST = Instant.parse("2999-12-31T23:59:59Z");

  private final Problems problems;
  private final Scalars scalars;

  CatalogReader(Problems problems) {
    this.problems = problems;
    this.scalars = new Scalars(problems);
  }

  /** The catalog, or null after adding at least one problem. */
  @Nullable Catalog catalog(Yaml root, String hash) {
    Fields fields = Fields.of(root, root, "a catalog", problems);
    if (fields == null) {
      return null;
    }
    fields.allow(KEYS);
    String name = scalars.name(fields.text("catalog", "catalog: smart-city"));
    Currency currency = currency(fields.text("currency", "currency: EUR"));
    ZoneId zone = zone(fields.text("zone", "zone: Europe/Madrid"));
    Instant effective = effective(fields.text("effective", "effective: 2026-11-01"), zone);
    PeriodRule period = period(fields.optionalText("period", "period: month"));
    boolean startsAnew = startsAnew(fields.optionalText("tiers", "tiers: carry-on"));
    Map<String, Meter> meters = new LinkedHashMap<>();
    Map<String, Offer> offers = new LinkedHashMap<>();
    Map<String, Feature> features = new LinkedHashMap<>();
    Fields meterFields = meters(fields, meters, currency, period);
    offers(fields, meterFields, meters, currency, zone, offers);
    Set<String> meterNames = meterFields == null ? Set.of() : MeterReader.names(meterFields);
    new FeatureReader(problems, meters, meterNames).read(fields, features);
    if (name == null
        || currency == null
        || zone == null
        || effective == null
        || period == null
        || !problems.none()) {
      return null;
    }
    return new Catalog(
        name, effective, currency, zone, period, meters, offers, features, startsAnew, hash);
  }

  private @Nullable Fields meters(
      Fields fields,
      Map<String, Meter> meters,
      @Nullable Currency currency,
      @Nullable PeriodRule period) {
    Yaml.Entry entry = fields.optional("meters");
    Fields found =
        entry == null ? null : Fields.of(entry.value(), entry.key(), "'meters'", problems);
    if (found == null) {
      return null;
    }
    MeterReader reader = new MeterReader(problems, currency, period);
    for (Yaml.Entry meterEntry : found.entries()) {
      Meter meter = reader.meter(meterEntry);
      if (meter != null) {
        meters.put(meter.name(), meter);
      }
    }
    return found;
  }

  private void offers(
      Fields fields,
      @Nullable Fields meterFields,
      Map<String, Meter> meters,
      @Nullable Currency currency,
      @Nullable ZoneId zone,
      Map<String, Offer> offers) {
    Yaml.Entry entry = fields.required("offers", "offers:");
    Fields found =
        entry == null ? null : Fields.of(entry.value(), entry.key(), "'offers'", problems);
    if (entry == null || found == null) {
      return;
    }
    if (found.entries().isEmpty()) {
      problems.add(entry.key(), "no-offers", "the catalog offers nothing", "Add an offer");
      return;
    }
    Set<String> meterNames = meterFields == null ? Set.of() : MeterReader.names(meterFields);
    BandReader bands = new BandReader(problems);
    bands.holidays(fields);
    TermsReader terms =
        new TermsReader(
            problems, new ShareReader(problems, currency), new SponsorReader(problems, currency));
    ChargeReader charges = new ChargeReader(problems, meterNames, meters, currency, bands, terms);
    OfferReader reader = new OfferReader(problems, charges, terms, currency, zone);
    for (Yaml.Entry offerEntry : found.entries()) {
      Offer offer = reader.offer(offerEntry);
      if (offer != null) {
        offers.put(offer.name(), offer);
      }
    }
    bands.checkHolidays(fields);
    if (meterFields != null) {
      reportUnused(meterFields, charges.used());
    }
  }

  private void reportUnused(Fields meterFields, Set<String> used) {
    for (Yaml.Entry meter : meterFields.entries()) {
      if (!used.contains(meter.key().text())) {
        problems.add(
            meter.key(),
            "unused-meter",
            "no charge uses the meter " + Problems.quote(meter.key().text()),
            "Remove it, or add a charge; a price of 0 only counts");
      }
    }
  }

  private @Nullable Currency currency(Yaml.@Nullable Scalar at) {
    if (at == null) {
      return null;
    }
    try {
      Currency currency = Currency.getInstance(at.text());
      return currency.getDefaultFractionDigits() >= 0
          ? currency
          : scalars.reject(
              at,
              "currency-without-minor-unit",
              "has no minor unit to round an invoice to",
              "Use a currency like EUR");
    } catch (IllegalArgumentException e) {
      return scalars.reject(
          at, "unknown-currency", "is not a currency", "Write an ISO 4217 code, like EUR");
    }
  }

  private @Nullable ZoneId zone(Yaml.@Nullable Scalar at) {
    if (at == null) {
      return null;
    }
    try {
      return ZoneId.of(at.text());
    } catch (DateTimeException e) {
      return scalars.reject(
          at,
          "unknown-zone",
          "is not a time zone",
          Spelling.fix(at.text(), new TreeSet<>(ZoneId.getAvailableZoneIds())));
    }
  }

  /** A date begins with its first moment in the zone. */
  private @Nullable Instant effective(Yaml.@Nullable Scalar at, @Nullable ZoneId zone) {
    if (at == null) {
      return null;
    }
    try {
      ZoneId in = zone == null ? ZoneOffset.UTC : zone;
      Instant effective =
          at.text().length() == "2026-11-01".length()
              ? LocalDate.parse(at.text()).atStartOfDay(in).toInstant()
              : OffsetDateTime.parse(at.text()).toInstant();
      if (!effective.isBefore(FIRST)
          && !effective.isAfter(LAST)
          && effective.getNano() % 1_000_000 == 0) {
        return effective;
      }
    } catch (DateTimeException e) {
      // Falls through to the same words as a date out of range.
    }
    return scalars.reject(
        at,
        "bad-effective",
        "is not a date between 1970 and 2999",
        "Write a date like 2026-11-01, or an instant like 2026-11-01T00:00:00Z");
  }

  private boolean startsAnew(Yaml.@Nullable Scalar at) {
    if (at != null && !at.text().equals("carry-on") && !at.text().equals("start-anew")) {
      scalars.reject(
          at,
          "unknown-tiers",
          "is not how tiers go over from the version before",
          "Write 'carry-on', as without it, or 'start-anew'");
    }
    return at != null && at.text().equals("start-anew");
  }

  private @Nullable PeriodRule period(Yaml.@Nullable Scalar at) {
    if (at == null) {
      return new PeriodRule.Calendar(ChargeRule.Every.MONTH);
    }
    ChargeRule.Every every = ChargeReader.EVERY.get(at.text());
    if (every != null) {
      return new PeriodRule.Calendar(every);
    }
    Duration length = scalars.length(at, "'day' or 'month'");
    if (length == null) {
      return null;
    }
    return PeriodRule.Fixed.allows(length)
        ? new PeriodRule.Fixed(length)
        : scalars.reject(
            at,
            "period-out-of-range",
            "is not a settlement period",
            "Write 1m to 8784h (366 days), or 'day' or 'month'");
  }
}
