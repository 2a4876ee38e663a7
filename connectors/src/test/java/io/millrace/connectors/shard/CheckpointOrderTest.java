package io.millrace.connectors.shard;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.connectors.shard.Store.Checkpoint;
import io.millrace.processors.codec.ByteWriter;
import io.millrace.processors.shard.Command;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What checkpoints leave of each other, so that a takeover finds all that was written. */
class CheckpointOrderTest extends FreeShardsGround {
  CheckpointOrderTest() {
    super(60_000);
  }

  private Command.Subscribe device(long id) {
    return new Command.Subscribe(id, "lamp-" + id, account, 0, NOW + id, Long.MAX_VALUE);
  }

  private NodeShards.Drained commit(NodeShards node, int shard, long from, long to) {
    Work work = Work.sorted(List.of(), SHARDS, new Work.Room());
    for (long id = from; id < to; id++) {
      work.command(shard, device(id));
    }
    return node.drain(work, NOW, 1_000);
  }

  private void expire(int shard) throws SQLException {
    try (Connection c = database.connection()) {
      c.createStatement()
          .execute("update shard set lease_until = now() - interval '1 s' where number = " + shard);
    }
  }

  /** Where journal reads of a recovery begin. */
  private Store watched(List<Long> reads) {
    return (Store)
        Proxy.newProxyInstance(
            Store.class.getClassLoader(),
            new Class<?>[] {Store.class},
            (proxy, method, args) -> {
              if (method.getName().equals("journal")) {
                reads.add((Long) args[0]);
              }
              try {
                return method.invoke(store, args);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  /** A shard that was lost and is back within one round of checkpoints. */
  @Test
  void shardThatIsBackInTheSameRound_keepsTheCheckpointOfWhoHadIt() throws Exception {
    try (NodeShards node = shards("node", store);
        NodeShards other = shards("other", store)) {
      node.take(SHARDS, true);
      commit(node, 1, 1, 50);
      TreeSet<Integer> left = node.progress().moved(); // As Checkpointer.left: its turn is to come.
      expire(1);
      assertEquals(1, other.take(1, false));
      List<Checkpoint> whole = other.progress().checkpoints(); // As ShardHost.close does.
      assertEquals(Set.of(1), store.checkpoint(whole));
      other.release();
      assertEquals(Set.of(1), node.renew()); // ShardHost.housekeeping: renew, take, look.
      assertEquals(1, node.take(1, false));
      List<Checkpoint> made = node.progress().checkpoints(left, 1);
      if (!made.isEmpty()) {
        store.checkpoint(made);
      }
      assertFalse(store.checkpoints(1).isEmpty(), "the whole one was overwritten");
    }
  }

  /** The answer to one checkpoint is lost; the next ones are stored. */
  @Test
  void checkpointWhoseAnswerWasLost_doesNotVoidThoseAfterIt() throws Exception {
    try (NodeShards node = shards("node", store)) {
      node.take(SHARDS, true);
      commit(node, 1, 1, 400);
      List<Checkpoint> whole = node.progress().checkpoints();
      store.checkpoint(whole);
      whole.forEach(node.progress()::checkpointed);
      commit(node, 1, 400, 401);
      store.checkpoint(node.progress().checkpoints()); // Stored; the answer is lost.
      for (long id = 401; id < 406; id++) {
        commit(node, 1, id, id + 1);
        List<Checkpoint> delta = node.progress().checkpoints();
        assertEquals(Set.of(1), store.checkpoint(delta));
        delta.forEach(node.progress()::checkpointed);
      }
    }
    expire(1);
    List<Long> reads = new ArrayList<>();
    try (NodeShards other = shards("other", watched(reads))) {
      assertEquals(1, other.take(1, false));
      assertEquals(405, other.shards().getFirst().subscriptions());
    }
    assertEquals(List.of(), reads, "all is in checkpoints, and the journal is read again from");
  }

  /** Changes outweigh the whole that they build on, and are made one with it. */
  @Test
  void changesThatOutweighTheWhole_areFoldedToTheBytesOfTheShard() throws Exception {
    try (NodeShards node = shards("node", store)) {
      node.take(SHARDS, true);
      assertTrue(node.progress().fold().isEmpty());
      for (long id = 1; id < 4; id++) {
        commit(node, 1, id, id + 1);
        checkpoint(node);
      }
      Fold fold = node.progress().fold().orElseThrow();
      commit(node, 1, 4, 5); // The shard goes on; what is stored stands still.
      Checkpoint folded = fold.of(store).orElseThrow();
      assertEquals(Set.of(1), store.checkpoint(List.of(folded)));
      node.progress().checkpointed(folded);
      assertEquals(List.of(0L), store.checkpoints(1).stream().map(Checkpoint::base).toList());
      assertTrue(node.progress().fold().isEmpty());
      checkpoint(node);
      Checkpoint again =
          Owned.stored(store, fold.key(), rules, 1, 0, Long.MAX_VALUE).whole(bytes());
      ByteWriter live = bytes();
      node.shards().get(1).encode(live, 0);
      assertArrayEquals(live.toByteArray(), again.body());
    }
  }

  /** Nobody folds, as where it fails each time. */
  @Test
  void changesThatAreNeverFolded_areEncodedWholeInTheEnd() throws Exception {
    try (NodeShards node = shards("node", store)) {
      node.take(SHARDS, true);
      long first = 0;
      for (long id = 1; id < 13; id++) {
        commit(node, 1, id, id + 1);
        checkpoint(node);
        List<Checkpoint> stored = store.checkpoints(1);
        assertTrue(stored.size() < 8, "ever more to read");
        first = stored.getFirst().seq();
      }
      assertTrue(first > 1);
    }
  }

  /** The shard is another's by the time that its changes are folded. */
  @Test
  void foldOfAShardThatIsAnothersByNow_isNotStored() throws Exception {
    try (NodeShards node = shards("node", store);
        NodeShards other = shards("other", store)) {
      node.take(SHARDS, true);
      for (long id = 1; id < 4; id++) {
        commit(node, 1, id, id + 1);
        checkpoint(node);
      }
      Fold late = node.progress().fold().orElseThrow();
      Checkpoint folded = late.of(store).orElseThrow();
      expire(1);
      assertEquals(1, other.take(1, false));
      assertEquals(Set.of(), store.checkpoint(List.of(folded)));
      commit(other, 1, 4, 400);
      List<Checkpoint> newer = other.progress().checkpoints();
      store.checkpoint(newer);
      newer.forEach(other.progress()::checkpointed);
      Checkpoint whole = other.progress().fold().orElseThrow().of(store).orElseThrow();
      assertEquals(Set.of(1), store.checkpoint(List.of(whole)));
      assertEquals(Optional.empty(), late.of(store), "what is stored does not end there any more");
    }
  }

  private void checkpoint(NodeShards node) {
    List<Checkpoint> some = node.progress().checkpoints();
    store.checkpoint(some);
    some.forEach(node.progress()::checkpointed);
  }

  private static ByteWriter bytes() {
    return new ByteWriter(1 << 10);
  }
}
