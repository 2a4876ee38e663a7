package io.millrace.processors.ledger;

import io.millrace.catalog.Agreement;
import io.millrace.catalog.Agreement.Share;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * What the parties of an agreement get. While a period runs each shard shares what it posts by the
 * percentages of the first step ({@link #accrue}), which add up wherever it is posted; what hangs
 * on the period's whole, further steps and promises, is settled as it closes ({@link #settle}). The
 * parts of either add up to what is shared, to the last unit; what is negative is shared as its
 * magnitude.
 *
 * <p>A promise is kept by the party that takes the remainder, which may so get less than nothing;
 * the same party pays what others get for units.
 *
 * <p>A split never changes and belongs to no thread.
 */
public final class Split {

  private static final BigInteger WHOLE = BigInteger.valueOf(Agreement.WHOLE);

  private final Allotment first;

  /** Where percentages change, ascending from 0 on, in units. */
  private final BigInteger[] from;

  /** What each party gets above each of them, in parts per million. */
  private final BigInteger[][] parts;

  private final long[] promised;

  /** Which parties get an amount for each unit, and no percentage. */
  private final boolean[] perUnit;

  private final boolean plain;

  /** Who takes the remainder and so keeps the promises; the first where there are none. */
  private final int keeper;

  /** Positions of the parties in the order in which equal cuts get a unit. */
  private final List<Integer> byRank;

  private Split(Agreement agreement, int digits) {
    List<Share> shares = agreement.shares();
    first = Allotment.of(agreement);
    keeper =
        IntStream.range(0, shares.size())
            .filter(i -> shares.get(i).remainder())
            .findAny()
            .orElse(0);
    TreeSet<BigDecimal> bounds = new TreeSet<>();
    bounds.add(BigDecimal.ZERO);
    shares.forEach(share -> share.steps().forEach(step -> step.to().ifPresent(bounds::add)));
    from =
        bounds.stream()
            .map(b -> b.movePointRight(digits).toBigIntegerExact())
            .toArray(BigInteger[]::new);
    parts = bounds.stream().map(b -> partsAbove(shares, b)).toArray(BigInteger[][]::new);
    promised =
        shares.stream()
            .mapToLong(s -> s.atLeast().movePointRight(digits).longValueExact())
            .toArray();
    perUnit = new boolean[shares.size()];
    for (int i = 0; i < perUnit.length; i++) {
      perUnit[i] = shares.get(i).part() instanceof Agreement.PerUnit;
    }
    plain = shares.stream().allMatch(s -> s.remainder() || s.isPlain());
    byRank =
        IntStream.range(0, shares.size())
            .boxed()
            .sorted(
                Comparator.comparing((Integer i) -> !shares.get(i).remainder())
                    .thenComparing(i -> shares.get(i).party()))
            .toList();
  }

  private static BigInteger[] partsAbove(List<Share> shares, BigDecimal bound) {
    long named = shares.stream().mapToLong(s -> s.partsAbove(bound)).sum();
    return shares.stream()
        .map(s -> s.remainder() ? Agreement.WHOLE - named : s.partsAbove(bound))
        .map(BigInteger::valueOf)
        .toArray(BigInteger[]::new);
  }

  /**
   * The split of an agreement.
   *
   * @param agreement with one share at least
   * @param digits decimal digits of the units that are shared: the ledger's, or the minor unit's
   * @throws ArithmeticException where a bound or a promise is finer than a unit, which the
   *     catalog's file refuses
   */
  public static Split of(Agreement agreement, int digits) {
    return new Split(agreement, digits);
  }

  /** The parties' ids, in the order of the agreement and of what is filled. */
  public List<String> parties() {
    return first.parties();
  }

  /**
   * Shares what has been posted so far.
   *
   * @param out as long as {@link #parties}; takes the parts, which add up to {@code amount}
   */
  public void accrue(long amount, long[] out) {
    first.allot(amount, out);
  }

  /**
   * Shares what has been posted so far.
   *
   * @param units what each party gets for units, as {@link UnitShares} has it
   * @param out as long as {@link #parties}; takes the parts, which add up to {@code amount}
   */
  public void accrue(long amount, long[] units, long[] out) {
    first.allot(amount, out);
    pay(units, out);
  }

  /** What of these parts is for units: that of the parties that get nothing else. */
  public long[] units(long[] of) {
    long[] units = new long[of.length];
    for (int i = 0; i < units.length; i++) {
      units[i] = perUnit[i] ? of[i] : 0;
    }
    return units;
  }

  /** Who takes the remainder pays what others get for units. */
  private void pay(long[] units, long[] out) {
    for (int i = 0; i < out.length; i++) {
      if (perUnit[i]) {
        out[i] = units[i];
        out[keeper] = Math.subtractExact(out[keeper], units[i]);
      }
    }
  }

  /** Whether some party is promised an amount whatever comes in. */
  public boolean promises() {
    return LongStream.of(promised).anyMatch(p -> p > 0);
  }

  /** As {@link #settle(long, long[], long[])}, where nobody gets anything for units. */
  public void settle(long amount, long[] out) {
    settle(amount, new long[out.length], out);
  }

  /**
   * Shares what a period comes to.
   *
   * @param units what each party gets for units
   * @param out as long as {@link #parties}; takes the parts, which add up to {@code amount}
   * @throws ArithmeticException where a promise leaves a part that is no {@code long}
   */
  public void settle(long amount, long[] units, long[] out) {
    if (plain) {
      first.allot(amount, out);
      return;
    }
    allot(amount, out);
    pay(units, out);
    for (int i = 0; i < out.length; i++) {
      if (promised[i] > 0 && out[i] < promised[i]) {
        long lacking = Math.subtractExact(promised[i], out[i]);
        out[keeper] = Math.subtractExact(out[keeper], lacking);
        out[i] = promised[i];
      }
    }
  }

  /** By largest remainder, step by step: exact to a millionth of a unit before it is cut. */
  private void allot(long amount, long[] out) {
    BigInteger whole = BigInteger.valueOf(amount).abs();
    BigInteger[] cuts = new BigInteger[out.length];
    BigInteger left = whole;
    for (int i = 0; i < out.length; i++) {
      BigInteger exact = BigInteger.ZERO;
      for (int b = 0; b < from.length; b++) {
        BigInteger to = b + 1 < from.length ? from[b + 1].min(whole) : whole;
        exact = exact.add(to.subtract(from[b]).max(BigInteger.ZERO).multiply(parts[b][i]));
      }
      BigInteger[] units = exact.divideAndRemainder(WHOLE);
      out[i] = units[0].longValueExact();
      cuts[i] = units[1];
      left = left.subtract(units[0]);
    }
    List<Integer> next =
        byRank.stream().sorted(Comparator.comparing((Integer i) -> cuts[i]).reversed()).toList();
    for (int i = 0; i < left.intValueExact(); i++) {
      out[next.get(i)]++;
    }
    for (int i = 0; amount < 0 && i < out.length; i++) {
      out[i] = -out[i];
    }
  }
}
