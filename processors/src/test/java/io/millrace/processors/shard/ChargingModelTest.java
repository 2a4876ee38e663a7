package io.millrace.processors.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.processors.shard.AccountAnswer.Outcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * I10 and conservation: random requests and usage side by side, against sums by hand. No grant
 * takes a balance below its floor, every balance is the sum of its postings, whatever is undone,
 * restored or replayed, and however the clock jumps.
 */
class ChargingModelTest {
  private static final long START = OneShard.millis("2026-11-02T00:00:00Z");
  private static final int ACCOUNTS = 3;
  private static final int DEVICES = 6;

  @Property(tries = 150)
  void anyRequestsAndUsageSideBySide_keepTheBalancesRight(@ForAll long seed) {
    new Town(new Random(seed)).live(60);
  }

  /** Sums by hand: what was paid in, what was used, what is held. */
  private static final class Town {
    private final Random random;
    private final ChargingShard shard = new ChargingShard();
    private final long[] floor = new long[ACCOUNTS];
    private final long[] paid = new long[ACCOUNTS];
    private final Map<String, Long> used = new HashMap<>();
    private final List<Held> held = new ArrayList<>();
    private final List<AccountRequest> asked = new ArrayList<>();
    private final Map<AccountRequest.Key, AccountAnswer> given = new HashMap<>();
    private final Map<AccountRequest.Key, Long> givenAt = new HashMap<>();
    private final SaidOfAccounts said = new SaidOfAccounts(ACCOUNTS);
    private final long[] toppedUp = new long[ACCOUNTS];
    private long expired;
    private long now = START;
    private long serial;

    /** A reservation as its answers tell it. */
    private static final class Held {
      final int account;
      final int device;
      final AccountAnswer granted;
      final long at;
      long quantity;
      boolean open = true;

      Held(int account, int device, AccountAnswer granted, long at) {
        this.account = account;
        this.device = device;
        this.granted = granted;
        this.at = at;
        this.quantity = granted.quantity();
      }
    }

    Town(Random random) {
      this.random = random;
    }

    void live(int commits) {
      for (int a = 0; a < ACCOUNTS; a++) {
        floor[a] = a == 0 ? 0 : -random.nextInt(5_000) * ChargingShard.MILL;
        long low = random.nextInt(2_000) * ChargingShard.MILL;
        shard.ask(
            new AccountRequest.Open(
                ChargingShard.key(++serial),
                1_000 + a,
                ChargingShard.terms(a == 0, floor[a], low, 1_000 + a)));
        said.opened(a, -floor[a], low);
      }
      for (int d = 0; d < DEVICES; d++) {
        shard.add(
            new Command.Subscribe(d + 1, "car", 1_000 + d % ACCOUNTS, 0, START, Long.MAX_VALUE));
      }
      shard.commit(now);
      for (int i = 0; i < commits; i++) {
        now += jump();
        step();
        if (random.nextInt(5) == 0) {
          shard.checkpoint();
        }
      }
      shard.assertReplays();
      now += 3 * 86_400_000L;
      held.forEach(this::expire);
      shard.commit(now).notices.forEach(said::take);
      judge(true);
      shard.assertReplays();
    }

    private long jump() {
      return switch (random.nextInt(12)) {
        case 0 -> 86_400_000L + random.nextInt(1_000);
        case 1 -> 3_600_000;
        case 2 -> 0;
        default -> random.nextInt(20_000);
      };
    }

    private void expire(Held h) {
      if (h.open && h.granted.until() <= now) {
        h.open = false;
        expired++;
      }
    }

    private void step() {
      held.forEach(this::expire);
      List<Runnable> checks = new ArrayList<>();
      Map<AccountRequest, AccountAnswer> answers = new HashMap<>();
      int requests = 1 + random.nextInt(4);
      for (int r = 0; r < requests; r++) {
        request(checks, answers);
      }
      List<int[]> mediated = new ArrayList<>();
      for (int u = random.nextInt(3); u > 0; u--) {
        int device = random.nextInt(DEVICES);
        int quantity = random.nextInt(400);
        shard.use(device + 1, now, quantity);
        mediated.add(new int[] {device, quantity});
      }
      Effects effects = shard.commit(now);
      effects.notices.forEach(said::take);
      answers.keySet().forEach(q -> answers.put(q, effects.answers.get(q.key())));
      checks.forEach(Runnable::run);
      mediated.forEach(m -> used.merge(bucket(m[0], now), (long) m[1], Long::sum));
      judge(false);
    }

