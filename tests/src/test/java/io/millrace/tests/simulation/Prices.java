package io.millrace.tests.simulation;

import io.millrace.tests.oracle.Shape;
import io.millrace.tests.oracle.Shape.Rounding;
import io.millrace.tests.oracle.Shape.Tier;
import io.millrace.tests.oracle.Tariff;
import io.millrace.tests.oracle.When;
import io.millrace.tests.oracle.When.Hours;
import java.math.BigDecimal;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Prices as a catalog says them and as the oracle takes them, with bounds that a city's readings
 * reach.
 */
record Prices(String yaml, List<Part> parts) {
  private static final BigDecimal NONE = BigDecimal.ZERO;
  private static final Hours ALL_DAY = new Hours(LocalTime.MIN, null);
  private static final Set<DayOfWeek> EVERY_DAY = EnumSet.allOf(DayOfWeek.class);

  /** Dates that the catalog calls holidays, one of them with 23 hours and one with 25. */
  static final List<LocalDate> HOLIDAYS =
      List.of(LocalDate.of(2026, 2, 17), LocalDate.of(2026, 3, 29), LocalDate.of(2026, 10, 25));

  /** A price; that of a band, where there are bands. */
  record Part(Shape shape, @Nullable When when) {}

  Prices(String yaml, Shape shape) {
    this(yaml, List.of(new Part(shape, null)));
  }

  /** The charges that a charge of this name becomes. */
  List<Tariff.Usage> usage(String name, int type, int value) {
    return parts.stream()
        .map(
            p -> {
              When when = p.when;
              String band = when == null ? "" : "." + when.bands().get(when.own()).name();
              return new Tariff.Usage(name + band, type, value, p.shape, when);
            })
        .toList();
  }

  /** Peak, night and holidays of energy, each with a price of its own. */
  private static Prices banded(BigDecimal kilowattHour) {
    List<When.Band> bands =
        List.of(
            new When.Band("festive", EnumSet.noneOf(DayOfWeek.class), true, List.of(ALL_DAY)),
            new When.Band(
                "peak",
                EnumSet.range(DayOfWeek.MONDAY, DayOfWeek.FRIDAY),
                false,
                List.of(hours("08:00", "12:30"), hours("17:00", "21:15"))),
            new When.Band(
                "night", EVERY_DAY, false, List.of(hours("00:00", "06:00"), hours("22:00", null))),
            new When.Band("rest", EVERY_DAY, false, List.of(ALL_DAY)));
    List<Shape> shapes =
        List.of(
            Shape.perUnit(new BigDecimal("0.0123457"), kilowattHour, 9),
            tiers(
                    "graduated: x",
                    kilowattHour,
                    tier("0.4", "1234.5", "0"),
                    tier(null, "0.07", "0.5"))
                .parts
                .getFirst()
                .shape,
            Shape.perUnit(new BigDecimal("0.05"), kilowattHour, 9),
            Shape.perUnit(new BigDecimal("0.07"), kilowattHour, 9));
    List<Part> parts = new ArrayList<>();
    for (int i = 0; i < bands.size(); i++) {
      When when = new When(Plan.ZONE, bands, Set.copyOf(HOLIDAYS), i);
      parts.add(new Part(shapes.get(i), when));
    }
    return new Prices(
        "unit: kWh, bands: [{band: festive, days: holidays, per-unit: 0.0123457},"
            + " {band: peak, days: weekdays, hours: [08:00-12:30, 17:00-21:15],"
            + " graduated: [{to: 0.4, per-unit: 1234.5}, {per-unit: 0.07, flat: 0.5}]},"
            + " {band: night, hours: [00:00-06:00, 22:00-24:00], per-unit: 0.05},"
            + " {band: rest, per-unit: 0.07}]",
        parts);
  }

  /** Water by where it is, with tiers and a night of its own. */
  static Prices zoned() {
    BigDecimal cubicMetre = new BigDecimal(100_000);
    List<When.Band> bands =
        List.of(
            new When.Band("near", EVERY_DAY, false, List.of(ALL_DAY), Set.of("near", "next")),
            new When.Band(
                "high-night", EVERY_DAY, false, List.of(hours("00:00", "06:00")), Set.of("hill")),
            new When.Band("high", EVERY_DAY, false, List.of(ALL_DAY), Set.of("hill", "top")),
            new When.Band("rest", EVERY_DAY, false, List.of(ALL_DAY)));
    List<Shape> shapes =
        List.of(
            Shape.perUnit(new BigDecimal("0.003"), cubicMetre, 9),
            Shape.perUnit(new BigDecimal("0.0123457"), cubicMetre, 9),
            tiers("graduated: x", cubicMetre, tier("0.7", "0.07", "0"), tier(null, "0.05", "0.5"))
                .parts
                .getFirst()
                .shape,
            Shape.perUnit(new BigDecimal("0.0000333"), cubicMetre, 9));
    List<Part> parts = new ArrayList<>();
    for (int i = 0; i < bands.size(); i++) {
      parts.add(new Part(shapes.get(i), new When(Plan.ZONE, bands, Set.of(), i)));
    }
    return new Prices(
        "unit: m3, bands: [{band: near, when: {data.zone: [near, next]}, per-unit: 0.003}, {band:"
            + " high-night, when: {data.zone: hill}, hours: 00:00-06:00, per-unit: 0.0123457},"
            + " {band: high, when: {data.zone: [hill, top]}, graduated: [{to: 0.7, per-unit: 0.07},"
            + " {per-unit: 0.05, flat: 0.5}]}, {band: rest, per-unit: 0.0000333}]",
        parts);
  }

