package io.millrace.connectors.shard;

import io.millrace.connectors.shard.Store.Checkpoint;
import io.millrace.processors.codec.ByteWriter;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.shard.ShardKey;
import java.util.Optional;

/**
 * Makes one whole checkpoint of a shard's last whole one and the changes that are stored after it.
 * It reads what is stored and not the shard, so that its thread need not wait for it.
 *
 * @param rules any that the shard can be read under
 * @param epoch the owner's, which must hold still as the whole one is stored
 * @param seq the shard's last checkpoint
 */
public record Fold(ShardKey key, Rules rules, int epoch, long seq) {
  private static final int USUAL_SIZE = 1 << 20;

  /**
   * The whole checkpoint, to be stored in the place of the last one; on any thread, while none is
   * stored of the shard.
   *
   * @return empty where what is stored does not lead there: another owner's is
   * @throws StoreUnavailable where it can't be read
   */
  public Optional<Checkpoint> of(Store store) {
    Owned stored = Owned.stored(store, key, rules, epoch, 0, seq);
    return stored.checkpointSeq == seq
        ? Optional.of(stored.whole(new ByteWriter(USUAL_SIZE)))
        : Optional.empty();
  }
}
