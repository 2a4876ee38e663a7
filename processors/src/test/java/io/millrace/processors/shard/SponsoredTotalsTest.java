package io.millrace.processors.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.processors.rating.Rules.AccountName;
import io.millrace.processors.rating.Sponsor;
import java.util.Comparator;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A maker pays for all of an offer up to 2 euro a device and day: use, a fee of which a part comes
 * back when a device leaves, and what a cap and a discount take off at a day's end. Whatever comes
 * late, is taken back or moves, it has paid the lesser of its bound and what the day's charges,
 * added up row by row, came to.
 */
class SponsoredTotalsTest {
  private static final String TEXT =
      ChargingShard.CATALOG
          + "      fee: {recurring: 0.9, every: day, prorate: second}\n"
          + "      most: {cap: 6, of: [energy, fee]}\n"
          + "      less: {discount: [{to: 1, percent: 0}, {percent: 40}], of: [energy, fee]}\n"
          + "    paid-by: {account: maker, up-to: 2}\n";
  private static final int MAKER = ChargingShard.account(new AccountName("customer", "maker"));
  private static final int TRANSIT = ChargingShard.account(new AccountName("in-transit", ""));
  private static final long START = OneShard.millis("2026-11-02T00:00:00Z");
  private static final long HOUR = 3_600_000;
  private static final long DAY = 24 * HOUR;
  private static final long CAP = 2_000 * ChargingShard.MILL;

  private record Of(long subscription, long day) {
    static final Comparator<Of> ORDER =
        Comparator.comparingLong(Of::subscription).thenComparingLong(Of::day);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void aSponsorsPart_isTheLesserOfItsBoundAndTheDay(int run) {
    for (int seed = 25 * run; seed < 25 * run + 25; seed++) {
      live(new TwoShards(TEXT, START), new Random(seed), seed);
    }
  }

  private static void live(TwoShards shards, Random random, int seed) {
    Map<Long, Integer> homes = new TreeMap<>();
    Map<Long, Long> moved = new TreeMap<>();
    for (long d = 0; d < 3; d++) {
      homes.put(d, (int) d % 2);
      shards.get((int) d % 2).add(subscribe(d));
      shards.commit((int) d % 2);
    }
    for (int step = 0; step < 50; step++) {
      long device = random.nextInt(3);
      int shard = homes.get(device);
      switch (random.nextInt(9)) {
        case 0 -> shards.deliver(random.nextInt(2), random.nextBoolean());
        case 1 -> shards.now += random.nextInt(12) * HOUR;
        case 2 -> {
          if (random.nextInt(3) == 0 && moved.putIfAbsent(device, shards.now + HOUR) == null) {
            shards.deliver(0, false);
            shards.deliver(1, false);
            shards.get(shard).add(move(device, shards.now + HOUR, 1 - shard));
            shards.commit(shard);
            shards.now += HOUR;
            shards.deliver(1 - shard, false);
            homes.put(device, 1 - shard);
          }
        }
        default -> {
          long at = Math.max(START, shards.now - random.nextInt(60) * HOUR);
          long of = at >= moved.getOrDefault(device, Long.MAX_VALUE) ? 10 + device : device;
          long quantity = random.nextInt(900) - (random.nextInt(3) == 0 ? 600 : 0);
          shards.get(shard).use(of, at, quantity);
          if (random.nextInt(3) > 0) {
            shards.commit(shard);
          }
        }
      }
    }
    shards.now = (shards.now / DAY + 2) * DAY;
    for (int round = 0; round < 3; round++) {
      shards.commit(0);
      shards.commit(1);
      shards.deliver(0, false);
      shards.deliver(1, true);
    }
    judge(shards, "seed " + seed);
    shards.assertReplays();
  }

  private static Command subscribe(long device) {
    return new Command.Subscribe(device, "d", 2_000 + (int) device, 0, START, Long.MAX_VALUE);
  }

  private static Command move(long device, long at, int shard) {
    return new Command.Move(
        device, at, 10 + device, shard, "d", 2_010 + (int) device, 0, Long.MAX_VALUE);
  }

  private static void judge(TwoShards shards, String what) {
    Map<Of, Long> totals = new TreeMap<>(Of.ORDER);
    Map<Of, Long> paid = new TreeMap<>(Of.ORDER);
    shards
        .charges()
        .forEach(
            c -> {
              Of of = new Of(c.subscription(), (c.windowStart() - START) / DAY);
              if (!Sponsor.isLine(c.offer())) {
                totals.merge(of, c.amount(), Math::addExact);
              } else if (c.account() == MAKER) {
                paid.merge(of, c.amount(), Math::addExact);
              }
            });
    long all = 0;
    for (Map.Entry<Of, Long> day : totals.entrySet()) {
      long part = Math.min(CAP, day.getValue());
      assertEquals(part, paid.getOrDefault(day.getKey(), 0L), what + ", " + day.getKey());
      all += part;
    }
    assertEquals(all, shards.posted(MAKER), what);
    assertEquals(0, shards.posted(TRANSIT), what);
  }
}
