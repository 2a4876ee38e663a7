package io.millrace.processors.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.processors.shard.AccountAnswer.Outcome;
import io.millrace.processors.shard.AccountRequest.Into;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Buckets of money beside a balance, against books kept by hand: random payments, use (late, and
 * taken back), grants, and clocks that jump. What is drawn on what, what runs out, what can be
 * granted, what is posted; and no grant that nothing but grants came after goes below the floor.
 */
class BucketsModelTest {
  private static final long START = OneShard.millis("2026-11-02T00:00:00Z");
  private static final long DAY = 86_400_000L;
  private static final int ACCOUNT = 1_000;
  private static final int BONUS = 7_001;
  private static final int EXPIRED = 7_002;

  @Test
  void moneyTakenOffWhileUseThatWasTakenBackIsNotSealed_leavesTheFloorWhereItIs() {
    new Life(new Random(852_064)).live(12);
  }

  /** {@code -Dlives=} runs so many, {@code -Dseed=} others than those of always, from that on. */
  @Test
  void anyPaymentsAndUse_areDrawnInTheOrderThatIsSaid() {
    long first = Long.getLong("seed", 0);
    for (long seed = first; seed < first + Integer.getInteger("lives", 10_000); seed++) {
      try {
        // Mixed: lives of seeds side by side would begin much the same.
        new Life(new Random(new SplittableRandom(seed).nextLong())).live(12);
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("life " + seed + ", again with -Dlives=1 -Dseed=" + seed, e);
      }
    }
  }

  private static final class Life {
    private final Random random;
    private final ChargingShard shard = new ChargingShard();
    private final BucketBooks books;
    private final Map<String, Long> used = new HashMap<>();
    private final List<Held> held = new ArrayList<>();
    private long now = START;
    private long serial;
    private int pots;
    private long paidIntoPots;
    private long told;
    private long gone;

    private static final class Held {
      final AccountAnswer granted;
      final int device;
      final int type;
      final long at;
      long quantity;

      Held(AccountAnswer granted, int device, int type, long at) {
        this.granted = granted;
        this.device = device;
        this.type = type;
        this.at = at;
        this.quantity = granted.quantity();
      }
    }

    Life(Random random) {
      this.random = random;
      this.books = new BucketBooks(-random.nextInt(3) * 500 * ChargingShard.MILL);
    }

    void live(int commits) {
      WalletTerms terms = ChargingShard.terms(books.floor == 0, books.floor, ACCOUNT);
      shard.ask(new AccountRequest.Open(ChargingShard.key(++serial), ACCOUNT, terms));
      for (int d = 1; d <= 2; d++) {
        shard.add(new Command.Subscribe(d, "car", ACCOUNT, 0, START, Long.MAX_VALUE));
      }
      shard.commit(now);
      for (int i = 0; i < commits; i++) {
        now += random.nextInt(5) == 0 ? random.nextInt((int) DAY) : random.nextInt(60_000);
        step();
        if (random.nextInt(6) == 0) {
          shard.checkpoint();
        }
      }
      now += 40 * DAY;
      passes();
      tell(shard.commit(now));
      judge(true);
      shard.assertReplays();
    }

    /** Grants end with their time, then buckets. */
    private void passes() {
      held.removeIf(h -> h.granted.until() <= now);
      hold();
      books.runOut(now);
    }

    private void hold() {
      for (int t = 0; t < BucketBooks.TYPES; t++) {
        Map<String, Long> more = new HashMap<>();
        for (Held h : held) {
          if (h.type == t) {
            more.merge(place(h.device, h.type, h.at), h.quantity, Long::sum);
          }
        }
        long sum = 0;
        for (Map.Entry<String, Long> e : more.entrySet()) {
          long before = used.getOrDefault(e.getKey(), 0L);
          sum += price(t, before + e.getValue()) - price(t, before);
        }
        books.held.put(t, sum);
      }
    }

    private void step() {
      boolean wasCovered = isCovered();
      passes();
      assertTrue(!wasCovered || isCovered(), "a bucket ran out that a grant was on");
      switch (random.nextInt(10)) {
        case 0, 1, 2 -> pay();
        case 3, 4 -> reserve();
        case 5 -> commit();
        case 6 -> release();
        case 7 -> event();
        default -> mediated();
      }
      hold();
      books.runOut(now);
      judge(false);
    }

    private boolean isCovered() {
      return books.beyond() == 0 && books.available(-1) >= 0;
    }

