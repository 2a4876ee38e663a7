package io.millrace.processors.rating;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.ChargeRule;
import org.jspecify.annotations.Nullable;

/**
 * A charge that time makes: what falls due when. A day or month in which a subscription is active
 * at any moment is charged in full, once; a one-off as the subscription begins. Times are
 * milliseconds since 1970-01-01 UTC. Safe for any thread.
 */
public final class Recurrence {

  private final long amount;
  private final @Nullable ZoneCalendar calendar;

  private Recurrence(long amount, @Nullable ZoneCalendar calendar) {
    this.amount = amount;
    this.calendar = calendar;
  }

  /**
   * The recurrence of a rule.
   *
   * @throws ArithmeticException where its amount is no ledger amount, which the catalog's file
   *     refuses as {@code price-too-fine} or {@code price-too-large}
   */
  public static Recurrence of(ChargeRule.Recurring rule, Catalog catalog) {
    return new Recurrence(
        rule.amount().movePointRight(catalog.ledgerScale()).longValueExact(),
        new ZoneCalendar(rule.every(), catalog.zone()));
  }

  /**
   * What is due once.
   *
   * @throws ArithmeticException as {@link #of(ChargeRule.Recurring, Catalog)}
   */
  public static Recurrence of(ChargeRule.OneOff rule, Catalog catalog) {
    return new Recurrence(
        rule.amount().movePointRight(catalog.ledgerScale()).longValueExact(), null);
  }

  /** Whether it is due once. */
  public boolean isOnce() {
    return calendar == null;
  }

  /** What is charged each time, in ledger units. */
  public long amount() {
    return amount;
  }

  /** When the first charge falls due: the day or month begun is charged from its first moment. */
  public long firstDue(long subscriptionFrom) {
    return subscriptionFrom;
  }

  /**
   * When the charge after the one due at a time falls due: as the next day or month begins; {@link
   * Long#MAX_VALUE} where there is none.
   */
  public long nextDue(long due) {
    return calendar == null ? Long.MAX_VALUE : calendar.next(due);
  }

  /** The first moment after what a charge is for: a day, a month, or the moment itself. */
  public long endOf(long due) {
    return calendar == null ? due + 1 : calendar.next(due);
  }
}
