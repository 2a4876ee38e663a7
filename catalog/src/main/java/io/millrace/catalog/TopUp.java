package io.millrace.catalog;

import io.millrace.catalog.CatalogTest.Place;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Optional;

/**
 * What an account has, or gets in the course of time, where no node knows it: in a catalog's test,
 * and where usage is rated from a file.
 *
 * @param place where it is told
 * @param account its name; empty for that of a test's devices
 * @param at when it gets it; empty for from the beginning on
 */
public record TopUp(Place place, String account, Optional<Instant> at, Paid paid) {

  /** As much as a node takes of money at once, or of units, in integers. */
  public static final long MOST = 1L << 59;

  /** What it gets, or what is put right, up or down. */
  public sealed interface Paid {}

  /**
   * Money, on its balance.
   *
   * @param amount exact, in the catalog's currency, a whole number of ledger units; 0 or more
   * @param adjustment whether it is put right rather than paid in: the amount is not 0, and may be
   *     less
   */
  public record Money(BigDecimal amount, boolean adjustment) implements Paid {}

  /**
   * Units of an allowance that are bought.
   *
   * @param quantity more than 0, in the allowance's unit; its meter can count it
   * @param adjustment whether they are put right rather than added: the quantity is not 0, and may
   *     be less
   * @param bucket the name of the account's bucket that they come into
   * @param expires the bucket's first moment after; empty for that which it has, or none
   */
  public record Units(
      String allowance,
      BigDecimal quantity,
      boolean adjustment,
      String bucket,
      Optional<Instant> expires)
      implements Paid {}
}
