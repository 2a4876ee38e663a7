package io.millrace.processors.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.catalog.CatalogFile;
import io.millrace.processors.explain.EvidenceList.Ref;
import io.millrace.processors.rating.PriceCurve;
import io.millrace.processors.rating.Rules;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class PriceWalkTest {

  /** Half a ledger unit for one scaled unit, so that every odd position is rounded. */
  private static final PriceCurve CURVE = curve();

  private static PriceCurve curve() {
    String halves =
        new String(CatalogFile.template("smart-city.yaml"), StandardCharsets.UTF_8)
            .replace("0.00005", "0.0005");
    return switch (CatalogFile.read("test", halves.getBytes(StandardCharsets.UTF_8))) {
      case CatalogFile.Result.Accepted a ->
          Rules.compile(1, 8, a.catalog(), name -> 1)
              .offers()
              .getFirst()
              .last()
              .usage()
              .getFirst()
              .curve();
      case CatalogFile.Result.Rejected r -> throw new AssertionError(r.problems());
    };
  }

  @Test
  void eventsOfOthersInBetween_moveWhereTheCurveStands() {
    PriceWalk alone = new PriceWalk(CURVE);
    alone.event(new Ref(1, 0), 0, 1, true);
    alone.event(new Ref(3, 0), 0, 1, true);
    assertEquals(1, alone.amount());

    // 0 to 1 rounds up to a unit, 2 to 3 does it again.
    PriceWalk between = new PriceWalk(CURVE);
    between.event(new Ref(3, 0), 0, 1, true);
    between.event(new Ref(2, 0), 0, 1, false);
    between.event(new Ref(1, 0), 0, 1, true);
    assertEquals(2, between.amount());
  }

  @Test
  void anotherPeriod_isAnotherCurve() {
    PriceWalk walk = new PriceWalk(CURVE);
    walk.others(new Ref(0, 0), 0, 0, 1);
    walk.others(new Ref(0, 0), 1, 0, 2);
    walk.event(new Ref(1, 0), 0, 1, true);
    walk.event(new Ref(2, 0), 1, 1, true);
    assertEquals(1, walk.amount());
  }

  /** However events are dealt to charges, each charge is what an abacus makes of it. */
  @Property(tries = 300)
  void chargesOfAnyDeal_areExactAndAddUp(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 40) int events,
      @ForAll @IntRange(min = 1, max = 5) int charges) {
    Random random = new Random(seed);
    long[] reading = new long[events];
    int[] of = new int[events];
    BigDecimal[] expected = new BigDecimal[charges];
    java.util.Arrays.fill(expected, BigDecimal.ZERO);
    long position = 0;
    for (int i = 0; i < events; i++) {
      reading[i] = random.nextLong(-3, 20);
      of[i] = random.nextInt(charges);
      BigDecimal delta = price(position + reading[i]).subtract(price(position));
      expected[of[i]] = expected[of[i]].add(delta);
      position += reading[i];
    }
    long all = 0;
    for (int c = 0; c < charges; c++) {
      List<Integer> order = new ArrayList<>();
      for (int i = 0; i < events; i++) {
        order.add(i);
      }
      Collections.shuffle(order, random);
      PriceWalk walk = new PriceWalk(CURVE);
      for (int i : order) {
        walk.event(new Ref(1 + i / 3, i % 3), 0, reading[i], of[i] == c);
      }
      assertEquals(expected[c].longValueExact(), walk.amount());
      all += walk.amount();
    }
    assertEquals(price(position).longValueExact(), all);
  }

  private static BigDecimal price(long quantity) {
    return BigDecimal.valueOf(quantity)
        .divide(BigDecimal.valueOf(2), 1, RoundingMode.UNNECESSARY)
        .setScale(0, RoundingMode.HALF_UP);
  }
}
