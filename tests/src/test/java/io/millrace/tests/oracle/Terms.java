package io.millrace.tests.oracle;

import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * What is agreed of a price beside its shape.
 *
 * @param alone whether each event is priced by itself
 * @param later what it costs from a moment on; null where it stays
 * @param payer who pays for it in the place of the customer; null where nobody does
 * @param since the first moment that there is such a charge
 * @param until the first moment that there is none any more
 */
public record Terms(
    boolean alone, @Nullable Later later, @Nullable Payer payer, long since, long until) {

  /** A period's total, at one price, paid by the customer. */
  public static final Terms PLAIN = new Terms(false, null, null);

  /** Of a charge that is always there. */
  public Terms(boolean alone, @Nullable Later later, @Nullable Payer payer) {
    this(alone, later, payer, Long.MIN_VALUE, Long.MAX_VALUE);
  }

  /**
   * Another price.
   *
   * @param from the first moment that it holds
   * @param carries whether it goes on from what was used before in the period, else from nothing
   */
  public record Later(Shape shape, long from, boolean carries) {}

  /**
   * Another account that pays.
   *
   * @param upTo of a subscription's period at most, over all that it pays for so; ledger units
   * @param withinBalance whether it pays no more than it has
   */
  public record Payer(int account, BigInteger upTo, boolean withinBalance) {}

  /** The same, with another price from a moment on; null for none. */
  public Terms changing(@Nullable Later to) {
    return new Terms(alone, to, payer, since, until);
  }

  /** The same, of a charge that comes then. */
  public Terms from(long moment) {
    return new Terms(alone, later, payer, moment, until);
  }

  /** The same, of a charge that goes then. */
  public Terms to(long moment) {
    return new Terms(alone, later, payer, since, moment);
  }

  boolean holds(long moment) {
    return moment >= since && moment < until;
  }
}
