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
   *
   * @param node whose commit it is
   * @param again whether that was asked before without an answer, so that it may have ended the
   *     epochs itself
   */
  static Outcome outcome(
      Store store, String node, Map<Integer, Owned> owned, List<Fence> fences, boolean again) {
    List<Integer> shards = fences.stream().map(Fence::shard).toList();
    boolean mayHaveEnded = again;
    while (true) {
      List<ShardRow> rows = store.settled(shards);
      Settled settled = of(fences, rows, mayHaveEnded);
      if (settled.committed) {
        settled = of(fences, rows, false); // Then it has ended none.
        settled.gone.forEach(owned::remove);
        return new Outcome.Committed(store.nextNumber(), settled.closing);
      }
      if (!settled.gone.isEmpty()) {
        return new Outcome.Fenced(settled.gone);
      }
      if (store.renounce(node, fences)) {
        for (Fence fence : fences) {
          Owned o = owned.get(fence.shard());
          if (o != null) {
            o.epoch = fence.epoch() + 1;
          }
        }
        return new Outcome.Failed(
            new IllegalStateException("the connection was lost before the commit"));
      }
      mayHaveEnded = false; // Another has, or some of its shards have moved on.
    }
  }

  private static Settled of(List<Fence> fences, List<ShardRow> rows, boolean mayHaveEnded) {
    Map<Integer, ShardRow> byShard = new HashMap<>();
    rows.forEach(row -> byShard.put(row.shard(), row));
    boolean committed = false;
    Set<Integer> gone = new HashSet<>();
    Map<Integer, Integer> closing = new HashMap<>();
    for (Fence fence : fences) {
      ShardRow row = byShard.get(fence.shard());
      int later = row == null ? -1 : row.epoch() - fence.epoch();
      if (later != 0 && !(mayHaveEnded && later == 1)) {
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
