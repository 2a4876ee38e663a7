package io.millrace.processors.dedupe;

import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import io.millrace.processors.dedupe.DedupeWindow.Verdict;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * 64-bit fingerprints that have been seen, by UTC day of occurredAt. Days gone by are sealed:
 * sorted arrays that are never changed in place. What comes in goes to the open set, late ones too,
 * and is sealed when a newer day begins, so a sealed day is rewritten at most once a day.
 */
final class Fingerprints {

  private static final int[] NO_DAYS = {};
  private static final long[][] NO_PRINTS = {};

  /** Ascending; one for each element of {@link #sealed}. */
  private int[] days = NO_DAYS;

  private long[][] sealed = NO_PRINTS;
  private PrintFilter filter = PrintFilter.NOTHING;
  private OpenPrints open;
  private int newestDay = Integer.MIN_VALUE;

  Fingerprints() {
    this(new OpenPrints());
  }

  private Fingerprints(OpenPrints open) {
    this.open = open;
  }

  /**
   * What {@link #restore} goes back to: the sealed days are never changed, the open set only grows.
   */
  record Saved(
      int[] days,
      long[][] sealed,
      PrintFilter filter,
      OpenPrints open,
      int openSize,
      int newestDay) {}

  Verdict test(long print, int day) {
    int at = open.find(print);
    if (at >= 0) {
      return open.day(at) == day ? Verdict.DUPLICATE : Verdict.REUSED;
    }
    if (!filter.mayContain(print)) {
      return Verdict.NEW;
    }
    for (int i = days.length - 1; i >= 0; i--) {
      if (contains(sealed[i], print)) {
        return days[i] == day ? Verdict.DUPLICATE : Verdict.REUSED;
      }
    }
    return Verdict.NEW;
  }

  void mark(long print, int day) {
    if (day > newestDay) {
      seal();
      newestDay = day;
    }
    open.add(print, day);
  }

  int newestDay() {
    return newestDay;
  }

  /**
   * Fingerprints are spread evenly, so where one would be is nearly known: the search starts there.
   */
  private static boolean contains(long[] sorted, long print) {
    int n = sorted.length;
    int guess = (int) Math.unsignedMultiplyHigh(print ^ Long.MIN_VALUE, n);
    int low = guess;
    int high = guess;
    for (int step = 8; low > 0 && sorted[low] > print; step *= 4) {
      low = Math.max(0, low - step);
    }
    for (int step = 8; high < n - 1 && sorted[high] < print; step *= 4) {
      high = Math.min(n - 1, high + step);
    }
    return Arrays.binarySearch(sorted, low, high + 1, print) >= 0;
  }

  private void seal() {
    if (open.size() > 0) {
      Fingerprints all = sealedCopy(Integer.MIN_VALUE);
      days = all.days;
      sealed = all.sealed;
      filter = new PrintFilter(sealed);
      open = new OpenPrints();
    }
  }

  /** The same prints from {@code fromDay} on, all sealed. */
  private Fingerprints sealedCopy(int fromDay) {
    int[] openDays = open.days();
    int[] allDays = Arrays.copyOf(days, days.length + openDays.length);
    System.arraycopy(openDays, 0, allDays, days.length, openDays.length);
    allDays = Arrays.stream(allDays).filter(d -> d >= fromDay).sorted().distinct().toArray();
    Fingerprints copy = new Fingerprints();
    copy.days = allDays;
    copy.sealed = new long[allDays.length][];
    copy.newestDay = newestDay;
    for (int i = 0; i < allDays.length; i++) {
      int at = Arrays.binarySearch(days, allDays[i]);
      copy.sealed[i] = open.withThoseOf(allDays[i], at < 0 ? new long[0] : sealed[at]);
    }
    return copy;
  }

  /** What is left when the days that ended at or before {@code horizonStart} are dropped. */
  @Nullable Fingerprints expired(long horizonStart) {
    int fromDay =
        (int)
            Math.clamp(
                Math.floorDiv(horizonStart, PackedRun.DAY_MILLIS),
                Integer.MIN_VALUE,
                Integer.MAX_VALUE);
    boolean nothing = open.oldestDay() >= fromDay && (days.length == 0 || days[0] >= fromDay);
    if (nothing) {
      return this;
    }
    Fingerprints left = sealedCopy(fromDay);
    left.filter = new PrintFilter(left.sealed);
    return left.days.length == 0 ? null : left;
  }

  /** A copy for {@link #encode} only. */
  Fingerprints frozen() {
    Fingerprints copy = new Fingerprints(open.frozen());
    copy.days = days;
    copy.sealed = sealed;
    copy.newestDay = newestDay;
    return copy;
  }

  Saved save() {
    return new Saved(days, sealed, filter, open, open.size(), newestDay);
  }

  void restore(Saved saved) {
    days = saved.days;
    sealed = saved.sealed;
    filter = saved.filter;
    open = saved.open;
    open.truncate(saved.openSize);
    newestDay = saved.newestDay;
  }

  long count() {
    long sum = open.size();
    for (long[] prints : sealed) {
      sum += prints.length;
    }
    return sum;
  }

  int bytes() {
    int sum = 40 + open.bytes() + filter.bytes();
    if (days.length > 0) {
      sum += align(DedupeWindow.ARRAY_HEADER + 4 * days.length) * 2;
    }
    for (long[] prints : sealed) {
      sum += DedupeWindow.ARRAY_HEADER + 8 * prints.length;
    }
    return sum;
  }

  static int align(int bytes) {
    return bytes + 7 & ~7;
  }

  void encode(ByteWriter out, int fromDay) {
    Fingerprints all = sealedCopy(fromDay);
    out.zigzag(newestDay);
    out.varint(all.days.length);
    for (int i = 0; i < all.days.length; i++) {
      out.varint((long) newestDay - all.days[i]);
      out.varint(all.sealed[i].length);
      for (long print : all.sealed[i]) {
        out.fixed64(print);
      }
    }
  }

  static Fingerprints decode(ByteReader in) {
    Fingerprints decoded = new Fingerprints();
    long newest = in.zigzag();
    int count = in.count(in.remaining());
    decoded.days = new int[count];
    decoded.sealed = new long[count][];
    decoded.newestDay = (int) newest;
    for (int i = 0; i < count; i++) {
      long day = newest - in.varint();
      long[] prints = new long[in.count(in.remaining() / 8)];
      for (int k = 0; k < prints.length; k++) {
        prints[k] = in.fixed64();
        if (k > 0 && prints[k] <= prints[k - 1]) {
          throw new IllegalArgumentException("not a dedupe window: prints out of order");
        }
      }
      if (day > newest
          || day != (int) day
          || prints.length == 0
          || (i > 0 && day <= decoded.days[i - 1])) {
        throw new IllegalArgumentException("not a dedupe window: day " + day);
      }
      decoded.days[i] = (int) day;
      decoded.sealed[i] = prints;
    }
    decoded.filter = new PrintFilter(decoded.sealed);
    return decoded;
  }
}
