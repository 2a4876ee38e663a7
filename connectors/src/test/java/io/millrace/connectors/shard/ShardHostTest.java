package io.millrace.connectors.shard;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.millrace.connectors.clock.ClockGuard;
import io.millrace.connectors.clock.FakeClocks;
import io.millrace.connectors.store.Database;
import io.millrace.processors.journal.Encoded;
import io.millrace.processors.shard.Shard;
import io.millrace.processors.shard.SourceCounts;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The host of the shards against a real PostgreSQL. */
class ShardHostTest extends ShardHostGround {
  @Test
  void redeliveredEvents_areChargedOnce() throws Exception {
    send(0, 30);
    send(10, 40);
    assertEquals(new SourceCounts(1, 60L * LAMPS, 40L * LAMPS, 20L * LAMPS, 0, 0), counts(1));
  }

  @Test
  void windowsThatEnd_areSealedAndPosted() throws Exception {
    send(0, 60);
    clock.addAndGet(Duration.ofMinutes(65).toMillis()); // the window and its grace
    host.nudge();
    org.awaitility.Awaitility.await()
        .until(
            () ->
                number("select count(*) from charge where tenant = $ and name = 'energy'")
                    == LAMPS);
    assertEquals(LAMPS, number("select count(*) from charge where tenant = $ and name = 'lease'"));
    long quantity = number("select sum(quantity) from charge where tenant = $ and name = 'energy'");
    long ids = subscriptions().stream().mapToLong(Long::longValue).sum();
    assertEquals(60 * (LAMPS * 1_000_000L + ids), quantity);
    assertEquals(0, number("select sum(amount) from posting where tenant = $"));
    assertEquals(
        number("select sum(amount) from charge where tenant = $"),
        number(
            "select sum(posted) from balance b join account a on (a.tenant, a.id) = (b.tenant,"
                + " b.account) where b.tenant = $ and kind = 'customer'"));
    assertEquals(
        -number("select sum(amount) from charge where tenant = $"),
        number(
            "select sum(posted) from balance b join account a on (a.tenant, a.id) = (b.tenant,"
                + " b.account) where b.tenant = $ and kind = 'partner'"));
  }

  @Test
  void clockThatJumps_closesNothingUntilAnOperatorAgrees() throws Exception {
    host.close();
    FakeClocks clocks = new FakeClocks();
    clocks.jump(START.toEpochMilli() - clocks.wall());
    ClockGuard guard = clocks.start();
    guard.agree("test");
    host = start(guard);
    clocks.pass(60_000);
    send(0, 1);
    String charges = "select count(*) from charge where tenant = $";
    assertEquals(LAMPS, number(charges), "the lease of the day that has begun");

    clocks.jump(72 * 3_600_000L);
    try (Connection c = database.pool().getConnection()) {
      c.createStatement()
          .executeUpdate("update shard set closing = 1 where tenant = " + tenant.id());
    }
    send(1, 30);
    assertEquals(30L * LAMPS, counts(1).charged(), "usage is taken, and none is too old");
    assertEquals(LAMPS, number(charges));
    assertEquals(0, number("select count(*) from shard where tenant = $ and closed > -1"));
    long held = START.toEpochMilli() + 60_000;
    assertEquals(held, host.ask(all -> all.stream().mapToLong(Shard::time).max().orElse(0)).join());

    guard.agree("test");
    host.nudge();
    org.awaitility.Awaitility.await()
        .until(
            () -> number("select count(*) from shard where tenant = $ and closed = 1") == SHARDS);
    assertEquals(LAMPS, number(charges + " and name = 'energy'"));
  }

  @Test
  void restartedHost_comesBackToTheSameState() throws Exception {
    send(0, 45);
    byte[] before = state();
    host.close();
    host = start();
    assertArrayEquals(before, state());
    send(30, 60);
    assertEquals(60L * LAMPS, counts(1).charged());
    assertEquals(15L * LAMPS, counts(1).duplicate());
  }

