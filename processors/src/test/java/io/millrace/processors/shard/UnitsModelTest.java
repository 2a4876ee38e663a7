package io.millrace.processors.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.processors.shard.AccountAnswer.Outcome;
import io.millrace.processors.shard.AccountRequest.Into;
import io.millrace.processors.shard.UnitBooks.Grant;
import io.millrace.processors.shard.UnitBooks.Pot;
import java.util.Comparator;
import java.util.Random;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Units that an account has bought, against books that cover use unit by unit: random top-ups, use
 * (late, and taken back), grants, and clocks that jump. What is drawn on what, what runs out, what
 * everything costs, what can be granted, what is posted; and no grant that nothing but grants came
 * after goes below the floor.
 */
class UnitsModelTest {
  private static final long START = OneShard.millis("2026-11-02T00:00:00Z");
  private static final long DAY = 86_400_000L;
  private static final int ACCOUNT = 1_000;
  private static final String CATALOG =
      """
      catalog: plans
      effective: 2026-11-02
      currency: EUR
      zone: UTC
      period: 24h
      meters:
        data: {event: a.data, value: data.mb, unit: MB, scale: 0, aggregate: sum}
        roam: {event: b.roam, value: data.mb, unit: MB, scale: 0, aggregate: sum}
      offers:
        plan:
          scope: device
          window: 1h
          allowances:
            - {allowance: plan, included: 60, unit: MB, of: data}
            - {allowance: extra, bought: true, unit: MB, of: [data, roam]}
            - {allowance: trips, bought: true, unit: MB, of: roam}
          charges:
            data: {meter: data, unit: MB, graduated: [{to: 100, per-unit: 0.003}, {per-unit: 0.005}]}
            roam: {meter: roam, unit: MB, per-unit: 0.010}
      """;

  /** {@code -Dlives=} runs so many, {@code -Dseed=} others than those of always, from that on. */
  @Test
  void anyUse_isCoveredByWhatWasBoughtInTheOrderThatIsSaid() {
    long first = Long.getLong("seed", 0);
    for (long seed = first; seed < first + Integer.getInteger("lives", 10_000); seed++) {
      try {
        // Mixed: lives of seeds side by side would begin much the same.
        new Life(new Random(new SplittableRandom(seed).nextLong())).live(14);
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("life " + seed + ", again with -Dlives=1 -Dseed=" + seed, e);
      }
    }
  }

  private static final class Life {
    private final Random random;
    private final ChargingShard shard = new ChargingShard(0, CATALOG);
    private final UnitBooks books = new UnitBooks(START);
    private long now = START;
    private long serial;
    private int pots;
    private long posted;
    private long gone;

    Life(Random random) {
      this.random = random;
    }

