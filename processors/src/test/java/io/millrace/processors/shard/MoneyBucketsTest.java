package io.millrace.processors.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;

/** What becomes of buckets that have paid for something. */
class MoneyBucketsTest {
  private static final int TYPE = 7;

  private final MoneyBuckets all = new MoneyBuckets(1, 2);

  private MoneyBucket paid(String name, int type, long amount) {
    MoneyBucket b = all.open(name, type, Long.MAX_VALUE, 0);
    assertNotNull(b);
    b.paid = amount;
    return b;
  }

  @Test
  void whatACapGivesBack_goesToTheBucketThatPaidAndBecomesNoMoney() {
    MoneyBucket present = paid("present", TYPE, 100);
    all.spend(TYPE, 100, 0);
    all.spend(MoneyBucket.ANY, -40, 0);
    assertEquals(40, present.left());
    assertEquals(60, all.burned);
  }

  @Test
  void oneWhoseEndHasPassed_takesNothingMoreThoughItHasNotRunOutYet() {
    MoneyBucket gift = paid("gift", MoneyBucket.ANY, 10);
    gift.endAt(1_000, 0);
    assertEquals(gift, all.find("gift", 999));
    assertNull(all.find("gift", 1_000));
  }

  @Test
  void oneThatPaidForSomething_staysWhereAnotherIsMade() {
    MoneyBucket first = paid("b0", MoneyBucket.ANY, 10);
    for (int i = 1; i < MoneyBuckets.MOST; i++) {
      paid("b" + i, MoneyBucket.ANY, 10);
    }
    all.spend(TYPE, 10, 0);
    assertEquals(0, first.left());
    assertNull(all.open("another", MoneyBucket.ANY, Long.MAX_VALUE, 0));
    all.spend(TYPE, -10, 0);
    assertEquals(10, first.left());
    first.paid = 0;
    assertNotNull(all.open("another", MoneyBucket.ANY, Long.MAX_VALUE, 0));
    assertNull(all.find("b0", 0));
  }
}
