package io.millrace.processors.shard;

import io.millrace.processors.journal.Section;
import io.millrace.processors.shard.AccountAnswer.Outcome;
import io.millrace.processors.shard.AccountRequest.Step;
import io.millrace.processors.shard.AccountRequest.Step.Part;
import io.millrace.processors.shard.Session.Grant;
import io.millrace.processors.usage.UsageBatch;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes the steps of charging sessions, by what reservations and uses do: a rating group that a
 * step names has what was used of it charged, gives back what is left of its grant, and is granted
 * anew what is asked for. So all but the session itself moves as any other request would move it.
 */
final class Steps {
  private final ShardState state;
  private final Sessions sessions;
  private final UsageBatch usage;
  private final Section section;
  private final Charging charging;

  Steps(ShardState state, UsageBatch usage, Section section, Charging charging) {
    this.state = state;
    this.sessions = state.wallets.sessions;
    this.usage = usage;
    this.section = section;
    this.charging = charging;
  }

  AccountAnswer take(Step step) {
    Session session = step.isOfSession() ? sessions.find(step.seq(), step.n()) : null;
    Outcome refusal = step.isOfSession() ? refused(step, session) : null;
    if (refusal != null) {
      return AccountAnswer.refused(refusal, 0);
    }
    long whose = session == null ? step.subscription() : session.subscription();
    Subscription s =
        session == null
            ? charging.subscription(whose, state.time)
            : Moves.holder(state, whose, state.time);
    if (s == null) {
      return charging.notThere(whose, state.time);
    }
    Wallet wallet = s.account.wallet;
    if (wallet == null && session == null) {
      return AccountAnswer.refused(Outcome.NO_BALANCE, 0);
    }
    refusal = notNow(step, s);
    if (refusal != null) {
      return AccountAnswer.refused(refusal, 0);
    }
    if (step.kind() == Step.Kind.BEGIN && !sessions.hasRoom(state.seq)) {
      return AccountAnswer.refused(Outcome.FULL, 0);
    }
    List<Grant> grants = new ArrayList<>(session == null ? List.of() : session.grants());
    List<AccountAnswer.Part> answers = parts(step, whose, s.id, grants);
    if (step.kind() == Step.Kind.RELEASE) {
      grants.forEach(grant -> release(step, grant));
      grants.clear();
    }
    long seq = session == null ? state.seq : session.seq();
    int n = session == null ? state.wallets.granted++ : session.n();
    if (step.kind() != Step.Kind.EVENT) {
      sessions.put(
          new Session(
              seq,
              n,
              whose,
              step.number(),
              state.time,
              sessions.nextPlace(),
              step.kind() == Step.Kind.RELEASE,
              grants,
              state.seq));
    }
    return new AccountAnswer(
        Outcome.STEPPED,
        seq,
        n,
        0,
        0,
        0,
        wallet == null ? 0 : wallet.available(),
        state.time,
        false,
        answers,
        0);
  }

  private static @Nullable Outcome refused(Step step, @Nullable Session session) {
    if (session == null) {
      return Outcome.UNKNOWN_SESSION;
    }
    if (session.ended()) {
      return Outcome.SESSION_ENDED;
    }
    return step.number() > session.number() ? null : Outcome.SESSION_NUMBER;
  }

  /**
   * Why nothing of it can be done now: its answer would be remembered, and what was used be lost by
   * it, where it is all the same to be charged in a moment, or elsewhere.
   */
  private @Nullable Outcome notNow(Step step, Subscription s) {
    boolean isAway = s.moves.home() != Succession.HERE;
    for (Part part : step.parts()) {
      if (isAway && (part.row() != AccountRequest.Use.NO_ROW || part.asked() > 0)) {
        return Outcome.MOVED;
      }
      Subscription of = isRow(part) ? state.subscriptions.get(usage.subscription[row(part)]) : null;
      if (of != null && of.moves.sendsOn(usage.occurredAt[row(part)])) {
        return Outcome.MOVED; // The next one has come since the row was made.
      }
      if (of != null && of.account.wallet == null) {
        return Outcome.NO_BALANCE;
      }
    }
    return null;
  }

