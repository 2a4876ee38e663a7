package io.millrace.processors.shard;

import io.millrace.processors.rating.PriceCurve;
import io.millrace.processors.rating.Rules.OfferRules;
import io.millrace.processors.rating.Rules.UsageCharge;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A quantity that an event adds to a charge at a moment, and where that leads; filled in by {@link
 * GaugedMetering}, which uses it again. Times are milliseconds since 1970-01-01 UTC.
 */
final class CurveMove {
  static final long[] NONE = {};

  @Nullable UsageCharge charge;
  long moment;
  long quantity;

  /** What of it the price sees: what allowances don't cover that use draws on. */
  long priced;

  @Nullable OfferRules offer;
  int period;
  int booked;
  long windowStart;
  long windowEnd;
  @Nullable Accrual accrual;
  long base;
  long baseAmount;
  long before;
  long after;
  long amount;
  long delta;
  long used;
  long[] slots = NONE;

  /** As {@link Subscription#accrual}: a window may reach over two periods that are closed. */
  boolean sharesAccrual(CurveMove with) {
    return charge().index() == with.charge().index()
        && charge().revision() == with.charge().revision()
        && windowStart == with.windowStart
        && windowEnd == with.windowEnd
        && booked == with.booked
        && isLate() == with.isLate();
  }

  /** What accrues where it leads; null where nothing does yet. */
  @Nullable Accrual accrualOf(Subscription s) {
    return s.accrual(
        charge().index(), charge().revision(), windowStart, windowEnd, booked, isLate());
  }

  /** Whether its own period is closed, so that it is booked in a later one. */
  boolean isLate() {
    return booked != period;
  }

  /** Whether it goes up the same curve in the same period. */
  boolean isOf(UsageCharge other, int otherPeriod) {
    UsageCharge mine = charge();
    return period == otherPeriod
        && mine.index() == other.index()
        && mine.revision() == other.revision();
  }

  /** Adds what it is made of to what its charge was made of before. */
  void explain(long[] before, Drawing drawing) {
    PriceCurve curve = charge().curve();
    slots = Arrays.copyOf(before, charge().slots());
    long from = base + this.before;
    curve.explain(from, from + priced, slots.clone(), slots);
    if (!charge().drawn().isEmpty()) {
      drawing.explain(charge(), slots);
    }
  }

  UsageCharge charge() {
    return Objects.requireNonNull(charge);
  }
}
