package io.millrace.connectors.settlement;

import io.millrace.connectors.store.CopyRows;
import io.millrace.processors.settlement.LineKey;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;

/**
 * The entries that a close books, in the ledger's shard −1: postings go out in bulk, and what they
 * add up to into the turnover with them.
 */
final class ClosingEntries {

  /** Where a close books: no shard of the engine's. */
  static final int SHARD = -1;

  private static final LineKey NO_LINE = new LineKey("", "", false);

  private final Connection connection;
  private final int tenant;
  private final int period;
  private final CopyRows postings =
      new CopyRows("posting", "tenant, shard, seq, n, account, period, offer, name, late, amount");
  private final Map<String, Long> rounding = new TreeMap<>();
  private long seq;
  private int n;

  ClosingEntries(Connection connection, int tenant, int period) {
    this.connection = connection;
    this.tenant = tenant;
    this.period = period;
  }

  void begin(String what) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            """
            insert into entry (tenant, shard, seq, booked_at, what)
            select ?, ?, coalesce(max(seq), 0) + 1, now(), ?
            from entry where tenant = ? and shard = ?
            returning seq
            """)) {
      insert.setInt(1, tenant);
      insert.setInt(2, SHARD);
      insert.setString(3, what);
      insert.setInt(4, tenant);
      insert.setInt(5, SHARD);
      try (ResultSet row = insert.executeQuery()) {
        row.next();
        seq = row.getLong(1);
      }
    }
    n = 0;
  }

  /** Adds a posting, unless it is of nothing. */
  void post(int account, LineKey line, long amount) {
    if (amount == 0) {
      return;
    }
    postings.int4(tenant).int2(SHARD).int8(seq).int4(n++).int4(account).int4(period);
    postings.text(line.offer()).text(line.name()).bool(line.late()).int8(amount).end();
  }

  /** Posts a statement's residue; the other side follows in one sum a currency at the end. */
  void postRounding(int account, String currency, long residue) {
    post(account, NO_LINE, residue);
    rounding.merge(currency, residue, Math::addExact);
  }

  void flush() throws SQLException {
    postings.flush(connection);
  }

  /** Writes what waits, balances the entry and adds it to the turnover. */
  void end() throws SQLException {
    for (Map.Entry<String, Long> each : rounding.entrySet()) {
      if (each.getValue() != 0) {
        post(account("rounding", "", each.getKey()), NO_LINE, Math.negateExact(each.getValue()));
      }
    }
    rounding.clear();
    flush();
    try (PreparedStatement add =
        connection.prepareStatement(
            """
            insert into turnover (tenant, period, account, shard, offer, name, late, amount)
            select tenant, period, account, shard, offer, name, late, sum(amount)
            from posting where tenant = ? and shard = ? and seq = ?
            group by tenant, period, account, shard, offer, name, late
            on conflict (tenant, period, account, shard, offer, name, late)
            do update set amount = turnover.amount + excluded.amount
            """)) {
      add.setInt(1, tenant);
      add.setInt(2, SHARD);
      add.setLong(3, seq);
      add.executeUpdate();
    }
  }

  /**
   * The account of a kind.
   *
   * @param name its name; empty where the kind has one a currency
   */
  int account(String kind, String name, String currency) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            select id from account
            where tenant = ? and kind = ? and (name = ? or ? = '') and currency = ?
            order by id limit 1
            """)) {
      select.setInt(1, tenant);
      select.setString(2, kind);
      select.setString(3, name);
      select.setString(4, name);
      select.setString(5, currency);
      try (ResultSet row = select.executeQuery()) {
        if (!row.next()) {
          throw new IllegalStateException(
              "tenant %d has no %s account%s in %s: activate its catalog again"
                  .formatted(tenant, kind, name.isEmpty() ? "" : " of " + name, currency));
        }
        return row.getInt(1);
      }
    }
  }
}
