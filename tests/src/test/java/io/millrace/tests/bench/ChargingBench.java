package io.millrace.tests.bench;

import io.millrace.catalog.CatalogFile;
import io.millrace.connectors.shard.CrashPoints;
import io.millrace.connectors.tenant.BalanceAccounts;
import io.millrace.connectors.tenant.Device;
import io.millrace.ops.embedded.EmbeddedDatabase;
import io.millrace.ops.node.CamelNode;
import io.millrace.ops.node.Node;
import io.millrace.ops.node.NodeClock;
import io.millrace.ops.node.NodeConfig;
import io.millrace.processors.shard.AccountAnswer;
import io.millrace.processors.shard.AccountRequest;
import io.millrace.processors.shard.ShardKey;
import io.millrace.processors.shard.WalletTerms;
import io.millrace.tests.house.Repository;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Accounts with balances asked over HTTP: a third of the requests reserve, a third commit what was
 * reserved, a third ask for the balance; then entitlements are read. Answers are durable; open
 * loop; client, server and database share the machine, each a process of its own.
 */
final class ChargingBench implements Step {
  private static final int ACCOUNTS = 100_000;
  private static final int SECONDS = 15;
  private static final int RATE = 5_000;
  private static final int BESIDE_USAGE = 2_000;

  /** More than 50,000: what is measured is with the time that the last answers take. */
  private static final int USAGE_RATE = 51_000;

  static final int USAGE_BATCH = 1_000;
  private static final int BARE_COMMITS = 2_000;

  /** Over a minute: until then what the compiler assumes of a node is mended now and then. */
  private static final int WARM_UP_RUNS = 4;

  private static final Goal P99 = Goal.atMost(5);
  static final Instant START = Instant.parse("2026-11-01T23:00:00Z");

  private int asked;

  @Override
  public String name() {
    return "charging";
  }

  @Override
  public String what() {
    return "balance check, reserve and commit over HTTP with durable answers, open loop, beside the"
        + " same server answering a constant";
  }

  @Override
  public void measure(Site site, Figures figures) throws Exception {
    int accounts = Math.min(ACCOUNTS, site.scale().devices());
    Path folder = site.folder("charging");
    LampEvents lamps = new LampEvents(site.scale().devices(), START, 13);
    try (Site.Scratch database = site.scratch("charging");
        Node node = node(folder, database.url())) {
      openAll(node, accounts);
      node.importDevices(lamps.devices(1), done -> {});
      try (CamelNode camel = CamelNode.start(node);
          LoadClient client = LoadClient.start();
          LoadClient mediated = LoadClient.start()) {
        measure(site, figures, database, camel.url(), client, mediated);
      }
    }
  }

  private void measure(
      Site site,
      Figures figures,
      Site.Scratch database,
      String url,
      LoadClient client,
      LoadClient mediated)
      throws Exception {
    int accounts = Math.min(ACCOUNTS, site.scale().devices());
    int runs = site.scale().runs();
    for (int run = 0; run < WARM_UP_RUNS; run++) {
      requests(site, client, url, accounts, RATE);
      constant(site, client, url, RATE);
    }
    for (int run = 0; run < runs; run++) {
      Histogram commits = bareCommits(database);
      double commit = millis(commits, 50);
      Histogram constants = constant(site, client, url, RATE);
      double constant = millis(constants, 50);
      Histogram alone = requests(site, client, url, accounts, RATE);
      figures.note("a bare commit, p50", "ms", commit);
      figures.note("a bare commit, p99", "ms", millis(commits, 99));
      figures.note("a constant at 5,000/s, p50", "ms", constant);
      figures.note("a constant at 5,000/s, p99", "ms", millis(constants, 99));
      note(figures, "5,000 requests/s", alone, P99);
      figures.note(
          "p50 − constant − 2 × a bare commit",
          "ms",
          Goal.atMost(1),
          millis(alone, 50) - constant - 2 * commit);
    }
    for (int run = 0; run < runs; run++) {
      long begun = System.nanoTime();
      Histogram all = requests(site, client, url, accounts, 0);
      double seconds = (System.nanoTime() - begun) / 1e9;
      figures.note("saturated: requests per second", "/s", all.getTotalCount() / seconds);
    }
    EntitlementReads.measure(site, figures, client, url, accounts);
    besideUsage(site, client, mediated, database, url, accounts); // Warms up.
    for (int run = 0; run < runs; run++) {
      Beside beside = besideUsage(site, client, mediated, database, url, accounts);
      figures.note("usage beside 2,000 requests/s", "/s", beside.usage);
      note(figures, "2,000 requests/s beside usage", beside.took, P99);
      figures.note("a constant at 2,000/s beside usage, p99", "ms", millis(beside.constants, 99));
      figures.note("a bare commit beside usage, p99", "ms", millis(beside.commits, 99));
    }
  }

