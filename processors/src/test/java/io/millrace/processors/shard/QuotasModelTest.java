package io.millrace.processors.shard;

import static io.millrace.processors.shard.SponsorShards.AWAY;
import static io.millrace.processors.shard.SponsorShards.HOME;
import static io.millrace.processors.shard.SponsorShards.HOUR;
import static io.millrace.processors.shard.SponsorShards.MAKER;
import static io.millrace.processors.shard.SponsorShards.START;
import static io.millrace.processors.shard.SponsorShards.TRANSIT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Random lives of two shards whose devices a maker pays for within its balance: usage that comes
 * late and is taken back, fees, devices that move between the shards, events charged at once, money
 * paid in, also such as ends, messages that come whenever and twice, checkpoints. After each step
 * what is lent is in hand, used or on its way, and no more than there is; in the end each price was
 * paid once, and the maker has paid what it had at most.
 */
class QuotasModelTest {
  private static final String TEXT =
      ChargingShard.CATALOG
          + "      lease: {recurring: 0.2, every: day}\n"
          + "    paid-by: {account: maker, up-to: 5, within: balance}\n";
  private static final long MILL = ChargingShard.MILL;
  private static final int BONUS = 9_100;
  private static final int EXPIRED = 9_101;

  private final SponsorShards two = new SponsorShards(TEXT);
  private final Map<Long, Integer> homes = new TreeMap<>();
  private final Map<Long, Long> successors = new TreeMap<>();
  private final Map<Long, Map<Long, Long>> used = new TreeMap<>(); // by subscription and day
  private final Random random = new Random(0);
  private boolean hasWallet;

  /** Life 0 to 299 in each build; {@code -Dquotas.lives=N} lives N. */
  @Test
  void whatIsLent_isNeverMoreThanThereIs_andEachPriceIsPaidOnce() {
    int lives = Integer.getInteger("quotas.lives", 300);
    for (long life = 0; life < lives; life++) {
      try {
        new QuotasModelTest().live(life);
      } catch (AssertionError e) {
        throw new AssertionError("life " + life + ": " + e.getMessage(), e);
      }
    }
  }

  private void live(long seed) {
    random.setSeed(seed);
    for (long d = 0; d < 4; d++) {
      homes.put(d, (int) d % 2);
      two.subscribe((int) d % 2, d);
      if (random.nextBoolean()) {
        two.open((int) d % 2, 2_000 + (int) d);
      }
    }
    hasWallet = random.nextInt(5) > 0;
    if (hasWallet) {
      two.open((1 + random.nextInt(20_000)) * MILL);
    }
    for (int step = 0; step < 80; step++) {
      step();
      two.assertSound();
    }
    two.now = START + ((two.now - START) / (24 * HOUR) + 2) * 24 * HOUR + HOUR;
    for (int round = 0; round < 5; round++) {
      two.commit(HOME);
      two.commit(AWAY);
      two.exchange();
      two.assertSound();
      two.now += 2 * HOUR;
    }
    judge();
    two.assertReplay();
  }

  private void step() {
    long device = random.nextInt(4);
    int shard = homes.get(device);
    switch (random.nextInt(11)) {
      case 0, 1 -> two.deliver(random.nextInt(2));
      case 2 -> two.now += random.nextInt(12) * HOUR / 4;
      case 3 -> two.shards.forEach(ChargingShard::checkpoint);
      case 4 -> pay();
      case 5 -> move(device, shard);
      case 6 -> {
        ChargingShard of = two.shards.get(shard);
        int row = of.unlocking(subscription(device, two.now), two.now);
        of.ask(new AccountRequest.Use(two.key(), row, 0, 0, false));
        two.commit(shard);
      }
      default -> {
        long at = Math.max(START, two.now - random.nextInt(30) * HOUR);
        long quantity = random.nextInt(400) - (random.nextInt(4) == 0 ? 300 : 0);
        two.shards.get(shard).use(subscription(device, at), at, quantity);
        used.computeIfAbsent(subscription(device, at), s -> new TreeMap<>())
            .merge((at - START) / (24 * HOUR), quantity, Long::sum);
        if (random.nextInt(3) > 0) {
          two.commit(shard);
        }
      }
    }
  }

  private long subscription(long device, long at) {
    Long moved = successors.get(device);
    return moved != null && at >= moved ? 10 + device : device;
  }

  private void pay() {
    if (!hasWallet || random.nextInt(4) > 0) {
      return;
    }
    long amount = (1 + random.nextInt(3_000)) * MILL;
    if (random.nextBoolean()) {
      two.pay(amount);
      return;
    }
    two.paidIn += amount;
    AccountRequest.Into into =
        new AccountRequest.Into(
            "gift" + random.nextInt(2),
            AccountRequest.Into.UNSAID,
            two.now + (1 + random.nextInt(20)) * HOUR,
            BONUS,
            EXPIRED);
    two.shards.get(HOME).ask(new AccountRequest.Pay(two.key(), MAKER, amount, false, into));
    two.commit(HOME);
  }

  private void move(long device, int shard) {
    if (random.nextInt(4) > 0 || successors.containsKey(device)) {
      return;
    }
    two.deliver(0);
    two.deliver(1); // What waits is taken in before the device leaves.
    long at = two.now + HOUR;
    successors.put(device, at);
    two.shards
        .get(shard)
        .add(
            new Command.Move(
                device, at, 10 + device, 1 - shard, "d", 2_010 + (int) device, 0, Long.MAX_VALUE));
    two.commit(shard);
    two.now = at;
    two.deliver(1 - shard);
    homes.put(device, 1 - shard);
  }

  private void judge() {
    long energy = 0;
    long own = 0;
    for (long s : List.of(0L, 1L, 2L, 3L, 10L, 11L, 12L, 13L)) {
      own += two.posted(2_000 + (int) s);
      for (long quantity : used.getOrDefault(s, Map.of()).values()) {
        energy += price(quantity);
      }
    }
    Map<String, Long> charged = two.charged;
    assertEquals(energy, charged.getOrDefault("energy", 0L), "the price of each day's total");
    long all = charged.values().stream().mapToLong(c -> c).sum();
    assertEquals(all, own + two.posted(MAKER), "each price is paid once");
    assertEquals(-all, two.posted(ChargingShard.REVENUE));
    assertTrue(two.posted(MAKER) <= two.paidIn, "the maker pays what it has at most");
    assertEquals(0, two.posted(10 * MAKER + 2), "nothing is beyond its floor");
    assertEquals(0, two.posted(TRANSIT));
    assertEquals(0, hasWallet ? two.wallet().lent() : 0, "all that was lent is back");
  }

  private static long price(long quantity) {
    return quantity < 0
        ? -price(-quantity)
        : MILL * (3 * Math.min(quantity, 1_000) + 5 * Math.max(0, quantity - 1_000));
  }
}
