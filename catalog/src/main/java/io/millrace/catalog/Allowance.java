package io.millrace.catalog;

import java.math.BigDecimal;
import java.util.List;

/**
 * What is included of a charge's use: the first units of each settlement period are covered, and
 * the price sees those beyond.
 *
 * @param name unique in its offer
 * @param quantity how much, above 0; whole steps of the charge's meter
 * @param unit of the quantity; of the meter's dimension
 * @param tell percentages of it, whole, 1 to 100, ascending, of which the account is told as so
 *     much is used
 */
public record Allowance(String name, BigDecimal quantity, Unit unit, List<Integer> tell) {

  public Allowance {
    tell = List.copyOf(tell);
  }
}
