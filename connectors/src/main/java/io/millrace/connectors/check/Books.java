package io.millrace.connectors.check;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.sql.DataSource;

/**
 * Adds up a tenant's books again and compares, in one snapshot. It reads rows, not the engine's
 * sums, and shares no code with what writes them. Every check is a query for what violates it, but
 * for one that reads the commands of the journal.
 */
public final class Books {

  private final DataSource pool;

  /** Over this database. */
  public Books(DataSource pool) {
    this.pool = pool;
  }

  /** What is checked; the name of the query that looks for violations. */
  public enum Check {
    /** Every entry's postings sum to zero per currency (I4). */
    ENTRIES_SUM_TO_ZERO,
    /** The turnover, and with it every balance, is the sum of the postings (I4). */
    TURNOVER_IS_POSTINGS,
    /** What a commit charged is what it posted to its customers. */
    CHARGES_ARE_POSTINGS,
    /** What a commit charged to an account with a balance is what it drew, or what went beyond. */
    BALANCES_PAY_THE_CHARGES,
    /** What was shared is what customers were charged, and what the parties got (I5). */
    SHARES_ARE_THE_WHOLE,
    /** A statement's total is the sum of its lines; an invoice's are each rounded once. */
    STATEMENTS_ADD_UP,
    /** What partners' statements say of an offer is what customers were invoiced for it (I5). */
    PARTNERS_GET_THE_INVOICES,
    /** A statement's lines are the postings of its account and period, and none is left out. */
    STATEMENTS_ARE_POSTINGS,
    /** Every account with postings in a closed period has its statement. */
    ACCOUNTS_HAVE_STATEMENTS,
    /** Every statement has its one delivery, and there is no other. */
    STATEMENTS_ARE_DELIVERED,
    /** What was paid into a balance is what was told of it, commit by commit. */
    TOP_UPS_ARE_TOLD,
    /** What is in transit between balances is what messages between shards carry. */
    IN_TRANSIT_IS_UNDER_WAY,
    /** What a commit posted into a balance or a bucket is what the account's history says. */
    DEPOSITS_ARE_CHANGES,
    /** Every change of an account's history is what a command of that commit asked for. */
    CHANGES_ARE_ASKED_FOR,
    /**
     * What an account has lent of its balance is what other shards have of it, or messages carry.
     */
    LENT_IS_THERE_OR_UNDER_WAY,
    /** What changed units that were bought other than use is in their ledger, commit by commit. */
    UNITS_ARE_POSTED;

    /** As printed: {@code entries-sum-to-zero}. */
    public String code() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /**
   * What a check found.
   *
   * @param check which one
   * @param violations how many rows violate it
   * @param example the first of them in words; empty where there is none
   */
  public record Finding(Check check, long violations, String example) {

    /** Whether nothing violates it. */
    public boolean holds() {
      return violations == 0;
    }
  }

  /** Runs all checks, in their order. */
  public List<Finding> check(int tenant) throws SQLException {
    List<Finding> findings = new ArrayList<>();
    try (Connection connection = pool.getConnection()) {
      connection.setAutoCommit(false);
      connection.setReadOnly(true);
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      // Whole tables against whole tables, often just written and not yet analysed: always hash.
      try (Statement plan = connection.createStatement()) {
        plan.execute("set local enable_nestloop = off");
        plan.execute("set local work_mem = '64MB'");
      }
      for (Check check : Check.values()) {
        findings.add(run(connection, tenant, check));
      }
      connection.rollback();
    }
    return findings;
  }

  static Finding run(Connection connection, int tenant, Check check) throws SQLException {
    if (check == Check.CHANGES_ARE_ASKED_FOR) {
      return new AskedChanges(connection, tenant).check();
    }
    String sql =
        "select count(*) over (), v.what from (" + BooksSql.violations(check) + ") v limit 1";
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      for (int i = 1; i <= select.getParameterMetaData().getParameterCount(); i++) {
        select.setInt(i, tenant);
      }
      try (ResultSet row = select.executeQuery()) {
        return row.next()
            ? new Finding(check, row.getLong(1), row.getString(2))
            : new Finding(check, 0, "");
      }
    }
  }
}
