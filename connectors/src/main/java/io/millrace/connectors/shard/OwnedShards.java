package io.millrace.connectors.shard;

import java.io.Serial;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentSkipListMap;

/** A node's shards by their numbers: its one caller changes them, any thread finds them. */
final class OwnedShards extends ConcurrentSkipListMap<Integer, Owned> implements Entitled {
  @Serial private static final long serialVersionUID = 1L;

  @Override
  public OptionalLong unlockedUntil(int shard, int account, long subscription, String feature) {
    Owned found = get(shard);
    return found == null
        ? OptionalLong.empty()
        : OptionalLong.of(found.shard.unlockedUntil(account, subscription, feature));
  }
}
