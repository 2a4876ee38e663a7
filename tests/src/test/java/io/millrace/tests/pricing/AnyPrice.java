package io.millrace.tests.pricing;

import io.millrace.tests.oracle.Shape;
import io.millrace.tests.oracle.Shape.Rounding;
import io.millrace.tests.oracle.Shape.Tier;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Draws prices of a shape: cheap ones and dear ones, of few digits and of many. */
final class AnyPrice {
  private static final List<String> CURRENCIES = List.of("EUR", "JPY", "KWD", "CLF");

  /** Units of one dimension: what the meter counts, what is priced, and how many are in one. */
  private record Units(String meter, String priced, long ratio) {}

  private static final List<Units> UNITS =
      List.of(
          new Units("Wh", "kWh", 1_000),
          new Units("B", "GB", 1_000_000_000),
          new Units("s", "h", 3_600),
          new Units("kB", "kB", 1));

  private final Random random;

  AnyPrice(long seed) {
    this.random = new Random(seed);
  }

  /** A price of this kind. */
  Priced of(String kind) {
    String currency = CURRENCIES.get(random.nextInt(CURRENCIES.size()));
    Units units = UNITS.get(random.nextInt(UNITS.size()));
    int scale = random.nextInt(5);
    boolean bare = kind.equals("flat") || kind.equals("free");
    BigDecimal steps = BigDecimal.valueOf(bare ? 1 : units.ratio).movePointRight(scale);
    Shape shape =
        new Shape(
            kind,
            tiers(kind, steps),
            kind.equals("package") ? bound(steps, BigDecimal.ZERO) : BigDecimal.ZERO,
            steps,
            Priced.digits(currency),
            bare || random.nextInt(3) > 0 ? Shape.EXACT : rounding(steps, true),
            bare || kind.equals("package") || random.nextInt(4) > 0
                ? Shape.EXACT
                : rounding(steps, false));
    boolean both = !shape.each().equals(Shape.EXACT) && !shape.period().equals(Shape.EXACT);
    return new Priced(
        currency,
        units.meter,
        scale,
        bare ? units.meter : units.priced,
        (both ? one(shape) : shape).including(included(kind, steps)));
  }

  /** A charge rounds its events or its period. */
  private static Shape one(Shape s) {
    return new Shape(s.kind(), s.tiers(), s.size(), s.steps(), s.digits(), s.each(), Shape.EXACT);
  }

  private List<Tier> tiers(String kind, BigDecimal steps) {
    boolean tiered = List.of("graduated", "volume", "stair-step").contains(kind);
    boolean units = !List.of("stair-step", "flat", "free").contains(kind);
    boolean flats = List.of("stair-step", "flat").contains(kind) || tiered && random.nextBoolean();
    int n = tiered ? 1 + random.nextInt(5) : 1;
    List<Tier> all = new ArrayList<>();
    BigDecimal from = BigDecimal.ZERO;
    for (int k = 0; k < n; k++) {
      BigDecimal to = k == n - 1 ? null : bound(steps, from);
      BigDecimal each = units ? money() : BigDecimal.ZERO;
      all.add(new Tier(to, each, flats ? money() : BigDecimal.ZERO));
      from = to == null ? from : to;
    }
    return all;
  }

  /** What is included: nothing, or some allowances one after the other. */
  private List<BigDecimal> included(String kind, BigDecimal steps) {
    List<BigDecimal> all = new ArrayList<>();
    int n = kind.equals("free") ? 0 : Math.max(0, random.nextInt(6) - 2);
    for (int i = 0; i < n; i++) {
      all.add(bound(steps, BigDecimal.ZERO));
    }
    return all;
  }

  /** A bound above another, of a whole number of steps of a reading. */
  private BigDecimal bound(BigDecimal steps, BigDecimal from) {
    long more = 1 + random.nextInt(random.nextBoolean() ? 20 : 200_000);
    BigDecimal units = new BigDecimal(more);
    // A bound of 0.001 h can't be told in seconds; one of whole units always can.
    return from.add(
        steps.precision() > 2 && steps.unscaledValue().intValue() % 9 != 0 && random.nextBoolean()
            ? units.divide(BigDecimal.TEN)
            : units);
  }

  private Rounding rounding(BigDecimal steps, boolean event) {
    String way = List.of("up-to", "down-to", "nearest").get(random.nextInt(3));
    BigDecimal least =
        event && random.nextInt(3) == 0 ? bound(steps, BigDecimal.ZERO) : BigDecimal.ZERO;
    return new Rounding(way, bound(steps, BigDecimal.ZERO), least);
  }

  private BigDecimal money() {
    return switch (random.nextInt(5)) {
      case 0 -> BigDecimal.ZERO;
      case 1 -> new BigDecimal(random.nextInt(100));
      case 2 -> BigDecimal.valueOf(random.nextInt(1_000_000), 12);
      case 3 -> BigDecimal.valueOf(random.nextLong(1_000_000_000_000L), 7);
      default -> BigDecimal.valueOf(random.nextLong(1_000_000_000_000_000_000L), 18);
    };
  }

  /** Readings of any size and sign, some of which hit a bound of the price exactly. */
  long[] readings(Priced priced, int n) {
    long[] all = new long[n];
    long total = 0;
    for (int i = 0; i < n; i++) {
      all[i] =
          switch (random.nextInt(8)) {
            case 0 -> 0;
            case 1 -> -random.nextLong(1 + Math.abs(total));
            case 2 -> random.nextLong(1_000_000_000_000_000L);
            case 3, 4 -> toBound(priced.shape()) - total;
            default -> random.nextInt(5_000_000);
          };
      total += all[i];
    }
    return all;
  }

  private long toBound(Shape shape) {
    Tier tier = shape.tiers().get(random.nextInt(shape.tiers().size()));
    BigDecimal bound = tier.to() == null ? shape.size() : tier.to();
    for (BigDecimal quantity : shape.included()) {
      bound = random.nextInt(4) == 0 ? quantity : bound.add(quantity);
    }
    return bound.multiply(shape.steps()).longValueExact() + random.nextInt(3) - 1;
  }
}
