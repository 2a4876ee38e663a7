package io.millrace.processors.shard;

import static io.millrace.processors.shard.SponsorShards.AWAY;
import static io.millrace.processors.shard.SponsorShards.HOME;
import static io.millrace.processors.shard.SponsorShards.HOUR;
import static io.millrace.processors.shard.SponsorShards.MAKER;
import static io.millrace.processors.shard.SponsorShards.START;
import static io.millrace.processors.shard.SponsorShards.TRANSIT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.processors.rating.Rules.AccountName;
import io.millrace.processors.shard.AccountAnswer.Outcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;

/** One random life of two shards, of {@link PledgesModelTest}. */
final class PledgeLife {
  private static final String UP_TO = "{account: maker, up-to: 2}";
  private static final String CITY = "{account: city, up-to: 1}";
  private static final String BOTH = "{account: maker, up-to: 2, within: balance}";
  private static final String WITHIN = "{account: maker, within: balance}";
  private static final String LESS = "{account: maker, up-to: 1, within: balance}";

  /** Who pays at first, and from a later day on, without and within the maker's balance. */
  private static final List<List<String>> BY =
      List.of(List.of(UP_TO, CITY, ""), List.of(BOTH, WITHIN, LESS, CITY, ""));

  private static final int PAYS_CITY = ChargingShard.account(new AccountName("customer", "city"));
  private static final long MILL = ChargingShard.MILL;
  private static final long DAY = 24 * HOUR;
  private static final int DEVICES = 5; // The last one is the maker's own.

  private record Grant(
      PledgeCar car,
      long subscription,
      int shard,
      int type,
      long at,
      long until,
      AccountAnswer answer,
      long left) {
    Grant less(long used) {
      return new Grant(car, subscription, shard, type, at, until, answer, left - used);
    }

    boolean isHere() {
      return car.shard == shard && !car.onItsWay;
    }
  }

  private final Random random;
  private final boolean isWithin;
  private final boolean grantsOnly;
  private final boolean isRestless;
  private final SponsorShards two;
  private final int[] types;
  private final List<PledgeCar> cars = new ArrayList<>();
  private final List<Grant> grants = new ArrayList<>();
  private final Map<Long, Long> energy = new TreeMap<>(); // by subscription and day
  private final Map<Integer, Integer> wallets = new TreeMap<>(); // where an account has one
  private final TreeSet<Integer> accounts = new TreeSet<>(List.of(MAKER, PAYS_CITY));
  private long lastVersion = START;
  private long audio;

  PledgeLife(long life) {
    random = new Random(life);
    isWithin = random.nextInt(3) > 0;
    grantsOnly = life % 2 == 0;
    isRestless = life % 4 > 1;
    List<String> by = BY.get(isWithin ? 1 : 0);
    two = new SponsorShards(catalog(by.get(random.nextInt(isWithin ? 2 : 1))));
    types = new int[] {Driver.type(two, "charge.energy"), Driver.type(two, "charge.audio")};
  }

  private String catalog(String by) {
    String own = ", paid-by: " + LESS;
    String text =
        isWithin && random.nextInt(3) == 0
            ? Driver.OFFER.replace("per-unit: 0.002}", "per-unit: 0.002" + own + "}")
            : Driver.OFFER;
    return by.isEmpty() ? text : text + "    paid-by: " + by + "\n";
  }

  void live() {
    if (isWithin && random.nextInt(8) > 0) {
      two.open((1 + random.nextInt(12_000)) * MILL);
      wallets.put(MAKER, HOME);
    }
    for (int d = 0; d < DEVICES; d++) {
      boolean isOwn = d == DEVICES - 1;
      int account = isOwn ? MAKER : 2_000 + (isRestless ? d % 2 : d);
      PledgeCar car = new PledgeCar(d, isOwn ? HOME : d % 2, account, START);
      cars.add(car);
      if (!isOwn && !wallets.containsKey(account)) {
        open(car.shard, account);
      }
      two.subscribe(car.shard, d, account);
    }
    for (int step = 0; step < 90; step++) {
      // Of few cars some come back before their grants are over.
      step(cars.get(random.nextInt(isRestless ? 1 + random.nextInt(DEVICES) : DEVICES)));
      assertSound();
    }
    end();
    two.assertReplay();
  }

  private void open(int shard, int account) {
    two.open(shard, account);
    wallets.put(account, shard);
    accounts.add(account);
  }

