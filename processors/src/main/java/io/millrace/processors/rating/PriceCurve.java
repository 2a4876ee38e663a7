package io.millrace.processors.rating;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.ChargeRule;
import io.millrace.processors.rating.Included.Mark;
import java.math.BigInteger;
import java.util.List;

/**
 * What a quantity costs from the first unit on: P(q), rounded to ledger units. A charge is the
 * difference of two points of the curve, so that however usage is cut into events, batches and
 * windows, its charges add up to the price of its total.
 *
 * <p>Every shape is a line a tier over the quantity, which may be rounded to whole packages before:
 * P(q) = (slope × q + constant) ÷ denominator in the tier that q lies in, an exact fraction of
 * which no digit is lost before the one rounding. P(0) is 0, and P(−q) is −P(q). A curve never
 * changes and belongs to no thread.
 */
public final class PriceCurve {

  /** Half of the longs: a product and a constant of this size have a sum. */
  private static final long SAFE = Long.MAX_VALUE / 2;

  private static final int LINE = 3;

  /** Whether a tier prices its own part of a total, after those before it; else all of it. */
  private final boolean parts;

  private final QuantitySteps steps;

  /** The last quantity of each tier; of the last tier the largest there is. */
  private final long[] upper;

  private final BigInteger[] exactSlope;
  private final BigInteger[] exactConstant;
  private final BigInteger exactDenominator;

  /** The same numbers where all of them are longs, else empty and 0. */
  private final long[] slope;

  private final long[] constant;
  private final long denominator;
  private final Divisor divisor;

  /**
   * For each tier, side by side: the last quantity before it, its slope and its constant. One array
   * is one load and one bound to check.
   */
  private final long[] lines;

  /** The last quantity that {@link #lines} price as it is, in longs; 0 where they price none. */
  private final long plain;

  /** The last unit that each allowance covers, ascending; none where nothing is included. */
  private final long[] included;

  private final List<Mark> marks;
  private final boolean tells;

  /** What all of them cover. */
  private final long covered;

  /** The last quantity whose price {@link #lines} give once it is adjusted. */
  private final long inLongs;

  /** Whether something else is priced than the quantity. */
  private final boolean adjusts;

  /** Whether every price is a whole number of ledger units. */
  private final boolean whole;

  /** Whether one line through 0 is all there is. */
  private final boolean straight;

  /** Whether each event goes up it from 0 on; else each from where the one before it got. */
  private final boolean ofEvent;

  PriceCurve(
      boolean parts,
      QuantitySteps steps,
      long[] upper,
      BigInteger[] slope,
      BigInteger[] constant,
      BigInteger denominator,
      Included include,
      boolean ofEvent) {
    this.ofEvent = ofEvent;
    this.parts = parts;
    this.included = include.upTo();
    this.covered = included.length == 0 ? 0 : included[included.length - 1];
    this.marks = include.marks();
    this.tells = !marks.isEmpty();
    this.steps = steps;
    this.upper = upper;
    BigInteger divisor = denominator;
    boolean small = true;
    for (int k = 0; k < upper.length; k++) {
      divisor = divisor.gcd(slope[k]).gcd(constant[k]);
    }
    exactSlope = new BigInteger[upper.length];
    exactConstant = new BigInteger[upper.length];
    exactDenominator = denominator.divide(divisor);
    for (int k = 0; k < upper.length; k++) {
      exactSlope[k] = slope[k].divide(divisor);
      exactConstant[k] = constant[k].divide(divisor);
      small &= exactSlope[k].bitLength() < 63 && exactConstant[k].bitLength() < 63;
    }
    small &= exactDenominator.bitLength() < 63;
    this.slope = new long[small ? upper.length : 0];
    this.constant = new long[small ? upper.length : 0];
    this.denominator = small ? exactDenominator.longValue() : 0;
    for (int k = 0; k < this.slope.length; k++) {
      this.slope[k] = exactSlope[k].longValue();
      this.constant[k] = exactConstant[k].longValue();
    }
    this.divisor = new Divisor(Math.max(this.denominator, 1));
    whole = this.denominator == 1;
    lines = new long[LINE * upper.length];
    long safe = small ? Long.MAX_VALUE : 0;
    for (int k = 0; k < this.slope.length; k++) {
      lines[LINE * k] = k == 0 ? 0 : upper[k - 1];
      lines[LINE * k + 1] = this.slope[k];
      lines[LINE * k + 2] = this.constant[k];
      boolean fits = Math.abs(this.constant[k]) <= SAFE;
      safe = Math.min(safe, fits ? SAFE / Math.max(this.slope[k], 1) : 0);
    }
    inLongs = safe;
    adjusts = !steps.changesNothing() || covered > 0;
    plain = adjusts ? 0 : inLongs;
    straight = upper.length == 1 && constant[0].signum() == 0 && !adjusts && !include.isDrawn();
  }

