package io.millrace.tests.oracle;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
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
 * @param funds accounts with balances
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
    List<Fund> funds,
    List<Offer> offers) {

  /**
   * An offer.
   *
   * @param window length of a window; 0 for calendar days
   * @param parties who share what no agreement of its own has
   * @param agreements of single charges
   * @param payer who pays for all of it in the place of the customer; null where nobody does
   */
  public record Offer(
      String name,
      long window,
      List<Usage> usage,
      List<Lease> leases,
      List<Close> closes,
      List<Party> parties,
      Map<String, List<Party>> agreements,
      Terms.@Nullable Payer payer) {

    /** The same with other prices of use. */
    public Offer using(List<Usage> others) {
      return new Offer(name, window, others, leases, closes, parties, agreements, payer);
    }

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
   * @param bundle what other readings add to the same total
   * @param buckets what use draws on before it is priced, in that order
   * @param terms what else is agreed
   */
  public record Usage(
      String name,
      int type,
      int value,
      Shape shape,
      @Nullable When when,
      @Nullable Measuring measuring,
      List<Part> bundle,
      List<Bucket> buckets,
      Terms terms) {

    /** A price of readings that just add up. */
    public Usage(String name, int type, int value, Shape shape, @Nullable When when) {
      this(name, type, value, shape, when, null, List.of(), List.of(), Terms.PLAIN);
    }

    /** The same of another shape. */
    public Usage of(Shape other) {
      return new Usage(name, type, value, other, when, measuring, bundle, buckets, terms);
    }

    /** The same, counted so. */
    public Usage of(Measuring how) {
      return new Usage(name, type, value, shape, when, how, bundle, buckets, terms);
    }

    /** The same, which draws on these. */
    public Usage drawing(List<Bucket> on) {
      return new Usage(name, type, value, shape, when, measuring, bundle, on, terms);
    }

    /** The same, on other terms. */
    public Usage on(Terms other) {
      return new Usage(name, type, value, shape, when, measuring, bundle, buckets, other);
    }

    /** Which of its prices holds then: the first is 0. */
    int revisionAt(long moment) {
      return terms.later() == null || moment < terms.later().from() ? 0 : 1;
    }

    Shape shape(int revision) {
      return revision == 0 || terms.later() == null ? shape : terms.later().shape();
    }

    boolean isOfType(int eventType) {
      return type == eventType || bundle.stream().anyMatch(p -> p.type == eventType);
    }

    boolean isFor(int eventType, long at, String zone) {
      return isOfType(eventType) && terms.holds(at) && (when == null || when.holds(at, zone));
    }

    /** Whether an event has a reading for it. */
    boolean reads(Book.Row row) {
      return isOfType(row.type())
          && (!bundle.isEmpty() || value < 0 || reading(row, value) != NOT_READ);
    }

    /** What an event adds to the total. */
    BigInteger quantityOf(Book.Row row) {
      if (bundle.isEmpty()) {
        return shape.counted(value < 0 ? BigInteger.ONE : BigInteger.valueOf(reading(row, value)));
      }
      BigInteger sum = BigInteger.ZERO;
      for (Part p : bundle) {
        if (p.type == row.type()) {
          long one = p.value < 0 ? 1 : reading(row, p.value);
          sum =
              sum.add(
                  BigInteger.valueOf(one == NOT_READ ? 0 : one)
                      .multiply(BigInteger.valueOf(p.times)));
        }
      }
      return sum;
    }

    /** Whether the list of its events says what of each was priced. */
    boolean listsMoves() {
      return measuring != null || !buckets.isEmpty();
    }
  }

  /** Stands in a row for the reading of a meter that the event is none of. */
  static final long NOT_READ = Long.MIN_VALUE;

  /** A reading of an event, which lacks it in books that are damaged. */
  private static long reading(Book.Row row, int value) {
    return value < row.values().size() ? row.values().get(value) : NOT_READ;
  }

  /** Of a bundle: what one of a type's readings, or events where −1, counts for. */
  public record Part(int type, int value, long times) {}

  /**
   * So much for use to draw on, one for each period or one in all.
   *
   * @param name charges that draw on one together have it under one name
   * @param size in steps of a reading
   * @param periods how many periods later it is drawn on at most
   * @param most what later periods draw of it at most
   * @param days so many days of 24 hours from a subscription's beginning on, 0 for each period's
   */
  public record Bucket(String name, BigInteger size, int periods, BigInteger most, int days) {
    private static final int BOUGHT = -1;

    /** One of which there is what an account buys. */
    public static Bucket bought(String name) {
      return new Bucket(name, BigInteger.ZERO, 0, BigInteger.ZERO, BOUGHT);
    }

    public boolean isBought() {
      return days == BOUGHT;
    }
  }

  /**
   * A price for each begun day or month, in ledger units.
   *
   * @param monthly whether it is for months
   * @param prorated {@code day} or {@code second}: for the days, or the time, of it only that a
   *     subscription is active in; else empty
   */
  public record Lease(String name, long amount, boolean monthly, String prorated) {}

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
   * @param perUnit what it gets for each unit, in ledger units, in place of a part; else null
   */
  public record Party(
      String name, int account, @Nullable BigDecimal percent, @Nullable BigDecimal perUnit) {}

  /** The same of other offers. */
  public Tariff of(List<Offer> others) {
    return new Tariff(
        zone,
        effective,
        period,
        horizon,
        future,
        revenue,
        shared,
        mostMoved,
        mostUsed,
        mostSuspended,
        funds,
        others);
  }

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

  /** The first moment of the calendar day or month that holds a time. */
  long beginOf(Lease lease, long time) {
    LocalDate date = date(time);
    return midnight(lease.monthly ? date.withDayOfMonth(1) : date);
  }

  /** The first moment after the calendar day or month that holds a time. */
  long endOf(Lease lease, long time) {
    LocalDate date = date(time);
    return midnight(lease.monthly ? date.withDayOfMonth(1).plusMonths(1) : date.plusDays(1));
  }

  /** What is due for the part of a day or month from one moment up to another. */
  BigInteger due(Lease lease, long from, long to) {
    BigDecimal amount = BigDecimal.valueOf(lease.amount);
    long start = beginOf(lease, from);
    long end = endOf(lease, from);
    if (lease.prorated.isEmpty()) {
      return amount.toBigInteger();
    }
    if (lease.prorated.equals("second")) {
      BigDecimal whole = BigDecimal.valueOf(end - start);
      return part(amount, to - start, whole).subtract(part(amount, from - start, whole));
    }
    LocalDate first = date(start);
    BigDecimal whole = BigDecimal.valueOf(first.until(date(end), ChronoUnit.DAYS));
    return part(amount, first.until(date(to - 1), ChronoUnit.DAYS) + 1, whole)
        .subtract(part(amount, first.until(date(from), ChronoUnit.DAYS), whole));
  }

  private static BigInteger part(BigDecimal amount, long some, BigDecimal whole) {
    return amount
        .multiply(BigDecimal.valueOf(some))
        .divide(whole, 0, RoundingMode.HALF_UP)
        .toBigInteger();
  }

  private LocalDate date(long time) {
    return Instant.ofEpochMilli(time).atZone(zone).toLocalDate();
  }

  private long midnight(LocalDate date) {
    return date.atStartOfDay(zone).toInstant().toEpochMilli();
  }

  private long day(long time) {
    return date(time).toEpochDay();
  }

  private long dayStart(long day) {
    return midnight(LocalDate.ofEpochDay(day));
  }

  /** The same, where some get an amount for each unit from who takes what is left. */
  static List<BigInteger> share(List<Party> parties, BigInteger amount, BigInteger units) {
    List<BigInteger> parts = new ArrayList<>(share(parties, amount));
    for (int i = 0; i < parties.size(); i++) {
      BigDecimal each = parties.get(i).perUnit;
      if (each != null) {
        BigInteger paid =
            each.multiply(new BigDecimal(units)).setScale(0, RoundingMode.HALF_UP).toBigInteger();
        parts.set(i, paid);
        for (int k = 0; k < parties.size(); k++) {
          if (parties.get(k).percent == null && parties.get(k).perUnit == null) {
            parts.set(k, parts.get(k).subtract(paid));
          }
        }
      }
    }
    return parts;
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
      BigDecimal percent =
          p.perUnit != null
              ? BigDecimal.ZERO
              : p.percent == null ? BigDecimal.valueOf(100).subtract(named) : p.percent;
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
