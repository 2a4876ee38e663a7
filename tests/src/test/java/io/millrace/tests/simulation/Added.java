package io.millrace.tests.simulation;

import io.millrace.tests.oracle.Fund;
import io.millrace.tests.oracle.Terms;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * What some cities agree on beside prices: each event priced by itself, and others who pay.
 *
 * @param lampsAlone whether each report of a lamp is priced by itself
 * @param waterAlone the same of water
 * @param sponsored whether others pay for water: for its flow up to a bound, for reports all
 * @param later what changes while the city runs; null where nothing does
 * @param funds what who pays for flow has, where it pays no more than that; null where it pays
 *     whatever it has
 * @param council whether another pays for all of what a lamp comes to, up to a bound
 * @param bought whether accounts buy units of water's flow
 */
record Added(
    boolean lampsAlone,
    boolean waterAlone,
    boolean sponsored,
    @Nullable Later later,
    @Nullable Funds funds,
    boolean council,
    boolean bought) {
  static final Added NONE = new Added(false, false, false, null, null, false, false);

  /**
   * What an account has.
   *
   * @param hasAll whether it is more than it is ever asked for
   */
  record Funds(boolean hasAll, long first) {}

  /** Accounts that pay, and where what is on its way to them is. */
  static final int MAKER = 301;

  static final int CITY = 302;
  static final int COUNCIL = 303;
  static final int TRANSIT = 3;

  /** Where what a maker pays in is, and what it draws. */
  static final int CASH = 4;

  static final int DRAWN = 5;
  static final int FIRST_CUSTOMER = 101;
  static final int CUSTOMERS = 3;

  /** What they buy. */
  static final String UNITS = "extra";

  private static final BigInteger MOST = BigInteger.valueOf(Long.MAX_VALUE);
  private static final Terms.Payer REPORTS = new Terms.Payer(CITY, MOST, false);
  private static final Terms.Payer LAMPS =
      new Terms.Payer(COUNCIL, BigInteger.valueOf(5_000_000_000L), false);

  static Added any(SplittableRandom random) {
    boolean lampsAlone = random.nextInt(5) == 0;
    boolean waterAlone = random.nextInt(5) == 0;
    boolean sponsored = random.nextInt(3) == 0;
    boolean changes = random.nextBoolean();
    long after = changes ? Plan.hours(2) + 60_000 * random.nextInt(10, 90) : 0;
    boolean carries = changes && random.nextBoolean();
    // What came later is asked for last: cities stay what they were.
    boolean more = random.nextBoolean();
    boolean within = random.nextInt(3) > 0;
    boolean hasAll = random.nextBoolean();
    long first = hasAll ? 1_000_000_000_000_000L : 1 + random.nextLong(500_000_000);
    return new Added(
        lampsAlone,
        waterAlone,
        sponsored,
        changes ? new Later(after, carries, more) : null,
        sponsored && within ? new Funds(hasAll, first) : null,
        random.nextInt(4) == 0,
        random.nextInt(3) == 0 && !waterAlone);
  }

  /** Behind the price of water's flow. */
  String flowPaid() {
    return !sponsored
        ? ""
        : funds == null
            ? ", paid-by: {account: maker, up-to: 0.2}"
            : ", paid-by: {account: maker, up-to: 0.2, within: balance}";
  }

  /** Behind the price of its reports. */
  String reportsPaid() {
    return sponsored ? ", paid-by: city" : "";
  }

  /** A line of lamps' offer. */
  String lampsPaid() {
    return council ? "    paid-by: {account: council, up-to: 5}\n" : "";
  }

  Terms lamps() {
    return new Terms(lampsAlone, null, payerOfLamps());
  }

  Terms.@Nullable Payer payerOfLamps() {
    return council ? LAMPS : null;
  }

  Terms flow() {
    return water(new Terms.Payer(MAKER, BigInteger.valueOf(200_000_000), funds != null));
  }

  Terms reports() {
    return water(REPORTS);
  }

  /** What water is charged for beside both. */
  Terms others() {
    return water(null);
  }

  private Terms water(Terms.@Nullable Payer by) {
    return new Terms(waterAlone, null, sponsored ? by : null);
  }

  /** Whether all that is included of water is what its charge says; an event's includes nothing. */
  boolean includes() {
    return waterAlone || later != null && later.more();
  }

  /** Accounts with balances. */
  List<Fund> balances() {
    List<Fund> all = new ArrayList<>();
    if (funds != null) {
      all.add(fund(MAKER, true, funds.hasAll));
    }
    for (int customer = FIRST_CUSTOMER;
        bought && customer < FIRST_CUSTOMER + CUSTOMERS;
        customer++) {
      all.add(fund(customer, false, false));
    }
    return all;
  }

  private static Fund fund(int account, boolean lends, boolean hasAll) {
    return new Fund(account, balance(account), overrun(account), DRAWN, CASH, lends, hasAll);
  }

  /** The ledger accounts of a balance, and of what goes beyond. */
  static int balance(int account) {
    return 1_000 + account;
  }

  static int overrun(int account) {
    return 2_000 + account;
  }

  /** The same, where lamps are shared so: what all of a device comes to is its own then. */
  Added scoped(String lamps) {
    boolean shared = lamps.equals("account") || lamps.equals("group");
    return new Added(lampsAlone, waterAlone, sponsored, later, funds, council && !shared, bought);
  }

  /** The ledger account that a catalog names; null where it is none of these. */
  static @Nullable Integer account(String kind, String name) {
    return switch (kind) {
      case "in-transit" -> TRANSIT;
      case "customer" ->
          switch (name) {
            case "maker" -> MAKER;
            case "council" -> COUNCIL;
            default -> CITY;
          };
      default -> null;
    };
  }
}
