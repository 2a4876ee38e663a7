package io.millrace.processors.shard;

import io.millrace.processors.journal.Section;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.shard.AccountAnswer.Outcome;
import io.millrace.processors.shard.Effects.Verdict;
import io.millrace.processors.usage.UsageBatch;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Answers what accounts with balances are asked, in the order in which it came, and posts what
 * their balances paid. What is granted, committed or charged moves the same positions as usage.
 */
final class Charging {
  private static final int RECEIVED = 0;
  private static final int CHARGED = 1;

  private final ShardKey key;
  private final ShardState state;
  private final Wallets wallets;
  private final Rules rules;
  private final Section section;
  private final UsageBatch usage;
  private final Effects effects;
  private final Metering metering;
  private final IntFunction<long[]> counts;
  private final Holds holds;
  private final Quotes quotes;

  /** Rows of usage that a request has disposed of, by their index in the section. */
  private final Map<Integer, Verdict> rows = new HashMap<>();

  private final BalanceEntry entry;
  private final Expiring expiring;
  private final Payments payments;

  Charging(
      ShardKey key,
      ShardState state,
      Rules rules,
      Section section,
      UsageBatch usage,
      Effects effects,
      Metering metering,
      IntFunction<long[]> counts) {
    this.key = key;
    this.state = state;
    this.wallets = state.wallets;
    this.rules = rules;
    this.section = section;
    this.usage = usage;
    this.effects = effects;
    this.metering = metering;
    this.counts = counts;
    this.entry = new BalanceEntry(state, rules);
    UnitEntry units = new UnitEntry(rules, effects);
    this.expiring = new Expiring(state, entry, effects, units);
    this.payments = new Payments(key, state, entry, effects, expiring, units);
    this.holds = new Holds(state, rules, metering.sponsoring());
    this.quotes = new Quotes(rules, metering, holds);
  }

  /** Has at most {@code limit} reservations and entitlements end whose time is over. */
  void runDue(int limit) {
    wallets.payments.forget(state.time);
    wallets.uses.forget(state.time);
    wallets.reservations.forget(state.time, state.seq);
    wallets.sessions.forget(state.time, state.seq);
    int left = limit;
    while (wallets.nextDue() <= state.time) {
      if (left-- == 0) {
        effects.moreDue = limit > 0;
        return;
      }
      if (wallets.reservations.nextDue() <= state.time) {
        expire(wallets.reservations.first());
      } else if (wallets.nextDueBucket() <= state.time) {
        expiring.runFirst(); // What reservations let go of at that moment runs out too.
      } else {
        wallets.entitlements.lockFirst();
      }
    }
  }

  private void expire(Reservation r) {
    Wallet wallet = wallet(r);
    long before = wallet.reserved;
    end(r, wallet, Reservation.End.EXPIRED);
    effects.notices.add(
        Notice.of(
            Notice.Kind.RESERVATION_EXPIRED,
            r.account(),
            new Notice.Text("reservation", r.name(key)),
            new Notice.Money("released", before - wallet.reserved)));
  }

  /** Takes in money that another shard has sent. */
  void arrive(ShardMessage.Money money, int from) {
    payments.arrive(money, from);
  }

  /** Takes what nobody needs of an account's buckets that are over, before more is granted. */
  void runOut(int account) {
    Wallet wallet = wallets.find(account);
    if (wallet != null) {
      expiring.runOut(wallet);
    }
  }

  /** What a request has made of a row of usage, null where it has nothing to do with it. */
  @Nullable Verdict verdict(int row) {
    return rows.isEmpty() ? null : rows.get(row);
  }

  void answer(AccountRequest request) {
    AccountAnswer known = wallets.known(request.key());
    for (int row : request.rows()) {
      rows.put(row, known == null ? Verdict.SUSPENDED : Verdict.DUPLICATE);
    }
    if (known != null) {
      effects.answers.put(request.key(), known);
      return;
    }
    GivenAnswers answers = wallets.answers(request);
    boolean dry = request instanceof AccountRequest.Reserve r && r.dry();
    int whose = Asker.of(state, section, usage, request);
    if (!dry && !answers.hasRoom(state.time, whose)) {
      effects.answers.put(request.key(), AccountAnswer.refused(Outcome.FULL, 0));
      return;
    }
    AccountAnswer answer =
        switch (request) {
          case AccountRequest.Open r -> payments.open(r);
          case AccountRequest.Pay r -> payments.pay(r);
          case AccountRequest.Units r -> payments.units(r);
          case AccountRequest.Transfer r -> payments.transfer(r);
          case AccountRequest.Reserve r -> reserve(r);
          case AccountRequest.Use r -> use(r, false);
          case AccountRequest.Step r -> new Steps(state, usage, section, this).take(r);
          case AccountRequest.Release r -> release(r);
        };
    if (state.isKept && answer.changes(request)) { // Nobody asks a trial again.
      answers.add(request.key(), whose, state.time, state.seq, answer);
    }
    effects.answers.put(request.key(), answer);
  }

