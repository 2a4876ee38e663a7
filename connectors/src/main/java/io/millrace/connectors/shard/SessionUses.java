package io.millrace.connectors.shard;

import io.millrace.processors.shard.AccountRequest;
import io.millrace.processors.shard.AccountRequest.Step;
import io.millrace.processors.shard.Reservation;
import io.millrace.processors.shard.Session;
import io.millrace.processors.shard.Shard;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A step of a charging session before what was used has rows: each is priced as of the grant that
 * it was used within, or as of now where there is none, by the subscription of its device then.
 *
 * @param step its parts have no rows yet
 * @param source the id of the source that rows are counted for
 * @param used what was used, of its parts
 */
public record SessionUses(Step step, int source, List<Used> used) implements RowedRequest {

  /**
   * What was used of a rating group.
   *
   * @param part which of the step's
   * @param quantity in the meter's scaled integers, more than 0
   * @param raw what was sent of it, as evidence
   */
  public record Used(int part, long quantity, String raw) {}

  public SessionUses {
    used = List.copyOf(used);
  }

  @Override
  public long size() {
    return used.stream().mapToLong(u -> u.raw.length()).sum();
  }

  @Override
  public List<AccountUse> uses(Shard owned, long now) {
    Session session = step.isOfSession() ? owned.session(step.seq(), step.n()).orElse(null) : null;
    if (step.isOfSession() && session == null) {
      return List.of(); // It will be refused, and what is told of no session is no evidence.
    }
    long subscription =
        session == null ? step.subscription() : owned.holder(session.subscription(), now);
    List<AccountUse> uses = new ArrayList<>();
    for (Used u : used) {
      uses.add(use(u, step.parts().get(u.part), session, subscription, owned));
    }
    return uses;
  }

  private AccountUse use(
      Used u, Step.Part part, @Nullable Session session, long subscription, Shard owned) {
    Reservation within =
        session == null
            ? null
            : session
                .grant(part.group())
                .flatMap(g -> owned.reservation(g.seq(), g.n()))
                .filter(r -> r.type() == part.type() && r.value() == part.value())
                .orElse(null);
    AccountRequest.Key key = step.key();
    return new AccountUse(
        new AccountRequest.Key(
            Long.rotateLeft(key.high(), u.part), key.low(), key.bodyHigh(), key.bodyLow()),
        source,
        within == null ? 0 : within.seq(),
        within == null ? 0 : within.n(),
        subscription,
        part.type(),
        part.value(),
        u.quantity,
        true,
        null,
        u.raw);
  }

  @Override
  public AccountRequest request(int[] rows) {
    List<Step.Part> parts = new ArrayList<>(step.parts());
    for (int i = 0; i < used.size(); i++) {
      int row = i < rows.length && rows[i] >= 0 ? rows[i] : Step.Part.LOST;
      parts.set(used.get(i).part, parts.get(used.get(i).part).ofRow(row));
    }
    return step.ofParts(parts);
  }
}
