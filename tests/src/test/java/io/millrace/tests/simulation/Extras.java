package io.millrace.tests.simulation;

import io.millrace.processors.shard.Command;
import io.millrace.tests.oracle.Shape;
import io.millrace.tests.oracle.Tariff;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * What a seed's city has beside the prices that all have: devices that share, allowances that use
 * draws on, bands by what events say, levels over time, bundles, shares for units, fees in part.
 *
 * @param zoned whether the price of water hangs on what its events say
 * @param bundled whether water, its reports and energy are also charged together, in credits
 * @param paidPerUnit whether a party gets an amount for each report of water
 * @param fee a line of lamps' charges; empty where it is as in all cities
 * @param leases the same in plain numbers
 * @param lampScope who shares the tiers of lamps
 * @param waterScope who shares those of water
 * @param drawn what use of water draws on; none where it does not
 * @param level whether lamps have a level over time
 * @param added what else is agreed
 */
record Extras(
    boolean zoned,
    boolean bundled,
    boolean paidPerUnit,
    String fee,
    List<Tariff.Lease> leases,
    String lampScope,
    String waterScope,
    List<Tariff.Bucket> drawn,
    boolean level,
    Added added) {

  static final Extras NONE =
      new Extras(
          false, false, false, "", List.of(), "device", "device", List.of(), false, Added.NONE);

  /** Events of water name one of these; some devices name none in place of the last. */
  static final List<String> ZONES = List.of("near", "hill", "far");

  /** Meters of water's events are one; what tells its bands comes behind. */
  static final int TOLD = 1;

  /** So many steps are a credit. */
  private static final BigDecimal CREDIT = new BigDecimal(1_000_000);

  private static final BigInteger CUBIC_METRE = BigInteger.valueOf(100_000);

  private static Extras any(SplittableRandom random) {
    String fee = Plan.pick(random, List.of("", "", "day", "month"));
    return new Extras(
        random.nextInt(3) == 0,
        random.nextInt(3) == 0,
        random.nextInt(3) == 0,
        switch (fee) {
          case "day" -> "      lease: {recurring: 0.10, every: day, prorate: second}\n";
          case "month" -> "      lease: {recurring: 3.10, every: month, prorate: day}\n";
          default -> "";
        },
        switch (fee) {
          case "day" -> List.of(new Tariff.Lease("lease", 100_000_000, false, "second"));
          case "month" -> List.of(new Tariff.Lease("lease", 3_100_000_000L, true, "day"));
          default -> List.of();
        },
        Plan.pick(random, List.of("device", "device", "device", "account", "group")),
        Plan.pick(random, List.of("device", "device", "device", "account", "group")),
        random.nextInt(3) == 0 ? buckets(random) : List.of(),
        random.nextInt(4) == 0,
        Added.NONE);
  }

  private static List<Tariff.Bucket> buckets(SplittableRandom random) {
    int periods = 1 + random.nextInt(2);
    Tariff.Bucket rolling = new Tariff.Bucket("pool", litres(800), periods, litres(500), 0);
    Tariff.Bucket once = new Tariff.Bucket("start", litres(2_000), 0, litres(2_000), 2);
    return switch (random.nextInt(3)) {
      case 0 -> List.of(rolling);
      case 1 -> List.of(once, rolling);
      default -> List.of(rolling, once);
    };
  }

  private static BigInteger litres(long n) {
    return BigInteger.valueOf(100 * n);
  }

  /** The same, where lamps are shared so. */
  Extras scoped(String lamps) {
    return new Extras(
        zoned,
        bundled,
        paidPerUnit,
        fee,
        leases,
        lamps,
        waterScope,
        drawn,
        level,
        added.scoped(lamps));
  }

  /** What a seed's city has. */
  static Extras of(long seed) {
    return before(seed).with(Added.any(new SplittableRandom(seed ^ 0x2F0B4C47L)));
  }

  /** The same without what was added since: so are the cities of seeds that found a bug then. */
  static Extras before(long seed) {
    return any(new SplittableRandom(seed ^ 0x5DEECE66DL));
  }

  /**
   * The same where this is agreed, too: of an event by itself nothing is shared or included, and
   * nothing is drawn on where it is said otherwise how much is.
   */
  private Extras with(Added more) {
    return new Extras(
        zoned,
        bundled,
        paidPerUnit,
        fee,
        leases,
        more.lampsAlone() ? "event" : lampScope,
        more.waterAlone() ? "event" : waterScope,
        more.bought() ? withBought(drawn) : more.includes() ? List.of() : drawn,
        level && !more.lampsAlone(),
        more);
  }

  private static List<Tariff.Bucket> withBought(List<Tariff.Bucket> drawn) {
    List<Tariff.Bucket> all = new ArrayList<>(drawn);
    all.add(drawn.size() / 2, Tariff.Bucket.bought(Added.UNITS));
    return all;
  }

  /** Whether all that an account has is in one shard. */
  boolean rooted() {
    return shares() || added.bought();
  }

  boolean shares() {
    return shares(0) || shares(1);
  }

  /** Whether devices on an offer share. */
  boolean shares(int offer) {
    return scope(offer).equals("account") || scope(offer).equals("group");
  }

  String scope(int offer) {
    return offer == 0 ? lampScope : waterScope;
  }

  /**
   * Whose use that of a device on an offer is counted with; null where it is counted by itself.
   *
   * @param pool its number where the device is its first
   */
  Command.@Nullable Share share(int offer, long pool, SplittableRandom random, Fault.Tally faults) {
    if (!shares(offer)) {
      return null;
    }
    faults.add(Fault.SHARED);
    boolean grouped = scope(offer).equals("group");
    return new Command.Share(pool, grouped ? Plan.pick(random, List.of("north", "south")) : "");
  }

  /** The bands whose {@code when} an event from there meets. */
  static long told(String zone) {
    return switch (zone) {
      case "near" -> 0b001;
      case "hill" -> 0b110;
      default -> 0;
    };
  }

  /** Lines of what use draws on; empty where it does not. */
  String allowances() {
    if (drawn.isEmpty()) {
      return "";
    }
    StringBuilder text = new StringBuilder("    allowances:\n");
    for (Tariff.Bucket b : drawn) {
      if (b.isBought()) {
        text.append("      - {allowance: ")
            .append(b.name())
            .append(", bought: true, unit: m3, of: flow}\n");
        continue;
      }
      text.append("      - {allowance: ")
          .append(b.name())
          .append(", included: ")
          .append(units(b.size()))
          .append(", unit: m3, of: flow, together: true, ")
          .append(
              b.days() > 0
                  ? "valid-for: " + 24 * b.days() + "h"
                  : "rolls-over: {periods: %d, most: %s}".formatted(b.periods(), units(b.most())))
          .append("}\n");
    }
    return text.toString();
  }

  private static String units(BigInteger steps) {
    return new BigDecimal(steps).divide(new BigDecimal(CUBIC_METRE)).toPlainString();
  }

  /** A line of water's charges. */
  String bundle() {
    return bundled
        ? "      credits: {meters: {water: 0.02, reports: 3, energy: 0.001},"
            + " graduated: [{to: 500, per-unit: 0.004}, {per-unit: 0.0020001}]}\n"
        : "";
  }

  /** The same in plain numbers. */
  List<Tariff.Usage> bundles() {
    Shape.Tier first =
        new Shape.Tier(new BigDecimal("500"), new BigDecimal("0.004"), BigDecimal.ZERO);
    Shape.Tier rest = new Shape.Tier(null, new BigDecimal("0.0020001"), BigDecimal.ZERO);
    Shape shape =
        new Shape(
            "graduated",
            List.of(first, rest),
            BigDecimal.ZERO,
            CREDIT,
            9,
            Shape.EXACT,
            Shape.EXACT);
    List<Tariff.Part> parts =
        List.of(
            new Tariff.Part(Plan.WATER_REPORT, 0, 200),
            new Tariff.Part(Plan.WATER_REPORT, -1, 3_000_000),
            new Tariff.Part(Plan.LAMP_REPORT, 0, 1));
    return bundled
        ? List.of(
            new Tariff.Usage(
                "credits", -1, -1, shape, null, null, parts, List.of(), added.others()))
        : List.of();
  }
}
