package io.millrace.catalog;

import java.math.BigDecimal;

/**
 * What happens to a quantity before it is priced. What is below zero is rounded as its magnitude,
 * so that a correction takes back what it corrects.
 *
 * @param each what is rounded
 * @param way in which direction
 * @param step to a multiple of what, in the charge's unit; 0 where nothing is rounded
 * @param atLeast what an event of more than nothing counts for at least, in the charge's unit
 * @param atMost what an event counts for at most, in the charge's unit; 0 where there is no bound
 */
public record QuantityRounding(
    Each each, Way way, BigDecimal step, BigDecimal atLeast, BigDecimal atMost) {

  /** Nothing is rounded. */
  public static final QuantityRounding NONE =
      new QuantityRounding(
          Each.EVENT, Way.NEAREST, BigDecimal.ZERO, BigDecimal.ZERO, BigDecimal.ZERO);

  /** What is rounded. */
  public enum Each {
    /** An event's reading, before it is added up. */
    EVENT,
    /** The total of a period, each time it is priced. */
    PERIOD
  }

  /** In which direction. */
  public enum Way {
    UP,
    DOWN,
    /** To the nearer multiple, a half up. */
    NEAREST
  }
}
