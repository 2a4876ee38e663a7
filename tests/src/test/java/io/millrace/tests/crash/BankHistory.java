package io.millrace.tests.crash;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.millrace.tests.linear.AccountModel;
import io.millrace.tests.linear.AccountOperation;
import io.millrace.tests.linear.AccountState;
import io.millrace.tests.linear.Call;
import io.millrace.tests.linear.Linearizability;
import io.millrace.tests.linear.Verdict;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.IntToLongFunction;

/**
 * What a bank's clients asked of its accounts and were answered, account by account, all of it by
 * this process's monotonic clock. Any thread adds.
 */
final class BankHistory {
  /** What the search holds in mind for one account, at most: some tens of MB. */
  private static final int MOST_CONFIGURATIONS = 200_000;

  /**
   * Accounts whose search may go beyond that: where an owner stands still, much is under way at a
   * time, and how much is up to the machine. Eight accounts are asked by many.
   */
  private static final int MOST_UNDECIDED = 2;

  /** A shard's clock and this one's may differ so far: both are this machine's. */
  private static final long CLOCK_NANOS = 100_000_000;

  private static final class Account {
    private final List<Call<AccountOperation>> calls = new ArrayList<>();
    private final Map<String, Hold> holds = new HashMap<>();

    /** Money that was sent here, and arrives when its shard takes it in. */
    private final List<Call<AccountOperation>> underWay = new ArrayList<>();

    private boolean isInexact;
  }

  /** When a reservation may end by itself. */
  private record Hold(long from, long to) {}

  private final List<Account> accounts = new ArrayList<>();

  BankHistory(int accounts) {
    for (int i = 0; i < accounts; i++) {
      this.accounts.add(new Account());
    }
  }

  /** An answer has come to what was asked then. */
  void answered(int account, AccountOperation operation, long asked) {
    Account a = accounts.get(account);
    long now = System.nanoTime();
    synchronized (a) {
      a.calls.add(Call.answered(operation, asked, now));
      switch (operation) {
        case AccountOperation.Committed o -> a.holds.computeIfPresent(o.reservation(), ended(now));
        case AccountOperation.Released o -> a.holds.computeIfPresent(o.reservation(), ended(now));
        default -> {}
      }
    }
  }

  private static BiFunction<String, Hold, Hold> ended(long now) {
    return (name, hold) -> new Hold(hold.from, Math.max(hold.from, now));
  }

  /**
   * A reservation was granted.
   *
   * @param seconds that it is valid for
   */
  void granted(int account, AccountOperation.Granted granted, long asked, int seconds) {
    Account a = accounts.get(account);
    long ends = asked + seconds * 1_000_000_000L - CLOCK_NANOS;
    synchronized (a) {
      a.holds.put(granted.reservation(), new Hold(ends, Call.NEVER));
    }
    answered(account, granted, asked);
  }

  /** What an account's calls say is not to the unit: it is not judged. */
  void inexact(int account) {
    accounts.get(account).isInexact = true;
  }

  /** Money has left for an account; it comes at some time after it was asked for. */
  void sent(int to, long units, long asked) {
    Account a = accounts.get(to);
    synchronized (a) {
      a.underWay.add(Call.answered(new AccountOperation.In(units, null), asked, Call.NEVER));
    }
  }

  /** A move without an answer was done: the books say so. */
  void wasDone(BankClient.Move move) {
    sent(move.to(), move.units(), move.asked());
    if (move.from() >= 0) {
      Account from = accounts.get(move.from());
      from.calls.add(
          Call.answered(new AccountOperation.Out(move.units(), null), move.asked(), Call.NEVER));
    }
  }

  /** Something may be taken off at some time, or never. */
  void mayCost(int account, long units) {
    accounts.get(account).calls.add(Call.unanswered(new AccountOperation.Used(units), 0));
  }

  /**
   * Each account did one thing after the other, as its answers say.
   *
   * @param arrivedBy when no money was under way any more
   * @param initial what can be granted of an account at first
   * @return how many calls of accounts that are decided
   */
  int judge(long arrivedBy, IntToLongFunction initial) {
    Linearizability<AccountState, AccountOperation> search =
        new Linearizability<>(new AccountModel(), MOST_CONFIGURATIONS);
    int calls = 0;
    int undecided = 0;
    for (int n = 0; n < accounts.size(); n++) {
      Account account = accounts.get(n);
      if (account.isInexact) {
        continue;
      }
      List<Call<AccountOperation>> history = history(account, arrivedBy);
      Verdict verdict = search.check(AccountState.of(initial.applyAsLong(n)), history);
      if (verdict instanceof Verdict.Undecided && ++undecided <= MOST_UNDECIDED) {
        System.err.println("a-" + n + " is not judged: " + verdict);
        continue;
      }
      calls += history.size();
      int number = n;
      assertInstanceOf(
          Verdict.Linearizable.class,
          verdict,
          () -> "a-" + number + " did not do one thing after the other: " + told(history, verdict));
    }
    return calls;
  }

  /** As by a stale owner: an account's first look is given once more, after all is done. */
  void plantStaleRead(int account) {
    Account a = accounts.get(account);
    AccountOperation first =
        a.calls.stream()
            .filter(c -> c.operation() instanceof AccountOperation.Read)
            .min(Comparator.comparingLong(Call::returned))
            .orElseThrow()
            .operation();
    answered(account, first, System.nanoTime());
  }

  private static List<Call<AccountOperation>> history(Account account, long arrivedBy) {
    List<Call<AccountOperation>> history = new ArrayList<>();
    for (Call<AccountOperation> call : account.calls) {
      history.add(call.certain() ? until(call, arrivedBy) : call);
    }
    account.underWay.forEach(call -> history.add(until(call, arrivedBy)));
    account.holds.forEach(
        (name, hold) -> {
          if (hold.to > hold.from) {
            history.add(new Call<>(new AccountOperation.Expired(name), hold.from, hold.to, false));
          } // Else it was ended by a call before it could end by itself.
        });
    return history;
  }

  /** What is certain to have come was there when nothing was under way. */
  private static Call<AccountOperation> until(Call<AccountOperation> call, long arrivedBy) {
    return call.returned() == Call.NEVER
        ? Call.answered(call.operation(), call.invoked(), arrivedBy)
        : call;
  }

  /** The calls around the one that can't be, in the order of their answers. */
  private static String told(List<Call<AccountOperation>> history, Verdict verdict) {
    Call<?> call =
        switch (verdict) {
          case Verdict.Broken v -> v.call();
          case Verdict.Undecided v -> v.call();
          case Verdict.Linearizable v -> throw new AssertionError(v);
        };
    long around = 10_000_000_000L;
    StringBuilder text = new StringBuilder(verdict.toString());
    history.stream()
        .filter(
            c ->
                c.invoked() <= call.returned()
                    && c.returned() >= call.invoked() - around
                    && c.invoked() != 0)
        .sorted(Comparator.comparingLong(Call::returned))
        .forEach(c -> text.append("\n  ").append(c));
    return text.toString();
  }
}