  static AccountAnswer done(Outcome outcome, long amount, Wallet wallet) {
    return new AccountAnswer(outcome, 0, 0, 0, amount, 0, wallet.available(), 0, false);
  }

  AccountAnswer reserve(AccountRequest.Reserve r) {
    Subscription s = subscription(r.subscription(), state.time);
    if (s == null) {
      return notThere(r.subscription(), state.time);
    }
    Wallet wallet = s.account.wallet;
    if (wallet == null) {
      return AccountAnswer.refused(Outcome.NO_BALANCE, 0);
    }
    expiring.runOut(wallet);
    long available = wallet.available(r.type());
    if (!r.dry() && wallet.open >= Wallet.MOST_OPEN) {
      return AccountAnswer.refused(Outcome.TOO_MANY_RESERVATIONS, available);
    }
    quotes.of(
        state.pools.metered(s),
        state.time,
        r.type(),
        r.value(),
        wallets.reservations.open(s.account.id, s.id, r.type()),
        r.said());
    Outcome refusal = quotes.price(r.quantity());
    if (refusal != null) {
      return AccountAnswer.refused(refusal, available);
    }
    if (r.dry()) {
      return new AccountAnswer(
              Outcome.PRICED, 0, 0, r.quantity(), quotes.priced(), 0, available, 0, false)
          .sponsored(quotes.sponsored());
    }
    holds.expect(); // What is lacking is not waited for, and may be here when it is used.
    long quantity = r.quantity();
    if (wallet.beyond() > 0 || quotes.taken() > available) {
      quantity = r.partial() && wallet.beyond() == 0 ? quotes.most(quantity, available) : 0;
      if (quantity == 0) {
        Outcome why = wallet.isBlocked() ? Outcome.BLOCKED : Outcome.INSUFFICIENT;
        return AccountAnswer.refused(why, available);
      }
    }
    long sponsored = quotes.sponsored();
    long held = quotes.held();
    if (wallet.reserved + quotes.priced() > Wallet.MOST_HELD) {
      return AccountAnswer.refused(Outcome.TOO_MUCH, available);
    }
    assert held <= available : "a grant of " + held + " of " + available;
    wallets.touch(wallet, state.seq);
    wallet.hold(r.type(), held);
    wallet.open++;
    Reservation granted =
        new Reservation(
            state.seq,
            wallets.granted++,
            s.account.id,
            s.id,
            state.time,
            r.type(),
            r.value(),
            r.said(),
            quantity,
            quantity,
            held,
            state.time + r.validFor(),
            Reservation.End.OPEN,
            0,
            0,
            state.seq);
    wallets.reservations.put(granted);
    settle(granted, wallet);
    Outcome outcome = quantity == r.quantity() ? Outcome.GRANTED : Outcome.GRANTED_IN_PART;
    return answer(outcome, granted, quantity, quotes.priced(), wallet).sponsored(sponsored);
  }

  /** A subscription that is here and active then. */
  @Nullable Subscription subscription(long id, long at) {
    Subscription s = state.subscriptions.get(id);
    return s == null
            || at < s.from
            || at >= s.to
            || at < rules.periods().startOf(0)
            || s.moves != Succession.NONE && s.moves.sendsOn(at)
        ? null
        : s;
  }

  /** Why a subscription is not: it is on its way for a moment, or none. */
  AccountAnswer notThere(long id, long at) {
    Subscription s = state.subscriptions.get(id);
    return AccountAnswer.refused(
        s != null && s.moves.sendsOn(at) ? Outcome.MOVED : Outcome.NO_OFFER, 0);
  }

  private static AccountAnswer answer(
      Outcome outcome, Reservation r, long quantity, long amount, Wallet wallet) {
    return new AccountAnswer(
        outcome,
        r.seq(),
        r.n(),
        quantity,
        amount,
        r.held(),
        wallet.available(r.type()),
        r.until(),
        false);
  }