    private AccountAnswer asked(AccountRequest request) {
      shard.ask(request);
      Effects effects = shard.commit(now);
      tell(effects);
      AccountAnswer answer = effects.answers.get(request.key());
      assertNotNull(answer);
      return answer;
    }

    private void tell(Effects effects) {
      for (Effects.AccountChange c : effects.accountChanges) {
        gone -= c.kind().equals("expired") ? c.amount() : 0;
      }
      for (Notice n : effects.notices) {
        told +=
            n.kind() == Notice.Kind.BUCKET_EXPIRED ? ((Notice.Money) n.facts().get(1)).units() : 0;
      }
    }

    private void pay() {
      long amount = (1 + random.nextInt(600)) * ChargingShard.MILL;
      amount = random.nextInt(4) == 0 ? -amount : amount;
      String name = "pot-" + random.nextInt(4);
      BucketBooks.Pot pot = null;
      for (BucketBooks.Pot p : books.pots) {
        pot = !p.over && p.expires > now && p.name.equals(name) ? p : pot;
      }
      boolean isMain = random.nextInt(4) == 0;
      int type = random.nextInt(3) - 1;
      long expires = random.nextBoolean() ? Into.UNSAID : now + 1 + random.nextInt(2 * (int) DAY);
      Into into = isMain ? null : new Into(name, type, expires, BONUS, EXPIRED);
      long free = isMain ? freeOfMain() : pot == null ? 0 : idle(pot);
      AccountAnswer answer =
          asked(
              new AccountRequest.Pay(
                  ChargingShard.key(++serial), ACCOUNT, amount, amount < 0, into));
      boolean isOther = !isMain && pot != null && type >= 0 && type != pot.type;
      Outcome expected =
          !isMain && pot == null && amount < 0
              ? Outcome.UNKNOWN_BUCKET
              : isOther
                  ? Outcome.BUCKET_TERMS
                  : amount < 0 && -amount > free ? Outcome.INSUFFICIENT : Outcome.PAID;
      assertEquals(expected, answer.outcome());
      if (expected == Outcome.PAID && isMain) {
        books.main += amount;
      } else if (expected == Outcome.PAID) {
        paid(pot, name, type, expires, amount);
      }
    }

    private void paid(
        BucketBooks.@Nullable Pot pot, String name, int type, long expires, long amount) {
      BucketBooks.Pot of = pot;
      if (of == null) {
        of = new BucketBooks.Pot(name, type, Long.MAX_VALUE, ++pots);
        books.pots.add(of);
      }
      of.expires = expires == Into.UNSAID ? of.expires : expires;
      of.left += amount;
      paidIntoPots += amount;
    }

    /** Of what was posted as paid, nothing comes back before what is taken back is sealed. */
    private long freeOfMain() {
      long posted = -shard.ledger.getOrDefault(10 * ACCOUNT + 1, 0L);
      long unpaid = Math.min(books.main, posted) - books.floor;
      return Math.min(unpaid, books.available(-1));
    }

    private long idle(BucketBooks.Pot pot) {
      BucketBooks copy = new BucketBooks(books.floor);
      copy.main = Math.max(books.floor, books.main);
      copy.pots.addAll(books.pots);
      copy.held.putAll(books.held);
      long free = Math.max(0, copy.available(-1));
      long own = pot.type < 0 ? 0 : Math.max(0, copy.available(pot.type) - copy.available(-1));
      return Math.min(pot.left, own + free);
    }

    private void reserve() {
      int type = random.nextInt(2);
      int device = 1 + random.nextInt(2);
      long quantity = type == 0 ? 1 + random.nextInt(200) : 1;
      if (type == 1) {
        event();
        return;
      }
      boolean partial = random.nextBoolean();
      long before = books.available(type);
      long price = more(device, type, now, quantity);
      AccountAnswer answer =
          asked(
              new AccountRequest.Reserve(
                  ChargingShard.key(++serial),
                  device,
                  type,
                  0,
                  quantity,
                  partial,
                  1 + random.nextInt((int) DAY),
                  false));
      if (answer.outcome().isRefusal()) {
        assertTrue(
            books.beyond() > 0 || price > before && !partial || before < 5 * ChargingShard.MILL);
        return;
      }
      assertTrue(answer.amount() <= before, "a grant of more than there is");
      held.add(new Held(answer, device, type, now));
      hold();
      assertEquals(books.available(type), answer.available());
      assertTrue(books.available(type) >= 0, "I10");
    }