    private void request(List<Runnable> checks, Map<AccountRequest, AccountAnswer> answers) {
      int kind = random.nextInt(12);
      if (kind == 0 && !asked.isEmpty()) {
        repeat(checks, answers);
      } else if (kind < 3) {
        pay(checks, answers);
      } else if (kind < 7 || held.isEmpty()) {
        reserve(checks, answers);
      } else if (kind < 8) {
        event(checks, answers);
      } else if (kind < 11) {
        commit(checks, answers);
      } else {
        Held h = held.get(random.nextInt(held.size()));
        ask(
            new AccountRequest.Release(ChargingShard.key(++serial), h.granted.seq(), h.granted.n()),
            answers,
            checks,
            a -> {
              if (!a.outcome().isRefusal()) {
                h.open = false;
              }
            });
      }
    }

    private void ask(
        AccountRequest request,
        Map<AccountRequest, AccountAnswer> answers,
        List<Runnable> checks,
        java.util.function.Consumer<AccountAnswer> then) {
      shard.ask(request);
      answers.put(request, AccountAnswer.refused(Outcome.NO_BALANCE, 0));
      checks.add(
          () -> {
            AccountAnswer answer = answers.get(request);
            then.accept(answer);
            if (!answer.outcome().isRefusal() && !answer.repeated()) {
              asked.add(request);
              given.put(request.key(), answer);
              givenAt.put(request.key(), now);
            }
          });
    }

    /** A repeat changes nothing and says the same; another request under the key is refused. */
    private void repeat(List<Runnable> checks, Map<AccountRequest, AccountAnswer> answers) {
      AccountRequest before = asked.get(random.nextInt(asked.size()));
      AccountRequest.Key k = before.key();
      if (now - Objects.requireNonNull(givenAt.get(k)) > 86_400_000) {
        return; // Its day is over, and the key is free.
      }
      boolean same = random.nextBoolean();
      AccountRequest.Key again =
          new AccountRequest.Key(k.high(), k.low(), same ? k.bodyHigh() : -1, k.bodyLow());
      AccountRequest.Pay pay = new AccountRequest.Pay(again, 1_000, 77 * ChargingShard.MILL, false);
      AccountAnswer first = given.get(k);
      shard.ask(pay);
      answers.put(pay, first);
      long asOf = now;
      checks.add(
          () -> {
            AccountAnswer answer = answers.get(pay);
            if (same) {
              assertEquals(first.again(), answer, "repeated at " + asOf);
            } else {
              assertEquals(Outcome.OTHER_REQUEST, answer.outcome());
            }
          });
    }

    private void pay(List<Runnable> checks, Map<AccountRequest, AccountAnswer> answers) {
      int account = random.nextInt(ACCOUNTS);
      boolean adjust = random.nextInt(4) == 0;
      long amount = (1 + random.nextInt(4_000)) * ChargingShard.MILL * (adjust ? -1 : 1);
      ask(
          new AccountRequest.Pay(ChargingShard.key(++serial), 1_000 + account, amount, adjust),
          answers,
          checks,
          a -> {
            if (!a.outcome().isRefusal()) {
              paid[account] += amount;
              toppedUp[account] += adjust ? 0 : amount;
              assertTrue(!adjust || free(account) >= 0, "an adjustment below the floor");
            } else {
              assertTrue(free(account) + amount < 0, "refused though there was enough");
            }
          });
    }

    private void reserve(List<Runnable> checks, Map<AccountRequest, AccountAnswer> answers) {
      int device = random.nextInt(DEVICES);
      int account = device % ACCOUNTS;
      long quantity = 1 + random.nextInt(900);
      boolean partial = random.nextBoolean();
      ask(
          new AccountRequest.Reserve(
              ChargingShard.key(++serial),
              device + 1,
              0,
              0,
              quantity,
              partial,
              1 + random.nextInt(60_000),
              false),
          answers,
          checks,
          a -> {
            if (a.outcome().isRefusal()) {
              assertTrue(
                  free(account) < 5 * ChargingShard.MILL * (partial ? 1 : quantity),
                  "refused though there was enough");
              return;
            }
            assertTrue(a.quantity() == quantity || partial && a.quantity() < quantity);
            assertTrue(a.amount() >= 3 * ChargingShard.MILL * a.quantity());
            held.add(new Held(account, device, a, now));
            assertTrue(free(account) >= 0, "I10: a grant below the floor");
            assertEquals(free(account), a.available());
          });
    }

