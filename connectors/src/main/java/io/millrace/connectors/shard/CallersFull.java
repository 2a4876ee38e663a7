package io.millrace.connectors.shard;

/** So many requests wait for the shards that no more are taken; nothing was done. */
public final class CallersFull extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CallersFull() {
    super("as many requests wait for the shards as may", null, false, false);
  }
}