  /** Charges what a row says; where it has happened, whatever is available. */
  AccountAnswer use(AccountRequest.Use r, boolean happened) {
    Reservation reservation = r.seq() == 0 ? null : wallets.reservations.find(r.seq(), r.n());
    if (r.row() < 0
        || r.row() >= section.usageTo() - section.usageFrom()
        || r.seq() != 0 && reservation == null) {
      return AccountAnswer.refused(Outcome.UNKNOWN_RESERVATION, 0);
    }
    int i = section.usageFrom() + r.row();
    Subscription s = subscription(usage.subscription[i], usage.occurredAt[i]);
    if (s == null) {
      return notThere(usage.subscription[i], usage.occurredAt[i]);
    }
    Wallet wallet = s.account.wallet;
    if (wallet == null) {
      return AccountAnswer.refused(Outcome.NO_BALANCE, 0);
    }
    Subscription metered = state.pools.metered(s);
    if (reservation == null && !happened) {
      expiring.runOut(wallet);
      Outcome refusal = notGranted(metered, wallet, i);
      if (refusal != null) {
        return AccountAnswer.refused(refusal, wallet.available(usage.type[i]));
      }
    }
    state.touch(metered);
    long before = wallet.totals.accrued;
    boolean late = reservation != null && !reservation.isOpenAt(state.time);
    Sponsoring sponsoring = metering.sponsoring();
    long borne = sponsoring.borne();
    sponsoring.quotas().useOfGrants(reservation != null && !late);
    Reason bad = metering.meter(metered, usage, i);
    sponsoring.quotas().useOfGrants(false);
    borne = sponsoring.borne() - borne;
    if (bad != null) {
      return AccountAnswer.refused(
          bad == Reason.NO_OFFER ? Outcome.NOT_PRICED : Outcome.BAD_QUANTITY, wallet.available());
    }
    rows.put(r.row(), Verdict.CHARGED);
    long[] sums = counts.apply(usage.source[i]);
    sums[RECEIVED]++;
    sums[CHARGED]++;
    long amount = wallet.totals.accrued - before;
    long unlocked =
        late // What nothing was held for is billed, and buys nothing.
            ? 0
            : wallets.entitlements.unlock(state, rules, s, usage.type[i], usage.occurredAt[i]);
    long quantity = rules.types().get(usage.type[i]).used(usage, i);
    if (reservation == null || late) {
      holds.settle(wallet, new Reservations.Use(s.account.id, metered.id, usage.type[i]));
    }
    if (reservation == null) {
      long available = wallet.available(usage.type[i]);
      return new AccountAnswer(
              Outcome.CHARGED, 0, 0, quantity, amount, 0, available, unlocked, false)
          .sponsored(borne);
    }
    Reservation now = late ? reservation : commit(reservation, wallet, quantity, r.last());
    Outcome outcome = late ? Outcome.LATE_COMMIT : Outcome.COMMITTED;
    return answer(outcome, now, quantity, amount, wallet).sponsored(borne);
  }

  /** Why an event can't be charged at once, null where it can. */
  private @Nullable Outcome notGranted(Subscription s, Wallet wallet, int i) {
    Reason bad = metering.quote(s, usage, i);
    if (bad != null) {
      return bad == Reason.NO_OFFER ? Outcome.NOT_PRICED : Outcome.BAD_QUANTITY;
    }
    long price = holds.taken(s, usage, i, metering.quoted());
    if (wallet.beyond() > 0 || price > 0 && price > wallet.available(usage.type[i])) {
      metering.expectSponsors(s, usage, i);
      return wallet.isBlocked() ? Outcome.BLOCKED : Outcome.INSUFFICIENT;
    }
    return null;
  }

  /** Takes off what was used; what is left of it stays, or is released. */
  private Reservation commit(Reservation r, Wallet wallet, long quantity, boolean last) {
    long left = Math.max(0, r.left() - quantity);
    if (last || left == 0) {
      return end(r.committed(left, r.held(), state.seq), wallet, Reservation.End.COMMITTED);
    }
    wallets.reservations.put(r.committed(left, r.held(), state.seq));
    return settle(r, wallet);
  }

  /** Has it and those beside it hold what they cost now; gives it as it is then. */
  private Reservation settle(Reservation r, Wallet wallet) {
    holds.settle(wallet, wallets.reservations.use(r));
    expiring.runOut(wallet); // Before anything else can draw on what nobody holds any more.
    Reservation now = wallets.reservations.find(r.seq(), r.n());
    return now == null ? r : now;
  }

  AccountAnswer release(AccountRequest.Release r) {
    Reservation reservation = wallets.reservations.find(r.seq(), r.n());
    if (reservation == null) {
      return AccountAnswer.refused(Outcome.UNKNOWN_RESERVATION, 0);
    }
    Wallet wallet = wallet(reservation);
    long before = wallet.reserved;
    if (!reservation.isOpen()) {
      return answer(Outcome.RELEASED, reservation, 0, 0, wallet).again(); // Nothing is done now.
    }
    Reservation now = end(reservation, wallet, Reservation.End.RELEASED);
    return answer(Outcome.RELEASED, now, 0, before - wallet.reserved, wallet);
  }

  private Wallet wallet(Reservation r) {
    Wallet wallet = wallets.find(r.account());
    if (wallet == null) {
      throw new AssertionError("a reservation of an account without a balance");
    }
    return wallet;
  }

  private Reservation end(Reservation r, Wallet wallet, Reservation.End how) {
    wallets.touch(wallet, state.seq);
    holds.letGo(wallet, r);
    wallet.open--;
    Reservation now = r.ended(how, wallets.reservations.nextEnded(), state.time, state.seq);
    wallets.reservations.put(now);
    return settle(now, wallet);
  }

  /**
   * Posts what balances paid of what was sealed in this batch, and what went beyond; then the lines
   * of all requests. They sum to zero.
   */
  void post() {
    for (int i = 0; i < wallets.noticed().size(); i++) { // Sponsors of this shard come behind.
      Wallet wallet = wallets.noticed().get(i);
      holds.settle(wallet);
      payments.settle(wallet);
      Standing.tell(wallets, wallet, state.seq, effects.notices);
    }
    entry.post(effects);
  }
}
