package io.millrace.processors.shard;

import static io.millrace.processors.shard.SponsorShards.AWAY;
import static io.millrace.processors.shard.SponsorShards.HOME;
import static io.millrace.processors.shard.SponsorShards.HOUR;
import static io.millrace.processors.shard.SponsorShards.MAKER;
import static io.millrace.processors.shard.SponsorShards.START;
import static io.millrace.processors.shard.SponsorShards.TRANSIT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;

/** One random life of two shards, of {@link PledgesModelTest}. */
final class PledgeLife {
  private static final List<String> BY =
      List.of(
          "{account: maker, up-to: 2}",
          "{account: maker, up-to: 2, within: balance}",
          "{account: maker, within: balance}");
  private static final long MILL = ChargingShard.MILL;
  private static final long DAY = 24 * HOUR;
  private static final int DEVICES = 5; // The last one is the maker's own.

  private record Grant(int device, int type, long at, long until, AccountAnswer answer, long left) {
    Grant less(long used) {
      return new Grant(device, type, at, until, answer, left - used);
    }
  }

  private final Random random;
  private final boolean isWithin;
  private final boolean grantsOnly;
  private final SponsorShards two;
  private final int[] types;
  private final List<Grant> grants = new ArrayList<>();
  private final Map<Long, Long> energy = new TreeMap<>(); // by device and day
  private long audio;

  PledgeLife(long life) {
    random = new Random(life);
    int by = random.nextInt(BY.size());
    isWithin = by > 0;
    grantsOnly = life % 2 == 0;
    String own =
        random.nextInt(3) > 0 ? "" : ", paid-by: {account: maker, up-to: 1, within: balance}";
    String text =
        Driver.OFFER.replace("per-unit: 0.002}", "per-unit: 0.002" + (isWithin ? own : "") + "}");
    two = new SponsorShards(text + "    paid-by: " + BY.get(by) + "\n");
    types = new int[] {Driver.type(two, "charge.energy"), Driver.type(two, "charge.audio")};
  }

  private static int home(int device) {
    return device == DEVICES - 1 ? HOME : device % 2;
  }

  private static int account(int device) {
    return device == DEVICES - 1 ? MAKER : 2_000 + device;
  }

  void live() {
    if (isWithin && random.nextInt(8) > 0) {
      two.open((1 + random.nextInt(12_000)) * MILL);
    }
    for (int d = 0; d < DEVICES; d++) {
      if (account(d) != MAKER) {
        two.open(home(d), account(d));
      }
      two.subscribe(home(d), d, account(d));
    }
    for (int step = 0; step < 80; step++) {
      step(random.nextInt(DEVICES));
      assertSound();
    }
    end();
    two.assertReplay();
  }

  private void step(int d) {
    switch (random.nextInt(13)) {
      case 0, 1 -> two.deliver(random.nextInt(2));
      case 2 -> {
        two.now += random.nextInt(12) == 0 ? DAY / 2 : random.nextInt(4) * HOUR / 4;
        two.commit(HOME);
        two.commit(AWAY);
      }
      case 3 -> two.shards.forEach(ChargingShard::checkpoint);
      case 4 -> pay(d);
      case 5, 6, 7 -> reserve(d);
      case 8 -> charge(d);
      case 9, 10 -> commit();
      case 11 -> release();
      default -> {
        if (!grantsOnly) {
          beside(d);
        }
      }
    }
  }

  private boolean hasWallet(int d) {
    return two.shards.get(home(d)).shard().wallet(account(d)).isPresent();
  }

  private AccountAnswer asked(int shard, AccountRequest request) {
    two.shards.get(shard).ask(request);
    return Objects.requireNonNull(two.commit(shard).answers.get(request.key()));
  }

  private void pay(int d) {
    if (!hasWallet(d) || random.nextBoolean()) {
      return;
    }
    long amount = (1 + random.nextInt(1_500)) * MILL;
    two.paidIn += account(d) == MAKER ? amount : 0;
    int type = random.nextInt(3);
    AccountRequest.Into into =
        new AccountRequest.Into(
            "gift" + type + random.nextInt(2),
            type == 2 ? AccountRequest.Into.UNSAID : types[type],
            two.now + (1 + random.nextInt(20)) * HOUR,
            9_100,
            9_101);
    asked(
        home(d),
        random.nextBoolean()
            ? new AccountRequest.Pay(two.key(), account(d), amount, false)
            : new AccountRequest.Pay(two.key(), account(d), amount, false, into));
  }

