package io.millrace.processors.rating;

import io.millrace.catalog.ChargeRule;
import io.millrace.catalog.Meter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How readings that don't just add up become a quantity: what an event adds depends on the readings
 * that are known already. Belongs to no thread.
 *
 * @param key tells what is remembered of a subscription's readings: for a counter or level the
 *     number of the first charge of the offer that it has, so that all its charges share one
 *     memory; else the charge's own
 * @param how what readings come to
 * @param counter how a running counter is read
 * @param slots the slots of time whose sums are told apart; null where none are
 * @param holdsFor for how long a level holds at most, in milliseconds
 */
public record Gauging(
    int key,
    Meter.Aggregate how,
    Meter.Counter counter,
    Meter.@Nullable Slots slots,
    long holdsFor) {

  /** A lower reading that is not to be counted. */
  public static final long REFUSED = -1;

  /**
   * How a usage charge's meter is read; null where its readings add up by themselves.
   *
   * @param all the charges of its offer, by their numbers
   * @param number the charge's own
   */
  static @Nullable Gauging of(List<ChargeRule> all, int number, ChargeRule.Usage rule) {
    Meter meter = rule.meter();
    return switch (meter.aggregate()) {
      case SUM, COUNT -> null;
      case DELTA, TIME_WEIGHTED -> of(firstWith(meter, all), meter);
      case MAX, LATEST, UNIQUE, BURST, PERCENTILE -> of(number, meter);
    };
  }

  private static Gauging of(int key, Meter meter) {
    return new Gauging(
        key, meter.aggregate(), meter.counter(), meter.slots(), meter.holdsFor().toMillis());
  }

  /** Whether what counts does so from one reading to the next, at the moment of that. */
  public boolean isBetweenReadings() {
    return how == Meter.Aggregate.DELTA || how == Meter.Aggregate.TIME_WEIGHTED;
  }

  private static int firstWith(Meter meter, List<ChargeRule> all) {
    int i = 0;
    while (!(all.get(i) instanceof ChargeRule.Usage u && u.meter().equals(meter))) {
      i++;
    }
    return i;
  }

  /** Whether a counter can show this; in the meter's scaled integers. */
  public boolean canShow(long reading) {
    return reading >= 0 && (counter.rollsOverAt() == 0 || reading < counter.rollsOverAt());
  }

  /** What a subscription's first reading counts for. */
  public long first(long reading) {
    return switch (counter.first()) {
      case BASELINE -> 0;
      case FROM_ZERO -> reading;
    };
  }

  /**
   * What a counter has advanced by from a reading to the next one in time. A lower one has rolled
   * over where that is an advance of at most half of all that the counter can show; else the
   * counter was reset.
   *
   * @return 0 or more, or {@link #REFUSED}
   */
  public long advance(long from, long to) {
    if (to >= from) {
      return to - from;
    }
    long over = counter.rollsOverAt();
    if (over > 0 && over - from + to <= over / 2) {
      return over - from + to;
    }
    return switch (counter.reset()) {
      case FROM_ZERO -> to;
      case IGNORE -> 0;
      case SUSPEND -> REFUSED;
    };
  }
}
