package io.millrace.processors.rating;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.ChargeRule;
import io.millrace.catalog.ChargeRule.Every;
import io.millrace.catalog.ChargeRule.Prorated;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * A charge that time makes: what falls due when. A day or month in which a subscription is active
 * at any moment is charged once, in full or, where it is prorated, for the part in which it is
 * active; a one-off as the subscription begins. Times are milliseconds since 1970-01-01 UTC. Safe
 * for any thread.
 */
public final class Recurrence {

  private final long amount;
  private final @Nullable ZoneCalendar calendar;
  private final Prorated prorated;
  private final @Nullable ZoneCalendar days;

  private Recurrence(
      long amount,
      @Nullable ZoneCalendar calendar,
      Prorated prorated,
      @Nullable ZoneCalendar days) {
    this.amount = amount;
    this.calendar = calendar;
    this.prorated = prorated;
    this.days = days;
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
        new ZoneCalendar(rule.every(), catalog.zone()),
        rule.prorated(),
        rule.prorated() == Prorated.DAY ? new ZoneCalendar(Every.DAY, catalog.zone()) : null);
  }

  /**
   * What is due once.
   *
   * @throws ArithmeticException as {@link #of(ChargeRule.Recurring, Catalog)}
   */
  public static Recurrence of(ChargeRule.OneOff rule, Catalog catalog) {
    return new Recurrence(
        rule.amount().movePointRight(catalog.ledgerScale()).longValueExact(),
        null,
        Prorated.NOT,
        null);
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

  /** Whether what a subscription is active in for a part only is charged in part. */
  public boolean isProrated() {
    return prorated != Prorated.NOT;
  }

  /** The first moment of the day or month that holds a time. */
  public long startOf(long time) {
    return calendar == null ? time : calendar.floor(time);
  }

  /** How many days, or milliseconds, the day or month that holds a time has. */
  public long whole(long time) {
    return endedBy(startOf(time), endOf(time));
  }

  /**
   * How many days, or milliseconds, a part has of a day or month: all days that it has any moment
   * of.
   *
   * @param from its first moment
   * @param to the first moment after it, in the same day or month
   */
  public long share(long from, long to) {
    return endedBy(startOf(from), to) - begunBy(startOf(from), from);
  }

  /** How many of {@link #share} are given back where the end moves from {@code to} to here. */
  public long back(long from, long to) {
    long start = startOf(from);
    return endedBy(start, to) - (from == start ? 0 : endedBy(start, from));
  }

  /**
   * What a part of a day or month is charged with, in ledger units: each moment's sum rounded once,
   * and the difference, so that parts add up to the whole.
   */
  public long amountOf(long from, long to) {
    long start = startOf(from);
    return Math.subtractExact(upTo(endedBy(start, to), from), upTo(begunBy(start, from), from));
  }

  /** What is given back where the end moves from {@code to} to {@code from}; 0 or less. */
  public long amountBack(long from, long to) {
    long start = startOf(from);
    long kept = from == start ? 0 : endedBy(start, from);
    return Math.subtractExact(upTo(kept, from), upTo(endedBy(start, to), from));
  }

  private long upTo(long share, long time) {
    return Rounding.halfUp(
        BigInteger.valueOf(amount).multiply(BigInteger.valueOf(share)),
        BigInteger.valueOf(whole(time)));
  }

  /** What lies before a moment, without the day that it is in. */
  private long begunBy(long start, long time) {
    return days == null ? time - start : days.numberOf(time) - days.numberOf(start);
  }

  /** What lies before a moment, with all of the day before which it ends. */
  private long endedBy(long start, long time) {
    return days == null ? time - start : days.numberOf(time - 1) - days.numberOf(start) + 1;
  }
}