  /** The curve of a charge, from the meter's scaled integers to the catalog's ledger units. */
  public static PriceCurve of(ChargeRule.Usage rule, Catalog catalog) {
    return new CurveCompiler(rule, catalog).curve();
  }

  /**
   * The price of a total.
   *
   * @param quantity in the meter's scaled integers; what is negative costs the negative
   * @return ledger units
   * @throws ArithmeticException where the price is no {@code long}
   */
  public long amountAt(long quantity) {
    // One comparison for both ends: what is not above 0 is a large number without its sign.
    return Long.compareUnsigned(quantity - 1, plain) < 0 ? onLine(quantity) : adjusted(quantity);
  }

  private long adjusted(long quantity) {
    long counted = adjusts ? counted(quantity) : quantity;
    if (counted > 0) {
      return price(counted);
    }
    if (counted == Long.MIN_VALUE && straight) {
      return onExactLine(0, counted);
    }
    return counted == 0 ? 0 : -price(Math.absExact(counted));
  }

  /** What of a quantity is priced: what no allowance covers, rounded. */
  private long counted(long quantity) {
    if (quantity > covered) {
      return steps.of(quantity - covered);
    }
    return quantity < -covered ? steps.of(quantity + covered) : 0;
  }

  /** Reads ahead what pricing reads; the sum means nothing. */
  long warmth() {
    return upper.length + slope.length + constant.length + inLongs;
  }

  /** Whether some totals are told of when they are reached. */
  public boolean tells() {
    return tells;
  }

  /** The totals that are told of, ascending. */
  public List<Mark> marks() {
    return marks;
  }

  /** How many allowances come before the price. */
  public int allowances() {
    return included.length;
  }

  /** How much an allowance covers at most, in the meter's scaled integers. */
  public long includedIn(int allowance) {
    return included[allowance] - (allowance == 0 ? 0 : included[allowance - 1]);
  }

  /**
   * What an allowance covers of a total; of one below 0, what it would of its magnitude, negative.
   *
   * @param allowance in the order of their use, from 0
   */
  public long coveredBy(int allowance, long quantity) {
    long before = allowance == 0 ? 0 : included[allowance - 1];
    long by = Math.max(Math.min(Math.absExact(quantity), included[allowance]) - before, 0);
    return quantity < 0 ? -by : by;
  }

  /** The same prices for each event by itself. */
  PriceCurve byEvent() {
    Included none = new Included(new long[0], List.of(), false);
    return new PriceCurve(
        parts, steps, upper, exactSlope, exactConstant, exactDenominator, none, true);
  }

  /** Whether each event goes up it from 0 on, so that nothing is told by a total. */
  public boolean isOfEvent() {
    return ofEvent;
  }

  /** Whether a quantity costs the same by however many events it comes. */
  public boolean addsUp() {
    return !ofEvent || straight && whole;
  }

  /**
   * The charge for going from one total to another; of events each by itself, for what lies
   * between.
   *
   * @return ledger units; negative where the total fell
   * @throws ArithmeticException where a price or the charge is no {@code long}
   */
  public long between(long before, long after) {
    return ofEvent
        ? amountAt(Math.subtractExact(after, before))
        : Math.subtractExact(amountAt(after), amountAt(before));
  }

  /**
   * How many numbers say what a charge is made of: for each tier the units priced in it and how
   * often its flat was added, then for each allowance the units that it covers and a 0. None where
   * the quantity itself says it.
   */
  public int slots() {
    return straight ? 0 : 2 * (upper.length + included.length);
  }

  /**
   * Adds to the numbers of a charge what going from one total to another makes of them: in each
   * tier what is priced there after less what was before.
   *
   * @param slots those of the charge so far, {@link #slots} of them
   * @param out takes the sums; may be the same array only where nothing can be too large
   * @throws ArithmeticException where a sum is no {@code long}
   */
  public void explain(long before, long after, long[] slots, long[] out) {
    System.arraycopy(slots, 0, out, 0, slots());
    if (!straight) {
      long from = ofEvent ? 0 : counted(before);
      long to = counted(ofEvent ? Math.subtractExact(after, before) : after);
      for (int a = 0; a < included.length; a++) {
        int slot = 2 * (upper.length + a);
        out[slot] = sum(out[slot], coveredBy(a, after), -coveredBy(a, before));
      }
      int tier = to > 0 ? tierOf(to) : 0;
      if (to > 0 && from > (tier == 0 ? 0 : upper[tier - 1]) && from <= upper[tier]) {
        out[2 * tier] = Math.addExact(out[2 * tier], to - from);
      } else {
        explainTiers(from, to, out);
      }
    }
  }

