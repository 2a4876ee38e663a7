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
    Subscription s = state.subscriptions.get(whose);
    if (session == null && charging.subscription(whose, state.time) == null || s == null) {
      return charging.notThere(whose, state.time);
    }
    Wallet wallet = s.account.wallet;
    if (wallet == null) {
      return AccountAnswer.refused(Outcome.NO_BALANCE, 0);
    }
    if (step.kind() == Step.Kind.BEGIN && !sessions.hasRoom(state.seq)) {
      return AccountAnswer.refused(Outcome.FULL, 0);
    }
    List<Grant> grants = new ArrayList<>(session == null ? List.of() : session.grants());
    List<AccountAnswer.Part> answers = new ArrayList<>();
    for (Part part : step.parts()) {
      answers.add(part(step, part, s.id, grants));
    }
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
              s.id,
              step.number(),
              state.time,
              sessions.nextPlace(),
              step.kind() == Step.Kind.RELEASE,
              grants,
              state.seq));
    }
    return new AccountAnswer(
        Outcome.STEPPED, seq, n, 0, 0, 0, wallet.available(), state.time, false, answers);
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

  private AccountAnswer.Part part(Step step, Part part, long subscription, List<Grant> grants) {
    Grant held = grants.stream().filter(g -> g.group() == part.group()).findFirst().orElse(null);
    Outcome used =
        part.row() == AccountRequest.Use.NO_ROW ? null : use(step, part, held, subscription);
    if (held != null) {
      release(step, held);
      grants.remove(held);
    }
    boolean failed = used != null && used.isRefusal();
    if (failed || part.asked() == 0 || step.kind() == Step.Kind.RELEASE) {
      return new AccountAnswer.Part(used == null ? Outcome.RELEASED : used, 0, 0);
    }
    if (grants.size() >= Session.MOST_GRANTS) {
      return new AccountAnswer.Part(Outcome.TOO_MANY_RESERVATIONS, 0, 0);
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
    return new AccountAnswer.Part(granted.outcome(), granted.quantity(), granted.until());
  }

  /** Charges what was used: within what was granted, where that is of the same reading still. */
  private Outcome use(Step step, Part part, @Nullable Grant held, long subscription) {
    int i = section.usageFrom() + part.row();
    if (part.row() < 0 || i >= section.usageTo() || usage.subscription[i] != subscription) {
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
