package io.millrace.processors.shard;

/**
 * A tenant's shard.
 *
 * @param tenant the tenant's id
 * @param number 0 to the tenant's number of shards less one
 */
public record ShardKey(int tenant, int number) implements Comparable<ShardKey> {

  @Override
  public int compareTo(ShardKey other) {
    int byTenant = Integer.compare(tenant, other.tenant);
    return byTenant != 0 ? byTenant : Integer.compare(number, other.number);
  }

  /**
   * The shard of a root.
   *
   * @param root the root's id: a subscription's, or a fingerprint for what has none
   * @param shards how many the tenant has
   */
  public static int of(long root, int shards) {
    long mixed = (root ^ (root >>> 32)) * 0x9E3779B97F4A7C15L;
    return (int) Long.remainderUnsigned(mixed ^ (mixed >>> 29), shards);
  }
}