  private void explainTiers(long from, long to, long[] out) {
    int fromTier = tierOf(Math.absExact(from));
    int toTier = tierOf(Math.absExact(to));
    for (int k = 0; k <= Math.max(fromTier, toTier); k++) {
      out[2 * k] = sum(out[2 * k], units(to, toTier, k), -units(from, fromTier, k));
      out[2 * k + 1] = sum(out[2 * k + 1], flats(to, toTier, k), -flats(from, fromTier, k));
    }
  }

  /** The units of a quantity that lies in tier {@code in} that are priced in tier {@code k}. */
  private long units(long quantity, int in, int k) {
    if (flats(quantity, in, k) == 0) {
      return 0;
    }
    long lower = parts && k > 0 ? upper[k - 1] : 0;
    long units = (k == in ? Math.abs(quantity) : upper[k]) - lower;
    return quantity < 0 ? -units : units;
  }

  private int flats(long quantity, int in, int k) {
    return k == in || parts && k < in ? Long.signum(quantity) : 0;
  }

  /** A sum that fits is found, however far two of its parts are beyond a long on their own. */
  private static long sum(long a, long b, long c) {
    if ((a ^ b) < 0) {
      return Math.addExact(a + b, c);
    }
    return (a ^ c) < 0 ? Math.addExact(a + c, b) : Math.addExact(a, Math.addExact(b, c));
  }

  /** How many tiers there are. */
  public int tiers() {
    return upper.length;
  }

  /** The tier that a total lies in, from 0; in the first one where nothing of it is priced. */
  public int tierAt(long total) {
    long priced = counted(total);
    return priced > 0 ? tierOf(priced) : 0;
  }

  /**
   * The first total after one of 0 or more that lies in a later tier.
   *
   * @return {@link Long#MAX_VALUE} where no total does that can be reached
   */
  public long nextTier(long total) {
    int tier = tierAt(total);
    if (tier == upper.length - 1) {
      return Long.MAX_VALUE;
    }
    long low = total; // In this tier, whatever is rounded and included; high is beyond it.
    long high = Long.MAX_VALUE;
    while (low + 1 < high) {
      long middle = low + (high - low) / 2;
      if (isBeyond(tier, middle)) {
        high = middle;
      } else {
        low = middle;
      }
    }
    return high;
  }

  private boolean isBeyond(int tier, long total) {
    try {
      return tierAt(total) > tier;
    } catch (ArithmeticException tooLarge) { // Rounded up, it is no long.
      return true;
    }
  }

  /** The tier that a quantity above 0 lies in. */
  private int tierOf(long quantity) {
    int k = 0;
    while (quantity > upper[k]) {
      k++;
    }
    return k;
  }

  private long price(long quantity) {
    return quantity <= inLongs ? onLine(quantity) : onLongLine(tierOf(quantity), quantity);
  }

  /** The price of a quantity above 0 that is worked out in longs. */
  private long onLine(long quantity) {
    long[] line = lines;
    int k = line.length - LINE;
    while (quantity <= line[k]) {
      k -= LINE;
    }
    long exact = quantity * line[k + 1] + line[k + 2];
    return whole ? exact : divisor.halfUp(exact);
  }

  /**
   * The rounded value of a tier's line where slope × quantity may be no {@code long}: whole
   * denominators are priced without a division, so that only what is left over needs one.
   */
  private long onLongLine(int k, long quantity) {
    if (denominator == 0) {
      return onExactLine(k, quantity);
    }
    long whole = quantity / denominator;
    long rest = quantity % denominator;
    long wholes = whole * slope[k];
    long product = rest * slope[k];
    long sum = product + constant[k];
    if (!fits(whole, slope[k], wholes)
        || !fits(rest, slope[k], product)
        || ((product ^ sum) & (constant[k] ^ sum)) < 0) {
      return onExactLine(k, quantity);
    }
    long left = Math.floorMod(sum, denominator);
    long up = left >= denominator - left ? 1 : 0; // the whole is above 0, though sum may not be
    return Math.addExact(wholes, Math.floorDiv(sum, denominator) + up);
  }

  private static boolean fits(long a, long b, long product) {
    return Math.multiplyHigh(a, b) == product >> 63;
  }

  private long onExactLine(int k, long quantity) {
    return Rounding.halfUp(
        BigInteger.valueOf(quantity).multiply(exactSlope[k]).add(exactConstant[k]),
        exactDenominator);
  }
}
