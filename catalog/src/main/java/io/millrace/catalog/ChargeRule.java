package io.millrace.catalog;

import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;

/** One priced component of an offer. */
public sealed interface ChargeRule {

  /** Unique in its offer. */
  String name();

  /** How its amounts add up. */
  Adding adds();

  /** Whether another means the same, however its numbers are written. */
  default boolean saysTheSame(ChargeRule other) {
    return ByValue.equal(this, other);
  }

  /**
   * A price for what a meter measures.
   *
   * @param meter the meter whose quantity is priced
   * @param unit what prices and bounds are in; of the meter's dimension
   * @param price its shape
   * @param rounding what happens to a quantity before it is priced
   * @param band the only one whose use it is for; empty where it is for all use
   * @param allowances what is included before anything is priced, in the order of their use
   */
  record Usage(
      String name,
      Meter meter,
      Unit unit,
      Price price,
      QuantityRounding rounding,
      Optional<Bands.One> band,
      List<Allowance> allowances)
      implements ChargeRule {

    public Usage {
      allowances = List.copyOf(allowances);
    }

    /** A price with nothing included. */
    public Usage(
        String name,
        Meter meter,
        Unit unit,
        Price price,
        QuantityRounding rounding,
        Optional<Bands.One> band) {
      this(name, meter, unit, price, rounding, band, List.of());
    }

    /** The meter that tells which of its bands an event is of, where its data has a say in that. */
    public Optional<Meter> telling() {
      return band.map(one -> one.bands().alternatives())
          .filter(alternatives -> !alternatives.isEmpty())
          .map(alternatives -> Meter.telling(meter.eventType(), alternatives));
    }

    /** Whether another asks the same; of what is used it may tell otherwise. */
    public boolean isPricedAs(ChargeRule other) {
      return other instanceof Usage usage && silently().saysTheSame(usage.silently());
    }

    /** The same without what it tells. */
    Usage silently() {
      return including(
          allowances.stream()
              .map(a -> new Allowance(a.name(), a.quantity(), a.unit(), List.of(), a.keeping()))
              .toList());
    }

    /** Whether what its allowances cover depends on the order of use: of one of them it does. */
    public boolean isOrdered() {
      return allowances.stream().anyMatch(a -> a.keeping().isOrdered());
    }

    /** The same price, with so much included. */
    Usage including(List<Allowance> more) {
      return new Usage(name, meter, unit, price, rounding, band, more);
    }

    @Override
    public Adding adds() {
      return price.adds();
    }
  }

  /**
   * An amount for each calendar day or month, in the catalog's zone, in which the subscription is
   * active at any moment; due at the later of the day's start and the subscription's.
   *
   * @param amount exact, in the catalog's currency
   * @param prorated what is charged of one that the subscription is active in for a part only
   */
  record Recurring(String name, BigDecimal amount, Every every, Prorated prorated)
      implements ChargeRule {

    /** One that is charged in full, however short it is. */
    public Recurring(String name, BigDecimal amount, Every every) {
      this(name, amount, every, Prorated.NOT);
    }

    @Override
    public Adding adds() {
      return Adding.CUMULATIVE;
    }
  }

  /**
   * An amount for a subscription, once: due as it begins.
   *
   * @param amount exact, in the catalog's currency
   */
  record OneOff(String name, BigDecimal amount) implements ChargeRule {

    @Override
    public Adding adds() {
      return Adding.CUMULATIVE;
    }
  }

  /**
   * A part of the amounts of other charges that is taken back as a settlement period ends, in a
   * line of its own: the percentage of the tier that their sum reaches, of all of it. Asked and
   * kept up to date as {@link AtClose}.
   *
   * @param percent by the sum
   * @param of names of charges of the offer, each before this one in the file's order
   */
  record Discount(String name, Agreement.Percent percent, List<String> of) implements ChargeRule {

    public Discount {
      of = List.copyOf(of);
      if (of.isEmpty()) {
        throw new IllegalArgumentException(name + " is of no charge");
      }
    }

    @Override
    public Adding adds() {
      return Adding.AT_CLOSE;
    }
  }

  /**
   * What brings the amounts of other charges to a bound as a settlement period ends, in a line of
   * its own; asked of a subscription for each period in which it is active at any moment. What is
   * charged to that period later changes the line with it.
   *
   * @param bound which
   * @param amount exact, in the catalog's currency
   * @param of names of charges of the offer, each before this one in the file's order
   */
  record AtClose(String name, Bound bound, BigDecimal amount, List<String> of)
      implements ChargeRule {

    public AtClose {
      of = List.copyOf(of);
      if (of.isEmpty()) {
        throw new IllegalArgumentException(name + " is of no charge");
      }
    }

    @Override
    public Adding adds() {
      return Adding.AT_CLOSE;
    }
  }

  /** How a period's charges are bounded. */
  enum Bound {
    /** What they lack of an amount is charged. */
    MINIMUM,
    /** What they exceed an amount by is taken back. */
    CAP
  }

  /** How often a recurring charge falls due. */
  enum Every {
    DAY,
    MONTH
  }

  /** How a day or month that a subscription is active in for a part only is charged. */
  enum Prorated {
    /** In full. */
    NOT,
    /** By the days of the zone in which it is active at any moment, of all days. */
    DAY,
    /** By the time in which it is active, exactly. */
    SECOND
  }

  /** What the charges of a period add up to, and on what it depends. */
  enum Adding {
    /** The price of the period's total, whatever the order, the windows and the batches. */
    CUMULATIVE,
    /** What the events come to in the order of the journal. */
    ORDERED,
    /** What the period's other charges are brought to as it ends, in a line of its own. */
    AT_CLOSE
  }
}
