package io.millrace.catalog;

import java.math.BigDecimal;
import java.util.Currency;
import org.jspecify.annotations.Nullable;

/** Reads amounts that are booked as they are, and so must be the ledger's. */
final class LedgerAmount {
  private final Scalars scalars;
  private final @Nullable Currency currency;

  /** A reader; {@code currency} is null where it has a problem. */
  LedgerAmount(Problems problems, @Nullable Currency currency) {
    this.scalars = new Scalars(problems);
    this.currency = currency;
  }

  /** The amount; null after adding a problem, and null without one where it is given null. */
  @Nullable BigDecimal read(Yaml.@Nullable Scalar at) {
    return checked(at, scalars.decimal(at, Scalars.MAX_FRACTION_DIGITS));
  }

  /** As {@link #read}, of either sign. */
  @Nullable BigDecimal readSigned(Yaml.@Nullable Scalar at) {
    return checked(at, scalars.signed(at));
  }

  private @Nullable BigDecimal checked(Yaml.@Nullable Scalar at, @Nullable BigDecimal amount) {
    if (at == null || amount == null || currency == null) {
      return amount;
    }
    int digits = Catalog.ledgerScale(currency);
    if (amount.stripTrailingZeros().scale() > digits) {
      return scalars.reject(
          at,
          "price-too-fine",
          "is finer than the ledger",
          "Write " + digits + " digits after the point at most");
    }
    if (amount.movePointRight(digits).toBigInteger().bitLength() >= Long.SIZE) {
      return scalars.reject(
          at, "price-too-large", "is more than the ledger can hold", "Write a smaller amount");
    }
    return amount;
  }
}
