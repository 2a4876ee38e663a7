package io.millrace.processors.shard;

import io.millrace.processors.dedupe.DedupeWindow;
import io.millrace.processors.journal.Section;
import io.millrace.processors.rating.OfferHistory;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.shard.Effects.Verdict;
import io.millrace.processors.usage.UsageBatch;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One application of a section: commands, then what is due, then a close that has nothing left to
 * wait for, then usage, then the ledger entry of it all.
 */
final class Batch {
  private static final int RECEIVED = 0;
  private static final int CHARGED = 1;
  private static final int DUPLICATE = 2;
  private static final int SUSPENDED = 3;
  private static final int DISCARDED = 4;

  /** Rows whose subscriptions are read before the first is applied: what they hold fits a cache. */
  private static final int BLOCK = 64;

  private final ShardKey key;
  private final ShardState state;
  private final Rules rules;
  private final Section section;
  private final UsageBatch usage;
  private final Effects effects = new Effects();
  private final Quotas quotas;
  private final Sponsoring sponsoring;
  private final Metering metering;
  private final Sealing sealing;
  private final Moves moves;
  private final Charging charging;
  private final Map<Integer, Command.Recycled> recycled = new HashMap<>();
  private final @Nullable Subscription[] found = new @Nullable Subscription[BLOCK];

  /** Nobody asks for it; it has the reads that it sums up done. */
  private long warmth;

  /** What occurred before is nobody's; told without numbering a period of any year there is. */
  private final long firstMoment;

  private int lastSource = -1;
  private long[] lastCounts = new long[5];

  Batch(
      ShardKey key,
      ShardState state,
      Rules rules,
      long commit,
      Section section,
      UsageBatch usage,
      Metering.Room room) {
    this.key = key;
    this.state = state;
    this.rules = rules;
    this.section = section;
    this.usage = usage;
    this.quotas = new Quotas(key, state, rules.shards(), effects);
    this.sponsoring = new Sponsoring(key, state, rules, effects, quotas);
    this.metering = new Metering(state, rules, commit, effects, sponsoring, room);
    this.sealing = new Sealing(key, state, rules, effects, sponsoring);
    this.moves = new Moves(state, rules, effects, sealing);
    this.firstMoment = rules.periods().startOf(0);
    this.charging =
        new Charging(key, state, rules, section, usage, effects, metering, this::counts);
  }

  Effects run() {
    assert section.time() >= state.time : "time went backwards in " + key;
    if (state.time != Long.MIN_VALUE) {
      state.suspended.advance(
          state.time - rules.horizon(), section.time() - rules.horizon(), state.seq);
    }
    adopt();
    state.time = section.time();
    charging.runDue(section.dueLimit());
    if (section.dueLimit() > 0) {
      quotas.runDue();
    }
    section.commands().forEach(this::command);
    sealing.runDue(section.dueLimit());
    finishClose();
    applyUsage();
    sealing.post();
    sponsoring.post();
    charging.post();
    quotas.post();
    state.forgetClosed();
    assert state.counts.values().stream()
            .map(c -> c.of)
            .allMatch(c -> c[RECEIVED] == c[CHARGED] + c[DUPLICATE] + c[SUSPENDED] + c[DISCARDED])
        : "I3 is broken in " + key;
    return effects;
  }

  /** The first batch under other rules looks what falls due by them. */
  private void adopt() {
    if (state.rules == rules.version()) {
      return;
    }
    if (state.rules != 0) {
      state.subscriptions.forEach(
          s -> {
            long[] due = PeriodEnds.duesAgain(rules, rules.offers().get(s.offer), s, state.time);
            if (!Arrays.equals(due, s.recurring)) {
              state.touch(s);
              s.recurring = due;
              state.reindex(s);
            }
          });
    }
    state.rules = rules.version();
  }

  private void command(Command command) {
    switch (command) {
      case Command.Subscribe s -> subscribe(s);
      case Command.Suspend s -> {
        counts(s.source())[RECEIVED]++;
        suspend(s);
      }
      case Command.ClosePeriod close -> state.closing = Math.max(state.closing, close.period());
      case Command.Recycled r -> recycled.put(r.row(), r);
      case Command.Discard d -> discard(d);
      case Command.Move m -> moves.leave(m);
      case Command.Received r -> receive(r);
      case Command.Account a -> charging.answer(a.request());
    }
  }