    private void event(List<Runnable> checks, Map<AccountRequest, AccountAnswer> answers) {
      int device = random.nextInt(DEVICES);
      int account = device % ACCOUNTS;
      long quantity = random.nextInt(300);
      int row = shard.row(device + 1, now, quantity);
      ask(
          new AccountRequest.Use(ChargingShard.key(++serial), row, 0, 0, true),
          answers,
          checks,
          a -> {
            if (!a.outcome().isRefusal()) {
              assertEquals(a.amount(), used(device, now, quantity));
              assertTrue(
                  free(account) >= 0 || a.amount() == 0, "I10: an event charge below the floor");
            }
          });
    }

    private void commit(List<Runnable> checks, Map<AccountRequest, AccountAnswer> answers) {
      Held h = held.get(random.nextInt(held.size()));
      long quantity = random.nextInt(600);
      boolean last = random.nextBoolean();
      int row = shard.row(h.device + 1, h.at, quantity);
      ask(
          new AccountRequest.Use(
              ChargingShard.key(++serial), row, h.granted.seq(), h.granted.n(), last),
          answers,
          checks,
          a -> {
            if (a.outcome() == Outcome.UNKNOWN_RESERVATION) {
              assertTrue(now - h.granted.until() > 86_400_000L - 60_000, "forgotten too early");
              return;
            }
            assertEquals(
                h.open ? Outcome.COMMITTED : Outcome.LATE_COMMIT, a.outcome(), "of " + h.granted);
            assertEquals(a.amount(), used(h.device, h.at, quantity));
            if (h.open) {
              h.quantity -= quantity;
              h.open = h.quantity > 0 && !last;
              if (!h.open) {
                assertEquals(0, a.left());
              }
              assertEquals(free(h.device % ACCOUNTS), a.available());
            }
          });
    }

    private static String bucket(int device, long at) {
      return device + "/" + (at - START) / 86_400_000L;
    }

    /** Uses a quantity; gives what the day's total costs more by it. */
    private long used(int device, long at, long quantity) {
      long before = used.getOrDefault(bucket(device, at), 0L);
      used.put(bucket(device, at), before + quantity);
      return price(before + quantity) - price(before);
    }

    private static long price(long quantity) {
      return ChargingShard.MILL
          * (3 * Math.min(quantity, 1_000) + 5 * Math.max(0, quantity - 1_000));
    }

    private long spent(int account) {
      long sum = 0;
      for (Map.Entry<String, Long> e : used.entrySet()) {
        if (Integer.parseInt(e.getKey().split("/", 2)[0]) % ACCOUNTS == account) {
          sum += price(e.getValue());
        }
      }
      return sum;
    }

    /** What is left when all that is granted is used as well. */
    private long free(int account) {
      Map<String, Long> granted = new HashMap<>();
      for (Held h : held) {
        if (h.account == account && h.open) {
          granted.merge(bucket(h.device, h.at), h.quantity, Long::sum);
        }
      }
      long sum = paid[account] - floor[account] - spent(account);
      for (Map.Entry<String, Long> e : granted.entrySet()) {
        long already = used.getOrDefault(e.getKey(), 0L);
        sum -= price(already + e.getValue()) - price(already);
      }
      return sum;
    }

    private void judge(boolean allSealed) {
      said.judgeExpired(expired);
      for (int a = 0; a < ACCOUNTS; a++) {
        WalletView view = shard.shard().wallet(1_000 + a).orElseThrow();
        int first = 10 * (1_000 + a);
        assertEquals(
            -shard.ledger.getOrDefault(first + 1, 0L), view.balance(), "balance = postings");
        assertEquals(free(a), view.available(), "available of " + a);
        long beyond = Math.max(0, spent(a) - (paid[a] - floor[a]));
        assertEquals(beyond, view.overrun());
        assertTrue(view.balance() >= floor[a], "the balance ends at its floor");
        said.judge(a, paid[a] - floor[a] - spent(a), toppedUp[a]);
        if (allSealed) {
          assertEquals(0, view.reserved());
          assertEquals(0, view.open());
          assertEquals(beyond, shard.ledger.getOrDefault(first + 2, 0L), "overrun = postings");
          assertEquals(paid[a] - spent(a) + beyond, view.balance());
        }
      }
    }
  }
}
