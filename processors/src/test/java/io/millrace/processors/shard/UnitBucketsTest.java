package io.millrace.processors.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** What becomes of units that were bought, where lives of many of them say too much at once. */
class UnitBucketsTest {
  private static final String EXTRA = "extra";
  private static final int DEVICE = 1;
  private static final int TYPE = 0;

  private final UnitBuckets all = new UnitBuckets();

  private UnitBucket bought(String name, long units) {
    UnitBucket b = all.open(name, EXTRA, Long.MAX_VALUE, 0);
    assertNotNull(b);
    b.paid = units;
    return b;
  }

  @Test
  void whatGrantsCountOn_othersDoNotDraw_andTheirOwnUseMay() {
    bought("a", 100);
    all.hold(DEVICE, TYPE, Map.of(EXTRA, 70L));
    assertEquals(30, all.free(EXTRA, 2, TYPE));
    assertEquals(30, all.free(EXTRA, DEVICE, 1));
    assertEquals(100, all.free(EXTRA, DEVICE, TYPE));
    all.use(1, EXTRA, 80, DEVICE, TYPE);
    assertEquals(20, all.held(EXTRA, DEVICE, TYPE), "it counts on no more than there is");
    all.hold(DEVICE, TYPE, Map.of());
    assertFalse(all.holds(DEVICE, TYPE));
    assertEquals(20, all.free(EXTRA, 2, TYPE));
  }

  @Test
  void whatComesBackToOneThatIsOver_isGone_alsoWhereNobodyKnowsItAnyMore() {
    UnitBucket first = bought("a", 10);
    all.use(1, EXTRA, 10, DEVICE, TYPE);
    all.end(first);
    all.use(1, EXTRA, -4, DEVICE, TYPE);
    assertEquals(4, first.returned);
    assertEquals(0, first.left());
    first.returned = 0;
    for (int i = 0; i < 32; i++) {
      UnitBucket other = bought("b" + i, 1);
      all.use(other.number, EXTRA, 1, DEVICE, TYPE);
      all.end(other);
    }
    all.use(1, EXTRA, -6, DEVICE, TYPE);
    assertEquals(Map.of(EXTRA, 6L), all.lost);
  }

  @Test
  void oneThatCoveredSomething_staysWhereAnotherIsMade() {
    UnitBucket first = bought("b0", 10);
    for (int i = 1; i < UnitBuckets.MOST; i++) {
      bought("b" + i, 10);
    }
    all.use(first.number, EXTRA, 10, DEVICE, TYPE);
    assertNull(all.open("another", EXTRA, Long.MAX_VALUE, 0));
    all.use(first.number, EXTRA, -10, DEVICE, TYPE);
    first.paid = 0;
    assertNotNull(all.open("another", EXTRA, Long.MAX_VALUE, 0));
    assertNull(all.find("b0", 0));
    assertTrue(all.find("b1", 0) != null);
  }
}
