package io.millrace.processors.shard;

import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/** What a shard knows of its accounts with balances, changed in place and undone in reverse. */
final class Wallets {
  private final LongMap<Wallet> byAccount = new LongMap<>();
  private final List<Runnable> undo = new ArrayList<>();

  /** When buckets are due, by account. */
  private final TreeSet<Due> dueBuckets = new TreeSet<>();

  final Reservations reservations;
  final Entitlements entitlements = new Entitlements(undo);
  final Slices slices = new Slices(undo);
  final Sessions sessions = new Sessions(undo, Sessions.MOST);

  /** What moved money between people, and what was used or granted: many more, and smaller. */
  final GivenAnswers payments = new GivenAnswers(undo, GivenAnswers.MOST, GivenAnswers.KEPT);

  final GivenAnswers uses = new GivenAnswers(undo, GivenAnswers.MOST, GivenAnswers.KEPT_OF_USE);

  /** Those changed since the last checkpoint that a delta was made from. */
  private final Changes<Wallet> changed =
      new Changes<>(0, byAccount::forEach, byAccount::get, w -> w.totals.id);

  /** Those whose totals or balances have changed in this batch. */
  private final List<Wallet> noticed = new ArrayList<>();

  /** Reservations granted and sessions begun in this batch. */
  int granted;

  /**
   * None.
   *
   * @param metered the id of what counts a subscription's use
   */
  Wallets(LongUnaryOperator metered) {
    this.reservations = new Reservations(undo, Reservations.MOST_ENDED, metered);
  }

  /**
   * When the next reservation, bucket or entitlement is over, {@link Long#MAX_VALUE} where none is
   * ever.
   */
  long nextDue() {
    return Math.min(nextDueBucket(), Math.min(reservations.nextDue(), entitlements.nextDue()));
  }

  /** When the next bucket is due, {@link Long#MAX_VALUE} where none is ever. */
  long nextDueBucket() {
    return dueBuckets.isEmpty() ? Long.MAX_VALUE : dueBuckets.first().at();
  }

  /** The account whose bucket is due first. */
  Wallet firstWithDueBucket() {
    Wallet first = byAccount.get(dueBuckets.first().subscription());
    if (first == null) {
      throw new AssertionError("a bucket of nobody is due");
    }
    return first;
  }

  /** To be called when buckets of one have come, gone, or end at another time. */
  void index(Wallet wallet) {
    int account = wallet.totals.id;
    long due = wallet.nextDueBucket();
    if (due != wallet.indexedDue) {
      dueBuckets.remove(new Due(wallet.indexedDue, account));
      if (due != Long.MAX_VALUE) {
        dueBuckets.add(new Due(due, account));
      }
      wallet.indexedDue = due;
    }
  }

  /**
   * Has an account's buckets pay for what it is going to owe more, or less.
   *
   * @param type the event type of the use, {@link MoneyBucket#ANY} where there is none
   * @param change in ledger units; to be called before it counts
   */
  void spend(AccountTotals account, int type, long change, long seq) {
    Wallet wallet = account.wallet;
    if (wallet != null && wallet.buckets != null && change != 0) {
      touch(wallet, seq);
      wallet.buckets.spend(type, change, wallet.paidByMain());
    }
  }

  /** What a request gets that has been here before, see {@link GivenAnswers#find}. */
  @Nullable AccountAnswer known(AccountRequest.Key key) {
    AccountAnswer known = payments.find(key);
    return known == null ? uses.find(key) : known;
  }

  /** Where the answer to a request is remembered. */
  GivenAnswers answers(AccountRequest request) {
    return switch (request) {
      case AccountRequest.Open r -> payments;
      case AccountRequest.Pay r -> payments;
      case AccountRequest.Units r -> payments;
      case AccountRequest.Transfer r -> payments;
      case AccountRequest.Reserve r -> uses;
      case AccountRequest.Use r -> uses;
      case AccountRequest.Release r -> uses;
      case AccountRequest.Step r -> uses;
    };
  }

  /** The one of an account, null where it has none. */
  @Nullable Wallet find(int account) {
    return byAccount.get(account);
  }

  /** What their grants count on of a sponsor's balance. */
  long pledged(int sponsor) {
    long[] sum = new long[1];
    byAccount.forEach(wallet -> sum[0] += wallet.pledges.sum(sponsor));
    return sum[0];
  }

  void add(Wallet wallet, long seq) {
    byAccount.put(wallet.totals.id, wallet);
    wallet.totals.wallet = wallet;
    wallet.changedSeq = seq;
    changed.add(wallet);
    undo.add(
        () -> {
          byAccount.remove(wallet.totals.id);
          wallet.totals.wallet = null;
          dueBuckets.remove(new Due(wallet.indexedDue, wallet.totals.id));
        });
    notice(wallet, seq);
  }

  /** To be called before one is changed. */
  void touch(Wallet wallet, long seq) {
    if (wallet.changedSeq != seq) {
      Runnable saved = wallet.saved();
      undo.add(
          () -> {
            saved.run();
            index(wallet);
          });
      wallet.changedSeq = seq;
      changed.add(wallet);
    }
    notice(wallet, seq);
  }

  /** Has one looked at as the batch ends. */
  void notice(Wallet wallet, long seq) {
    if (wallet.noticedSeq != seq) {
      wallet.noticedSeq = seq;
      noticed.add(wallet);
    }
  }

  List<Wallet> noticed() {
    return noticed;
  }

  void accept() {
    undo.clear();
    reservations.accept();
    payments.accept();
    uses.accept();
    entitlements.accept();
    forgetNoticed();
  }

  void undo() {
    for (int i = undo.size() - 1; i >= 0; i--) {
      undo.get(i).run();
    }
    undo.clear();
    entitlements.undone();
    forgetNoticed();
  }

  private void forgetNoticed() {
    noticed.forEach(w -> w.noticedSeq = 0);
    noticed.clear();
    granted = 0;
  }

  void encode(ByteWriter out, long since) {
    List<Wallet> some = changed.since(since);
    out.varint(some.size());
    some.forEach(w -> w.encode(out));
    reservations.encode(out, since);
    payments.encode(out, since);
    uses.encode(out, since);
    entitlements.encode(out, since);
    sessions.encode(out, since);
    slices.encode(out);
  }

  /** Lays encoded state over this, after that of the accounts. */
  void overlay(ByteReader in, IntFunction<AccountTotals> accounts) {
    for (int changed = in.count(in.remaining()); changed > 0; changed--) {
      int account = in.count(Integer.MAX_VALUE);
      AccountTotals totals = accounts.apply(account);
      Wallet wallet = Wallet.decode(in, totals);
      totals.wallet = wallet;
      Wallet before = byAccount.get(account);
      byAccount.put(account, wallet);
      wallet.indexedDue = before == null ? Long.MAX_VALUE : before.indexedDue;
      index(wallet);
    }
    reservations.overlay(in);
    payments.overlay(in);
    uses.overlay(in);
    entitlements.overlay(in);
    sessions.overlay(in);
    slices.overlay(in);
  }
}
