package io.millrace.tests.simulation;

import java.util.SplittableRandom;

/** People who close periods, and who activate the city's second catalog well before it begins. */
final class Operators {
  /** A version begins so long after it is activated at the least. */
  private static final long AHEAD = Plan.hours(2);

  private final Plan plan;
  private final SimulatedStore truth;
  private final SplittableRandom random;
  private final SplittableRandom more;
  private final Fault.Tally faults;

  /** The last period whose close was asked for. */
  int asked;

  private boolean told;

  Operators(Plan plan, SimulatedStore truth, SplittableRandom random, Fault.Tally faults) {
    this.plan = plan;
    this.truth = truth;
    this.random = random;
    this.more = new SplittableRandom(~plan.start());
    this.faults = faults;
    this.asked = plan.rules().periods().indexOf(plan.start()) - 1 - random.nextInt(2);
  }

  /** What they do as time passes. */
  void pass(long now) {
    if (now >= plan.tariff(false).endOf(asked + 1) && random.nextInt(6) == 0) {
      asked = plan.rules().periods().indexOf(now) - (random.nextInt(4) == 0 ? 0 : 1);
      faults.add(Fault.CLOSE_ASKED);
      truth.askClose(asked);
    }
    Plan.Second second = plan.second();
    if (second != null && !told && now + AHEAD <= second.from() && more.nextInt(4) == 0) {
      told = truth.activate(second.rules().version()); // Else it is tried again.
    }
  }

  /** All periods that are over are closed. */
  void closeAll(long now) {
    asked = plan.rules().periods().indexOf(now) - 1;
    truth.askClose(asked);
  }
}
