package io.millrace.processors.explain;

import io.millrace.processors.explain.EvidenceList.Ref;
import io.millrace.processors.rating.PriceCurve;
import io.millrace.processors.rating.PricedTiers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Prices a charge once more, to the unit: the events of a subscription on a charge go up the price
 * curve in the order in which they were journalled, a curve for each settlement period that they
 * took place in, and what the charge's own events moved is its amount. Where the catalog changed
 * the price in a period and tiers carry on, what former prices had counted when this one first did
 * is where its curve begins. Has one owner.
 */
public final class PriceWalk {
  private final PriceCurve curve;
  private final int revision;
  private final int[] carried;
  private final List<Step> steps = new ArrayList<>();
  private final List<String> faults = new ArrayList<>();
  private boolean pastHorizon;

  private record Step(Ref ref, long moment, int period, int revision, long reading, boolean own) {}

  private static final Comparator<Step> ORDER =
      Comparator.comparing(Step::ref, Ref.ORDER).thenComparingLong(Step::moment);

  /** Where a price stands in a period. */
  private record Place(int period, int revision) {}

  /** Up this curve, which is the charge's first. */
  public PriceWalk(PriceCurve curve) {
    this(curve, 0, new int[0]);
  }

  /**
   * Up this curve.
   *
   * @param revision which of the charge's prices it is
   * @param carried those before it from whose progress it goes on, the last one first
   */
  public PriceWalk(PriceCurve curve, int revision, int[] carried) {
    this.curve = curve;
    this.revision = revision;
    this.carried = carried;
  }

  /** Whether what was used at a price has a part in where this one's curve stands. */
  public boolean counts(int otherRevision) {
    return otherRevision == revision
        || Arrays.stream(carried).anyMatch(former -> former == otherRevision);
  }

  /** Whether it goes on from former prices. */
  public boolean isCarried() {
    return carried.length > 0;
  }

  /** Which of the charge's prices it goes up. */
  public int revision() {
    return revision;
  }

  /**
   * Adds an event of the walk's own price, in any order.
   *
   * @param period that it took place in
   * @param reading what it adds to the quantity
   * @param own whether the charge is for it
   */
  public void event(Ref ref, int period, long reading, boolean own) {
    moved(ref, 0, period, revision, reading, own);
  }

  /**
   * Adds what an event adds at a moment: it may add something at several.
   *
   * @param at the price that it is used at
   */
  public void moved(Ref ref, long moment, int period, int at, long reading, boolean own) {
    steps.add(new Step(ref, moment, period, at, reading, own));
  }

  /**
   * Adds other events in a row, in any order.
   *
   * @param first the first of them; none came between them that the walk's own price was first used
   *     by, nor any of the charge
   * @param at the price that they were used at
   */
  public void others(Ref first, int period, int at, long quantity) {
    moved(first, 0, period, at, quantity, false);
  }

  /**
   * Notes that an event of the charge came when a shard may have forgotten where the curve stood.
   */
  public void pastHorizon() {
    pastHorizon = true;
  }

  /** Whether the amount hangs on a position that may have been forgotten. */
  public boolean isPastHorizon() {
    return pastHorizon;
  }

  /** Notes why the price can't be told: what it hangs on was changed or lost. */
  public void fault(String says) {
    faults.add(says);
  }

  /** Why the price can't be told; empty where it can. */
  public List<String> faults() {
    return List.copyOf(faults);
  }

  /**
   * What the charge's events come to, in ledger units.
   *
   * @throws ArithmeticException where a price is no {@code long}
   */
  public long amount() {
    long[] amount = {0};
    moves((from, to) -> amount[0] = Math.addExact(amount[0], curve.between(from, to)));
    return amount[0];
  }

  /**
   * What the charge's events moved in which tier, as a charge's record keeps it.
   *
   * @throws ArithmeticException where a sum is no {@code long}
   */
  public byte[] tiers() {
    long[] slots = new long[curve.slots()];
    moves((from, to) -> curve.explain(from, to, slots, slots));
    return PricedTiers.encode(slots);
  }

  private interface Move {
    void of(long from, long to);
  }

  private void moves(Move own) {
    Map<Place, Long> counted = new HashMap<>();
    Map<Integer, Long> bases = new HashMap<>();
    steps.sort(ORDER);
    for (Step step : steps) {
      Place place = new Place(step.period, step.revision);
      if (step.revision == revision) {
        long base = bases.computeIfAbsent(step.period, period -> base(counted, period));
        long from = Math.addExact(base, counted.getOrDefault(place, 0L));
        if (step.own) {
          own.of(from, Math.addExact(from, step.reading));
        }
      }
      counted.merge(place, step.reading, Math::addExact);
    }
  }

  /** What the prices before it have counted in a period by then. */
  private long base(Map<Place, Long> counted, int period) {
    long sum = 0;
    for (int former : carried) {
      sum = Math.addExact(sum, counted.getOrDefault(new Place(period, former), 0L));
    }
    return sum;
  }
}
