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
 * @param kind {@code delta}, {@code max}, {@code latest} or {@code unique}
 * @param first what the first reading counts for: {@code baseline} or {@code from-zero}
 * @param reset what a lower one counts for: {@code from-zero}, {@code ignore} or {@code suspend}
 * @param rollsOver what a counter shows as 0 again; 0 where it doesn't
 * @param remembered how many readings may come before one that comes late
 */
public record Measuring(
    String meter, String kind, String first, String reset, long rollsOver, int remembered) {

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
    if (!kind.equals("delta")) {
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
    return counted(with(before, one)) == null ? "counter-reset" : null;
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

  /** What the readings of one period come to, of those that are not counted one by one. */
  public BigInteger held(List<Taken> ofPeriod) {
    if (kind.equals("unique")) {
      return BigInteger.valueOf(ofPeriod.stream().map(Taken::reading).distinct().count());
    }
    return kind.equals("max")
        ? ofPeriod.stream().map(Taken::reading).reduce(BigInteger.ZERO, BigInteger::max)
        : ofPeriod.stream().max(ORDER).map(Taken::reading).orElse(BigInteger.ZERO);
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
