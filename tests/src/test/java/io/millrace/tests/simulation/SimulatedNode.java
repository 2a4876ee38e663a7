package io.millrace.tests.simulation;

import io.millrace.connectors.clock.ClockGuard;
import io.millrace.connectors.shard.NodeShards;
import io.millrace.connectors.shard.Store.Checkpoint;
import io.millrace.connectors.shard.Work;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A process: what it has in memory is gone when it crashes. */
final class SimulatedNode {

  /** What it has read and not yet told the sources about. */
  record Batch(Work work, List<Message> messages) {}

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
