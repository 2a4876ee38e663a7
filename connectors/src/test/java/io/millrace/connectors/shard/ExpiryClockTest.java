package io.millrace.connectors.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.CatalogFile;
import io.millrace.connectors.clock.ClockGuard;
import io.millrace.connectors.clock.FakeClocks;
import io.millrace.connectors.store.Database;
import io.millrace.connectors.store.TestServer;
import io.millrace.connectors.tenant.BalanceAccounts;
import io.millrace.connectors.tenant.Tenant;
import io.millrace.connectors.tenant.Tenants;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.shard.AccountAnswer;
import io.millrace.processors.shard.AccountAnswer.Outcome;
import io.millrace.processors.shard.AccountRequest;
import io.millrace.processors.shard.AccountRequest.Key;
import io.millrace.processors.shard.Command;
import io.millrace.processors.shard.WalletTerms;
import io.millrace.processors.shard.WalletView;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Reservations under a clock that jumps: none ends before its time, none for ever stays. */
class ExpiryClockTest {
  private static final int SHARDS = 1;
  private static final long MINUTE = 60_000;
  private static final long DEVICE = 7;

  private final FakeClocks clocks = new FakeClocks();
  private ClockGuard guard = clocks.start();
  private Database database;
  private Tenant tenant;
  private Rules rules;
  private int account;
  private ShardHost host;
  private long serial;

  @BeforeEach
  void open() throws Exception {
    database = TestServer.open(TestServer.emptyDatabase());
    Tenants all = new Tenants(database.pool());
    tenant = all.ensure("city", SHARDS);
    byte[] text =
        new String(CatalogFile.template("smart-city.yaml"), StandardCharsets.UTF_8)
            .replaceFirst("(?m)^effective:.*$", "effective: 2026-10-01")
            .getBytes(StandardCharsets.UTF_8);
    Catalog catalog =
        ((CatalogFile.Result.Accepted) CatalogFile.read("smart-city.yaml", text)).catalog();
    rules = all.activate(tenant, catalog, text, NodeShards::genesis);
    host = started();
    BalanceAccounts accounts = new BalanceAccounts(database.pool(), tenant, catalog);
    accounts.open(
        "anna",
        rows -> {
          account = rows.account();
          WalletTerms terms = new WalletTerms(true, 0, Long.MIN_VALUE, rows.ledger());
          return asked(new AccountRequest.Open(key(), account, terms));
        },
        answer -> true);
    host.submit(0, new Command.Subscribe(DEVICE, "lamp", account, 0, clocks.wall(), Long.MAX_VALUE))
        .get(20, TimeUnit.SECONDS);
    asked(new AccountRequest.Pay(key(), account, 1_000_000_000_000L, false));
  }

  @AfterEach
  void close() {
    host.close();
    guard.close();
    database.close();
  }

  private ShardHost started() {
    Store store = new PostgresStore(database.pool(), tenant.id(), 60_000, CrashPoints.NONE);
    ShardHost started =
        new ShardHost(
            new NodeShards(tenant.id(), SHARDS, store, rules, "node", CrashPoints.NONE),
            store,
            new ShardHost.Settings(SHARDS, 1_000, 60_000, 60_000),
            guard,
            CrashPoints.NONE);
    started.start();
    return started;
  }

  private Key key() {
    long n = ++serial;
    return new Key(n * 0x9E3779B97F4A7C15L, n, n, n);
  }

  private AccountAnswer asked(AccountRequest request) throws Exception {
    return host.callers().ask(0, request).get(20, TimeUnit.SECONDS);
  }

  private AccountAnswer reserve() throws Exception {
    AccountAnswer granted =
        asked(new AccountRequest.Reserve(key(), DEVICE, 0, 0, 1_000_000, false, MINUTE, false));
    assertEquals(Outcome.GRANTED, granted.outcome());
    return granted;
  }

  private Outcome used(AccountAnswer granted) throws Exception {
    AccountUse use =
        new AccountUse(
            key(), 1, granted.seq(), granted.n(), 0, 0, 0, 500_000, true, null, "{\"wh\":500}");
    return host.callers().ask(0, use).get(20, TimeUnit.SECONDS).outcome();
  }

  private WalletView wallet() throws Exception {
    return host.ask(shards -> shards.getFirst().wallet(account).orElseThrow())
        .get(20, TimeUnit.SECONDS);
  }

  private void awaitOpen(int reservations) {
    Awaitility.await().until(() -> wallet().open() == reservations);
  }

  /** A commit of this shard, whatever the clock says: then what is due has had its chance. */
  private void commit() throws Exception {
    asked(new AccountRequest.Pay(key(), account, 1, false));
    asked(new AccountRequest.Pay(key(), account, 1, false));
  }

  @Test
  void timeThatPasses_endsAReservation() throws Exception {
    AccountAnswer granted = reserve();
    clocks.pass(MINUTE - 1);
    commit();
    assertEquals(1, wallet().open());
    clocks.pass(1);
    awaitOpen(0);
    assertEquals(0, wallet().reserved());
    assertEquals(Outcome.LATE_COMMIT, used(granted));
  }

  @Test
  void jumpForward_endsNoneUntilItIsAgreedTo() throws Exception {
    AccountAnswer granted = reserve();
    clocks.jump(120 * MINUTE);
    commit();
    assertEquals(1, wallet().open(), "nobody has agreed to that time");
    assertEquals(Outcome.COMMITTED, used(granted));
    reserve();
    guard.agree("operator");
    awaitOpen(0);
    assertEquals(0, wallet().reserved());
  }

  @Test
  void timeThatPassesAfterAJump_endsNoneWhileTicksAreStopped_butItsCommitIsLate() throws Exception {
    final AccountAnswer granted = reserve();
    clocks.jump(-120 * MINUTE);
    clocks.pass(2 * MINUTE);
    commit();
    assertEquals(1, wallet().open(), "what is due waits");
    assertEquals(Outcome.LATE_COMMIT, used(granted));
    guard.agree("operator");
    clocks.pass(1);
    awaitOpen(0);
  }

  @Test
  void jumpBack_makesNoneLastLonger() throws Exception {
    reserve();
    clocks.jump(-4 * MINUTE);
    commit();
    assertEquals(1, wallet().open());
    clocks.pass(5 * MINUTE + 1);
    awaitOpen(0);
  }

  @Test
  void restartUnderAnotherClock_keepsTheTimeOfTheShard() throws Exception {
    final AccountAnswer granted = reserve();
    host.close();
    guard.close();
    clocks.jump(-3 * MINUTE);
    guard = clocks.start();
    host = started();
    commit();
    assertEquals(1, wallet().open());
    clocks.pass(4 * MINUTE + 1);
    awaitOpen(0);
    assertEquals(Outcome.LATE_COMMIT, used(granted));
  }
}