  private void discard(Command.Discard d) {
    counts(d.source())[SUSPENDED] -= d.rawHashes().size();
    counts(d.source())[DISCARDED] += d.rawHashes().size();
    d.rawHashes().forEach(h -> effects.ended.add(new Effects.SuspenseEnd(h, "discarded")));
  }

  private void receive(Command.Received r) {
    effects.received.add(new Effects.MessageId(r.from(), r.seq(), r.n()));
    if (!state.isNews(r.from(), r.seq(), r.n())) {
      return; // Told twice: it was journalled before.
    }
    switch (r.message()) {
      case ShardMessage.Device d -> moves.arrive(d);
      case ShardMessage.Money m -> charging.arrive(m, r.from());
      case ShardMessage.Sponsored m -> sponsoring.arrive(m);
      case ShardMessage.QuotaAsk m -> {
        charging.runOut(m.account());
        quotas.lend(m, r.from());
      }
      case ShardMessage.QuotaSlice m -> sponsoring.arrive(m);
      case ShardMessage.QuotaBack m -> quotas.settle(m.account(), m.amount());
    }
  }

  private void subscribe(Command.Subscribe s) {
    if (state.subscriptions.get(s.subscription()) != null) {
      return; // Told twice: what it began with stands.
    }
    OfferHistory offer = rules.offers().get(s.offer());
    Subscription begun =
        new Subscription(
            s.subscription(),
            state.account(s.account()),
            s.offer(),
            s.from(),
            s.to(),
            PeriodEnds.dues(rules, offer, s.from(), s.to()));
    state.pools.join(rules, begun, s.share());
    state.add(begun);
    effects.subscriptions.add(
        new Effects.SubscriptionRow(
            s.subscription(),
            s.subject(),
            s.account(),
            offer.name(),
            s.from(),
            s.to(),
            Effects.NOBODY,
            Command.Share.of(begun.memberOf, s.share())));
  }

  private void finishClose() {
    if (state.closing > state.closed
        && !effects.moreDue
        && section.dueLimit() > 0
        && state.time >= rules.periods().endOf(state.closing)) {
      state.closed = state.closing;
      effects.closed = state.closed;
      state.accounts.forEach(
          account -> {
            state.touch(account);
            account.forget(state.closed);
          });
    }
  }

  private void applyUsage() {
    int from = section.usageFrom();
    effects.verdicts = new byte[section.usageTo() - from];
    for (int block = from; block < section.usageTo(); block += BLOCK) {
      int end = Math.min(block + BLOCK, section.usageTo());
      warm(block, end);
      for (int i = block; i < end; i++) {
        Verdict taken = charging.verdict(i - from);
        if (taken == null) {
          Command.Recycled again = recycled.isEmpty() ? null : recycled.get(i - from);
          taken = applyRow(i, found[i - block], again);
        }
        effects.verdicts[i - from] = (byte) taken.ordinal();
      }
    }
  }

  /**
   * Finds the subscriptions of some rows and reads what the rows will need of them: among many
   * devices each read waits for memory, and reads that don't depend on each other wait together.
   */
  private void warm(int from, int to) {
    for (int i = from; i < to; i++) {
      found[i - from] = state.subscriptions.get(usage.subscription[i]);
    }
    for (int i = 0; i < to - from; i++) {
      Subscription s = found[i];
      warmth += s == null ? 0 : rules.offers().get(s.offer).warmth();
    }
    for (int step = 0; step < Subscription.WARM_STEPS; step++) {
      for (int i = 0; i < to - from; i++) {
        Subscription s = found[i];
        warmth += s == null ? 0 : s.warmth(step);
      }
    }
  }

