package io.millrace.processors.shard;

import io.millrace.processors.rating.Sponsor;
import io.millrace.processors.shard.Slices.Sealed;
import io.millrace.processors.shard.Slices.Slice;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Has sponsors pay as far as their balances reach. A sponsor's shard lends slices of what is
 * available to the shards that use them; lent is not granted again before it comes back, used or
 * not. What is used while a slice is on its way is paid by it once it is there; where the sponsor
 * has none left, the subscription's own account pays.
 */
final class Quotas {
  /** How long a slice is good for, milliseconds. */
  static final long VALID = 3_600_000;

  /** A slice that is asked for ahead is this part of what is available, at most. */
  private static final int PARTS = 8;

  private final ShardKey key;
  private final ShardState state;
  private final int shards;
  private final Effects effects;

  /** Those whose slices have changed, or are to be asked for, as the batch ends. */
  private final TreeSet<Integer> touched = new TreeSet<>();

  private final TreeSet<Integer> wanting = new TreeSet<>();

  /** Whether what accrues is use of what was granted. */
  private boolean isGranted;

  /** Those that have lent, or had something back. */
  private final TreeSet<Integer> lenders = new TreeSet<>();

  Quotas(ShardKey key, ShardState state, int shards, Effects effects) {
    this.key = key;
    this.state = state;
    this.shards = shards;
    this.effects = effects;
  }

  /** Whether an account's balance would be here. */
  boolean isHere(int account) {
    return !state.isKept || ShardKey.of(account, shards) == key.number();
  }

  private Slice touch(int account) {
    touched.add(account);
    return state.wallets.slices.touch(account, state.seq);
  }

  /** What a sponsor can pay right now. */
  long available(int account) {
    if (isHere(account)) {
      Wallet wallet = state.wallets.find(account);
      // In a trial, who is not said to have a balance has all that it takes.
      return wallet == null && !state.isKept ? Long.MAX_VALUE : granted(wallet);
    }
    Slice slice = state.wallets.slices.find(account);
    return slice == null ? 0 : slice.free();
  }

  /** Has what accrues from now on be of what was granted, and draw on what is kept; or not. */
  void useOfGrants(boolean now) {
    isGranted = now;
  }

  /**
   * Has grants count on more of a sponsor's balance, as far as it is here and free, or on less.
   *
   * @param of the wallet of their account
   */
  void pledge(Wallet of, Pledges.Key key, long change) {
    state.wallets.touch(of, state.seq);
    of.pledges.add(key, change);
    if (isHere(key.sponsor())) {
      Wallet sponsor = state.wallets.find(key.sponsor());
      if (sponsor == null) {
        throw new AssertionError("a grant counts on no balance: " + key);
      }
      state.wallets.touch(sponsor, state.seq);
      sponsor.pledged = Math.addExact(sponsor.pledged, change);
      assert sponsor.pledged >= 0 && (change <= 0 || sponsor.available() >= 0)
          : "grants count on what is not there";
    } else {
      Slice slice = touch(key.sponsor());
      slice.kept = Math.addExact(slice.kept, change);
      assert slice.kept >= 0 && slice.free() >= 0 : "grants count on what is not there";
    }
  }

  /** Lets go of what is kept for use that is charged now; gives how much that was. */
  private long unpledge(Subscription s, Sponsor by, int period, long most) {
    Wallet wallet = s.account.wallet;
    if (!isGranted || wallet == null) {
      return 0;
    }
    Pledges.Key key = new Pledges.Key(s.id, by.clause(), by.account(), period);
    long kept = Math.min(most, wallet.pledges.get(key));
    if (kept > 0) {
      pledge(wallet, key, -kept);
    }
    return kept;
  }

  private static long granted(@Nullable Wallet wallet) {
    return wallet == null || wallet.beyond() > 0 ? 0 : Math.max(0, wallet.available());
  }

  /** Has what is lacking come, before there is use for it. */
  void expect(int account, long amount) {
    if (state.isKept && !isHere(account) && amount > 0) {
      Slice slice = touch(account);
      slice.expected = Math.max(slice.expected, amount);
      wanting.add(account);
    }
  }

