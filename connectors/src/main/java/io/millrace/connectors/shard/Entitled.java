package io.millrace.connectors.shard;

import java.util.OptionalLong;

/** Says which features devices have, from memory and for any thread: nobody is waited for. */
@FunctionalInterface
public interface Entitled {
  /**
   * Until when a device's feature is unlocked, as of the shard's last commit.
   *
   * @param shard the account's
   * @param account the customer's ledger account
   * @return milliseconds since 1970-01-01 UTC, 0 where it is locked; empty where the shard is not
   *     this node's
   */
  OptionalLong unlockedUntil(int shard, int account, long subscription, String feature);
}
