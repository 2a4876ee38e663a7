package io.millrace.connectors.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.connectors.clock.CommitClock;
import io.millrace.connectors.shard.Store.Checkpoint;
import io.millrace.processors.shard.Command;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/** What a node writes of its shards beside the commits, and while it stops. */
class ShardHostStopTest extends FreeShardsGround {
  ShardHostStopTest() {
    super(60_000);
  }

  private ShardHost host() {
    ShardHost host =
        new ShardHost(
            shards("node", store),
            store,
            new ShardHost.Settings(SHARDS, 1_000, 500, 60_000),
            CommitClock.unchecked(() -> NOW),
            CrashPoints.NONE);
    host.start();
    return host;
  }

  private static Command.Subscribe device(long id, int account) {
    return new Command.Subscribe(id, "lamp-" + id, account, 0, NOW + id, Long.MAX_VALUE);
  }

  private long number(String sql) throws SQLException {
    try (Connection c = database.connection();
        ResultSet rs = c.createStatement().executeQuery(sql)) {
      rs.next();
      return rs.getLong(1);
    }
  }

  @Test
  void stopWhileACommitGoesOn_leavesShardsThatStartAgain() throws Exception {
    ShardHost host = host();
    host.submit(0, device(1, account)).get(20, TimeUnit.SECONDS);
    try (Connection slow = database.connection()) {
      slow.setAutoCommit(false);
      slow.createStatement().execute("lock table journal in exclusive mode");
      CompletableFuture<Void> answer = host.submit(0, device(2, account));
      Awaitility.await()
          .until(() -> number("select count(*) from pg_locks where not granted") == 1);
      CompletableFuture<Void> stopped = CompletableFuture.runAsync(host::close);
      // It gives up on the commit, and must not wait behind it to write what it has not seen made.
      stopped.get(20, TimeUnit.SECONDS);
      slow.rollback();
      answer.get(20, TimeUnit.SECONDS);
    }
    ShardHost again = host();
    assertEquals(2, again.ask(all -> all.stream().mapToInt(s -> s.subscriptions()).sum()).join());
    again.close();
    assertEquals(0, number("select count(*) from shard where node is not null"));
  }

  @Test
  void checkpoints_areCutIntoPortionsAndNameOnlyWhatChanged() throws Exception {
    try (NodeShards node = shards("node", store)) {
      node.take(SHARDS, true);
      Work work = Work.sorted(List.of(), SHARDS, new Work.Room());
      for (int i = 1; i <= 400; i++) {
        work.command(i % SHARDS, device(i, account));
      }
      node.drain(work, NOW, 1_000);
      TreeSet<Integer> left = node.progress().moved();
      List<Checkpoint> all = new ArrayList<>();
      for (int portion = 1; portion <= SHARDS; portion++) {
        List<Checkpoint> one = node.progress().checkpoints(left, 1);
        assertEquals(1, one.size());
        assertEquals(Set.of(one.getFirst().shard()), store.checkpoint(one));
        one.forEach(node.progress()::checkpointed);
        all.addAll(one);
      }
      assertTrue(left.isEmpty() && node.progress().moved().isEmpty());
      Work little = Work.sorted(List.of(), SHARDS, new Work.Room());
      little.command(2, device(1_002, account));
      node.drain(little, NOW, 1_000);
      Checkpoint change = node.progress().checkpoints().getFirst();
      assertEquals(2, change.shard());
      assertEquals(all.get(2).seq(), change.base());
      assertTrue(change.body().length * 10 < all.get(2).body().length, "" + change.body().length);
    }
  }

  @Test
  void checkpointOfALostShard_isLeftOutAndTheOthersAreStored() throws Exception {
    try (NodeShards stale = shards("stale", store);
        NodeShards other = shards("other", store)) {
      stale.take(SHARDS, true);
      Work work = Work.sorted(List.of(), SHARDS, new Work.Room());
      for (int i = 0; i < SHARDS; i++) {
        work.command(i, device(i, account));
      }
      stale.drain(work, NOW, 1_000);
      List<Checkpoint> captured = stale.progress().checkpoints();
      try (Connection c = database.connection()) {
        c.createStatement()
            .execute("update shard set lease_until = now() - interval '1 s' where number = 1");
      }
      assertEquals(1, other.take(1, false));
      List<Checkpoint> newer = other.progress().checkpoints();
      assertEquals(Set.of(1), store.checkpoint(newer));
      assertEquals(Set.of(0, 2, 3), store.checkpoint(captured));
      assertEquals(newer.getFirst().epoch(), store.checkpoints(1).getFirst().epoch());
      assertEquals(3, number("select count(*) from checkpoint where shard <> 1"));
    }
  }

  @Test
  void ownerThatStandsStillInTheMiddleOfACopy_keepsItsShardsForNoLongerThanALease()
      throws Exception {
    Store brief = new PostgresStore(database.pool(), tenant.id(), 500, CrashPoints.NONE);
    assertEquals(SHARDS, brief.take("paused", SHARDS, false).size());
    Connection paused = database.connection();
    paused.setAutoCommit(false);
    paused
        .createStatement()
        .execute("update shard set closed = closed where tenant = " + tenant.id());
    CopyIn copy =
        paused
            .unwrap(PGConnection.class)
            .getCopyAPI()
            .copyIn("copy entry (tenant, shard, seq, booked_at, what) from stdin");
    Awaitility.await()
        .until(() -> number("select count(*) from shard where lease_until < now()") == SHARDS);
    assertEquals(0, store.take("other", SHARDS, false).size(), "this lease is a minute");
    Awaitility.await().until(() -> brief.take("other", SHARDS, false).size() == SHARDS);
    assertThrows(SQLException.class, copy::endCopy);
    assertThrows(SQLException.class, paused::close);
  }
}