  /**
   * Takes what a sponsor pays of an amount that accrues.
   *
   * @param s what counts the use, touched
   * @param accrual of the sponsor's or of nobody's so far
   * @param by that pays
   * @param period of the use
   * @param amount ledger units; less than 0 where it is given back
   * @return what it pays now
   */
  long take(Subscription s, Accrual accrual, Sponsor by, int period, long amount) {
    int account = by.account();
    if (isHere(account)) {
      long free = available(account);
      long kept = amount < 0 ? 0 : unpledge(s, by, period, amount);
      return amount < 0 ? amount : kept + Math.min(amount - kept, free);
    }
    Slice slice = touch(account);
    if (amount < 0) {
      giveBack(slice, accrual, amount);
      return amount;
    }
    unpledge(s, by, period, amount - ofNoCost(accrual, amount));
    long now = cover(slice, accrual, amount);
    long lacking = amount - now;
    if (lacking > 0
        && state.time >= slice.pausedUntil
        && accrual.borrowed.mayAwait(period)
        && slice.hasRoom()) {
      accrual.sponsor = account;
      accrual.borrowed =
          accrual.borrowed.awaiting(Math.addExact(accrual.borrowed.awaited(), lacking), period);
      slice.needed = Math.addExact(slice.needed, lacking);
      slice.waiting.add(s.id);
    }
    if (lacking > 0 || slice.free() < slice.used) {
      wanting.add(account);
    }
    return now;
  }

  /** What is less than 0 already costs the sponsor nothing: it has not got it back yet. */
  private static long ofNoCost(Accrual accrual, long amount) {
    return Math.min(amount, Math.max(0, -accrual.sponsored));
  }

  /** Draws on what is in hand. */
  private static long cover(Slice slice, Accrual accrual, long amount) {
    long free = ofNoCost(accrual, amount);
    long drawn = Math.min(amount - free, slice.free());
    slice.left -= drawn;
    slice.accrued = Math.addExact(slice.accrued, drawn);
    slice.used = Math.addExact(slice.used, drawn);
    accrual.borrowed = accrual.borrowed.lent(accrual.borrowed.lent() + drawn);
    return free + drawn;
  }

  /** What was not used after all is in hand again; what was sealed comes back with the charge. */
  private static void giveBack(Slice slice, Accrual accrual, long amount) {
    long lent = accrual.borrowed.lent();
    long still = Math.min(lent, Math.max(0, accrual.sponsored + amount));
    slice.left = Math.addExact(slice.left, lent - still);
    slice.accrued -= lent - still;
    slice.used = Math.max(0, slice.used - (lent - still));
    accrual.borrowed = accrual.borrowed.lent(still);
  }

  /**
   * A charge is sealed.
   *
   * @param then what would be paid of it by the next slice, were there all of it
   * @return what of it was lent
   */
  long seal(Accrual accrual, Sealed then) {
    Borrowed borrowed = accrual.borrowed;
    if (borrowed.lent() == 0 && borrowed.awaited() == 0) {
      return 0;
    }
    Slice slice = touch(accrual.sponsor);
    slice.accrued -= borrowed.lent();
    if (borrowed.awaited() > 0 && slice.hasRoom()) {
      slice.sealed.add(then);
    } else {
      slice.needed -= borrowed.awaited();
    }
    return borrowed.lent();
  }

  /** Gives back what was not used in its time. */
  void runDue() {
    if (state.wallets.slices.nextDue() > state.time) {
      return;
    }
    for (Slice each : state.wallets.slices.all()) {
      if (each.expires() && each.until <= state.time) {
        Slice slice = touch(each.account);
        send(
            ShardKey.of(slice.account, shards),
            new ShardMessage.QuotaBack(slice.account, slice.free()));
        slice.left = slice.kept;
        slice.used = 0;
      }
    }
  }

  /** Asks for what is wanted, and tells how much is lent. */
  void post() {
    for (int account : wanting) {
      Slice slice = touch(account);
      long ahead = Math.max(slice.used, slice.needed);
      boolean isNone = ahead == 0 && slice.expected == 0; // All of it was taken back since.
      if (!isNone && !slice.asked && state.time >= slice.pausedUntil) {
        slice.asked = true;
        send(
            ShardKey.of(account, shards),
            new ShardMessage.QuotaAsk(account, slice.needed, slice.expected, ahead));
        slice.expected = 0;
      }
    }
    for (int account : touched) {
      Slice slice = state.wallets.slices.touch(account, state.seq);
      effects.lent.add(new Effects.Lent(account, -Math.addExact(slice.left, slice.accrued)));
    }
    for (int account : lenders) {
      Wallet wallet = state.wallets.find(account);
      effects.lent.add(new Effects.Lent(account, wallet == null ? 0 : wallet.lent));
    }
  }

  private void send(int to, ShardMessage message) {
    effects.messages.add(new Effects.MessageRow(effects.messages.size(), to, message));
  }

