package io.millrace.processors.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.processors.rating.Rules.AccountName;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/**
 * A maker pays for some of its devices' use, up to 2 euro a device and day. Its root is in one of
 * two shards, devices are in both: whatever comes late, twice or in parts, each pays its own part
 * of the price of the total, and what is in transit is what messages carry.
 */
class SponsoringTest {
  private static final String TEXT =
      ChargingShard.CATALOG + "    paid-by: {account: maker, up-to: 2}\n";
  private static final int MAKER = ChargingShard.account(new AccountName("customer", "maker"));
  private static final int TRANSIT = ChargingShard.account(new AccountName("in-transit", ""));
  private static final long START = OneShard.millis("2026-11-02T00:00:00Z");
  private static final long HOUR = 3_600_000;
  private static final long CAP = 2_000 * ChargingShard.MILL;
  private static final int HOME = ShardKey.of(MAKER, 2);

  private final List<ChargingShard> shards =
      List.of(new ChargingShard(0, TEXT), new ChargingShard(1, TEXT));
  private final List<ArrayDeque<Command.Received>> mail =
      List.of(new ArrayDeque<>(), new ArrayDeque<>());
  private long now = START;

  private Effects commit(int shard) {
    Effects effects = shards.get(shard).commit(now);
    for (byte verdict : effects.verdicts) {
      assertEquals(Effects.Verdict.CHARGED.ordinal(), verdict, effects.refusals.toString());
    }
    assertEquals(Map.of(), effects.refused);
    long seq = shards.get(shard).shard().seq();
    effects.messages.forEach(
        m -> mail.get(m.to()).add(new Command.Received(shard, seq, m.n(), m.message())));
    return effects;
  }

  private void deliver(int to, boolean twice) {
    ArrayDeque<Command.Received> inbox = mail.get(to);
    inbox.forEach(shards.get(to)::add);
    if (twice) {
      inbox.forEach(shards.get(to)::add);
    }
    inbox.clear();
    commit(to);
  }

  private void subscribe(int shard, long device, int account) {
    shards.get(shard).add(new Command.Subscribe(device, "d", account, 0, START, Long.MAX_VALUE));
    commit(shard);
  }

  private long posted(int account) {
    return shards.stream().mapToLong(s -> s.ledger.getOrDefault(account, 0L)).sum();
  }

  /** What is owed to whom messages are for; less than 0 where those owe it. */
  private long underWay() {
    return mail.stream()
        .flatMap(ArrayDeque::stream)
        .filter(r -> r.message() instanceof ShardMessage.Sponsored)
        .mapToLong(r -> ((ShardMessage.Sponsored) r.message()).amount())
        .sum();
  }

  /** What a day's watt-hours cost: 3 mills each up to 1,000, then 5. */
  private static long price(long quantity) {
    return ChargingShard.MILL * (3 * Math.min(quantity, 1_000) + 5 * Math.max(0, quantity - 1_000));
  }

  private long view(int account) {
    return shards.stream()
        .flatMap(s -> s.shard().account(account).stream())
        .mapToLong(v -> v.accrued() + v.posted())
        .sum();
  }

  @Test
  void useOfADeviceElsewhere_isPaidByTheMakerUpToItsBound() {
    int away = 1 - HOME;
    subscribe(away, 7, 2_000);
    shards.get(away).use(7, now, 500);
    commit(away);
    assertEquals(1_500 * ChargingShard.MILL, view(MAKER), "as it accrues");
    assertEquals(0, view(2_000));
    shards.get(away).use(7, now, 300);
    commit(away);
    now += 2 * HOUR;
    Effects sealed = commit(away);
    assertEquals(
        List.of(2_400 * ChargingShard.MILL, -CAP),
        sealed.charges.stream().map(Effects.ChargeRow::amount).toList());
    assertEquals("sponsored:car", sealed.charges.getLast().offer());
    assertEquals(400 * ChargingShard.MILL, posted(2_000));
    assertEquals(0, posted(MAKER));
    assertEquals(CAP, posted(TRANSIT));
    assertEquals(CAP, underWay());
    deliver(HOME, true);
    assertEquals(CAP, posted(MAKER));
    assertEquals(0, posted(TRANSIT));
    assertEquals(CAP, view(MAKER));
    assertEquals(400 * ChargingShard.MILL, view(2_000));
    shards.forEach(ChargingShard::assertReplays);
  }

