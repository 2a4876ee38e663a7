package io.millrace.connectors.shard;

import io.millrace.processors.dedupe.DedupeWindow;
import io.millrace.processors.shard.ShardKey;

/** Is shown the dedupe windows that changed since the last time. */
@FunctionalInterface
public interface WindowSink {
  /** A window as of a shard's commit. */
  void window(
      ShardKey shard,
      int epoch,
      long seq,
      long subscription,
      int source,
      DedupeWindow.Snapshot window);
}
