package io.millrace.connectors.shard;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.connectors.shard.Store.Checkpoint;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Checkpoints that are larger than one statement writes. */
class CheckpointPartsTest extends FreeShardsGround {
  private static final int SHARD = 2;
  private final Random random = new Random(3);

  CheckpointPartsTest() {
    super(60_000);
  }

  /** One that does not get smaller by compressing it. */
  private Checkpoint stored(long seq, long base, int size) {
    byte[] body = new byte[size];
    random.nextBytes(body);
    Checkpoint checkpoint = new Checkpoint(SHARD, seq, 1, seq, base, new byte[32], body);
    assertEquals(Set.of(SHARD), store.checkpoint(List.of(checkpoint)));
    return checkpoint;
  }

  private long parts(long seq) throws SQLException {
    try (Connection c = database.connection();
        ResultSet rs =
            c.createStatement()
                .executeQuery("select count(*) from checkpoint_part where seq = " + seq)) {
      rs.next();
      return rs.getLong(1);
    }
  }

  private void assertStored(Checkpoint... expected) {
    List<Checkpoint> read = store.checkpoints(SHARD);
    assertEquals(expected.length, read.size());
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i].seq(), read.get(i).seq());
      assertArrayEquals(expected[i].body(), read.get(i).body());
    }
  }

  @Test
  void bodyOfManyParts_isReadAsItWas() throws Exception {
    try (NodeShards node = shards("node", store)) {
      node.take(SHARDS, true);
      Checkpoint whole = stored(10, 0, 11 * CheckpointTable.PART + 7);
      Checkpoint change = stored(20, 10, 100);
      assertEquals(11, parts(10));
      assertEquals(0, parts(20));
      assertStored(whole, change);
    }
  }

  @Test
  void checkpointThatIsReplacedOrOver_leavesNoPartBehind() throws Exception {
    try (NodeShards node = shards("node", store)) {
      node.take(SHARDS, true);
      stored(10, 0, 3 * CheckpointTable.PART);
      stored(20, 10, 5 * CheckpointTable.PART);
      Checkpoint folded = stored(20, 0, 2 * CheckpointTable.PART);
      assertEquals(2, parts(20));
      assertEquals(0, parts(10));
      assertStored(folded);
    }
  }
}