  @Test
  void useInTheMakersShard_isPaidInOneCommit() {
    subscribe(HOME, 7, 2_000);
    subscribe(HOME, 8, MAKER);
    shards.get(HOME).use(7, now, 100);
    shards.get(HOME).use(8, now, 100);
    commit(HOME);
    now += 2 * HOUR;
    Effects sealed = commit(HOME);
    assertEquals(4, sealed.charges.size(), "its own device is nothing that it sponsors");
    assertTrue(sealed.messages.isEmpty());
    assertEquals(2 * price(100), posted(MAKER));
    assertEquals(0, posted(2_000));
  }

  @Test
  void aMakerWithABalance_paysFromIt() {
    WalletTerms terms = ChargingShard.terms(true, 0, MAKER);
    AccountRequest.Key key = ChargingShard.key(1);
    assertEquals(
        AccountAnswer.Outcome.OPENED,
        shards.get(HOME).answered(now, new AccountRequest.Open(key, MAKER, terms)).outcome());
    shards
        .get(HOME)
        .answered(now, new AccountRequest.Pay(ChargingShard.key(2), MAKER, 1_000_000_000, false));
    subscribe(1 - HOME, 7, 2_000);
    shards.get(1 - HOME).use(7, now, 500);
    commit(1 - HOME);
    now += 2 * HOUR;
    commit(1 - HOME);
    deliver(HOME, false);
    WalletView wallet = shards.get(HOME).shard().wallet(MAKER).orElseThrow();
    assertEquals(-500_000_000, wallet.available(), "it bounds nothing by its balance");
    assertEquals(-0L, posted(10 * MAKER + 1), "all of the balance is drawn");
    assertEquals(500_000_000, posted(10 * MAKER + 2), "what is beyond is its overrun");
  }

  @Test
  void aClosedPeriod_hasWhatArrivesLateInTheNext() {
    int away = 1 - HOME;
    subscribe(away, 7, 2_000);
    shards.get(away).use(7, now, 100);
    commit(away);
    now = START + 24 * HOUR;
    commit(away);
    shards.get(HOME).add(new Command.ClosePeriod(0));
    assertEquals(0, commit(HOME).closed);
    Command.Received bill = mail.get(HOME).removeFirst();
    shards.get(HOME).add(bill);
    Effects late = commit(HOME);
    assertEquals(1, late.charges.getFirst().period());
    assertTrue(late.charges.getFirst().late());
    assertEquals(price(100), posted(MAKER));
  }

  @Property(tries = 150)
  void eachPaysItsPartOfThePriceOfTheTotal(@ForAll long seed) {
    new SponsoringTest().eachPaysItsPart(seed);
  }

