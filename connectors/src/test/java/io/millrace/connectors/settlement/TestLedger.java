package io.millrace.connectors.settlement;

import io.millrace.catalog.Agreement;
import io.millrace.catalog.Agreement.Share;
import io.millrace.catalog.Catalog;
import io.millrace.catalog.CatalogFile;
import io.millrace.connectors.store.Database;
import io.millrace.processors.ledger.Allotment;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Books what shards book: charges, entries, postings and turnover of one tenant, by its own SQL.
 */
public final class TestLedger {

  public static final int TENANT = 1;
  public static final int SHARDS = 4;
  public static final int REVENUE = 1;
  public static final int SHARED = 2;
  public static final int ROUNDING = 3;
  public static final int TELCO = 4;
  public static final int VENDOR = 5;
  public static final int CUSTOMER = 10;
  public static final Instant START = Instant.parse("2026-11-02T00:00:00Z");

  public static final Catalog CATALOG = catalog();

  private static final Agreement AGREEMENT =
      new Agreement(
          "lamp", List.of(new Share("telco", 700_000, false), new Share("lamp-vendor", 0, true)));

  private final Database database;
  private final Map<String, long[]> cumulated = new HashMap<>();
  private boolean leaseAlone;
  private String energyLine = "";
  private final long[] seq = new long[SHARDS];

  public TestLedger(Database database, int customers) throws SQLException {
    this.database = database;
    run(
        "insert into tenant (id, name, shards, fingerprint) values (1, 'city', %d, '\\x00')"
            .formatted(SHARDS),
        "insert into shard (tenant, number, rules, chain)"
            + " select 1, n, 1, '\\x00' from generate_series(0, %d) n".formatted(SHARDS - 1),
        """
        insert into account (tenant, id, kind, name, currency, scale) values
          (1, 1, 'revenue', 'revenue', 'EUR', 9), (1, 2, 'shared', 'shared', 'EUR', 9),
          (1, 3, 'rounding', 'rounding', 'EUR', 9), (1, 4, 'partner', 'telco', 'EUR', 9),
          (1, 5, 'partner', 'lamp-vendor', 'EUR', 9)
        """,
        "insert into account select 1, %d + n, 'customer', 'customer-' || n, 'EUR', 9"
                .formatted(CUSTOMER)
            + " from generate_series(0, %d) n".formatted(customers - 1));
  }

  private static Catalog catalog() {
    return switch (CatalogFile.read("test", CatalogFile.template("smart-city.yaml"))) {
      case CatalogFile.Result.Accepted accepted -> accepted.catalog();
      case CatalogFile.Result.Rejected rejected ->
          throw new IllegalStateException(rejected.problems().toString());
    };
  }

  /** Commits random charges of a period in all shards, the same ones for the same seed. */
  public void work(int period, int customers, int commits, long seed) throws SQLException {
    Random random = new Random(seed);
    try (Connection connection = database.connection()) {
      connection.setAutoCommit(false);
      for (int i = 0; i < commits; i++) {
        int account = CUSTOMER + random.nextInt(customers);
        charge(
            connection,
            random.nextInt(SHARDS),
            account,
            period,
            random.nextInt(5) == 0,
            random.nextLong(-1_000, 40_000_000),
            random.nextInt(3) == 0 ? 100_000_000 : 0);
      }
      connection.commit();
    }
  }

  /** One commit with two charges, shared as a shard shares: its cumulative amount. */
  public void charge(int shard, int account, int period, boolean late, long energy, long lease)
      throws SQLException {
    try (Connection connection = database.connection()) {
      connection.setAutoCommit(false);
      charge(connection, shard, account, period, late, energy, lease);
      connection.commit();
    }
  }

