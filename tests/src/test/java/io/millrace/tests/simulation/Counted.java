package io.millrace.tests.simulation;

import io.millrace.tests.oracle.Measuring;
import io.millrace.tests.oracle.Tariff;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A meter of lamps whose readings don't just add up, as a catalog says it and as the oracle takes
 * it.
 *
 * @param meter a line of the catalog's meters
 * @param charge a line of the offer's charges
 */
record Counted(String meter, String charge, List<Tariff.Usage> usage) {

  /** Its counter's readings lie below; in thousandths. */
  static final long ROLLS_OVER = 2_000_000;

  /** Of every third event it is none: so its {@code where} says. */
  static boolean isRead(long reading) {
    return reading % 3 != 1;
  }

  /** Its readings come second in a lamp's report, after those of energy. */
  private static final int VALUE = 1;

  /** Slots are so long, and burst above so much. */
  private static final long SLOT = 20 * 60_000;

  private static final long ABOVE = 3_000;

  /** So many readings are remembered. */
  private static final int REMEMBERED = 64;

  static final Counted NONE = new Counted("", "", List.of());

  /** As a seed has it. */
  static Counted of(Extras extras, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return extras.added().lampsAlone() ? NONE : extras.level() ? level(random) : any(random);
  }

  private static Counted any(SplittableRandom random) {
    if (random.nextBoolean()) {
      return NONE;
    }
    String kind =
        Plan.pick(
            random, List.of("delta", "delta", "max", "latest", "unique", "burst", "percentile"));
    if (kind.equals("burst")) {
      Measuring measuring = Measuring.ofSlots("turns", kind, new Measuring.Slots(SLOT, ABOVE, 0));
      return of(kind, measuring, ", every: 20m, above: 3", Prices.energy(random));
    }
    if (kind.equals("percentile")) {
      Measuring measuring = Measuring.ofSlots("turns", kind, new Measuring.Slots(SLOT, 0, 95));
      return of(kind, measuring, ", every: 20m, percentile: 95", Prices.energy(random));
    }
    if (!kind.equals("delta")) {
      Prices prices = kind.equals("unique") ? Prices.each("0.0123457") : Prices.energy(random);
      return of(kind, Measuring.ofPeriods("turns", kind), "", prices);
    }
    String first = Plan.pick(random, List.of("baseline", "from-zero"));
    String reset = Plan.pick(random, List.of("from-zero", "from-zero", "ignore", "suspend"));
    boolean over = random.nextInt(3) == 0;
    Measuring measuring =
        new Measuring("turns", kind, first, reset, over ? ROLLS_OVER : 0, REMEMBERED);
    String policy =
        ", first: " + first + ", reset: " + reset + (over ? ", rolls-over-at: 2000" : "");
    return of(kind, measuring, policy, Prices.energy(random));
  }

  /** What lamps store over time. */
  private static Counted level(SplittableRandom random) {
    long minutes = Plan.pick(random, List.of(10L, 90L, 23 * 60L));
    Measuring measuring = Measuring.ofLevels("turns", minutes * 60_000, REMEMBERED);
    Prices prices = Prices.kept();
    return new Counted(
        "  turns: {event: lamp.report, value: data.turns, unit: MB, scale: 3,"
            + " aggregate: time-weighted, holds-for: PT"
            + minutes
            + "M, where: {data.kind: peak}}\n",
        "      turns: {meter: turns, " + prices.yaml() + "}\n",
        prices.usage("turns", Plan.LAMP_REPORT, VALUE).stream().map(u -> u.of(measuring)).toList());
  }

  private static Counted of(String kind, Measuring measuring, String policy, Prices prices) {
    return new Counted(
        "  turns: {event: lamp.report, value: data.turns, "
            + (kind.equals("unique") ? "" : "unit: Wh, ")
            + "aggregate: "
            + kind
            + policy
            + ", where: {data.kind: peak}"
            + "}\n",
        "      turns: {meter: turns, " + prices.yaml() + "}\n",
        prices.usage("turns", Plan.LAMP_REPORT, VALUE).stream().map(u -> u.of(measuring)).toList());
  }

  /** Whether what a device's reading counts for depends on its own before: none such is shared. */
  boolean isOfOneDevice() {
    return usage.stream()
        .map(Tariff.Usage::measuring)
        .anyMatch(m -> m != null && List.of("delta", "latest", "time-weighted").contains(m.kind()));
  }

  boolean isThere() {
    return !usage.isEmpty();
  }
}
