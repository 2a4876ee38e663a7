package io.millrace.catalog;

import java.math.BigDecimal;

/** One priced component of an offer. */
public sealed interface ChargeRule {

  /** Unique in its offer. */
  String name();

  /**
   * A price for each unit used: a <em>cumulative</em> shape, P(q) = price × q.
   *
   * @param meter the meter whose quantity is priced
   * @param price exact, in the catalog's currency
   * @param unit what {@code price} is for; of the meter's dimension
   */
  record PerUnit(String name, Meter meter, BigDecimal price, Unit unit) implements ChargeRule {}

  /**
   * An amount for each calendar day or month, in the catalog's zone, in which the subscription is
   * active at any moment; due at the later of the day's start and the subscription's.
   *
   * @param amount exact, in the catalog's currency
   */
  record Recurring(String name, BigDecimal amount, Every every) implements ChargeRule {}

  /** How often a recurring charge falls due. */
  enum Every {
    DAY,
    MONTH
  }
}
