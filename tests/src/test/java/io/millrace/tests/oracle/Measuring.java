package io.millrace.tests.oracle;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How readings that don't just add up are counted: all of them each time anew, in the order in
 * which they were taken.
 *
 * @param meter its name: charges of one meter share its readings
 * @param kind {@code delta}, {@code max}, {@code latest}, {@code unique}, {@code burst} or {@code
 *     percentile}
 * @param first what the first reading counts for: {@code baseline} or {@code from-zero}
 * @param reset what a lower one counts for: {@code from-zero}, {@code ignore} or {@code suspend}
 * @param rollsOver what a counter shows as 0 again; 0 where it doesn't
 * @param remembered how many readings may come before one that comes late
 * @param slots of a burst or percentile
 * @param holds how long a level counts, milliseconds
 */
public record Measuring(
    String meter,
    String kind,
    String first,
    String reset,
    long rollsOver,
    int remembered,
    @Nullable Slots slots,
    long holds) {

  /**
   * Slots of time, from the first moment of a period on.
   *
   * @param millis how long one is
   * @param above what a slot of a burst must exceed
   * @param percent of a percentile
   */
  public record Slots(long millis, long above, int percent) {}

  /** A running counter. */
  public Measuring(
      String meter, String kind, String first, String reset, long rollsOver, int remembered) {
    this(meter, kind, first, reset, rollsOver, remembered, null, 0);
  }

  /** What the slots of a period come to. */
  public static Measuring ofSlots(String meter, String kind, Slots slots) {
    return new Measuring(meter, kind, "", "", 0, Integer.MAX_VALUE, slots, 0);
  }

  /** What a level comes to over time. */
  public static Measuring ofLevels(String meter, long holds, int remembered) {
    return new Measuring(meter, "time-weighted", "", "", 0, remembered, null, holds);
  }

  /** The largest reading of a period, or its last one. */
  public static Measuring ofPeriods(String meter, String kind) {
    return new Measuring(meter, kind, "", "", 0, Integer.MAX_VALUE);
  }

  /** A reading, and when it was taken. */
  public record Taken(long at, BigInteger reading) {}

  static final Comparator<Taken> ORDER =
      Comparator.comparingLong(Taken::at).thenComparing(Taken::reading);

  /** The readings with one more, in their order. */
  static List<Taken> with(List<Taken> before, Taken one) {
    List<Taken> all = new ArrayList<>(before);
    all.add(one);
    all.sort(ORDER);
    return all;
  }

  /** Why one more reading can't be counted; null where it can. */
  public @Nullable String refusal(List<Taken> before, Taken one) {
    if (!isBetweenReadings()) {
      return null;
    }
    if (one.reading.signum() < 0
        || rollsOver > 0 && one.reading.compareTo(BigInteger.valueOf(rollsOver)) >= 0) {
      return "bad-quantity";
    }
    if (before.size() > remembered
        && ORDER.compare(one, before.get(before.size() - remembered)) < 0) {
      return "out-of-order";
    }
    return kind.equals("delta") && counted(with(before, one)) == null ? "counter-reset" : null;
  }

  /** Whether what a reading counts for depends on those before and after it. */
  boolean isBetweenReadings() {
    return kind.equals("delta") || kind.equals("time-weighted");
  }

  /**
   * What levels in their order come to, by the moment that each one's time ends; what lies in a
   * period before that counts at the end of that one. Clocks are read in whole seconds.
   */
  TreeMap<Long, BigInteger> weighed(List<Taken> all, Tariff tariff) {
    TreeMap<Long, BigInteger> counted = new TreeMap<>();
    for (int i = 0; i + 1 < all.size(); i++) {
      Taken level = all.get(i);
      long end = Math.min(all.get(i + 1).at, level.at + holds);
      long from = level.at;
      while (tariff.endOf(tariff.periodOf(from)) <= end) {
        long next = tariff.endOf(tariff.periodOf(from));
        counted.merge(next - 1, over(level, from, next), BigInteger::add);
        from = next;
      }
      counted.merge(end, over(level, from, end), BigInteger::add);
    }
    return counted;
  }

  private static BigInteger over(Taken level, long from, long to) {
    long seconds = Math.floorDiv(to, 1_000L) - Math.floorDiv(from, 1_000L);
    return level.reading.multiply(BigInteger.valueOf(seconds));
  }

  /** What readings in their order come to, by moment; null where some can't be counted. */
  public @Nullable TreeMap<Long, BigInteger> counted(List<Taken> all) {
    TreeMap<Long, BigInteger> counted = new TreeMap<>();
    BigInteger before = null;
    for (Taken t : all) {
      BigInteger counts =
          before == null
              ? first.equals("baseline") ? BigInteger.ZERO : t.reading
              : advance(before, t.reading);
      if (counts == null) {
        return null;
      }
      counted.merge(t.at, counts, BigInteger::add);
      before = t.reading;
    }
    return counted;
  }

  /**
   * What the readings of one period come to, of those that are not counted one by one.
   *
   * @param start of the period
   * @param end of it
   */
  public BigInteger held(List<Taken> ofPeriod, long start, long end) {
    if (kind.equals("unique")) {
      return BigInteger.valueOf(ofPeriod.stream().map(Taken::reading).distinct().count());
    }
    if (slots != null) {
      return ofSlots(ofPeriod, slots, start, end);
    }
    return kind.equals("max")
        ? ofPeriod.stream().map(Taken::reading).reduce(BigInteger.ZERO, BigInteger::max)
        : ofPeriod.stream().max(ORDER).map(Taken::reading).orElse(BigInteger.ZERO);
  }

  private BigInteger ofSlots(List<Taken> ofPeriod, Slots s, long start, long end) {
    TreeMap<Long, BigInteger> sums = new TreeMap<>();
    for (Taken t : ofPeriod) {
      sums.merge((t.at - start) / s.millis, t.reading, BigInteger::add);
    }
    if (kind.equals("burst")) {
      return sums.values().stream()
          .map(sum -> sum.subtract(BigInteger.valueOf(s.above)).max(BigInteger.ZERO))
          .reduce(BigInteger.ZERO, BigInteger::add);
    }
    List<BigInteger> all = new ArrayList<>();
    for (long slot = 0; start + slot * s.millis < end; slot++) {
      all.add(sums.getOrDefault(slot, BigInteger.ZERO).max(BigInteger.ZERO));
    }
    all.sort(null);
    // What is beyond the percentage goes, the rest is not exceeded by the last of it.
    int beyond = all.size() * (100 - s.percent) / 100;
    return all.get(all.size() - 1 - beyond);
  }

  private @Nullable BigInteger advance(BigInteger from, BigInteger to) {
    BigInteger all = BigInteger.valueOf(rollsOver);
    if (to.compareTo(from) >= 0) {
      return to.subtract(from);
    }
    BigInteger around = all.subtract(from).add(to);
    if (rollsOver > 0 && around.compareTo(all.shiftRight(1)) <= 0) {
      return around;
    }
    return switch (reset) {
      case "from-zero" -> to;
      case "ignore" -> BigInteger.ZERO;
      default -> null;
    };
  }
}
