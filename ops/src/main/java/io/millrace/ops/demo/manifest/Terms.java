package io.millrace.ops.demo.manifest;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;

/**
 * What a lamp costs and who shares it, as the manifest knows it: written down a second time and on
 * purpose, never read from the catalog.
 *
 * @param customer who pays
 * @param offer the offer's name on invoice lines
 * @param energy the name of the charge for energy
 * @param lease the name of the charge for the lease
 * @param pricePerKwh in the currency's major unit
 * @param leasePerDay in the currency's major unit, for each lamp and calendar day begun
 * @param minorDigits decimal digits of an invoice line
 * @param ledgerDigits decimal digits of a charge
 * @param zone whose midnights begin a day
 * @param period length of a settlement period, the first one beginning with the run
 * @param parts who shares the posted amount
 */
public record Terms(
    String customer,
    String offer,
    String energy,
    String lease,
    BigDecimal pricePerKwh,
    BigDecimal leasePerDay,
    int minorDigits,
    int ledgerDigits,
    ZoneId zone,
    Duration period,
    List<Part> parts) {

  /** The field example: EUR 0.00005 per kWh and EUR 0.10 per lamp and day, shared 70/30. */
  public static final Terms SMART_CITY =
      new Terms(
          "city",
          "lamp",
          "energy",
          "lease",
          new BigDecimal("0.00005"),
          new BigDecimal("0.10"),
          2,
          9,
          ZoneId.of("Europe/Madrid"),
          Duration.ofHours(24),
          List.of(Part.percent("telco", "70"), Part.remainder("lamp-vendor")));

  public Terms {
    parts = List.copyOf(parts);
    if (parts.stream().filter(p -> p.percent().isEmpty()).count() != 1) {
      throw new IllegalArgumentException("exactly one party takes the remainder: " + parts);
    }
    if (period.toMinutes() < 1) {
      throw new IllegalArgumentException("a period is a minute at least: " + period);
    }
  }

  /**
   * One party's part.
   *
   * @param party the partner's name
   * @param percent of the whole; empty for the party that takes what the others leave
   */
  public record Part(String party, Optional<BigDecimal> percent) {

    /** A part of this many percent. */
    public static Part percent(String party, String percent) {
      return new Part(party, Optional.of(new BigDecimal(percent)));
    }

    /** The part that is left, and every tie. */
    public static Part remainder(String party) {
      return new Part(party, Optional.empty());
    }
  }
}
