package io.millrace.connectors.shard;

import io.millrace.processors.shard.Shard;
import java.io.Serial;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentSkipListMap;

/** A node's shards by their numbers: its one caller changes them, any thread finds them. */
final class OwnedShards extends ConcurrentSkipListMap<Integer, Owned> implements Entitled {
  @Serial private static final long serialVersionUID = 1L;

  /** They, ascending. */
  List<Shard> shards() {
    List<Shard> all = new ArrayList<>(size());
    values().forEach(o -> all.add(o.shard));
    return all;
  }

  /** Whether something is due in one of them, or a close was asked for. */
  boolean anyIsDue(long now) {
    for (Owned o : values()) { // Asked each time round: no stream.
      if (o.isDue(now)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public OptionalLong unlockedUntil(int shard, int account, long subscription, String feature) {
    Owned found = get(shard);
    return found == null
        ? OptionalLong.empty()
        : OptionalLong.of(found.shard.unlockedUntil(account, subscription, feature));
  }
}
