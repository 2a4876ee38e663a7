package io.millrace.catalog;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads quantities at which a price changes: ones that the meter can count to exactly. */
final class BoundReader {
  private final Scalars scalars;

  BoundReader(Problems problems) {
    this.scalars = new Scalars(problems);
  }

  /**
   * A quantity above 0 that the meter can count; null after adding a problem, and null without one
   * where it is given null.
   *
   * @param meter null where it has a problem, as {@code unit}
   */
  @Nullable BigDecimal above(Yaml.@Nullable Scalar at, @Nullable Meter meter, @Nullable Unit unit) {
    BigDecimal quantity = from(at, meter, unit);
    return at != null && quantity != null && quantity.signum() == 0
        ? scalars.reject(at, "bound-of-nothing", "is nothing", "Write more than 0")
        : quantity;
  }

  /** As {@link #above}, or 0. */
  @Nullable BigDecimal from(Yaml.@Nullable Scalar at, @Nullable Meter meter, @Nullable Unit unit) {
    BigDecimal quantity = scalars.decimal(at, Scalars.MAX_FRACTION_DIGITS);
    if (at == null
        || quantity == null
        || meter == null
        || unit == null
        || !unit.dimension().equals(meter.unit().dimension())) {
      return quantity;
    }
    Optional<BigInteger> steps = meter.steps(quantity, unit);
    if (steps.isEmpty()) {
      return scalars.reject(
          at,
          "bound-too-fine",
          "lies between two quantities that the meter counts",
          "Raise the meter's 'scale', or write a multiple of 10^-"
              + meter.scale()
              + " "
              + meter.unit().symbol());
    }
    return steps.get().bitLength() < Long.SIZE
        ? quantity
        : scalars.reject(
            at,
            "never-reached",
            "is more than the meter can count to",
            "Lower it, or the meter's 'scale'");
  }
}
