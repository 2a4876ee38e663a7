package io.millrace.tests.linear;

import org.jspecify.annotations.Nullable;

/**
 * An account that does one thing at a time: nothing is granted or sent that is not there, what was
 * used is charged whatever there is, a reservation holds until it is committed, released or over.
 */
public final class AccountModel implements Model<AccountState, AccountOperation> {
  @Override
  public @Nullable AccountState after(AccountState s, AccountOperation operation) {
    return switch (operation) {
      case AccountOperation.In o -> says(s.plus(o.amount()), o.available());
      case AccountOperation.Out o ->
          s.available() < o.amount() ? null : says(s.plus(-o.amount()), o.available());
      case AccountOperation.Refused o -> s.available() < o.amount() ? s : null;
      case AccountOperation.Used o -> s.plus(-o.amount());
      case AccountOperation.Granted o ->
          s.available() < o.held() || s.held().containsKey(o.reservation())
              ? null
              : says(s.holding(o.reservation(), o.held()), o.available());
      case AccountOperation.Committed o -> committed(s, o);
      case AccountOperation.Released o ->
          s.held().getOrDefault(o.reservation(), 0L) == o.amount()
              ? says(s.holding(o.reservation(), null), o.available())
              : null;
      case AccountOperation.Expired o ->
          s.held().containsKey(o.reservation()) ? s.holding(o.reservation(), null) : null;
      case AccountOperation.Read o ->
          s.available() == o.available() && s.reserved() == o.reserved() ? s : null;
    };
  }

  private static @Nullable AccountState committed(AccountState s, AccountOperation.Committed o) {
    if (o.late()) {
      return says(s.plus(-o.amount()), o.available()); // What is over may wait to be told so.
    }
    return s.held().containsKey(o.reservation())
        ? says(s.holding(o.reservation(), o.held()).plus(-o.amount()), o.available())
        : null;
  }

  private static @Nullable AccountState says(AccountState after, @Nullable Long available) {
    return available == null || available == after.available() ? after : null;
  }
}
