package io.millrace.catalog;

import java.time.Instant;
import java.time.ZoneId;
import java.util.Collections;
import java.util.Currency;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One version of a tenant's rules: what is measured, what is offered at which price, and who shares
 * the money.
 *
 * @param name the catalog's name; versions of one catalog share it
 * @param effective from when this version rates, by the event's {@code occurredAt}
 * @param currency the one currency of all its prices (ISO 4217)
 * @param zone the zone in which its days and months begin
 * @param period how settlement periods follow each other, counted from {@code effective}
 * @param meters by name, in the file's order
 * @param offers by name, in the file's order
 * @param features what events unlock, by name, in the file's order
 * @param startsAnew whether tiers begin from nothing as this version begins in the middle of a
 *     period, where its prices are others than before; else what was used before counts on
 * @param hash SHA-256 of the file's bytes, lower-case hex: the version's identity
 */
public record Catalog(
    String name,
    Instant effective,
    Currency currency,
    ZoneId zone,
    PeriodRule period,
    Map<String, Meter> meters,
    Map<String, Offer> offers,
    Map<String, Feature> features,
    boolean startsAnew,
    String hash) {

  /** Digits of a ledger amount after those of the currency's minor unit. */
  public static final int EXTRA_DIGITS = 7;

  public Catalog {
    meters = Collections.unmodifiableMap(new LinkedHashMap<>(meters));
    offers = Collections.unmodifiableMap(new LinkedHashMap<>(offers));
    features = Collections.unmodifiableMap(new LinkedHashMap<>(features));
  }

  /** One without features. */
  public Catalog(
      String name,
      Instant effective,
      Currency currency,
      ZoneId zone,
      PeriodRule period,
      Map<String, Meter> meters,
      Map<String, Offer> offers,
      boolean startsAnew,
      String hash) {
    this(name, effective, currency, zone, period, meters, offers, Map.of(), startsAnew, hash);
  }

  /** The same version, saying this. */
  public Catalog saying(Map<String, Meter> otherMeters, Map<String, Offer> otherOffers) {
    return new Catalog(
        name,
        effective,
        currency,
        zone,
        period,
        otherMeters,
        otherOffers,
        features,
        startsAnew,
        hash);
  }

  /**
   * Decimal digits of a ledger amount: the ISO 4217 minor unit's and {@link #EXTRA_DIGITS} more.
   */
  public int ledgerScale() {
    return ledgerScale(currency);
  }

  /** Decimal digits of a ledger amount in this currency. */
  public static int ledgerScale(Currency currency) {
    return currency.getDefaultFractionDigits() + EXTRA_DIGITS;
  }
}