    /** What a quantity adds to what is held for all that is granted. */
    private long more(int device, int type, long at, long quantity) {
      long others = 0;
      for (Held h : held) {
        boolean isThere = place(h.device, h.type, h.at).equals(place(device, type, at));
        others += isThere ? h.quantity : 0;
      }
      long before = used.getOrDefault(place(device, type, at), 0L) + others;
      return price(type, before + quantity) - price(type, before);
    }

    private void commit() {
      if (held.isEmpty()) {
        mediated();
        return;
      }
      Held h = held.get(random.nextInt(held.size()));
      long quantity = random.nextInt((int) h.quantity + 1);
      boolean last = random.nextBoolean();
      boolean wasCovered = isCovered();
      int row = shard.row(h.device, h.at, quantity);
      AccountAnswer answer =
          asked(
              new AccountRequest.Use(
                  ChargingShard.key(++serial), row, h.granted.seq(), h.granted.n(), last));
      assertEquals(Outcome.COMMITTED, answer.outcome());
      books.spend(0, used(h.device, 0, h.at, quantity));
      h.quantity -= quantity;
      if (last || h.quantity == 0) {
        held.remove(h);
      }
      hold();
      assertTrue(!wasCovered || isCovered(), "what was granted went below the floor");
    }

    private void release() {
      if (held.isEmpty()) {
        mediated();
        return;
      }
      Held h = held.remove(random.nextInt(held.size()));
      asked(
          new AccountRequest.Release(ChargingShard.key(++serial), h.granted.seq(), h.granted.n()));
    }

    private void event() {
      int device = 1 + random.nextInt(2);
      long before = books.available(1);
      boolean wasBeyond = books.beyond() > 0;
      boolean wasCovered = isCovered();
      int row = shard.unlocking(device, now);
      AccountAnswer answer =
          asked(new AccountRequest.Use(ChargingShard.key(++serial), row, 0, 0, true));
      long price = price(1, 1);
      assertEquals(wasBeyond || price > before, answer.outcome().isRefusal());
      if (!answer.outcome().isRefusal()) {
        books.spend(1, used(device, 1, now, 1));
        assertFalse(wasCovered && !isCovered(), "what is charged at once went below the floor");
        assertEquals(books.available(1), answer.available());
      }
    }

    private void mediated() {
      for (int n = 1 + random.nextInt(3); n > 0; n--) {
        int device = 1 + random.nextInt(2);
        long at = Math.max(START, now - random.nextInt(3) * DAY);
        long quantity = random.nextInt(250) - 80;
        quantity = Math.max(quantity, -used.getOrDefault(place(device, 0, at), 0L));
        shard.use(device, at, quantity);
        books.spend(0, used(device, 0, at, quantity));
      }
      tell(shard.commit(now));
    }

    private static String place(int device, int type, long at) {
      return device + "/" + type + "/" + (at - START) / DAY;
    }

    private long used(int device, int type, long at, long quantity) {
      long before = used.getOrDefault(place(device, type, at), 0L);
      used.put(place(device, type, at), before + quantity);
      return price(type, before + quantity) - price(type, before);
    }

    private static long price(int type, long quantity) {
      return ChargingShard.MILL
          * (type == 1
              ? 100 * quantity
              : 3 * Math.min(quantity, 1_000) + 5 * Math.max(0, quantity - 1_000));
    }

    private void judge(boolean allSealed) {
      WalletView view = shard.shard().wallet(ACCOUNT).orElseThrow();
      books.judge(view);
      long left = view.buckets().stream().mapToLong(WalletView.Bucket::left).sum();
      assertEquals(-books.ranOut, shard.ledger.getOrDefault(EXPIRED, 0L), "ran out = postings");
      assertEquals(books.ranOut, gone, "ran out = rows of the history");
      long balance = -shard.ledger.getOrDefault(10 * ACCOUNT + 1, 0L);
      assertEquals(view.balance(), balance, "balance = postings");
      assertTrue(balance >= books.floor, "posted below the floor");
      long bonus = -shard.ledger.getOrDefault(BONUS, 0L);
      assertTrue(left <= bonus && bonus <= paidIntoPots, "what is in buckets");
      if (allSealed) {
        assertEquals(left, bonus, "in buckets = postings");
        assertEquals(0, view.accrued());
        assertEquals(books.beyond(), shard.ledger.getOrDefault(10 * ACCOUNT + 2, 0L));
        assertEquals(books.main + books.beyond(), view.balance());
        assertTrue(told <= books.ranOut, "told of more than ran out");
      }
    }
  }
}
