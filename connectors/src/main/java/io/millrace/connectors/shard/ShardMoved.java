package io.millrace.connectors.shard;

/**
 * The shard is another node's now: what was handed in here must be sent there, under the same key.
 */
public final class ShardMoved extends Exception {
  private static final long serialVersionUID = 1L;

  /** Which shard. */
  public ShardMoved(int shard) {
    super("shard " + shard + " has moved to another node");
  }
}