  /** A price of what is stored over time, in thousandths of a MB for a second. */
  static Prices kept() {
    return tiers(
        "graduated: [{to: 0.7, per-unit: 0.0123457}, {per-unit: 0.07, flat: 0.5}], unit: GB-hour",
        new BigDecimal(3_600_000_000L),
        tier("0.7", "0.0123457", "0"),
        tier(null, "0.07", "0.5"));
  }

  private static Hours hours(String from, @Nullable String to) {
    return new Hours(LocalTime.parse(from), to == null ? null : LocalTime.parse(to));
  }

  /** A price of energy, measured in thousandths of a Wh. */
  static Prices energy(SplittableRandom random) {
    BigDecimal kilowattHour = new BigDecimal(1_000_000);
    return switch (random.nextInt(8)) {
      case 6, 7 -> banded(kilowattHour);
      case 0 ->
          tiers(
              "graduated: [{to: 0.9, per-unit: 0.07}, {to: 3, per-unit: 0.0123457, flat: 0.5},"
                  + " {per-unit: 1234.5}], unit: kWh",
              kilowattHour,
              tier("0.9", "0.07", "0"),
              tier("3", "0.0123457", "0.5"),
              tier(null, "1234.5", "0"));
      case 1 ->
          tiers(
              "volume: [{to: 2, per-unit: 0.07}, {per-unit: 0.05, flat: 0.0000000017}], unit: kWh",
              kilowattHour,
              tier("2", "0.07", "0"),
              tier(null, "0.05", "0.0000000017"));
      default -> {
        String price = Plan.pick(random, List.of("0.00005", "0.07", "0.0123457", "1234.5"));
        yield perUnit(price, "kWh", kilowattHour);
      }
    };
  }

  /** A price of water, measured in hundredths of a litre. */
  static Prices water(SplittableRandom random) {
    BigDecimal cubicMetre = new BigDecimal(100_000);
    return switch (random.nextInt(6)) {
      case 0 ->
          tiers(
              "stair-step: [{to: 0.5, price: 0.3}, {to: 7, price: 0.0333333333}, {price: 5}],"
                  + " unit: m3",
              cubicMetre,
              tier("0.5", "0", "0.3"),
              tier("7", "0", "0.0333333333"),
              tier(null, "0", "5"));
      case 1 ->
          new Prices(
              "package: {of: 0.75, price: 0.1}, unit: m3, round: {each: event, nearest: 0.02}",
              new Shape(
                  "package",
                  List.of(tier(null, "0.1", "0")),
                  new BigDecimal("0.75"),
                  cubicMetre,
                  9,
                  new Rounding("nearest", new BigDecimal("0.02"), NONE),
                  Shape.EXACT));
      default -> {
        String price = Plan.pick(random, List.of("0.003", "0.0000333", "1.9999999"));
        yield perUnit(price, "m3", cubicMetre);
      }
    };
  }

  /** A price for each event. */
  static Prices each(String price) {
    return perUnit(price, "each", BigDecimal.ONE);
  }

  /** Two tiers of a price for each event. */
  static Prices tiersOfEach(String to, String first, String rest) {
    return tiers(
        "graduated: [{to: %s, per-unit: %s}, {per-unit: %s}], unit: each"
            .formatted(to, first, rest),
        BigDecimal.ONE,
        tier(to, first, "0"),
        tier(null, rest, "0"));
  }

  /** Two tiers of a price for each cubic metre. */
  static Prices tiersOfFlow(String to, String first, String rest) {
    return tiers(
        "graduated: [{to: %s, per-unit: %s}, {per-unit: %s}], unit: m3".formatted(to, first, rest),
        new BigDecimal(100_000),
        tier(to, first, "0"),
        tier(null, rest, "0"));
  }

  private static Prices perUnit(String price, String unit, BigDecimal steps) {
    return new Prices(
        "per-unit: " + price + ", unit: " + unit, Shape.perUnit(new BigDecimal(price), steps, 9));
  }

  private static Prices tiers(String yaml, BigDecimal steps, Tier... tiers) {
    String kind = yaml.substring(0, yaml.indexOf(':'));
    return new Prices(
        yaml, new Shape(kind, List.of(tiers), NONE, steps, 9, Shape.EXACT, Shape.EXACT));
  }

  private static Tier tier(@Nullable String to, String each, String flat) {
    return new Tier(
        to == null ? null : new BigDecimal(to), new BigDecimal(each), new BigDecimal(flat));
  }
}