    void live(int commits) {
      shard.ask(
          new AccountRequest.Open(
              ChargingShard.key(++serial), ACCOUNT, ChargingShard.terms(true, 0, ACCOUNT)));
      for (int d = 1; d <= 2; d++) {
        shard.add(new Command.Subscribe(d, "sim", ACCOUNT, 0, START, Long.MAX_VALUE));
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
      committed(shard.commit(now));
      judge();
      long left = books.left("extra") + books.left("trips");
      assertEquals(left, posted, "left = postings");
      shard.assertReplays();
    }

    private Effects committed(Effects effects) {
      effects.unitPostings.forEach(p -> posted += p.quantity());
      for (Effects.AccountChange c : effects.accountChanges) {
        gone -= c.kind().equals("expired") ? c.amount() : 0;
      }
      return effects;
    }

    /** Grants end with their time, then buckets. */
    private void passes() {
      books.grants.stream()
          .filter(g -> g.answer.until() <= now)
          .sorted(
              Comparator.<Grant>comparingLong(g -> g.answer.until())
                  .thenComparingLong(g -> g.answer.seq())
                  .thenComparingInt(g -> g.answer.n()))
          .toList()
          .forEach(
              g -> {
                books.grants.remove(g);
                books.regrow(g.device, g.type);
                books.runOut();
              });
      books.runOut(now);
    }

    private boolean isCovered() {
      return books.beyond() == 0 && books.available() >= 0;
    }

    private void step() {
      boolean wasCovered = isCovered();
      passes();
      assertTrue(!wasCovered || isCovered(), "a bucket ran out that a grant was on");
      switch (random.nextInt(12)) {
        case 0, 1, 2 -> buy();
        case 3 -> pay();
        case 4, 5, 6 -> reserve();
        case 7 -> commit();
        case 8 -> release();
        case 9 -> atOnce();
        default -> mediated();
      }
      books.runOut();
      judge();
    }

    private AccountAnswer asked(AccountRequest request) {
      shard.ask(request);
      AccountAnswer answer = committed(shard.commit(now)).answers.get(request.key());
      assertNotNull(answer);
      return answer;
    }

    private void pay() {
      long amount = (1 + random.nextInt(400)) * ChargingShard.MILL;
      asked(new AccountRequest.Pay(ChargingShard.key(++serial), ACCOUNT, amount, false));
      books.main += amount;
    }

    private void buy() {
      long quantity = 1 + random.nextInt(150);
      quantity = random.nextInt(4) == 0 ? -quantity : quantity;
      String name = "pot-" + random.nextInt(4);
      String allowance = random.nextInt(3) == 0 ? "trips" : "extra";
      Pot pot = null;
      for (Pot p : books.pots) {
        pot = !p.over && p.expires > now && p.name.equals(name) ? p : pot;
      }
      long expires = random.nextBoolean() ? Into.UNSAID : now + 1 + random.nextInt(2 * (int) DAY);
      AccountAnswer answer =
          asked(
              new AccountRequest.Units(
                  ChargingShard.key(++serial),
                  ACCOUNT,
                  name,
                  allowance,
                  quantity,
                  quantity < 0,
                  expires,
                  ""));
      Outcome expected =
          pot == null && quantity < 0
              ? Outcome.UNKNOWN_BUCKET
              : pot != null && !pot.allowance.equals(allowance)
                  ? Outcome.BUCKET_TERMS
                  : pot != null && -quantity > books.idle(pot)
                      ? Outcome.INSUFFICIENT
                      : Outcome.PAID;
      assertEquals(expected, answer.outcome());
      if (expected == Outcome.PAID) {
        bought(pot, name, allowance, expires, quantity);
      }
    }

    private void bought(
        @Nullable Pot pot, String name, String allowance, long expires, long quantity) {
      Pot of = pot;
      if (of == null) {
        of = new Pot(name, allowance, Long.MAX_VALUE, ++pots);
        books.pots.add(of);
      }
      of.expires = expires == Into.UNSAID ? of.expires : expires;
      of.left += quantity;
    }

    private void reserve() {
      int type = random.nextInt(2);
      int device = 1 + random.nextInt(2);
      long quantity = 1 + random.nextInt(150);
      boolean partial = random.nextBoolean();
      AccountRequest.Key key = ChargingShard.key(++serial);
      long validFor = 1 + random.nextInt((int) DAY);
      AccountAnswer nothing = AccountAnswer.refused(Outcome.BLOCKED, 0);
      long price = books.more(new Grant(nothing, device, type, now, quantity));
      long before = books.available();
      AccountAnswer answer =
          asked(
              new AccountRequest.Reserve(key, device, type, 0, quantity, partial, validFor, false));
      boolean isAffordable = books.beyond() == 0 && price <= before;
      if (!partial || isAffordable) {
        assertEquals(isAffordable, answer.outcome() == Outcome.GRANTED);
      }
      if (answer.outcome().isRefusal()) {
        return;
      }
      assertTrue(answer.amount() <= before, "a grant of more than there is");
      books.grants.add(new Grant(answer, device, type, now, answer.quantity()));
      books.regrow(device, type);
      assertEquals(books.available(), answer.available());
      assertTrue(books.available() >= 0, "I10");
    }

    private void commit() {
      if (books.grants.isEmpty()) {
        mediated();
        return;
      }
      Grant g = books.grants.get(random.nextInt(books.grants.size()));
      long quantity = random.nextInt((int) g.left + 1);
      boolean last = random.nextBoolean();
      boolean wasCovered = isCovered();
      int row = shard.row(g.device, g.at, g.type, quantity);
      AccountAnswer answer =
          asked(
              new AccountRequest.Use(
                  ChargingShard.key(++serial), row, g.answer.seq(), g.answer.n(), last));
      assertEquals(Outcome.COMMITTED, answer.outcome());
      books.use(g.device, g.type, g.at, quantity);
      g.left -= quantity;
      if (last || g.left == 0) {
        books.grants.remove(g);
      }
      books.regrow(g.device, g.type);
      assertTrue(!wasCovered || isCovered(), "what was granted went below the floor");
    }

    private void release() {
      if (books.grants.isEmpty()) {
        mediated();
        return;
      }
      Grant g = books.grants.remove(random.nextInt(books.grants.size()));
      asked(new AccountRequest.Release(ChargingShard.key(++serial), g.answer.seq(), g.answer.n()));
      books.regrow(g.device, g.type);
    }

    private void atOnce() {
      int device = 1 + random.nextInt(2);
      int type = random.nextInt(2);
      long quantity = 1 + random.nextInt(60);
      boolean wasCovered = isCovered();
      boolean wasBeyond = books.beyond() > 0;
      int row = shard.row(device, now, type, quantity);
      AccountAnswer answer =
          asked(new AccountRequest.Use(ChargingShard.key(++serial), row, 0, 0, true));
      assertTrue(!wasBeyond || answer.outcome().isRefusal());
      if (!answer.outcome().isRefusal()) {
        books.use(device, type, now, quantity);
        books.regrow(device, type);
        assertTrue(!wasCovered || isCovered(), "what is charged at once went below the floor");
        assertEquals(books.available(), answer.available());
      }
    }

    private void mediated() {
      for (int n = 1 + random.nextInt(3); n > 0; n--) {
        int device = 1 + random.nextInt(2);
        int type = random.nextInt(2);
        long at = Math.max(START, now - random.nextInt(3) * DAY);
        long quantity = random.nextInt(140) - 50;
        quantity = Math.max(quantity, -books.used(device, type, at) - random.nextInt(2) * 20);
        shard.row(device, at, type, quantity);
        books.use(device, type, at, quantity);
      }
      committed(shard.commit(now));
    }

    private void judge() {
      books.judge(shard.shard().wallet(ACCOUNT).orElseThrow());
      long owed = shard.shard().money()[0] + shard.shard().money()[1];
      assertEquals(books.charged(), owed, "charged");
      assertEquals(books.ranOut, gone, "ran out = rows of the history");
    }
  }
}
