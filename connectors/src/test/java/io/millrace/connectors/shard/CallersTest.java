package io.millrace.connectors.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.CatalogFile;
import io.millrace.connectors.clock.CommitClock;
import io.millrace.connectors.store.Database;
import io.millrace.connectors.store.TestServer;
import io.millrace.connectors.tenant.Tenant;
import io.millrace.connectors.tenant.Tenants;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.shard.AccountAnswer;
import io.millrace.processors.shard.AccountRequest;
import io.millrace.processors.shard.Command;
import io.millrace.processors.shard.WalletTerms;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What has queued up while the shards stood still. */
class CallersTest {
  private static final int SHARDS = 4;
  private static final long NOW = Instant.parse("2026-11-02T00:00:00Z").toEpochMilli();

  private Database database;
  private ShardHost host;
  private final CountDownLatch standstill = new CountDownLatch(1);

  @BeforeEach
  void open() throws Exception {
    database = TestServer.open(TestServer.emptyDatabase());
    Tenants all = new Tenants(database.pool());
    Tenant tenant = all.ensure("city", SHARDS);
    byte[] text = CatalogFile.template("smart-city.yaml");
    Catalog catalog =
        ((CatalogFile.Result.Accepted) CatalogFile.read("smart-city.yaml", text)).catalog();
    Rules rules = all.activate(tenant, catalog, text, NodeShards::genesis);
    Store store = new PostgresStore(database.pool(), tenant.id(), 60_000, CrashPoints.NONE);
    host =
        new ShardHost(
            new NodeShards(tenant.id(), SHARDS, store, rules, "node", CrashPoints.NONE),
            store,
            new ShardHost.Settings(SHARDS, 1_000, 60_000, 60_000),
            CommitClock.unchecked(() -> NOW),
            CrashPoints.NONE);
    host.start();
    host.ask(
        shards -> {
          try {
            return standstill.await(60, TimeUnit.SECONDS);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
          }
        });
  }

  @AfterEach
  void close() {
    standstill.countDown();
    host.close();
    database.close();
  }

  private static AccountRequest.Key key(long n) {
    return new AccountRequest.Key(n * 0x9E3779B97F4A7C15L, n, n, n);
  }

  private static AccountUse use(int n) {
    return new AccountUse(key(n), 1, 0, 0, 1, 0, 0, 1, true, null, "{\"a\":1}");
  }

  @Test
  void asManyAsMayWait_areAnsweredAndNoMoreTaken() {
    List<CompletableFuture<@Nullable AccountAnswer>> all = new ArrayList<>();
    for (int i = 0; i < Callers.MOST_WAITING; i++) {
      all.add(
          i % 2 == 0
              ? host.callers().ask(i / 2 % SHARDS, use(i))
              : host.callers().ask(0, new AccountRequest.Release(key(i), 1, 0)));
    }
    CompletableFuture<@Nullable AccountAnswer> tooMany = host.callers().ask(0, use(-1));
    assertTrue(tooMany.isDone());
    assertInstanceOf(CallersFull.class, tooMany.exceptionNow());
    standstill.countDown();
    CompletableFuture.allOf(all.toArray(CompletableFuture[]::new))
        .orTimeout(60, TimeUnit.SECONDS)
        .join();
    assertNull(host.trouble());
    assertEquals(AccountAnswer.Outcome.NO_OFFER, host.callers().ask(0, use(-1)).join().outcome());
  }

  @Test
  void asMuchAsMayWait_isAnsweredAndNoMoreTaken() {
    String large = "x".repeat(1 << 16);
    List<CompletableFuture<@Nullable AccountAnswer>> all = new ArrayList<>();
    long most = Callers.MOST_BYTES_WAITING / large.length();
    for (int i = 0; i < most; i++) {
      all.add(
          host.callers().ask(0, new AccountUse(key(i), 1, 0, 0, 1, 0, 0, 1, true, null, large)));
    }
    assertInstanceOf(CallersFull.class, host.callers().ask(0, use(-1)).exceptionNow());
    assertEquals(1, host.callers().refused());
    // What keeps nothing of what was sent, as a release, costs none of that room.
    CompletableFuture<?> small = host.callers().ask(0, new AccountRequest.Release(key(-2), 1, 0));
    standstill.countDown();
    CompletableFuture.allOf(all.toArray(CompletableFuture[]::new))
        .orTimeout(60, TimeUnit.SECONDS)
        .join();
    small.orTimeout(60, TimeUnit.SECONDS).join();
    assertEquals(AccountAnswer.Outcome.NO_OFFER, host.callers().ask(0, use(-1)).join().outcome());
  }

  @Test
  void whoWaitsNoLonger_isNotServed() {
    WalletTerms terms =
        new WalletTerms(true, 0, Long.MIN_VALUE, new WalletTerms.Ledger(2, 3, 4, 5, 6));
    CompletableFuture<@Nullable AccountAnswer> gone =
        host.callers().ask(0, new AccountRequest.Open(key(1), 1, terms));
    gone.orTimeout(1, TimeUnit.MILLISECONDS).handle((a, e) -> a).join();
    standstill.countDown();
    host.callers().ask(0, new AccountRequest.Release(key(2), 1, 0)).join();
    assertFalse(host.ask(shards -> shards.stream().anyMatch(s -> s.wallet(1).isPresent())).join());
  }

  /** It took a minute and a half for each of so many of one shard, on the thread of all shards. */
  @Test
  void tellingAll_takesTimeAsTheyAreMany() {
    Work work = Work.sorted(List.of(), SHARDS, new Work.Room());
    List<Caller> callers =
        IntStream.range(0, 60_000)
            .mapToObj(
                i ->
                    new Caller(
                        0,
                        new Command.Account(new AccountRequest.Release(key(i), 1, 0)),
                        new CompletableFuture<@Nullable AccountAnswer>()))
            .toList();
    callers.forEach(c -> work.command(0, c.command()));
    long begun = System.nanoTime();
    Caller.tell(callers, new NodeShards.Drained(true, Set.of(), Map.of(), work));
    assertTrue(System.nanoTime() - begun < TimeUnit.SECONDS.toNanos(5));
    assertTrue(callers.stream().allMatch(c -> c.answer().isDone()));
  }
}
