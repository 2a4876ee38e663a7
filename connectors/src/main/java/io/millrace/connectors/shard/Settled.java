package io.millrace.connectors.shard;

import io.millrace.connectors.shard.Store.Fence;
import io.millrace.connectors.shard.Store.Outcome;
import io.millrace.connectors.shard.Store.ShardRow;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the rows of a commit's shards say about it once nothing is under way on them: all of its
 * shards moved on, or none did.
 *
 * @param gone shards that have another owner by now
 * @param closing the stamp of each row
 */
record Settled(boolean committed, Set<Integer> gone, Map<Integer, Integer> closing) {

  /**
   * What became of a commit whose answer was lost. One that was not made never will be from then
   * on: what of it is on its way to the server still comes to fences of an epoch that is over.
   */
  static Outcome outcome(Store store, Map<Integer, Owned> owned, List<Fence> fences) {
    List<Integer> shards = fences.stream().map(Fence::shard).toList();
    while (true) {
      Settled settled = of(fences, store.settled(shards));
      if (settled.committed) {
        settled.gone.forEach(owned::remove);
        return new Outcome.Committed(store.nextNumber(), settled.closing);
      }
      if (!settled.gone.isEmpty()) {
        return new Outcome.Fenced(settled.gone);
      }
      if (store.renounce(fences)) {
        for (int shard : shards) {
          Owned o = owned.get(shard);
          if (o != null) {
            o.epoch++;
          }
        }
        return new Outcome.Failed(
            new IllegalStateException("the connection was lost before the commit"));
      }
    }
  }

  private static Settled of(List<Fence> fences, List<ShardRow> rows) {
    Map<Integer, ShardRow> byShard = new HashMap<>();
    rows.forEach(row -> byShard.put(row.shard(), row));
    boolean committed = false;
    Set<Integer> gone = new HashSet<>();
    Map<Integer, Integer> closing = new HashMap<>();
    for (Fence fence : fences) {
      ShardRow row = byShard.get(fence.shard());
      if (row == null || row.epoch() != fence.epoch()) {
        gone.add(fence.shard());
      }
      if (row != null) {
        committed |= row.seq() == fence.seq() && Arrays.equals(row.chain(), fence.chain());
        closing.put(row.shard(), row.closing());
      }
    }
    return new Settled(committed, gone, closing);
  }
}