  private void eachPaysItsPart(long seed) {
    Random random = new Random(seed);
    Map<Long, Integer> homes = new TreeMap<>();
    Map<Long, Long> successors = new TreeMap<>();
    Map<Long, Map<Long, Long>> used = new TreeMap<>(); // by subscription and day
    for (long d = 0; d < 4; d++) {
      homes.put(d, (int) d % 2);
      subscribe((int) d % 2, d, 2_000 + (int) d);
    }
    for (int step = 0; step < 60; step++) {
      long device = random.nextInt(4);
      int shard = homes.get(device);
      switch (random.nextInt(10)) {
        case 0 -> deliver(random.nextInt(2), random.nextBoolean());
        case 1 -> now += random.nextInt(8) * HOUR / 2;
        case 2 -> shards.forEach(ChargingShard::checkpoint);
        case 3 -> {
          if (random.nextInt(4) == 0 && !successors.containsKey(device)) {
            deliver(0, false);
            deliver(1, false); // What waits is taken in before the device leaves.
            successors.put(device, now + HOUR);
            shards
                .get(shard)
                .add(
                    new Command.Move(
                        device,
                        now + HOUR,
                        10 + device,
                        1 - shard,
                        "d",
                        2_010 + (int) device,
                        0,
                        Long.MAX_VALUE));
            commit(shard);
            now += HOUR;
            deliver(1 - shard, false);
            homes.put(device, 1 - shard);
          }
        }
        default -> {
          long at = Math.max(START, now - random.nextInt(40) * HOUR);
          Long moved = successors.get(device);
          long subscription = moved != null && at >= moved ? 10 + device : device;
          long quantity = random.nextInt(400) - (random.nextInt(3) == 0 ? 300 : 0);
          shards.get(shard).use(subscription, at, quantity);
          used.computeIfAbsent(subscription, s -> new TreeMap<>())
              .merge((at - START) / (24 * HOUR), quantity, Long::sum);
          if (random.nextInt(3) > 0) {
            commit(shard);
          }
        }
      }
      assertEquals(posted(TRANSIT), underWay(), "what is in transit is under way");
    }
    now += 48 * HOUR;
    for (int round = 0; round < 3; round++) {
      commit(0);
      commit(1);
      deliver(0, false);
      deliver(1, true);
    }
    long paid = 0;
    long all = 0;
    for (long s : List.of(0L, 1L, 2L, 3L, 10L, 11L, 12L, 13L)) {
      long own = 0;
      for (long quantity : used.getOrDefault(s, Map.of()).values()) {
        long price = quantity < 0 ? -price(-quantity) : price(quantity);
        long part = Math.min(price, CAP);
        paid += part;
        own += price - part;
        all += price;
      }
      assertEquals(own, posted(2_000 + (int) s), "what subscription " + s + " pays itself");
      assertEquals(own, view(2_000 + (int) s));
    }
    assertEquals(paid, posted(MAKER));
    assertEquals(paid, view(MAKER));
    assertEquals(-all, posted(ChargingShard.REVENUE));
    assertEquals(0, posted(TRANSIT));
    shards.forEach(ChargingShard::assertReplays);
  }

  /** Its devices owe nothing themselves, however much they use: the maker's own bound holds. */
  @Test
  void whatAMakerCanOweNoMore_isRefusedAsAnyAccountsUse() {
    ChargingShard home = new ChargingShard(HOME, ChargingShard.CATALOG + "    paid-by: maker\n");
    home.add(new Command.Subscribe(1, "d", 2_001, 0, START, Long.MAX_VALUE));
    home.commit(START);
    long most = Long.MAX_VALUE / 2;
    long aDay = 220_000_000_000L;
    for (long day = 1; day <= 12; day++) {
      long at = START + day * 24 * HOUR;
      home.use(1, at, aDay);
      Effects effects = home.commit(at);
      long price = 5 * ChargingShard.MILL * aDay - 2_000 * ChargingShard.MILL;
      Effects.Verdict expected =
          price <= most / day ? Effects.Verdict.CHARGED : Effects.Verdict.SUSPENDED;
      assertEquals(expected.ordinal(), effects.verdicts[0], "day " + day);
      if (expected == Effects.Verdict.SUSPENDED) {
        assertEquals(Map.of(0, Reason.BAD_QUANTITY), effects.refusals);
      }
    }
    home.use(1, START + 12 * 24 * HOUR, 1);
    assertEquals(
        Effects.Verdict.CHARGED.ordinal(), home.commit(START + 12 * 24 * HOUR).verdicts[0]);
    home.assertReplays();
  }
}
