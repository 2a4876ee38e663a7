package io.millrace.tests.pricing;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.CatalogFile;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Draws versions of a catalog whose price, lease and minimum change on the way. */
final class AnyVersions {
  static final long START = Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();
  static final long HALF_HOUR = 1_800_000;
  static final long DAY = 48 * HALF_HOUR;
  private static final List<String> KINDS =
      List.of("per-unit", "graduated", "volume", "stair-step", "package", "flat", "free");

  private static final List<String> WINDOWS = List.of("30m", "1h", "2h");

  /**
   * A version, in the catalog's words and as the oracle takes it; amounts in ledger units, null
   * where there is none.
   */
  record Version(
      Catalog catalog,
      long from,
      boolean anew,
      Priced price,
      @Nullable Long lease,
      @Nullable Long least,
      boolean countsLease,
      boolean prorated) {

    /** What is due of its lease at a moment for the rest of the day, up to another moment. */
    long due(long at, long to) {
      long day = Math.floorDiv(at, DAY) * DAY;
      long amount = lease == null ? 0 : lease;
      return prorated
          ? part(amount, Math.min(to, day + DAY) - day) - part(amount, at - day)
          : amount;
    }

    private static long part(long amount, long time) {
      return BigDecimal.valueOf(amount)
          .multiply(BigDecimal.valueOf(time))
          .divide(BigDecimal.valueOf(DAY), 0, RoundingMode.HALF_UP)
          .longValueExact();
    }

    @Override
    public String toString() {
      return "\n  from %s%s: %s, lease %s, least %s%s"
          .formatted(
              Instant.ofEpochMilli(from),
              anew ? " anew" : "",
              price,
              lease,
              least,
              countsLease ? " with it" : "");
    }
  }

  private final Random random;
  private final AnyPrice prices;

  /** Whether a lease is for the time of a day only in which there is one. */
  private final boolean prorated;

  AnyVersions(long seed) {
    this.random = new Random(seed);
    this.prices = new AnyPrice(seed);
    this.prorated = new Random(~seed).nextBoolean();
  }

  /** Two to four versions, ascending by the time from which they hold. */
  List<Version> some() {
    Priced first = prices.of(kind());
    List<Version> all = new ArrayList<>();
    Priced price = first;
    long from = START;
    int n = 2 + random.nextInt(3);
    for (int i = 0; i < n; i++) {
      all.add(version(price, from, first));
      from += HALF_HOUR * (1 + random.nextInt(50));
      price = random.nextInt(3) == 0 ? price : alike(first);
    }
    return all;
  }

  Random random() {
    return random;
  }

  long[] readings(Priced priced, int n) {
    return prices.readings(priced, n);
  }

  private String kind() {
    return KINDS.get(random.nextInt(KINDS.size()));
  }

  /** Another price of the same meter. */
  private Priced alike(Priced first) {
    while (true) {
      Priced drawn = prices.of(kind());
      if (drawn.currency().equals(first.currency())
          && drawn.meterUnit().equals(first.meterUnit())
          && drawn.scale() == first.scale()) {
        return drawn;
      }
    }
  }

  private Version version(Priced price, long from, Priced first) {
    boolean anew = random.nextBoolean();
    Long lease = random.nextBoolean() ? (long) random.nextInt(1_000) : null;
    Long least = random.nextBoolean() ? (long) random.nextInt(1_000_000) : null;
    boolean countsLease = lease != null && least != null && random.nextBoolean();
    List<String> charges = new ArrayList<>(List.of(price.yaml()));
    if (lease != null) {
      charges.add(
          "lease: {recurring: "
              + money(lease, first)
              + ", every: day"
              + (prorated ? ", prorate: second}" : "}"));
    }
    if (least != null) {
      charges.add(
          "least: {minimum: "
              + money(least, first)
              + ", of: [used"
              + (countsLease ? ", lease" : "")
              + "]}");
    }
    String text =
        """
        catalog: shapes
        effective: %s
        currency: %s
        zone: UTC
        period: 24h
        tiers: %s
        meters:
          used: {event: e, value: data.v, unit: %s, scale: %d, aggregate: sum}
        offers:
          thing:
            scope: device
            window: %s
            grace: %s
            %s
            charges:
              %s
        """
            .formatted(
                Instant.ofEpochMilli(from),
                first.currency(),
                anew ? "start-anew" : "carry-on",
                first.meterUnit(),
                first.scale(),
                WINDOWS.get(random.nextInt(WINDOWS.size())),
                random.nextBoolean() ? "0m" : "3h",
                price.allowances(),
                String.join("\n      ", charges));
    return switch (CatalogFile.read("shapes.yaml", text.getBytes(StandardCharsets.UTF_8))) {
      case CatalogFile.Result.Accepted(Catalog catalog) ->
          new Version(catalog, from, anew, price, lease, least, countsLease, prorated);
      case CatalogFile.Result.Rejected rejected ->
          throw new AssertionError(rejected.problems() + "\n" + text);
    };
  }

  private static String money(long ledgerUnits, Priced of) {
    return BigDecimal.valueOf(ledgerUnits, Priced.digits(of.currency())).toPlainString();
  }
}
