package io.millrace.processors.trial;

import io.millrace.processors.rating.Rules.AccountName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;

/**
 * Numbers for the ledger accounts that a trial's catalog names: sponsors each have one, all others
 * are one, since a trial has no ledger. While nobody compiles rules, safe for any thread.
 */
public final class TrialAccounts implements ToIntFunction<AccountName> {
  /** Above are sponsors. */
  private static final int FIRST = 1 << 30;

  private final List<String> sponsors = new ArrayList<>();

  @Override
  public int applyAsInt(AccountName account) {
    if (!account.kind().equals("customer")) {
      return 1;
    }
    if (!sponsors.contains(account.name())) {
      sponsors.add(account.name());
    }
    return FIRST + sponsors.indexOf(account.name());
  }

  /** The name of a sponsor; empty where it is another account. */
  public Optional<String> name(int account) {
    return account < FIRST ? Optional.empty() : Optional.of(sponsors.get(account - FIRST));
  }

  /** The number of a sponsor of this name; empty where none pays for anything. */
  public Optional<Integer> number(String name) {
    int index = sponsors.indexOf(name);
    return index < 0 ? Optional.empty() : Optional.of(FIRST + index);
  }
}