  private void reserve(int d) {
    int type = random.nextInt(2);
    long valid = (1 + random.nextInt(8)) * HOUR / 4;
    AccountAnswer answer =
        asked(
            home(d),
            new AccountRequest.Reserve(
                two.key(),
                d,
                types[type],
                0,
                1 + random.nextInt(900),
                random.nextBoolean(),
                valid,
                false));
    if (!answer.outcome().isRefusal()) {
      grants.add(new Grant(d, type, two.now, two.now + valid, answer, answer.quantity()));
      assertGranted(d);
    }
  }

  private void assertGranted(int d) {
    WalletView wallet = two.shards.get(home(d)).shard().wallet(account(d)).orElseThrow();
    assertTrue(wallet.available() >= 0, "granted, and " + wallet.available() + " is available");
  }

  private void charge(int d) {
    int type = random.nextInt(2);
    long quantity = 1 + random.nextInt(300);
    if (use(d, type, two.now, quantity, 0, 0, true)) {
      assertGranted(d);
    }
  }

  private boolean use(int d, int type, long at, long quantity, long seq, int n, boolean last) {
    int row = two.shards.get(home(d)).row(d, at, types[type], quantity);
    AccountAnswer answer = asked(home(d), new AccountRequest.Use(two.key(), row, seq, n, last));
    boolean done = !answer.outcome().isRefusal();
    if (done) {
      count(d, type, at, quantity);
    }
    return done;
  }

  private void count(int d, int type, long at, long quantity) {
    if (type == 0) {
      energy.merge(d * 1_000L + (at - START) / DAY, quantity, Long::sum);
    } else {
      audio += quantity;
    }
  }

  private void commit() {
    if (grants.isEmpty()) {
      return;
    }
    Grant g = grants.remove(random.nextInt(grants.size()));
    if (grantsOnly && g.until <= two.now) {
      return;
    }
    long all = random.nextBoolean() ? g.left : 1 + random.nextInt((int) g.left);
    long quantity = all + (grantsOnly || random.nextInt(3) > 0 ? 0 : random.nextInt(400));
    boolean last = random.nextBoolean();
    boolean done = use(g.device, g.type, g.at, quantity, g.answer.seq(), g.answer.n(), last);
    assertTrue(done, "what was granted is charged");
    if (!last && quantity < g.left) {
      grants.add(g.less(quantity));
    }
  }

  private void release() {
    if (!grants.isEmpty()) {
      Grant g = grants.remove(random.nextInt(grants.size()));
      asked(home(g.device), new AccountRequest.Release(two.key(), g.answer.seq(), g.answer.n()));
    }
  }

  /** Usage over a source, of which some is taken back. */
  private void beside(int d) {
    long at = Math.max(START, two.now - random.nextInt(30) * HOUR);
    int type = random.nextInt(2);
    long quantity = random.nextInt(400) - (random.nextInt(4) == 0 ? 300 : 0);
    two.shards.get(home(d)).row(d, at, types[type], quantity);
    two.commit(home(d));
    count(d, type, at, quantity);
  }

  private void assertSound() {
    if (!grantsOnly) { // Then also the maker's own use may be beyond its floor.
      two.assertKept();
      return;
    }
    two.assertSound();
    for (int d = 0; d < DEVICES; d++) {
      if (hasWallet(d)) {
        WalletView wallet = two.shards.get(home(d)).shard().wallet(account(d)).orElseThrow();
        assertEquals(0, wallet.overrun(), "what was granted was not there");
        assertTrue(wallet.available() >= 0, "more was granted than there is: " + d);
      }
    }
  }

  private void end() {
    two.now = START + ((two.now - START) / DAY + 2) * DAY + HOUR;
    for (int round = 0; round < 5; round++) {
      two.commit(HOME);
      two.commit(AWAY);
      two.exchange();
      assertSound();
      two.now += 2 * HOUR;
    }
    long price = 0;
    for (long quantity : energy.values()) {
      price +=
          quantity < 0
              ? 3 * quantity
              : 3 * Math.min(quantity, 1_000) + 5 * Math.max(0, quantity - 1_000);
    }
    assertEquals(price * MILL, two.charged.getOrDefault("energy", 0L), "each day's energy");
    assertEquals(2 * audio * MILL, two.charged.getOrDefault("audio", 0L), "all audio");
    long paid = 0;
    for (int d = 0; d < DEVICES; d++) {
      paid += two.posted(account(d));
      assertEquals(0, hasWallet(d) ? wallet(d).reserved() : 0, "all is let go of");
    }
    assertEquals((price + 2 * audio) * MILL, paid, "each price is paid once");
    assertEquals(0, two.posted(TRANSIT));
    assertEquals(0, isWithin && hasWallet(4) ? two.wallet().lent() : 0, "what was lent is back");
  }

  private WalletView wallet(int d) {
    return two.shards.get(home(d)).shard().wallet(account(d)).orElseThrow();
  }
}