  private int row(Part part) {
    return section.usageFrom() + part.row();
  }

  private boolean isRow(Part part) {
    return part.row() >= 0 && row(part) < section.usageTo();
  }

  /**
   * Charges all that was used, then what is charged at once, and grants only then: what a rating
   * group is granted hangs on what all others have used.
   *
   * @param whose the subscription that the session began with
   * @param asks the one that is granted what is asked for
   */
  private List<AccountAnswer.Part> parts(Step step, long whose, long asks, List<Grant> grants) {
    List<Part> parts = step.parts();
    @Nullable Outcome[] used = new @Nullable Outcome[parts.size()];
    for (boolean happened : new boolean[] {true, false}) {
      for (int i = 0; i < used.length; i++) {
        if (parts.get(i).happened() == happened) {
          used[i] = settle(step, parts.get(i), whose, grants);
        }
      }
    }
    List<AccountAnswer.Part> answers = new ArrayList<>();
    for (int i = 0; i < used.length; i++) {
      Part part = parts.get(i);
      Outcome of = used[i];
      boolean failed = of != null && of.isRefusal();
      answers.add(
          failed || part.asked() == 0 || step.kind() == Step.Kind.RELEASE
              ? new AccountAnswer.Part(part.group(), of == null ? Outcome.RELEASED : of, 0, 0)
              : grant(step, part, asks, grants));
    }
    return answers;
  }

  /** Charges what was used of a rating group, and lets go of what is left of its grant. */
  private @Nullable Outcome settle(Step step, Part part, long whose, List<Grant> grants) {
    Grant held = grants.stream().filter(g -> g.group() == part.group()).findFirst().orElse(null);
    Outcome used = part.row() == AccountRequest.Use.NO_ROW ? null : use(step, part, held, whose);
    if (held != null) {
      release(step, held);
      grants.remove(held);
    }
    return used;
  }

  private AccountAnswer.Part grant(Step step, Part part, long subscription, List<Grant> grants) {
    if (grants.size() >= Session.MOST_GRANTS) {
      return new AccountAnswer.Part(part.group(), Outcome.TOO_MANY_RESERVATIONS, 0, 0);
    }
    AccountAnswer granted =
        charging.reserve(
            new AccountRequest.Reserve(
                step.key(),
                subscription,
                part.type(),
                part.value(),
                part.asked(),
                true,
                step.validFor(),
                false));
    if (!granted.outcome().isRefusal()) {
      grants.add(new Grant(part.group(), granted.seq(), granted.n()));
    }
    // A device may have gone to an account without a balance, where nothing is granted ahead.
    Outcome outcome =
        granted.outcome() == Outcome.NO_BALANCE ? Outcome.NO_OFFER : granted.outcome();
    return new AccountAnswer.Part(part.group(), outcome, granted.quantity(), granted.until());
  }

  /** Charges what was used: within what was granted, where that is of the same reading still. */
  private Outcome use(Step step, Part part, @Nullable Grant held, long whose) {
    if (!isRow(part)) {
      return Outcome.NOT_PRICED;
    }
    int i = row(part);
    Subscription holder = Moves.holder(state, whose, usage.occurredAt[i]);
    if (holder == null || usage.subscription[i] != holder.id) {
      return Outcome.NOT_PRICED;
    }
    Reservation r = held == null ? null : state.wallets.reservations.find(held.seq(), held.n());
    boolean within = r != null && r.type() == usage.type[i] && r.value() == part.value();
    return charging
        .use(
            new AccountRequest.Use(
                step.key(),
                part.row(),
                within && r != null ? r.seq() : 0,
                within && r != null ? r.n() : 0,
                true),
            part.happened())
        .outcome();
  }

  private void release(Step step, Grant grant) {
    charging.release(new AccountRequest.Release(step.key(), grant.seq(), grant.n()));
  }
}
