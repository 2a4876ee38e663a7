package io.millrace.connectors.dedupe;

import com.hazelcast.partition.PartitionAware;

/**
 * Whose window it is. A shard's windows lie in one partition, so that they are published together.
 *
 * @param tenant the tenant's id
 * @param shard the shard that owns it
 * @param source the id of the CloudEvents source
 * @param subject the subscription's id
 */
public record WindowKey(int tenant, int shard, int source, long subject)
    implements PartitionAware<Long> {

  @Override
  public Long getPartitionKey() {
    return (long) tenant << 32 | shard;
  }
}
