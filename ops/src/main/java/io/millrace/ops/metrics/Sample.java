package io.millrace.ops.metrics;

import io.millrace.processors.shard.SourceCounts;
import java.util.Map;

/**
 * What was read for one scrape.
 *
 * @param counts what became of the events, by CloudEvents source
 * @param shards how many this node owns
 * @param forgotten suspended events that floods have pushed out of the shards' memory
 * @param suspense open events by reason
 * @param outbox deliveries by state
 */
record Sample(
    Map<String, SourceCounts> counts,
    int shards,
    long forgotten,
    Map<String, Long> suspense,
    Map<String, Long> outbox) {

  static final Sample NOTHING = new Sample(Map.of(), 0, 0, Map.of(), Map.of());

  private static final SourceCounts NONE = new SourceCounts(0, 0, 0, 0, 0, 0);

  SourceCounts of(String source) {
    return counts.getOrDefault(source, NONE);
  }
}