  private void charge(
      Connection connection,
      int shard,
      int account,
      int period,
      boolean late,
      long energy,
      long lease)
      throws SQLException {
    long number = ++seq[shard];
    update(
        connection,
        "insert into entry (tenant, shard, seq, booked_at, what) values (1, ?, ?, now(), 'usage')",
        shard,
        number);
    int n = 0;
    Object[] names = {"energy", energy, "lease", lease};
    for (int i = 0; i < names.length; i += 2) {
      long amount = (long) names[i + 1];
      if (amount == 0) {
        continue;
      }
      update(
          connection,
          """
          insert into charge (tenant, shard, seq, n, subscription, account, catalog, offer, name,
            period, late, window_start, window_end, delta, events, quantity, amount, evidence,
            digest)
          values (1, ?, ?, ?, 1, ?, 'hash', 'lamp', ?, ?, ?, now(), now(), false, 1, 1, ?, '', '')
          """,
          shard,
          number,
          i,
          account,
          names[i],
          period,
          late,
          amount);
      post(connection, shard, number, n++, account, period, (String) names[i], late, amount);
      post(connection, shard, number, n++, REVENUE, period, (String) names[i], late, -amount);
    }
    if (leaseAlone) {
      n = share(connection, shard, number, n, period, energyLine, energy);
      share(connection, shard, number, n, period, "lease", lease);
    } else {
      share(connection, shard, number, n, period, "", energy + lease);
    }
  }

  /** From now on the lease is shared on lines of its own. */
  public void shareLeaseAlone() {
    leaseAlone = true;
  }

  /** From now on each charge is shared on lines of its own. */
  public void shareEachAlone() {
    leaseAlone = true;
    energyLine = "energy";
  }

  private int share(
      Connection connection, int shard, long number, int n, int period, String line, long amount)
      throws SQLException {
    long[] sum = cumulated.computeIfAbsent(shard + "/" + period + line, k -> new long[3]);
    sum[0] += amount;
    long[] parts = new long[2];
    Allotment.of(AGREEMENT).allot(sum[0], parts);
    post(connection, shard, number, n, SHARED, period, line, false, amount);
    post(connection, shard, number, n + 1, TELCO, period, line, false, sum[1] - parts[0]);
    post(connection, shard, number, n + 2, VENDOR, period, line, false, sum[2] - parts[1]);
    sum[1] = parts[0];
    sum[2] = parts[1];
    return n + 3;
  }

  private static void post(
      Connection connection,
      int shard,
      long number,
      int n,
      int account,
      int period,
      String name,
      boolean late,
      long amount)
      throws SQLException {
    update(
        connection,
        "insert into posting (tenant, shard, seq, n, account, period, offer, name, late, amount)"
            + " values (1, ?, ?, ?, ?, ?, 'lamp', ?, ?, ?)",
        shard,
        number,
        n,
        account,
        period,
        name,
        late,
        amount);
    update(
        connection,
        "insert into turnover (tenant, shard, account, period, offer, name, late, amount)"
            + " values (1, ?, ?, ?, 'lamp', ?, ?, ?)"
            + " on conflict (tenant, period, account, shard, offer, name, late)"
            + " do update set amount = turnover.amount + excluded.amount",
        shard,
        account,
        period,
        name,
        late,
        amount);
  }

  /** What shards do when they see the stamp: close the period in a commit of their own. */
  public void shardsClose() throws SQLException {
    run("update shard set closed = closing, seq = seq + 1 where tenant = 1");
  }

  /** Runs statements, each on its own. */
  public void run(String... statements) throws SQLException {
    try (Connection connection = database.connection();
        Statement statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each);
      }
    }
  }

  /** The rows of a query, a line each, columns apart by {@code |}. */
  public List<String> rows(String query) throws SQLException {
    List<String> rows = new java.util.ArrayList<>();
    try (Connection connection = database.connection();
        Statement statement = connection.createStatement();
        java.sql.ResultSet row = statement.executeQuery(query)) {
      int columns = row.getMetaData().getColumnCount();
      while (row.next()) {
        StringBuilder text = new StringBuilder(String.valueOf(row.getString(1)));
        for (int i = 2; i <= columns; i++) {
          text.append('|').append(row.getString(i));
        }
        rows.add(text.toString());
      }
    }
    return rows;
  }

  private static void update(Connection connection, String sql, Object... parameters)
      throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        update.setObject(i + 1, parameters[i]);
      }
      update.executeUpdate();
    }
  }
}
