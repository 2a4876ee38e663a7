package io.millrace.processors.rating;

import io.millrace.catalog.Meter;
import io.millrace.catalog.QuantityRounding;
import io.millrace.catalog.QuantityRounding.Each;
import io.millrace.catalog.QuantityRounding.Way;
import io.millrace.catalog.Unit;
import java.math.BigDecimal;

/**
 * Rounds quantities to multiples of a step, then to a least and a most; as their magnitude, so that
 * what is negative becomes the mirror image. Quantities are a meter's scaled integers. Belongs to
 * no thread.
 */
public final class QuantitySteps {

  /** Leaves every quantity as it is. */
  public static final QuantitySteps NONE = new QuantitySteps(1, Way.UP, 0, Long.MAX_VALUE);

  private final long step;
  private final long least;
  private final long most;

  /** What is added before the rest of a division is cut off. */
  private final long lift;

  private QuantitySteps(long step, Way way, long least, long most) {
    this.step = step;
    this.least = least;
    this.most = most;
    this.lift =
        switch (way) {
          case UP -> step - 1;
          case DOWN -> 0;
          case NEAREST -> step / 2; // of an odd step, no multiple of a half is hit
        };
  }

  /** Rounding up to multiples of a step. */
  static QuantitySteps upTo(long step) {
    return new QuantitySteps(step, Way.UP, 0, Long.MAX_VALUE);
  }

  /** A rounding, where it is of these quantities; else {@link #NONE}. */
  static QuantitySteps of(QuantityRounding rounding, Each each, Meter meter, Unit unit) {
    return rounding.each() == each && !rounding.equals(QuantityRounding.NONE)
        ? new QuantitySteps(
            Math.max(1, steps(meter, rounding.step(), unit)),
            rounding.way(),
            steps(meter, rounding.atLeast(), unit),
            rounding.atMost().signum() == 0
                ? Long.MAX_VALUE
                : steps(meter, rounding.atMost(), unit))
        : NONE;
  }

  /**
   * A quantity as a meter counts it.
   *
   * @throws ArithmeticException where the meter can't, which the catalog's file refuses as {@code
   *     bound-too-fine} or {@code never-reached}
   */
  static long steps(Meter meter, BigDecimal quantity, Unit unit) {
    return meter
        .steps(quantity, unit)
        .orElseThrow(() -> new ArithmeticException(quantity + " " + unit.symbol()))
        .longValueExact();
  }

  /** Whether every quantity stays as it is. */
  public boolean changesNothing() {
    return step == 1 && least == 0 && most == Long.MAX_VALUE;
  }

  /**
   * The quantity that counts.
   *
   * @throws ArithmeticException where it is no {@code long}
   */
  public long of(long quantity) {
    if (quantity == 0 || changesNothing()) {
      return quantity;
    }
    long magnitude = Math.absExact(quantity);
    long rounded =
        step == 1 ? magnitude : Math.multiplyExact(Math.addExact(magnitude, lift) / step, step);
    long counted = Math.min(Math.max(rounded, least), most);
    return quantity < 0 ? -counted : counted;
  }
}
