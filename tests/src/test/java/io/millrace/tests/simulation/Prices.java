package io.millrace.tests.simulation;

import io.millrace.tests.oracle.Shape;
import io.millrace.tests.oracle.Shape.Rounding;
import io.millrace.tests.oracle.Shape.Tier;
import java.math.BigDecimal;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Prices as a catalog says them and as the oracle takes them, with bounds that a city's readings
 * reach.
 */
record Prices(String yaml, Shape shape) {
  private static final BigDecimal NONE = BigDecimal.ZERO;

  /** A price of energy, measured in thousandths of a Wh. */
  static Prices energy(SplittableRandom random) {
    BigDecimal kilowattHour = new BigDecimal(1_000_000);
    return switch (random.nextInt(6)) {
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
