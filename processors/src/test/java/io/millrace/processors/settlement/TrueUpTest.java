package io.millrace.processors.settlement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.catalog.Agreement;
import io.millrace.catalog.Agreement.Share;
import io.millrace.processors.ledger.Split;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class TrueUpTest {

  private static final LineKey ENERGY = new LineKey("lamp", "energy", false);
  private static final LineKey NONE = new LineKey("lamp", "", false);
  private static final LineKey LEASE = new LineKey("lamp", "lease", false);

  @Property
  void sharesOfManyShards_endAsThoseOfTheWhole(
      @ForAll @IntRange(min = 1, max = 999_999) int first,
      @ForAll @IntRange(max = 1_000_000) int second,
      @ForAll @Size(min = 1, max = 64)
          List<@LongRange(min = -1_000_000, max = 1_000_000_000) Long> shards) {
    Split split = split(first, Math.min(second, 999_999 - first));
    long whole = 0;
    long[] paid = new long[3];
    long[] part = new long[3];
    for (long amount : shards) {
      whole += amount;
      split.accrue(amount, part);
      for (int i = 0; i < 3; i++) {
        paid[i] += part[i];
      }
    }
    TrueUp trueUp = TrueUp.of(split, NONE, Map.of(ENERGY, whole), paid, shards.size());
    long[] ofTheWhole = new long[3];
    split.accrue(whole, ofTheWhole);
    long sum = 0;
    for (int i = 0; i < 3; i++) {
      assertEquals(ofTheWhole[i], paid[i] + trueUp.owed().get(i));
      sum += trueUp.owed().get(i);
    }
    assertEquals(0, sum);
    if (shards.size() == 1) {
      assertTrue(trueUp.isNothing());
    }
  }

  @Test
  void difference_goesToTheLargestLine() {
    Map<LineKey, Long> shared = new HashMap<>(Map.of(ENERGY, 4L, LEASE, -5L));
    TrueUp trueUp = TrueUp.of(split(700_000, 0), NONE, shared, new long[] {-2, 0, 1}, 2);
    assertEquals(LEASE, trueUp.line());
    assertEquals(List.of(1L, 0L, -1L), trueUp.owed());
  }

  @Test
  void partiesWithoutTheWhole_areNotSettled() {
    assertThrows(
        IllegalStateException.class,
        () -> TrueUp.of(split(700_000, 0), NONE, Map.of(ENERGY, 100L), new long[] {70, 0, 29}, 64));
  }

  @Test
  void aPartyFurtherOffThanSharingInPartsExplains_isNotSettled() {
    assertThrows(
        IllegalStateException.class,
        () -> TrueUp.of(split(700_000, 0), NONE, Map.of(ENERGY, 100L), new long[] {68, 0, 32}, 1));
  }

  private static Split split(int first, int second) {
    return Split.of(
        new Agreement(
            "lamp",
            List.of(
                new Share("telco", first, false),
                new Share("city", second, false),
                new Share("vendor", 0, true))),
        9);
  }
}
