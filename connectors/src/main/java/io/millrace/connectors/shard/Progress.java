package io.millrace.connectors.shard;

import io.millrace.connectors.shard.Store.Checkpoint;
import io.millrace.processors.codec.ByteWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;

/**
 * How far a node's shards have moved on since their checkpoints were stored, and their windows
 * shown. Has the shards' one caller.
 */
public final class Progress {
  private final SortedMap<Integer, Owned> owned;
  private final BooleanSupplier unsettled;
  private final ByteWriter scratch = new ByteWriter(1 << 16);

  /**
   * Of these shards.
   *
   * @param unsettled whether a commit's outcome is not known
   */
  Progress(SortedMap<Integer, Owned> owned, BooleanSupplier unsettled) {
    this.owned = owned;
    this.unsettled = unsettled;
  }

  /** Shows the windows that have changed since this was last called; between two drains. */
  public void changedWindows(WindowSink sink) {
    for (Owned o : owned.values()) {
      long seq = o.shard.seq();
      if (seq > o.publishedSeq) {
        o.shard.changedWindows(
            o.publishedSeq,
            (subscription, source, window) ->
                sink.window(o.shard.key(), o.epoch, seq, subscription, source, window));
        o.publishedSeq = seq;
      }
    }
  }

  /** The shards that moved on since their last checkpoint, ascending. */
  public TreeSet<Integer> moved() {
    TreeSet<Integer> moved = new TreeSet<>();
    owned.values().stream()
        .filter(o -> o.shard.seq() > o.checkpointSeq)
        .forEach(o -> moved.add(o.number()));
    return moved;
  }

  /** The checkpoints of all shards that moved on. */
  public List<Checkpoint> checkpoints() {
    return checkpoints(moved(), Long.MAX_VALUE);
  }

  /**
   * The checkpoints of some shards; takes out of them those that it has made, or that this node
   * lost.
   *
   * @param bytes after so many it leaves the rest for the next time
   */
  public List<Checkpoint> checkpoints(TreeSet<Integer> of, long bytes) {
    List<Checkpoint> some = new ArrayList<>();
    long made = 0;
    // While a commit is unsettled, what the shards hold may not be true.
    while (!unsettled.getAsBoolean() && made < bytes && !of.isEmpty()) {
      Owned o = owned.get(of.removeFirst());
      if (o != null) {
        Checkpoint checkpoint = o.checkpoint(scratch);
        made += checkpoint.body().length;
        some.add(checkpoint);
      }
    }
    return some;
  }

  /** Notes that a checkpoint is stored. */
  public void checkpointed(Checkpoint c) {
    Owned o = owned.get(c.shard());
    if (o != null && o.epoch == c.epoch()) {
      o.stored(c);
    }
  }
}
