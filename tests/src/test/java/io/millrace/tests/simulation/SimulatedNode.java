package io.millrace.tests.simulation;

import io.millrace.connectors.clock.ClockGuard;
import io.millrace.connectors.shard.NodeShards;
import io.millrace.connectors.shard.Progress;
import io.millrace.connectors.shard.Store;
import io.millrace.connectors.shard.Store.Checkpoint;
import io.millrace.connectors.shard.Work;
import io.millrace.processors.shard.Command;
import io.millrace.processors.shard.Effects;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/** A process: what it has in memory is gone when it crashes. */
final class SimulatedNode {

  /** What it has read and not yet told the sources about. */
  record Batch(Work work, List<Message> messages, List<Integer> shards) {

    /** Whether a subscription's device, or one of those that share it, is asked to leave. */
    LongPredicate leaving(SimulatedDirectory directory) {
      Set<Long> devices = new HashSet<>();
      for (Message m : messages) {
        if (m.command instanceof Command.Move move) {
          devices.add(directory.first(move.subscription()));
        }
      }
      return subscription ->
          devices.contains(directory.first(subscription))
              || subscription >= Traffic.FIRST_POOL && !devices.isEmpty();
    }

    /** The messages whose devices were elsewhere, and where. */
    Map<Message, Effects.MovedRow> moved(NodeShards.Drained drained) {
      List<Message> rows = messages.stream().filter(m -> m.command == null).toList();
      Map<Message, Effects.MovedRow> moved = new IdentityHashMap<>();
      drained
          .effects()
          .forEach(
              (shard, effects) -> {
                for (Effects.MovedRow m : effects.moved) {
                  long origin = drained.work().originOf(shard, m.row());
                  if (origin >>> 32 == 0) { // Else it came out of suspense, and stays there.
                    moved.put(rows.get((int) origin), m);
                  }
                }
              });
      return moved;
    }
  }

  final String name;
  final int most;
  @Nullable NodeShards shards;
  @Nullable ClockGuard clock;

  /** How far its machine's clock is off the world's, milliseconds. */
  long clockOff;

  @Nullable Batch pending;

  /** The commit of {@link #pending} was tried: nothing else happens before it is done. */
  boolean trying;

  /** Checkpoints taken and not stored yet. */
  List<Checkpoint> captured = List.of();

  int pausedFor;
  int downFor;

  SimulatedNode(String name, int most) {
    this.name = name;
    this.most = most;
  }

  /** Takes checkpoints, where none wait to be stored. */
  void capture() {
    if (captured.isEmpty()) {
      captured = running().progress().checkpoints();
    }
  }

  /** Stores the checkpoints that were taken; what is best folded then is taken next. */
  void storeCaptured(Store store) {
    List<Checkpoint> wanting = captured;
    captured = List.of();
    Progress progress = running().progress();
    Set<Integer> stored = store.checkpoint(wanting);
    wanting.stream().filter(c -> stored.contains(c.shard())).forEach(progress::checkpointed);
    captured = progress.fold().flatMap(fold -> fold.of(store)).stream().toList();
  }

  /** Its clock while its process lives. */
  ClockGuard clock() {
    if (clock == null) {
      throw new IllegalStateException(name + " is down");
    }
    return clock;
  }

  /** Its shards while its process lives. */
  NodeShards running() {
    if (shards == null) {
      throw new IllegalStateException(name + " is down");
    }
    return shards;
  }
}