  private void step(PledgeCar car) {
    switch (random.nextInt(15)) {
      case 0, 1 -> deliver(random.nextInt(2));
      case 2 -> {
        two.now += later();
        two.commit(HOME);
        two.commit(AWAY);
      }
      case 3 -> two.shards.forEach(ChargingShard::checkpoint);
      case 4 -> pay(car);
      case 5, 6, 7 -> reserve(car);
      case 8 -> charge(car);
      case 9, 10 -> commit();
      case 11 -> release();
      case 12 -> move(isRestless ? cars.getFirst() : car);
      case 13 -> adopt();
      default -> {
        if (!grantsOnly) {
          beside(car);
        } else if (isRestless) {
          reserve(car);
        }
      }
    }
  }

  /** Minutes mostly; at times until shortly before a day ends, so that something is held then. */
  private long later() {
    long toMidnight = DAY - (two.now - START) % DAY;
    return switch (random.nextInt(12)) {
      case 0 -> DAY / 2;
      case 1, 2 -> Math.max(0, toMidnight - HOUR / 4);
      default -> random.nextInt(4) * HOUR / (isRestless ? 60 : 4);
    };
  }

  private void deliver(int to) {
    two.deliver(to);
    cars.forEach(car -> car.onItsWay &= car.shard != to);
  }

  private AccountAnswer asked(int shard, AccountRequest request) {
    two.shards.get(shard).ask(request);
    return Objects.requireNonNull(two.commit(shard).answers.get(request.key()));
  }

  private void pay(PledgeCar car) {
    int account = car.account(car.at(two.now));
    Integer shard = wallets.get(account);
    if (shard == null || random.nextBoolean()) {
      return;
    }
    long amount = (1 + random.nextInt(1_500)) * MILL;
    two.paidIn += account == MAKER ? amount : 0;
    int type = random.nextInt(3);
    AccountRequest.Into into =
        new AccountRequest.Into(
            "gift" + type + random.nextInt(2),
            type == 2 ? AccountRequest.Into.UNSAID : types[type],
            two.now + (1 + random.nextInt(20)) * HOUR,
            9_100,
            9_101);
    asked(
        shard,
        random.nextBoolean()
            ? new AccountRequest.Pay(two.key(), account, amount, false)
            : new AccountRequest.Pay(two.key(), account, amount, false, into));
  }

  /** To the other shard, on an account there; or to another subscription of the same account. */
  private void move(PledgeCar car) {
    if (!car.mayMove(two.now)) {
      return;
    }
    int from = car.shard;
    int account = car.account(car.at(two.now));
    boolean stays = random.nextInt(3) == 0 || isRestless && random.nextBoolean();
    int to = account == MAKER || stays ? from : 1 - from;
    if (to != from) {
      account = 2_010 + 10 * to + random.nextInt(3);
      if (!wallets.containsKey(account)) {
        open(to, account);
      }
    } else if (wallets.getOrDefault(account, 1 - to) != to) {
      return; // It came back, and is on the account that it has there no more.
    }
    long at = two.now + 1 + random.nextInt(isRestless ? 5 : (int) HOUR / 2);
    two.shards.get(from).add(car.move(at, to, account));
    assertEquals(Map.of(), two.commit(from).refused);
  }

  /** From the next day on that is two hours ahead. */
  private void adopt() {
    long day = START + ((two.now + 2 * HOUR - START) / DAY + 1) * DAY;
    if (day > lastVersion && random.nextBoolean()) {
      lastVersion = day;
      List<String> by = BY.get(isWithin ? 1 : 0);
      String effective = Instant.ofEpochMilli(day).toString().substring(0, 10);
      two.adopt(catalog(by.get(random.nextInt(by.size()))).replace("2026-11-02", effective));
    }
  }

  private void reserve(PledgeCar car) {
    int type = random.nextInt(2);
    long valid = (1 + random.nextInt(8)) * HOUR / 4;
    long s = car.at(two.now);
    int shard = car.shard;
    AccountAnswer answer =
        asked(
            shard,
            new AccountRequest.Reserve(
                two.key(),
                s,
                types[type],
                0,
                1 + random.nextInt(900),
                random.nextBoolean(),
                valid,
                false));
    if (!answer.outcome().isRefusal()) {
      grants.add(
          new Grant(car, s, shard, type, two.now, two.now + valid, answer, answer.quantity()));
      assertGranted(answer);
    }
  }