  /**
   * Requests beside usage, and what the machine has to give then.
   *
   * @param usage events a second
   */
  private record Beside(Histogram took, Histogram constants, Histogram commits, double usage) {}

  private Beside besideUsage(
      Site site,
      LoadClient client,
      LoadClient mediated,
      Site.Scratch database,
      String url,
      int accounts)
      throws Exception {
    try (Usage usage = new Usage(mediated, url, site.scale().devices())) {
      Histogram took = requests(site, client, url, accounts, BESIDE_USAGE);
      usage.close();
      try (Usage _ = new Usage(mediated, url, site.scale().devices())) {
        Histogram constants = constant(site, client, url, BESIDE_USAGE);
        return new Beside(took, constants, bareCommits(database), usage.perSecond());
      }
    }
  }

  static void note(Figures figures, String what, Histogram took, Goal p99) {
    figures.note(what + ": p50", "ms", millis(took, 50));
    figures.note(what + ": p99", "ms", p99, millis(took, 99));
    figures.note(what + ": p99.9", "ms", millis(took, 99.9));
  }

  private static double millis(Histogram took, double percentile) {
    return took.getValueAtPercentile(percentile) / 1e6;
  }

  private Histogram requests(Site site, LoadClient client, String url, int accounts, int rate)
      throws Exception {
    int requests = site.scale().atMost(SECONDS * (rate == 0 ? RATE : rate));
    return client.run(
        new LoadClient.Run(
            LoadClient.Asks.CHARGING, String.valueOf(++asked), url, accounts, requests, rate));
  }

  private static Histogram constant(Site site, LoadClient client, String url, int rate)
      throws Exception {
    int requests = site.scale().atMost(5 * rate);
    return client.run(
        new LoadClient.Run(LoadClient.Asks.CONSTANT, "constant", url, 0, requests, rate));
  }

  private static Histogram bareCommits(Site.Scratch database) throws Exception {
    database.execute("create table if not exists bare (n int)");
    Histogram took = new Histogram(3);
    try (Connection c = database.connect();
        PreparedStatement insert = c.prepareStatement("insert into bare values (1)")) {
      for (int i = 0; i < BARE_COMMITS; i++) {
        long begun = System.nanoTime();
        insert.executeUpdate();
        took.recordValue(System.nanoTime() - begun);
      }
    }
    return took;
  }

  /**
   * Usage of the lamps, posted in batches at a rate by a process of its own, until it is closed.
   */
  private static final class Usage implements AutoCloseable {
    /** A client's run ends with its answers, and none is sent between it and the next. */
    private static final int SENT_SECONDS = 5;

    private final AtomicBoolean running = new AtomicBoolean(true);
    private final LoadClient client;
    private final int lamps;
    private final Thread thread;
    private final long begun = System.nanoTime();
    private volatile double perSecond;

    Usage(LoadClient client, String url, int lamps) {
      this.client = client;
      this.lamps = lamps;
      this.thread = Thread.ofPlatform().start(() -> post(url));
    }

    private void post(String url) {
      int batch = Math.min(USAGE_BATCH, lamps);
      int batches = Math.ceilDiv(USAGE_RATE, USAGE_BATCH);
      long sent = 0;
      try {
        while (running.get()) {
          LoadClient.Run some =
              new LoadClient.Run(
                  LoadClient.Asks.USAGE, "usage", url, lamps, SENT_SECONDS * batches, batches);
          sent += client.run(some).getTotalCount() * batch;
          perSecond = sent / ((System.nanoTime() - begun) / 1e9);
        }
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }

    /** Events; over all of it once it is closed. */
    double perSecond() {
      return perSecond;
    }

    @Override
    public void close() throws InterruptedException {
      running.set(false);
      thread.join();
    }
  }

