package io.millrace.catalog;

import java.math.BigDecimal;

/**
 * What is included of a charge's use: the first units of each settlement period are covered, and
 * the price sees those beyond.
 *
 * @param name unique in its offer
 * @param quantity how much, above 0; whole steps of the charge's meter
 * @param unit of the quantity; of the meter's dimension
 */
public record Allowance(String name, BigDecimal quantity, Unit unit) {}
