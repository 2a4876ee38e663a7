package io.millrace.processors.shard;

import io.millrace.processors.journal.Section;
import io.millrace.processors.usage.UsageBatch;
import org.jspecify.annotations.Nullable;

/** Whose answer a request's will be among those that a shard remembers. */
final class Asker {
  /** Of a request that names nothing that is known: it will be refused. */
  static final int NOBODY = -1;

  private Asker() {}

  /**
   * The ledger account of the customer that is asked about.
   *
   * @param usage holds the section's rows, from its first one on
   */
  static int of(ShardState state, Section section, UsageBatch usage, AccountRequest request) {
    return switch (request) {
      case AccountRequest.Open r -> r.account();
      case AccountRequest.Pay r -> r.account();
      case AccountRequest.Units r -> r.account();
      case AccountRequest.Transfer r -> r.account();
      case AccountRequest.Reserve r -> ofSubscription(state, r.subscription());
      case AccountRequest.Use r -> {
        int row = section.usageFrom() + r.row();
        boolean isRow = r.row() >= 0 && row < section.usageTo();
        yield isRow ? ofSubscription(state, usage.subscription[row]) : NOBODY;
      }
      case AccountRequest.Release r -> {
        Reservation of = state.wallets.reservations.find(r.seq(), r.n());
        yield of == null ? NOBODY : of.account();
      }
      case AccountRequest.Step r -> {
        Session of = r.isOfSession() ? state.wallets.sessions.find(r.seq(), r.n()) : null;
        yield ofSubscription(state, of == null ? r.subscription() : of.subscription());
      }
    };
  }

  private static int ofSubscription(ShardState state, long subscription) {
    @Nullable Subscription s = state.subscriptions.get(subscription);
    return s == null ? NOBODY : s.account.id;
  }
}