  /** Opens all accounts, each with money and a car, by what a node opens one with. */
  private static void openAll(Node node, int accounts) throws Exception {
    List<BalanceAccounts.Opened> opened = new ArrayList<>();
    try (Connection c = node.database().connection();
        PreparedStatement insert =
            c.prepareStatement(
                "insert into account (tenant, id, kind, name, currency, scale, rooted)"
                    + " select ?, 1000 + 3 * n + k, (array['customer', 'balance', 'overrun'])[k],"
                    + " 'a-' || n, 'EUR', ?, k = 1 from generate_series(0, ? - 1) n,"
                    + " generate_series(1, 3) k")) {
      insert.setInt(1, node.tenant().id());
      insert.setInt(2, node.rules().catalog().ledgerScale());
      insert.setInt(3, accounts);
      insert.executeUpdate();
    }
    for (int n = 0; n < accounts; n++) {
      int first = 1_000 + 3 * n;
      opened.add(
          new BalanceAccounts.Opened(
              first + 1, new WalletTerms.Ledger(first + 2, first + 3, 997, 998, 999)));
    }
    common(node);
    List<Device> cars = new ArrayList<>();
    for (int from = 0; from < accounts; from += 10_000) {
      List<CompletableFuture<@Nullable AccountAnswer>> answers = new ArrayList<>();
      for (int n = from; n < Math.min(from + 10_000, accounts); n++) {
        BalanceAccounts.Opened each = opened.get(n);
        int shard = ShardKey.of(each.account(), node.tenant().shards());
        answers.add(
            node.host()
                .callers()
                .ask(
                    shard,
                    new AccountRequest.Open(
                        key(2L * n),
                        each.account(),
                        new WalletTerms(true, 0, Long.MIN_VALUE, each.ledger()))));
        answers.add(
            node.host()
                .callers()
                .ask(
                    shard,
                    new AccountRequest.Pay(
                        key(2L * n + 1), each.account(), 1_000_000_000_000L, false)));
        cars.add(new Device("car-" + n, "a-" + n, "lamp", START, Optional.empty()));
      }
      CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).join();
    }
    node.importDevices(cars, done -> {});
  }

  private static void common(Node node) throws Exception {
    try (Connection c = node.database().connection();
        PreparedStatement insert =
            c.prepareStatement(
                "insert into account (tenant, id, kind, name, currency, scale)"
                    + " select ?, 996 + k, (array['drawn', 'cash', 'adjustment'])[k], '', 'EUR', ?"
                    + " from generate_series(1, 3) k")) {
      insert.setInt(1, node.tenant().id());
      insert.setInt(2, node.rules().catalog().ledgerScale());
      insert.executeUpdate();
    }
  }

  private static AccountRequest.Key key(long n) {
    return new AccountRequest.Key(n * 0x9E3779B97F4A7C15L, n, n, 0);
  }

  private static Node node(Path folder, String database) throws Exception {
    byte[] text = EntitlementReads.catalog();
    Path routes = Files.createDirectories(folder.resolve("routes"));
    Files.copy(
        Repository.root().resolve("routes/sources/http.camel.yaml"),
        routes.resolve("http.camel.yaml"));
    return Node.start(
        new NodeConfig(
            Engine.TENANT,
            Engine.TENANT,
            NodeConfig.SHARDS,
            new NodeConfig.DatabaseConfig(database, EmbeddedDatabase.USER, ""),
            folder.resolve("catalog.yaml"),
            Optional.empty(),
            routes,
            "127.0.0.1",
            0,
            NodeConfig.IN_FLIGHT,
            NodeConfig.LEASE_MILLIS,
            NodeConfig.CHECKPOINT_MILLIS,
            Map.of()),
        text,
        ((CatalogFile.Result.Accepted) CatalogFile.read("smart-city.yaml", text)).catalog(),
        NodeClock.simulated(() -> START.toEpochMilli() + 1),
        CrashPoints.NONE);
  }
}