  @Test
  void shardLockedByDyingCommit_isWaitedForByItsNextOwner() throws Exception {
    host.close();
    Store store = new PostgresStore(database.pool(), tenant.id(), 10_000, CrashPoints.NONE);
    assertEquals(SHARDS, store.take("node", SHARDS, false).size());
    try (Connection dying = database.pool().getConnection()) {
      dying.setAutoCommit(false);
      dying
          .createStatement()
          .executeUpdate(
              "update shard set closed = closed where number = 3 and tenant = " + tenant.id());
      assertEquals(0, store.take("other", SHARDS, false).size());
      CompletableFuture<List<Store.ShardRow>> taken =
          CompletableFuture.supplyAsync(() -> store.take("node", SHARDS, true));
      org.awaitility.Awaitility.await()
          .until(
              () ->
                  number(
                          "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
                              + " and query like 'update shard set node%'")
                      == 1);
      dying.rollback();
      assertEquals(SHARDS, taken.get(20, TimeUnit.SECONDS).size());
    }
    store.release("node");
    host = start();
  }

  @Test
  void shardRows_areLockedInTheOrderOfTheirNumbers() throws Exception {
    host.close();
    // The shard rows lie the other way round, and the server has a plan that reads them as they
    // lie.
    try (Connection c = database.pool().getConnection()) {
      c.createStatement().execute("create index backwards on shard (number desc)");
      c.createStatement().execute("cluster shard using backwards");
      c.createStatement().execute("drop index backwards");
      c.createStatement().execute("analyze shard");
    }
    String plan = "&options=-c%20enable_nestloop=off%20-c%20enable_mergejoin=off";
    try (Database other =
        Database.open(postgres.getJdbcUrl("postgres", "postgres") + plan, "postgres", "", 2)) {
      lockInOrder(new PostgresStore(other.pool(), tenant.id(), 10_000, CrashPoints.NONE));
    }
  }

  private void lockInOrder(Store store) throws Exception {
    List<Store.ShardRow> rows = store.take("node", SHARDS, true);
    Map<Integer, Integer> epochs = new HashMap<>();
    List<Store.Fence> fences = new ArrayList<>();
    for (Store.ShardRow row : rows) {
      if (row.shard() == 0 || row.shard() == 5) {
        epochs.put(row.shard(), row.epoch());
        fences.add(
            new Store.Fence(row.shard(), row.epoch(), row.seq() + 1, row.chain(), row.closing()));
      }
    }
    byte[] none = {};
    Store.Write write =
        new Store.Write(
            store.nextNumber(), 1, fences, new Encoded(none, none, none, none), List.of());
    for (Runnable locks :
        List.<Runnable>of(
            () -> store.renew("node", epochs),
            () -> assertInstanceOf(Store.Outcome.Committed.class, store.commit(write)),
            () -> store.release("node"))) {
      try (Connection first = database.pool().getConnection()) {
        first.setAutoCommit(false);
        first
            .createStatement()
            .executeQuery(
                "select 1 from shard where number = 0 and tenant = " + tenant.id() + " for update");
        CompletableFuture<Void> waiting = CompletableFuture.runAsync(locks);
        org.awaitility.Awaitility.await()
            .until(
                () ->
                    number("select count(*) from pg_stat_activity where wait_event_type = 'Lock'")
                        == 1);
        assertEquals(
            SHARDS - 1,
            number(
                "select count(*) from (select 1 from shard where number > 0 and tenant = $"
                    + " for update skip locked) free"));
        first.rollback();
        waiting.get(20, TimeUnit.SECONDS);
      }
    }
  }

  @Test
  void closedPeriod_isClosedByEveryShard() throws Exception {
    send(0, 45);
    clock.set(START.toEpochMilli() + 24 * 3_600_000L);
    try (Connection c = database.pool().getConnection()) {
      c.createStatement()
          .executeUpdate("update shard set closing = 0 where tenant = " + tenant.id());
    }
    host.nudge();
    org.awaitility.Awaitility.await()
        .until(
            () -> number("select count(*) from shard where tenant = $ and closed = 0") == SHARDS);
    assertEquals(0, host.ask(all -> all.stream().mapToLong(s -> s.money()[0]).sum()).join());
    send(45, 46);
    assertEquals(46L * LAMPS, counts(1).charged());
  }
}
