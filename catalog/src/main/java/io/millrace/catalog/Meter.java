package io.millrace.catalog;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Optional;

/**
 * How events become a quantity.
 *
 * @param name unique in the catalog
 * @param eventType the CloudEvents {@code type} it reads
 * @param field the member of the event's {@code data} that holds the reading; empty for {@link
 *     Aggregate#COUNT}
 * @param unit the unit of a reading
 * @param scale decimal digits kept of a reading; quantities are integers of {@code unit} ×
 *     10^-scale
 * @param aggregate how readings add up
 * @param roundsFiner whether a reading finer than {@code scale} is rounded half up; otherwise it is
 *     refused as {@code bad-quantity}
 */
public record Meter(
    String name,
    String eventType,
    String field,
    Unit unit,
    int scale,
    Aggregate aggregate,
    boolean roundsFiner) {

  /** The largest {@link #scale}: a reading of 10^9 units still fits a {@code long}. */
  public static final int MAX_SCALE = 9;

  /** How readings add up to a quantity. */
  public enum Aggregate {
    /** The readings' sum. */
    SUM,
    /** The number of events. */
    COUNT
  }

  public Meter {
    if (scale < 0 || scale > MAX_SCALE) {
      throw new IllegalArgumentException("a meter's scale is 0 to " + MAX_SCALE + ": " + scale);
    }
  }

  /**
   * A quantity as this meter counts it: in integers of its unit × 10^-scale.
   *
   * @param of what {@code quantity} is in; of the meter's dimension
   * @return empty where the quantity lies between two of them
   */
  public Optional<BigInteger> steps(BigDecimal quantity, Unit of) {
    BigDecimal[] parts =
        quantity
            .multiply(BigDecimal.valueOf(of.factor()))
            .movePointRight(scale)
            .divideAndRemainder(BigDecimal.valueOf(unit.factor()));
    return parts[1].signum() == 0 ? Optional.of(parts[0].toBigIntegerExact()) : Optional.empty();
  }
}