  private Verdict applyRow(int i, @Nullable Subscription s, Command.@Nullable Recycled again) {
    if (s != null && s.moves != Succession.NONE && s.moves.sendsOn(usage.occurredAt[i])) {
      return sendOn(i, s);
    }
    long[] counts = counts(again == null ? usage.source[i] : again.source());
    if (again == null) {
      counts[RECEIVED]++;
    }
    Reason refusal = refusal(s, i, again != null && again.override() != null);
    if (refusal != null || s == null) {
      return suspendRow(i, refusal == null ? Reason.NO_OFFER : refusal, again);
    }
    state.touch(s);
    DedupeWindow window = windowOf(s, usage.source[i]);
    boolean numbered = usage.numbered[i];
    switch (window.test(usage.eventId[i], numbered, usage.occurredAt[i])) {
      case DUPLICATE -> {
        end(again, "duplicate");
        count(counts, DUPLICATE, again);
        return Verdict.DUPLICATE;
      }
      case REUSED -> {
        return suspendRow(i, Reason.ID_REUSED, again);
      }
      case NEW -> {
        Reason bad = metering.meter(state.pools.toMeter(s), usage, i);
        if (bad != null) {
          return suspendRow(i, bad, again);
        }
        window.mark(usage.eventId[i], numbered, usage.occurredAt[i]);
        if (s.memberOf != Effects.NOBODY) {
          window.expire(state.time - rules.horizon()); // It seals nothing, which others do it with.
          state.pools.used(s, usage.occurredAt[i]);
        }
        end(again, "charged");
        count(counts, CHARGED, again);
        return Verdict.CHARGED;
      }
    }
    throw new AssertionError("no such verdict");
  }

  /**
   * Nothing is done with it here: it is for the subscription that the device has then, or there.
   */
  private Verdict sendOn(int i, Subscription s) {
    Succession m = s.moves;
    effects.moved.add(
        new Effects.MovedRow(
            i - section.usageFrom(),
            usage.occurredAt[i] >= m.heirFrom() ? m.heir() : s.id,
            m.home() == Succession.HERE ? key.number() : m.home()));
    return Verdict.MOVED;
  }

  private DedupeWindow windowOf(Subscription s, int source) {
    if (!s.moves.hasHeir()) {
      return s.window(source);
    }
    Subscription last = Moves.last(state, s);
    state.touch(last);
    return last.window(source);
  }

  private @Nullable Reason refusal(@Nullable Subscription s, int i, boolean pastHorizonAllowed) {
    long at = usage.occurredAt[i];
    if (s == null || at < s.from || at >= s.to || at < firstMoment) {
      return Reason.NO_OFFER;
    }
    if (at < state.time - rules.horizon() && !pastHorizonAllowed) {
      return Reason.TOO_OLD;
    }
    return at > state.time + rules.future() ? Reason.IN_THE_FUTURE : null;
  }

  private Verdict suspendRow(int i, Reason reason, Command.@Nullable Recycled again) {
    if (again != null) {
      return Verdict.SUSPENDED; // It stays where it is.
    }
    effects.refusals.put(i - section.usageFrom(), reason);
    byte[] raw = usage.rawOf(i);
    return suspend(
        new Command.Suspend(
            usage.source[i],
            reason,
            state.fingerprint(usage, i),
            usage.receivedAt[i],
            raw,
            raw.length,
            Digests.suspense(usage.source[i], raw)));
  }

  private Verdict suspend(Command.Suspend s) {
    if (state.suspended.contains(s.source(), s.fingerprint(), state.time)) {
      counts(s.source())[DUPLICATE]++;
      return Verdict.DUPLICATE;
    }
    state
        .suspended
        .of(s.source(), state.seq)
        .add(s.fingerprint(), state.time, rules.mostSuspended());
    counts(s.source())[SUSPENDED]++;
    effects.suspended.add(
        new Effects.SuspenseRow(
            s.rawHash(), s.source(), s.reason(), s.raw(), s.rawSize(), s.receivedAt()));
    return Verdict.SUSPENDED;
  }

  private void end(Command.@Nullable Recycled again, String how) {
    if (again != null) {
      effects.ended.add(new Effects.SuspenseEnd(again.rawHash(), how));
    }
  }

  private static void count(long[] counts, int outcome, Command.@Nullable Recycled again) {
    counts[outcome]++;
    if (again != null) {
      counts[SUSPENDED]--;
    }
  }

  private long[] counts(int source) {
    if (source != lastSource) {
      lastCounts = state.counts(source);
      lastSource = source;
    }
    return lastCounts;
  }
}
