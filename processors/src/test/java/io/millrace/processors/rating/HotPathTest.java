package io.millrace.processors.rating;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.millrace.catalog.Agreement;
import io.millrace.catalog.Agreement.Share;
import io.millrace.catalog.ChargeRule.Every;
import io.millrace.catalog.Unit;
import io.millrace.catalog.WindowRule;
import io.millrace.processors.ledger.Allotment;
import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.time.ZoneId;
import java.util.List;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;

/** What runs once an event or once a charge allocates nothing. */
class HotPathTest {

  private static final int CALLS = 100_000;

  @Test
  void pricing_allocatesNothing() {
    Unit wattHour = Unit.of("Wh").orElseThrow();
    PriceCurve curve =
        new PriceCurveTest.Tariff(
                "EUR", wattHour, 3, new BigDecimal("0.00005"), Unit.of("kWh").orElseThrow())
            .curve();
    assertNoAllocation(i -> curve.between(i, i + 412));
  }

  @Test
  void pricingInTiers_allocatesNothing() {
    PriceCurve curve =
        PriceShapesTest.curve(
            "EUR",
            "value: data.v, unit: MB, aggregate: sum",
            PriceShapesTest.GRADUATED + ", unit: MB");
    long[] slots = new long[curve.slots()];
    assertNoAllocation(
        i -> {
          curve.explain(7 * i, 7 * i + 7, slots, slots);
          return curve.between(7 * i, 7 * i + 7);
        });
  }

  @Test
  void reading_allocatesNothing() {
    char[] text = "-0.4125e-1".toCharArray();
    assertNoAllocation(i -> MeterValue.parse(text, 0, text.length, 3, true));
  }

  @Test
  void windowOfOneDay_allocatesNothing() {
    Windows days = Windows.of(new WindowRule.Calendar(Every.DAY), ZoneId.of("Europe/Madrid"));
    long morning = 1_793_613_667_123L;
    assertEquals(days.startOf(morning), days.startOf(morning + CALLS));
    assertNoAllocation(i -> days.startOf(morning + i));
  }

  @Test
  void sharing_allocatesNothing() {
    Allotment allotment =
        Allotment.of(
            new Agreement(
                "three",
                List.of(
                    new Share("a", 333_333, false),
                    new Share("b", 333_333, false),
                    new Share("c", 0, true))));
    long[] out = new long[3];
    assertNoAllocation(
        i -> {
          allotment.allot(i, out);
          return out[2];
        });
  }

  private static void assertNoAllocation(LongUnaryOperator work) {
    ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    run(work, 100); // loads the classes
    long before = thread.getCurrentThreadAllocatedBytes();
    long sum = run(work, CALLS);
    long allocated = thread.getCurrentThreadAllocatedBytes() - before;
    assertTrue(allocated < CALLS, allocated + " bytes in " + CALLS + " calls, sum " + sum);
  }

  private static long run(LongUnaryOperator work, int calls) {
    long sum = 0;
    for (int i = 0; i < calls; i++) {
      sum += work.applyAsLong(i);
    }
    return sum;
  }
}
