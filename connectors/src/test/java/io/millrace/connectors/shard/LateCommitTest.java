package io.millrace.connectors.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.connectors.clock.CommitClock;
import io.millrace.connectors.shard.Store.Outcome;
import io.millrace.processors.shard.Command;
import io.millrace.processors.shard.Shard;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What comes too late: a commit after its look-up, an owner after its lease, a node's release. */
class LateCommitTest extends FreeShardsGround {
  LateCommitTest() {
    super(500);
  }

  private Work device(int shard, long id) {
    Work work = Work.sorted(List.of(), SHARDS, new Work.Room());
    work.command(shard, subscribe(id));
    return work;
  }

  private Command subscribe(long id) {
    return new Command.Subscribe(id, "lamp-" + id, account, 0, NOW, Long.MAX_VALUE);
  }

  private void change(String sql) throws SQLException {
    try (Connection c = database.connection()) {
      c.createStatement().execute(sql);
    }
  }

  /** The truth, but that a commit's statement comes to the server once its outcome was asked. */
  private Store late(List<Outcome> arrived) {
    List<Store.Write> onTheirWay = new ArrayList<>();
    return (Store)
        Proxy.newProxyInstance(
            Store.class.getClassLoader(),
            new Class<?>[] {Store.class},
            (proxy, method, args) -> {
              if (method.getName().equals("commit")) {
                if (arrived.isEmpty() && onTheirWay.isEmpty()) {
                  onTheirWay.add((Store.Write) args[0]);
                  return new Outcome.Unknown(new SQLException("no answer", "08006"));
                }
                onTheirWay.forEach(write -> arrived.add(store.commit(write)));
                onTheirWay.clear();
              }
              try {
                return method.invoke(store, args);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @Test
  void commitThatArrivesAfterItsLookUp_isNotMadeAndCostsNoShard() {
    List<Outcome> arrived = new ArrayList<>();
    try (NodeShards node = shards("node", late(arrived))) {
      node.take(SHARDS, true);
      Work work = device(1, 7);
      assertThrows(StoreUnavailable.class, () -> node.drain(work, NOW, 1_000));
      NodeShards.Drained drained = node.drain(work, NOW, 1_000);
      assertInstanceOf(Outcome.Fenced.class, arrived.getFirst());
      assertEquals(Set.of(), drained.lost());
      assertEquals(SHARDS, node.shards().size());
      assertEquals(1, node.shards().get(1).subscriptions());
      assertEquals(Set.of(), node.renew());
      assertEquals(Set.of(1), node.drain(device(1, 8), NOW, 1_000).effects().keySet());
    }
  }

  /** The truth, but that a commit gets no answer and is not made, nor does who renounces it. */
  private Store answerless(AtomicBoolean renounced) {
    AtomicBoolean lost = new AtomicBoolean();
    return (Store)
        Proxy.newProxyInstance(
            Store.class.getClassLoader(),
            new Class<?>[] {Store.class},
            (proxy, method, args) -> {
              if (method.getName().equals("commit") && !lost.getAndSet(true)) {
                return new Outcome.Unknown(new SQLException("no answer", "08006"));
              }
              try {
                Object answer = method.invoke(store, args);
                if (method.getName().equals("renounce") && !renounced.getAndSet(true)) {
                  throw new StoreUnavailable("renounce", new SQLException("no answer", "08006"));
                }
                return answer;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @Test
  void renouncementWhoseAnswerIsLost_costsNoShard() {
    AtomicBoolean renounced = new AtomicBoolean();
    try (NodeShards node = shards("node", answerless(renounced))) {
      node.take(SHARDS, true);
      Work work = device(1, 7);
      assertThrows(StoreUnavailable.class, () -> node.drain(work, NOW, 1_000));
      assertTrue(renounced.get());
      NodeShards.Drained drained = node.drain(work, NOW, 1_000);
      assertEquals(Set.of(), drained.lost());
      assertEquals(1, node.shards().get(1).subscriptions());
      assertEquals(Set.of(), node.renew());
    }
  }

  @Test
  void renouncementWhoseAnswerIsLostAndATakeover_isATakeover() throws Exception {
    try (NodeShards node = shards("node", answerless(new AtomicBoolean()))) {
      node.take(SHARDS, true);
      Work work = device(1, 7);
      assertThrows(StoreUnavailable.class, () -> node.drain(work, NOW, 1_000));
      change("update shard set node = 'other', lease_until = now() + '1 h' where number = 1");
      NodeShards.Drained drained = node.drain(work, NOW, 1_000);
      assertEquals(Set.of(1), drained.lost());
    }
  }

  @Test
  void commitThatWasMadeBeforeItsLookUp_isNotRenounced() {
    try (NodeShards node = shards("node", store)) {
      node.take(SHARDS, true);
      List<Store.Fence> fences = new ArrayList<>();
      Store noting =
          (Store)
              Proxy.newProxyInstance(
                  Store.class.getClassLoader(),
                  new Class<?>[] {Store.class},
                  (proxy, method, args) -> {
                    if (method.getName().equals("commit")) {
                      fences.addAll(((Store.Write) args[0]).fences());
                    }
                    return method.invoke(store, args);
                  });
      try (NodeShards other = shards("node", noting)) {
        other.take(SHARDS, true);
        other.drain(device(1, 7), NOW, 1_000);
        assertEquals(1, fences.size());
        assertEquals(false, store.renounce("other", fences));
        assertEquals(Set.of(), other.renew());
      }
    }
  }

  private ShardHost host(NodeShards node) {
    ShardHost host =
        new ShardHost(
            node,
            store,
            new ShardHost.Settings(SHARDS, 1_000, 500, 60_000),
            CommitClock.unchecked(() -> NOW),
            CrashPoints.NONE);
    host.start();
    return host;
  }

  private static int devices(List<Shard> shards) {
    return shards.stream().mapToInt(Shard::subscriptions).sum();
  }

  @Test
  void nodeThatStoodStillPastItsLease_doesNotTellWhatItsShardsWere() throws Exception {
    ShardHost stale = host(shards("stale", store));
    stale.submit(1, subscribe(7)).get(20, TimeUnit.SECONDS);
    CountDownLatch wakes = new CountDownLatch(1);
    CompletableFuture<Boolean> still =
        stale.ask(shards -> Awaitility.await().until(() -> wakes.getCount() == 0, b -> b));
    CompletableFuture<Integer> asked = stale.ask(LateCommitTest::devices);
    try (NodeShards other = shards("other", store)) {
      Awaitility.await().until(() -> other.take(SHARDS, false) == SHARDS);
      other.drain(device(1, 8), NOW, 1_000);
      wakes.countDown();
      still.get(20, TimeUnit.SECONDS);
      assertEquals(0, asked.get(20, TimeUnit.SECONDS), "its shards are another's");
    }
    stale.close();
  }

  @Test
  void nodeThatCannotReadTheRules_givesItsShardsBackAndTakesThemOnceItCan() throws Exception {
    AtomicBoolean reads = new AtomicBoolean();
    NodeShards node =
        new NodeShards(
            tenant.id(),
            SHARDS,
            store,
            rules,
            version -> {
              if (!reads.get() && version > 1) {
                throw new IllegalStateException("what is `tomorrow:`?");
              }
              return rules;
            },
            "node",
            CrashPoints.NONE);
    ShardHost host = host(node);
    host.submit(1, subscribe(7)).get(20, TimeUnit.SECONDS);
    change("update shard set rules = 2");
    CompletableFuture<Void> asked = host.submit(1, subscribe(8));
    Awaitility.await().until(() -> String.valueOf(host.trouble()).contains("what is `tomorrow:`"));
    assertThrows(Exception.class, () -> asked.get(20, TimeUnit.SECONDS), "it is answered as moved");
    assertTrue(
        !host.isReady() && String.valueOf(host.trouble()).contains("version 2 of the rules"));
    change("update shard set rules = 1");
    reads.set(true);
    Awaitility.await().until(host::isReady);
    host.submit(1, subscribe(9)).get(20, TimeUnit.SECONDS);
    assertEquals(2, host.ask(LateCommitTest::devices).get(20, TimeUnit.SECONDS));
    host.close();
  }
}
