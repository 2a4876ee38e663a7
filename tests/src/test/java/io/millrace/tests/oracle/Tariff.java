package io.millrace.tests.oracle;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The prices and rules that were agreed, as a person would note them down. Times and lengths in
 * milliseconds, money in ledger units (10^-9 EUR).
 *
 * @param period length of a settlement period; 0 for calendar days
 * @param horizon how old an event may be
 * @param future how far ahead an event may be
 * @param revenue the ledger account of what is earned
 * @param shared the ledger account of what partners get of it
 * @param mostMoved what usage may move in a shard in one period, up and down
 * @param mostUsed the quantity that an account may reach in a shard on one charge
 * @param mostSuspended suspended events that a shard remembers of a source, at most
 */
public record Tariff(
    ZoneId zone,
    long effective,
    long period,
    long horizon,
    long future,
    int revenue,
    int shared,
    BigInteger mostMoved,
    BigInteger mostUsed,
    int mostSuspended,
    List<Offer> offers) {

  /**
   * An offer.
   *
   * @param window length of a window; 0 for calendar days
   */
  public record Offer(
      String name,
      long window,
      List<Usage> usage,
      List<Lease> leases,
      List<Close> closes,
      List<Party> parties) {

    /** Whether usage moves the charge of this name; else time does. */
    boolean uses(String charge) {
      return usage.stream().anyMatch(u -> u.name.equals(charge));
    }
  }

  /**
   * A price for what is used.
   *
   * @param type number of the event type that it reads
   * @param value number of the reading in the event, −1 where the event itself counts
   * @param shape what a total costs
   * @param when the use that it is for; null for all use
   * @param measuring how readings are counted where they don't just add up; else null
   */
  public record Usage(
      String name,
      int type,
      int value,
      Shape shape,
      @Nullable When when,
      @Nullable Measuring measuring) {

    /** A price of readings that just add up. */
    public Usage(String name, int type, int value, Shape shape, @Nullable When when) {
      this(name, type, value, shape, when, null);
    }

    boolean isFor(int eventType, long at) {
      return type == eventType && (when == null || when.holds(at));
    }

    BigInteger priceOf(BigInteger quantity) {
      return shape.priceOf(quantity);
    }

    /** What an event adds to the total. */
    BigInteger quantityOf(List<Long> values) {
      return shape.counted(value < 0 ? BigInteger.ONE : BigInteger.valueOf(values.get(value)));
    }
  }

  /** A price for each begun day, in ledger units. */
  public record Lease(String name, long amount) {}

  /**
   * A bound of what other charges come to in a period, settled as it ends.
   *
   * @param cap whether what is above it is taken back; else what is below it is asked
   * @param of the names of charges, which may be bounds listed before
   */
  public record Close(String name, boolean cap, BigInteger bound, List<String> of) {

    BigInteger settle(BigInteger sum) {
      BigInteger lacking = bound.subtract(sum);
      return cap ? lacking.min(BigInteger.ZERO) : lacking.max(BigInteger.ZERO);
    }
  }

  /**
   * Who shares.
   *
   * @param account the party's ledger account
   * @param percent its part; null where it takes what is left
   */
  public record Party(String name, int account, @Nullable BigDecimal percent) {}

  Offer offer(String name) {
    return offers.stream().filter(o -> o.name.equals(name)).findFirst().orElseThrow();
  }

  /** The number of the period that holds a time, counted from the effective date. */
  int periodOf(long time) {
    if (period > 0) {
      return Math.toIntExact(Math.floorDiv(time - effective, period));
    }
    return Math.toIntExact(day(time) - day(effective));
  }

  /** The first moment of a period. */
  long startOf(int number) {
    return endOf(number - 1);
  }

  /** The first moment after a period. */
  public long endOf(int number) {
    return period > 0 ? effective + (number + 1) * period : dayStart(day(effective) + number + 1);
  }

  long windowOf(Offer offer, long time) {
    return offer.window > 0
        ? Math.floorDiv(time, offer.window) * offer.window
        : dayStart(day(time));
  }

  long windowEnd(Offer offer, long start) {
    return offer.window > 0 ? start + offer.window : nextDay(start);
  }

  /** The first moment of the calendar day after the one that holds a time. */
  long nextDay(long time) {
    return dayStart(day(time) + 1);
  }

  private long day(long time) {
    return Instant.ofEpochMilli(time).atZone(zone).toLocalDate().toEpochDay();
  }

  private long dayStart(long day) {
    return java.time.LocalDate.ofEpochDay(day).atStartOfDay(zone).toInstant().toEpochMilli();
  }

  /** What each party gets of an amount: exact shares cut down, the rest to the largest cuts. */
  static List<BigInteger> share(List<Party> parties, BigInteger amount) {
    BigDecimal whole = new BigDecimal(amount.abs());
    BigDecimal named = BigDecimal.ZERO;
    for (Party p : parties) {
      named = p.percent == null ? named : named.add(p.percent);
    }
    List<BigInteger> parts = new ArrayList<>();
    List<BigDecimal> cuts = new ArrayList<>();
    BigInteger left = amount.abs();
    for (Party p : parties) {
      BigDecimal percent = p.percent == null ? BigDecimal.valueOf(100).subtract(named) : p.percent;
      BigDecimal exact = whole.multiply(percent).movePointLeft(2);
      BigInteger floor = exact.toBigInteger();
      parts.add(floor);
      cuts.add(exact.subtract(new BigDecimal(floor)));
      left = left.subtract(floor);
    }
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < parties.size(); i++) {
      order.add(i);
    }
    order.sort(
        Comparator.comparing((Integer i) -> cuts.get(i).negate())
            .thenComparing(i -> parties.get(i).percent != null)
            .thenComparing(i -> parties.get(i).name));
    for (int i = 0; i < left.intValueExact(); i++) {
      parts.set(order.get(i), parts.get(order.get(i)).add(BigInteger.ONE));
    }
    return amount.signum() < 0 ? parts.stream().map(BigInteger::negate).toList() : parts;
  }
}