  /**
   * Lends another shard what it asks for, as far as there is: what was used; what a caller waits
   * for, if there is all of that, and nothing of it else; of what will be used a part.
   */
  void lend(ShardMessage.QuotaAsk ask, int to) {
    Wallet wallet = state.wallets.find(ask.account());
    long available = granted(wallet);
    long needed = Math.min(ask.needed(), available);
    long left = available - needed;
    long expected = ask.expected() <= left ? ask.expected() : left / PARTS;
    long lent = needed + Math.max(expected, Math.min(ask.ahead(), left / PARTS));
    if (wallet != null && lent > 0) {
      state.wallets.touch(wallet, state.seq);
      wallet.lent = Math.addExact(wallet.lent, lent);
      lenders.add(ask.account());
      assert wallet.available() >= 0 : "a slice of " + lent + " of " + available;
    }
    send(
        to,
        new ShardMessage.QuotaSlice(
            ask.account(), lent, state.time + VALID, needed < ask.needed() || lent == 0));
  }

  /** Takes back what was lent: it is used, and posted by now, or it is not. */
  void settle(int account, long amount) {
    Wallet wallet = state.wallets.find(account);
    if (wallet == null) {
      throw new AssertionError("a slice of no balance comes back");
    }
    state.wallets.touch(wallet, state.seq);
    wallet.lent = Math.subtractExact(wallet.lent, amount);
    lenders.add(account);
    assert wallet.lent >= 0 : "more comes back than was lent: " + wallet.lent;
  }

  /** Has a slice that arrives pay for what waits for it. */
  interface Payer {
    /**
     * Has the sponsor pay more of what has accrued.
     *
     * @param most ledger units
     * @return what of that it would have paid as it accrued, and still can
     */
    long payable(Subscription s, Accrual accrual, long most);

    /** The same of what was sealed. */
    long payable(Sealed sealed, long most);

    void pay(Subscription s, Accrual accrual, long amount);

    void pay(Sealed sealed, long amount);
  }

  /** Takes a slice in, and has it pay for what waits: by subscription, then what was sealed. */
  void arrive(ShardMessage.QuotaSlice sent, Payer payer) {
    Slice slice = touch(sent.account());
    slice.asked = false;
    slice.left = Math.addExact(slice.left, sent.amount());
    slice.until = sent.until();
    slice.used = 0;
    if (sent.isShort()) {
      slice.pausedUntil = state.time + Slices.PAUSE;
    }
    TreeSet<Long> waiting = slice.waiting;
    slice.waiting = new TreeSet<>();
    for (long id : waiting) {
      Subscription s = state.subscriptions.get(id);
      if (s != null) {
        cover(s, slice, sent.isShort(), payer);
      }
    }
    List<Sealed> sealed = slice.sealed;
    slice.sealed = new ArrayList<>();
    for (Sealed each : sealed) {
      cover(each, slice, sent.isShort(), payer);
    }
    slice.expected = slice.expected <= slice.free() ? 0 : slice.expected;
    if (slice.needed > 0 || slice.expected > 0) {
      wanting.add(sent.account());
    }
  }

  private void cover(Subscription s, Slice slice, boolean isLast, Payer payer) {
    state.touch(s);
    for (Accrual accrual : s.accruals) {
      Borrowed borrowed = accrual.borrowed;
      if (borrowed.awaited() == 0 || accrual.sponsor != slice.account) {
        continue;
      }
      long most = payer.payable(s, accrual, borrowed.awaited());
      long now = cover(slice, accrual, most);
      if (now > 0) {
        payer.pay(s, accrual, now);
      }
      long awaited = isLast ? 0 : most - now;
      accrual.borrowed = accrual.borrowed.awaiting(awaited, borrowed.period());
      slice.needed -= borrowed.awaited() - awaited;
      if (awaited > 0) {
        slice.waiting.add(s.id);
      }
    }
  }

  private void cover(Sealed sealed, Slice slice, boolean isLast, Payer payer) {
    long awaited = sealed.paid().amount();
    long most = payer.payable(sealed, awaited);
    long now = Math.min(most, slice.free());
    if (now > 0) {
      slice.left -= now;
      slice.used = Math.addExact(slice.used, now);
      payer.pay(sealed, now);
    }
    long still = isLast ? 0 : most - now;
    slice.needed -= awaited - still;
    if (still > 0) {
      slice.sealed.add(new Sealed(sealed.paid().of(still), sealed.period(), sealed.at()));
    }
  }
}
