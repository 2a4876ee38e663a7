package io.millrace.catalog;

import java.math.BigDecimal;
import java.util.List;

/**
 * What is included of a charge's use: the first units of each settlement period are covered, and
 * the price sees those beyond; or, where it keeps otherwise, what use draws on as it comes.
 *
 * @param name unique in its offer
 * @param quantity how much, above 0; whole steps of the charge's meter
 * @param unit of the quantity; of the meter's dimension
 * @param tell percentages of it, whole, 1 to 100, ascending, of which the account is told as so
 *     much is used
 * @param keeping for how long it is there, and for whom
 */
public record Allowance(
    String name, BigDecimal quantity, Unit unit, List<Integer> tell, Keeping keeping) {

  /** One of each period, for one charge. */
  public Allowance(String name, BigDecimal quantity, Unit unit, List<Integer> tell) {
    this(name, quantity, unit, tell, Keeping.EACH_PERIOD);
  }

  public Allowance {
    tell = List.copyOf(tell);
  }
}
