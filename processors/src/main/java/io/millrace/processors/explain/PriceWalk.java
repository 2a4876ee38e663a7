package io.millrace.processors.explain;

import io.millrace.processors.explain.EvidenceList.Ref;
import io.millrace.processors.rating.PriceCurve;
import io.millrace.processors.rating.PricedTiers;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Prices a charge once more, to the unit: the events of a subscription on a charge go up the price
 * curve in the order in which they were journalled, a curve for each settlement period that they
 * took place in, and what the charge's own events moved is its amount. Has one owner.
 */
public final class PriceWalk {
  private final PriceCurve curve;
  private final Map<Integer, Long> reached = new HashMap<>();
  private final List<Step> steps = new ArrayList<>();
  private final List<String> faults = new ArrayList<>();
  private boolean pastHorizon;

  private record Step(Ref ref, long moment, int period, long reading, boolean own) {}

  private static final Comparator<Step> ORDER =
      Comparator.comparing(Step::ref, Ref.ORDER).thenComparingLong(Step::moment);

  /** Up this curve. */
  public PriceWalk(PriceCurve curve) {
    this.curve = curve;
  }

  /**
   * Adds what had been used before every event that is handed in.
   *
   * @throws ArithmeticException where the sum is no {@code long}
   */
  public void before(int period, long quantity) {
    reached.merge(period, quantity, Math::addExact);
  }

  /**
   * Adds an event, in any order.
   *
   * @param period that it took place in
   * @param reading what it adds to the quantity
   * @param own whether the charge is for it
   */
  public void event(Ref ref, int period, long reading, boolean own) {
    moved(ref, 0, period, reading, own);
  }

  /** As {@link #event}, of what an event adds at a moment: it may add something at several. */
  public void moved(Ref ref, long moment, int period, long reading, boolean own) {
    steps.add(new Step(ref, moment, period, reading, own));
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
    Map<Integer, Long> position = new HashMap<>(reached);
    steps.sort(ORDER);
    for (Step step : steps) {
      long from = position.getOrDefault(step.period, 0L);
      long to = Math.addExact(from, step.reading);
      position.put(step.period, to);
      if (step.own) {
        own.of(from, to);
      }
    }
  }
}
