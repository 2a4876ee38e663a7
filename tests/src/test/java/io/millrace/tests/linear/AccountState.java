package io.millrace.tests.linear;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What an account is to those who ask it.
 *
 * @param available what can be granted, ledger units; less than 0 where usage went beyond the floor
 * @param held what each open reservation holds, ledger units
 */
public record AccountState(long available, Map<String, Long> held) {
  public AccountState {
    held = Map.copyOf(held);
  }

  /** One that holds nothing. */
  public static AccountState of(long available) {
    return new AccountState(available, Map.of());
  }

  long reserved() {
    return held.values().stream().mapToLong(Long::longValue).sum();
  }

  AccountState plus(long units) {
    return new AccountState(available + units, held);
  }

  /** The same where a reservation holds so much, and is not there with null. */
  AccountState holding(String reservation, @Nullable Long units) {
    Map<String, Long> now = new TreeMap<>(held);
    long before = now.getOrDefault(reservation, 0L);
    if (units == null) {
      now.remove(reservation);
      return new AccountState(available + before, now);
    }
    now.put(reservation, units);
    return new AccountState(available + before - units, now);
  }
}
