package io.millrace.tests.oracle;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A price as a person would work it out: by walking up the tiers with whole decimals. Quantities
 * come in the smallest steps of a reading; bounds and prices are for a unit of so many steps.
 *
 * @param kind the word for it in a catalog
 * @param tiers in order; one without bounds for a kind that has none
 * @param size units in a package; 0 where nothing is packed
 * @param steps how many of a reading's smallest steps make a unit
 * @param digits of a ledger amount after the point
 * @param each what is done to a reading before it counts
 * @param period what is done to a total before it is priced
 * @param included units of each allowance, in the order of their use
 */
public record Shape(
    String kind,
    List<Tier> tiers,
    BigDecimal size,
    BigDecimal steps,
    int digits,
    Rounding each,
    Rounding period,
    List<BigDecimal> included) {

  /** A price with nothing included. */
  public Shape(
      String kind,
      List<Tier> tiers,
      BigDecimal size,
      BigDecimal steps,
      int digits,
      Rounding each,
      Rounding period) {
    this(kind, tiers, size, steps, digits, each, period, List.of());
  }

  /** The same price with so much included. */
  public Shape including(List<BigDecimal> units) {
    return new Shape(kind, tiers, size, steps, digits, each, period, units);
  }

  /** Nothing is rounded. */
  public static final Rounding EXACT = new Rounding("up-to", BigDecimal.ZERO, BigDecimal.ZERO);

  /** A tier: up to and with {@code to}, the last one for ever. */
  public record Tier(@Nullable BigDecimal to, BigDecimal each, BigDecimal flat) {}

  /** To multiples of {@code step} units, one way; at least so many units. */
  public record Rounding(String way, BigDecimal step, BigDecimal least) {}

  /** What is priced in a tier of a total: steps of a reading, and how often its flat. */
  public record Part(BigInteger units, int flats) {

    Part plus(Part other) {
      return new Part(units.add(other.units), flats + other.flats);
    }

    Part times(int n) {
      return new Part(units.multiply(BigInteger.valueOf(n)), flats * n);
    }
  }

  /** The same price for each unit. */
  public static Shape perUnit(BigDecimal price, BigDecimal steps, int digits) {
    return new Shape(
        "per-unit",
        List.of(new Tier(null, price, BigDecimal.ZERO)),
        BigDecimal.ZERO,
        steps,
        digits,
        EXACT,
        EXACT);
  }

  /** Whether the quantity of a charge alone says what it is made of. */
  boolean isPlain() {
    return kind.equals("per-unit") && period.equals(EXACT) && included.isEmpty()
        || kind.equals("free");
  }

  /** What an event's reading counts for, in steps. */
  public BigInteger counted(BigInteger reading) {
    return round(reading, each);
  }

  /** What a total costs in ledger units: exact, and rounded once, half up on the magnitude. */
  public BigInteger priceOf(BigInteger quantity) {
    BigDecimal sum = BigDecimal.ZERO;
    for (Map.Entry<Integer, Part> part : partsOf(quantity).entrySet()) {
      if (part.getKey() >= tiers.size()) {
        continue; // It is included.
      }
      Tier tier = tiers.get(part.getKey());
      BigDecimal units = new BigDecimal(part.getValue().units());
      BigDecimal forUnits =
          size.signum() > 0 ? units.divide(size).multiply(tier.each) : units.multiply(tier.each);
      BigDecimal flats = BigDecimal.valueOf(part.getValue().flats()).multiply(steps);
      sum = sum.add(forUnits).add(flats.multiply(tier.flat));
    }
    return sum.movePointRight(digits).divide(steps, 0, RoundingMode.HALF_UP).toBigIntegerExact();
  }

  /** What a total is made of, by tier; nothing for a total of nothing. */
  public Map<Integer, Part> partsOf(BigInteger quantity) {
    Map<Integer, Part> parts = new TreeMap<>();
    BigInteger signed = packed(round(beyond(quantity, parts), period));
    BigDecimal left = new BigDecimal(signed.abs());
    BigDecimal from = BigDecimal.ZERO;
    for (int k = 0; k < tiers.size() && left.compareTo(from) > 0; k++) {
      BigDecimal to = tiers.get(k).to;
      BigDecimal end = to == null ? left : to.multiply(steps).min(left);
      boolean reached = to == null || left.compareTo(to.multiply(steps)) <= 0;
      if (kind.equals("graduated")) {
        parts.put(k, part(end.subtract(from), signed.signum()));
      } else if (reached) {
        parts.put(k, part(left, signed.signum()));
      }
      from = end;
      if (reached) {
        break;
      }
    }
    return parts;
  }

  /** What is left of a total after what is included has been taken off, one after the other. */
  private BigInteger beyond(BigInteger quantity, Map<Integer, Part> parts) {
    BigInteger left = quantity.abs();
    BigInteger sign = BigInteger.valueOf(quantity.signum());
    for (int i = 0; i < included.size(); i++) {
      BigInteger taken = included.get(i).multiply(steps).toBigIntegerExact().min(left);
      if (taken.signum() > 0) {
        parts.put(tiers.size() + i, new Part(taken.multiply(sign), 0));
      }
      left = left.subtract(taken);
    }
    return left.multiply(sign);
  }

  /** What charges tell of a total: a plain one's quantity is all there is to tell. */
  Map<Integer, Part> toldOf(BigInteger quantity) {
    return isPlain() ? Map.of(0, new Part(quantity, 0)) : partsOf(quantity);
  }

  private static Part part(BigDecimal units, int sign) {
    return new Part(units.toBigIntegerExact().multiply(BigInteger.valueOf(sign)), sign);
  }

  private BigInteger packed(BigInteger quantity) {
    return size.signum() == 0
        ? quantity
        : round(quantity, new Rounding("up-to", size, BigDecimal.ZERO));
  }

  private BigInteger round(BigInteger quantity, Rounding by) {
    BigDecimal magnitude = new BigDecimal(quantity.abs());
    BigDecimal step = by.step.multiply(steps);
    if (quantity.signum() == 0) {
      return quantity;
    }
    if (step.signum() > 0) {
      RoundingMode mode =
          switch (by.way) {
            case "up-to" -> RoundingMode.UP;
            case "down-to" -> RoundingMode.DOWN;
            default -> RoundingMode.HALF_UP;
          };
      magnitude = magnitude.divide(step, 0, mode).multiply(step);
    }
    BigInteger counted = magnitude.max(by.least.multiply(steps)).toBigIntegerExact();
    return quantity.signum() < 0 ? counted.negate() : counted;
  }
}
