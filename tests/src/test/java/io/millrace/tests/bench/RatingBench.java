package io.millrace.tests.bench;

import com.sun.management.ThreadMXBean;
import io.millrace.catalog.Catalog;
import io.millrace.catalog.CatalogFile;
import io.millrace.processors.rating.PriceCurve;
import io.millrace.processors.rating.Rules;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;

/**
 * A graduated tariff over a stream of readings: the compiled curve beside the same formula written
 * by hand, in CPU time of one thread. And what a catalog of many offers costs to load.
 */
final class RatingBench implements Step {
  static final String NAME = "rating";

  private static final int EVENTS = 20_000_000;
  private static final int WARM_RUNS = 3;
  private static final int OFFERS = 1_000;
  private static final Goal HALF = Goal.atLeast(0.5);

  /** The ends of the tiers, in thousandths of a Wh; a step of them costs 390 nano-euro at first. */
  private static final long FIRST = 100_000_000L;

  private static final long SECOND = 500_000_000L;

  private final long[] readings = new long[4_096];

  /** Nobody asks for it; it has the sums done. */
  private long sum;

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String what() {
    return "one graduated tariff, beside the same formula written by hand";
  }

  @Override
  public void measure(Site site, Figures figures) {
    long random = 1;
    for (int i = 0; i < readings.length; i++) {
      random = random * 6_364_136_223_846_793_005L + 1;
      readings[i] = random >>> 54; // up to a Wh
    }
    int events = site.scale().atMost(EVENTS);
    PriceCurve curve = curve(catalog(1));
    for (int run = 0; run < WARM_RUNS; run++) {
      byCurve(curve, EVENTS / 4);
      byHand(EVENTS / 4);
      byCurveInWords(curve, EVENTS / 4);
    }
    ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    for (int run = 0; run < site.scale().runs(); run++) {
      long bytes = thread.getCurrentThreadAllocatedBytes();
      long begun = thread.getCurrentThreadCpuTime();
      byCurve(curve, events);
      double engine = thread.getCurrentThreadCpuTime() - begun;
      bytes = thread.getCurrentThreadAllocatedBytes() - bytes;
      begun = thread.getCurrentThreadCpuTime();
      byHand(events);
      double hand = thread.getCurrentThreadCpuTime() - begun;
      begun = thread.getCurrentThreadCpuTime();
      byCurveInWords(curve, events);
      double words = thread.getCurrentThreadCpuTime() - begun;
      figures.note("speed of the curve, the formula by hand being 1", "", HALF, hand / engine);
      figures.note("curve", "ns/event", engine / events);
      figures.note("curve with its explanation", "ns/event", words / events);
      figures.note("formula by hand", "ns/event", hand / events);
      figures.note("allocated", "B/event", Goal.atMost(1), (double) bytes / events);
      begun = thread.getCurrentThreadCpuTime();
      Rules.compile(1, 64, catalog(OFFERS), account -> 1);
      double load = thread.getCurrentThreadCpuTime() - begun;
      figures.note("load of a catalog of 1,000 offers", "ms", Goal.atMost(1_000), load / 1e6);
    }
  }

  private void byCurve(PriceCurve curve, int events) {
    long used = 0;
    long priced = 0;
    long charged = 0;
    for (int i = 0; i < events; i++) {
      used += readings[i & 4_095];
      long amount = curve.amountAt(used);
      charged += amount - priced;
      priced = amount;
    }
    sum += charged;
  }

  private void byCurveInWords(PriceCurve curve, int events) {
    long used = 0;
    long priced = 0;
    long charged = 0;
    long[] slots = new long[curve.slots()];
    for (int i = 0; i < events; i++) {
      long before = used;
      used += readings[i & 4_095];
      long amount = curve.amountAt(used);
      curve.explain(before, used, slots, slots);
      charged += amount - priced;
      priced = amount;
    }
    sum += charged + slots[0];
  }

  private void byHand(int events) {
    long used = 0;
    long priced = 0;
    long charged = 0;
    for (int i = 0; i < events; i++) {
      used += readings[i & 4_095];
      long amount = priceByHand(used);
      charged += amount - priced;
      priced = amount;
    }
    sum += charged;
  }

  /** 0.39 a kWh up to 100 kWh, 0.35 up to 500 kWh, then 0.31, in nano-euro. */
  private static long priceByHand(long used) {
    long exact;
    if (used <= FIRST) {
      exact = used * 390;
    } else if (used <= SECOND) {
      exact = FIRST * 390 + (used - FIRST) * 350;
    } else {
      exact = FIRST * 390 + (SECOND - FIRST) * 350 + (used - SECOND) * 310;
    }
    return exact;
  }

  private static PriceCurve curve(Catalog catalog) {
    return Rules.compile(1, 64, catalog, account -> 1)
        .offers()
        .getFirst()
        .last()
        .usage()
        .getFirst()
        .curve();
  }

  private static Catalog catalog(int offers) {
    StringBuilder text =
        new StringBuilder(
            """
            catalog: rated
            effective: 2026-01-01
            currency: EUR
            zone: Europe/Paris
            meters:
              energy: {event: charge.end, value: data.wh, unit: Wh, scale: 3, aggregate: sum}
            offers:
            """);
    for (int i = 0; i < offers; i++) {
      text.append("  offer-").append(i).append(":\n");
      text.append("    scope: device\n    window: 1h\n    charges:\n");
      text.append(
          "      energy: {meter: energy, unit: kWh, graduated: [{to: 100, per-unit: 0.39},");
      text.append(" {to: 500, per-unit: 0.35}, {per-unit: 0.31}]}\n");
    }
    return switch (CatalogFile.read("bench", text.toString().getBytes(StandardCharsets.UTF_8))) {
      case CatalogFile.Result.Accepted(Catalog catalog) -> catalog;
      case CatalogFile.Result.Rejected rejected ->
          throw new IllegalStateException(rejected.problems().toString());
    };
  }
}