  /** For use of its type; what is for any use may be less than nothing, by usage beside. */
  private void assertGranted(AccountAnswer answer) {
    boolean isThere = answer.available() >= 0;
    assertTrue(isThere, "granted, and " + answer.available() + " is available");
  }

  private void charge(PledgeCar car) {
    int type = random.nextInt(2);
    long s = car.at(two.now);
    long quantity = 1 + random.nextInt(300);
    AccountAnswer answer = use(car.shard, s, type, two.now, quantity, 0, 0, true);
    if (answer.amount() > 0) { // What costs the account nothing is granted whatever it has.
      assertGranted(answer);
    }
  }

  private AccountAnswer use(
      int shard, long s, int type, long at, long quantity, long seq, int n, boolean last) {
    int row = two.shards.get(shard).row(s, at, types[type], quantity);
    AccountAnswer answer = asked(shard, new AccountRequest.Use(two.key(), row, seq, n, last));
    if (!answer.outcome().isRefusal()) {
      count(s, type, at, quantity);
    }
    return answer;
  }

  private void count(long s, int type, long at, long quantity) {
    if (type == 0) {
      energy.merge(s * 1_000L + (at - START) / DAY, quantity, Long::sum);
    } else {
      audio += quantity;
    }
  }

  private void commit() {
    if (grants.isEmpty()) {
      return;
    }
    Grant g = grants.remove(random.nextInt(grants.size()));
    if (g.until + (grantsOnly ? 0 : DAY) <= two.now) { // Too late, or forgotten.
      return;
    }
    long all = random.nextBoolean() ? g.left : 1 + random.nextInt((int) g.left);
    long quantity = all + (grantsOnly || random.nextInt(3) > 0 ? 0 : random.nextInt(400));
    boolean last = random.nextBoolean();
    Outcome done =
        use(g.shard, g.subscription, g.type, g.at, quantity, g.answer.seq(), g.answer.n(), last)
            .outcome();
    if (!g.isHere()) {
      assertEquals(Outcome.MOVED, done, "its device is elsewhere");
      grants.add(g);
      return;
    }
    assertTrue(!done.isRefusal(), "what was granted is charged: " + done);
    if (!last && quantity < g.left) {
      grants.add(g.less(quantity));
    }
  }

  private void release() {
    if (!grants.isEmpty()) {
      List<Grant> elsewhere = grants.stream().filter(g -> !g.isHere()).toList();
      List<Grant> from = isRestless && !elsewhere.isEmpty() ? elsewhere : grants;
      Grant g = from.get(random.nextInt(from.size()));
      grants.remove(g);
      asked(g.shard, new AccountRequest.Release(two.key(), g.answer.seq(), g.answer.n()));
    }
  }

  /** Usage over a source, of which some is taken back. */
  private void beside(PledgeCar car) {
    if (car.onItsWay) {
      return;
    }
    long at = Math.max(START, two.now - random.nextInt(30) * HOUR);
    int type = random.nextInt(2);
    long quantity = random.nextInt(400) - (random.nextInt(4) == 0 ? 300 : 0);
    two.shards.get(car.shard).row(car.at(at), at, types[type], quantity);
    two.commit(car.shard);
    count(car.at(at), type, at, quantity);
  }

  private void assertSound() {
    if (!grantsOnly) { // Then also the maker's own use may be beyond its floor.
      two.assertKept();
      return;
    }
    two.assertSound();
    for (int account : wallets.keySet()) {
      WalletView wallet = wallet(account);
      assertEquals(0, wallet.overrun(), "what was granted was not there");
      assertTrue(wallet.available() >= 0, "more was granted than there is: " + account);
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
    long paid = accounts.stream().mapToLong(two::posted).sum();
    assertEquals((price + 2 * audio) * MILL, paid, "each price is paid once");
    wallets.keySet().forEach(a -> assertEquals(0, wallet(a).reserved(), "all is let go of"));
    for (ChargingShard each : two.shards) {
      assertEquals(0, each.shard().pledged(MAKER)[0], "nothing is counted on any more");
    }
    assertEquals(0, two.posted(TRANSIT));
    assertEquals(0, wallets.containsKey(MAKER) ? wallet(MAKER).lent() : 0, "what was lent is back");
  }

  private WalletView wallet(int account) {
    int shard = Objects.requireNonNull(wallets.get(account));
    return two.shards.get(shard).shard().wallet(account).orElseThrow();
  }
}
