package io.millrace.processors.ledger;

import io.millrace.catalog.Agreement;
import io.millrace.catalog.Agreement.Share;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Shares an amount by an agreement to the last unit, by largest remainder (Hamilton): each party
 * gets its exact share cut to whole units, and the units left over go to those whose cut was
 * largest. Of equal cuts the party that takes the remainder comes first, then the parties by id. So
 * the parts add up to the whole, each within one unit of exact, and the order in which an agreement
 * lists its parties changes nothing. What is negative is shared as its magnitude.
 *
 * <p>An allotment never changes and belongs to no thread.
 */
public final class Allotment {

  private static final long WHOLE = Agreement.WHOLE;

  private final List<String> parties;
  private final int[] parts;

  /** Position of each party among equal cuts. */
  private final int[] rank;

  private Allotment(List<String> parties, int[] parts, int[] rank) {
    this.parties = parties;
    this.parts = parts;
    this.rank = rank;
  }

  /**
   * The allotment of an agreement.
   *
   * @param agreement with one share at least
   */
  public static Allotment of(Agreement agreement) {
    List<Share> shares = agreement.shares();
    if (shares.isEmpty()) {
      throw new IllegalArgumentException("the agreement " + agreement.name() + " shares nothing");
    }
    int named = shares.stream().filter(s -> !s.remainder()).mapToInt(Share::partsPerMillion).sum();
    int[] parts =
        shares.stream()
            .mapToInt(s -> s.remainder() ? Agreement.WHOLE - named : s.partsPerMillion())
            .toArray();
    int[] byRank =
        IntStream.range(0, parts.length)
            .boxed()
            .sorted(
                Comparator.comparing((Integer i) -> !shares.get(i).remainder())
                    .thenComparing(i -> shares.get(i).party()))
            .mapToInt(Integer::intValue)
            .toArray();
    int[] rank = new int[parts.length];
    for (int i = 0; i < byRank.length; i++) {
      rank[byRank[i]] = i;
    }
    return new Allotment(shares.stream().map(Share::party).toList(), parts, rank);
  }

  /** The parties' ids, in the order of the agreement and of what {@link #allot} fills. */
  public List<String> parties() {
    return parties;
  }

  /**
   * Shares an amount.
   *
   * @param amount any {@code long}
   * @param out as long as {@link #parties}; takes the parts, which add up to {@code amount}
   */
  public void allot(long amount, long[] out) {
    assert out.length == parts.length : out.length;
    // With amount = millions × 10^6 + rest every product below fits a long, whatever the amount.
    long millions = amount / WHOLE;
    long rest = amount % WHOLE;
    long left = amount;
    for (int i = 0; i < parts.length; i++) {
      out[i] = millions * parts[i] + rest * parts[i] / WHOLE;
      left -= out[i];
    }
    long unit = Long.signum(amount);
    for (int taken = -1; left != 0; left -= unit) {
      taken = next(taken, rest);
      out[taken] += unit;
    }
  }

  /** Who gets a unit after the party that got the last one; −1 for none so far. */
  private int next(int last, long rest) {
    int best = -1;
    for (int i = 0; i < parts.length; i++) {
      if ((last < 0 || before(last, i, rest)) && (best < 0 || before(i, best, rest))) {
        best = i;
      }
    }
    return best;
  }

  private boolean before(int a, int b, long rest) {
    int byCut = Long.compare(cut(a, rest), cut(b, rest));
    return byCut != 0 ? byCut > 0 : rank[a] < rank[b];
  }

  /** What cutting to whole units took from a party, in millionths of a unit. */
  private long cut(int party, long rest) {
    return Math.abs(rest * parts[party] % WHOLE);
  }
}
