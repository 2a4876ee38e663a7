package io.millrace.tests.oracle;

import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * What is agreed of a price beside its shape.
 *
 * @param alone whether each event is priced by itself
 * @param later what it costs from a moment on; null where it stays
 * @param payer who pays for it in the place of the customer; null where nobody does
 */
public record Terms(boolean alone, @Nullable Later later, @Nullable Payer payer) {

  /** A period's total, at one price, paid by the customer. */
  public static final Terms PLAIN = new Terms(false, null, null);

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
   */
  public record Payer(int account, BigInteger upTo) {}

  /** The same, with another price from a moment on; null for none. */
  public Terms changing(@Nullable Later to) {
    return new Terms(alone, to, payer);
  }
}
