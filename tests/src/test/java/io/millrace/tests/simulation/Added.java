package io.millrace.tests.simulation;

import io.millrace.tests.oracle.Terms;
import java.math.BigInteger;
import java.time.Instant;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * What some cities agree on beside prices: each event priced by itself, and others who pay.
 *
 * @param lampsAlone whether each report of a lamp is priced by itself
 * @param waterAlone the same of water
 * @param sponsored whether others pay for water: for its flow up to a bound, for reports all
 * @param later a price that changes while the city runs; null where none does
 */
record Added(boolean lampsAlone, boolean waterAlone, boolean sponsored, @Nullable Later later) {
  static final Added NONE = new Added(false, false, false, null);

  /**
   * Another price of water's reports.
   *
   * @param after so long after the run's start it holds, milliseconds
   */
  record Later(long after, boolean carries) {
    private static final Prices PRICES = Prices.tiersOfEach("3", "0.0002", "0.00005");

    /** The catalog that says it, of the one before. */
    String text(String before, Instant from, Prices report) {
      return before
          .replaceFirst(
              "effective: .*",
              "effective: " + from + "\ntiers: " + (carries ? "carry-on" : "start-anew"))
          .replace("meter: reports, " + report.yaml(), "meter: reports, " + PRICES.yaml());
    }

    Terms.Later from(long from) {
      return new Terms.Later(PRICES.parts().getFirst().shape(), from, carries);
    }
  }

  /** Accounts that pay, and where what is on its way to them is. */
  static final int MAKER = 301;

  static final int CITY = 302;
  static final int TRANSIT = 3;

  private static final Terms.Payer FLOW = new Terms.Payer(MAKER, BigInteger.valueOf(200_000_000));
  private static final Terms.Payer REPORTS =
      new Terms.Payer(CITY, BigInteger.valueOf(Long.MAX_VALUE));

  static Added any(SplittableRandom random) {
    return new Added(
        random.nextInt(5) == 0,
        random.nextInt(5) == 0,
        random.nextInt(3) == 0,
        random.nextBoolean()
            ? new Later(Plan.hours(2) + 60_000 * random.nextInt(10, 90), random.nextBoolean())
            : null);
  }

  /** Behind the price of water's flow. */
  String flowPaid() {
    return sponsored ? ", paid-by: {account: maker, up-to: 0.2}" : "";
  }

  /** Behind the price of its reports. */
  String reportsPaid() {
    return sponsored ? ", paid-by: city" : "";
  }

  Terms lamps() {
    return new Terms(lampsAlone, null, null);
  }

  Terms flow() {
    return water(FLOW);
  }

  Terms reports() {
    return water(REPORTS);
  }

  /** What water is charged for beside both. */
  Terms credits() {
    return water(null);
  }

  private Terms water(Terms.@Nullable Payer by) {
    return new Terms(waterAlone, null, sponsored ? by : null);
  }

  /** The ledger account that a catalog names; null where it is none of these. */
  static @Nullable Integer account(String kind, String name) {
    return switch (kind) {
      case "in-transit" -> TRANSIT;
      case "customer" -> name.equals("maker") ? MAKER : CITY;
      default -> null;
    };
  }
}
