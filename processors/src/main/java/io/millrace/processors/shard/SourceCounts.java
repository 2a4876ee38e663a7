package io.millrace.processors.shard;

/**
 * What became of a source's events in a shard (I3): {@code received} = {@code charged} + {@code
 * duplicate} + {@code suspended} + {@code discarded}. An event that is recycled moves from
 * suspended to how it ended, so {@code suspended} counts what waits.
 *
 * @param source the source's id
 */
public record SourceCounts(
    int source, long received, long charged, long duplicate, long suspended, long discarded) {

  /** The same source's counts of another shard added. */
  public SourceCounts plus(SourceCounts other) {
    return new SourceCounts(
        source,
        received + other.received,
        charged + other.charged,
        duplicate + other.duplicate,
        suspended + other.suspended,
        discarded + other.discarded);
  }

  /** Whether nothing is missing and nothing is counted twice. */
  public boolean addsUp() {
    return received == charged + duplicate + suspended + discarded;
  }
}
