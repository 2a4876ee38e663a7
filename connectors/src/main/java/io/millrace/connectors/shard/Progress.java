package io.millrace.connectors.shard;

import io.millrace.connectors.shard.Store.ChainPoint;
import io.millrace.connectors.shard.Store.Checkpoint;
import io.millrace.processors.codec.ByteWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;

/**
 * How far a node's shards have moved on since their checkpoints were stored, and their windows
 * shown. Has the shards' one caller.
 */
public final class Progress {
  /** Windows of all shards were shown. */
  public static final int ALL_SHOWN = -1;

  /** How long windows are shown at a time, and a shard's longer at most: commits wait for it. */
  private static final long SHOW_NANOS = 1_000_000;

  private final SortedMap<Integer, Owned> owned;
  private final BooleanSupplier unsettled;

  /** The commit number at which points of chains were last noted. */
  private long pointsAt;

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

  /**
   * Shows the windows of some shards that have changed since they were last shown; between two
   * drains.
   *
   * @param from the first of them
   * @return the shard to go on with between two other drains; {@link #ALL_SHOWN} where none is left
   */
  public int changedWindows(int from, WindowSink sink) {
    long begun = System.nanoTime();
    for (Owned o : owned.tailMap(from).values()) {
      if (System.nanoTime() - begun > SHOW_NANOS) {
        return o.number();
      }
      long seq = o.shard.seq();
      if (seq > o.publishedSeq) {
        o.shard.changedWindows(
            o.publishedSeq,
            (subscription, source, window) ->
                sink.window(o.shard.key(), o.epoch, seq, subscription, source, window));
        o.publishedSeq = seq;
      }
    }
    return ALL_SHOWN;
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
      if (o != null && o.shard.seq() > o.checkpointSeq) {
        Checkpoint checkpoint = o.checkpoint(scratch);
        made += checkpoint.body().length;
        some.add(checkpoint);
      }
    }
    return some;
  }

  /**
   * Points of all its shards' chains, where so many commit numbers were used since the last ones: a
   * shard that has no part in those is where it was.
   */
  public List<ChainPoint> chainPoints() {
    long last = owned.values().stream().mapToLong(o -> o.number).max().orElse(0);
    if (unsettled.getAsBoolean() || last - pointsAt < ChainPoints.EVERY) {
      return List.of();
    }
    pointsAt = last;
    return owned.values().stream()
        .filter(o -> o.shard.seq() > 0)
        .map(o -> new ChainPoint(o.number(), o.epoch, o.shard.seq(), last, o.chain))
        .toList();
  }

  /** What is best made whole again of what is stored: of the shard with most changes to read. */
  public Optional<Fold> fold() {
    return owned.values().stream()
        .filter(o -> o.deltaBytes > o.fullBytes)
        .max(Comparator.comparingLong(o -> o.deltaBytes))
        .map(o -> new Fold(o.shard.key(), o.shard.rules(), o.epoch, o.checkpointSeq));
  }

  /** Notes that a checkpoint is stored. */
  public void checkpointed(Checkpoint c) {
    Owned o = owned.get(c.shard());
    if (o != null && o.epoch == c.epoch()) {
      o.stored(c);
    }
  }
}
