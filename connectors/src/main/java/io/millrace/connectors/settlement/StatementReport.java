package io.millrace.connectors.settlement;

import io.millrace.processors.settlement.DeliveryState;
import io.millrace.processors.settlement.LineKey;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** A period's statements as they were made, and how their deliveries stand. */
public final class StatementReport {

  /** Statements that one call returns at most. */
  public static final int MOST = 1_000;

  private final DataSource pool;

  /** Reads from this database. */
  public StatementReport(DataSource pool) {
    this.pool = pool;
  }

  /**
   * One statement.
   *
   * @param id unique in the tenant: {@code 0-customer-12}
   * @param kind {@code invoice} or {@code partner-statement}
   * @param account the account's name
   * @param currency ISO 4217
   * @param total in the currency, with its minor unit's digits
   * @param delivery how its delivery stands
   * @param reference the receiver's id for it, once acknowledged
   * @param reason why it isn't acknowledged
   */
  public record Row(
      String id,
      String kind,
      String account,
      String currency,
      BigDecimal total,
      DeliveryState delivery,
      @Nullable String reference,
      @Nullable String reason) {}

  /**
   * One line of a statement.
   *
   * @param key what it is for
   * @param exact in the currency, with all the ledger's digits
   * @param amount what is stated for it, in the minor unit
   * @param tax the code by which whoever books it works its tax out; empty where it has none
   */
  public record Line(LineKey key, BigDecimal exact, BigDecimal amount, String tax) {}

  /**
   * The statements of a period: invoices first, by id, {@link #MOST} at most.
   *
   * @param after the id of the last one seen; empty from the first on
   */
  public List<Row> of(int tenant, int period, String after) throws SQLException {
    String sql =
        """
        select s.id, s.kind, a.name, s.currency, s.total, s.digits, o.state, o.reference, o.reason
        from statement s
        join account a on a.tenant = s.tenant and a.id = s.account
        join outbox o on o.tenant = s.tenant and o.key = 'millrace:' || s.tenant || ':' || s.id
        where s.tenant = ? and s.period = ? and (? = '' or (s.kind, s.id) >
          (select l.kind, l.id from statement l where l.tenant = s.tenant and l.id = ?))
        order by s.kind, s.id
        """
            + "limit "
            + MOST;
    List<Row> rows = new ArrayList<>();
    try (Connection connection = pool.getConnection();
        PreparedStatement select = connection.prepareStatement(sql)) {
      select.setInt(1, tenant);
      select.setInt(2, period);
      select.setString(3, after);
      select.setString(4, after);
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          rows.add(
              new Row(
                  row.getString(1),
                  row.getString(2),
                  row.getString(3),
                  row.getString(4),
                  BigDecimal.valueOf(row.getLong(5), row.getInt(6)),
                  DeliveryState.of(row.getString(7)),
                  row.getString(8),
                  row.getString(9)));
        }
      }
    }
    return rows;
  }

  /** The lines of a statement, in order; none where there is no such statement. */
  public List<Line> lines(int tenant, String statement) throws SQLException {
    List<Line> lines = new ArrayList<>();
    try (Connection connection = pool.getConnection();
        PreparedStatement select =
            connection.prepareStatement(
                """
                select l.offer, l.name, l.late, l.exact, a.scale, l.amount, s.digits, l.tax
                from statement_line l
                join statement s on s.tenant = l.tenant and s.id = l.statement
                join account a on a.tenant = s.tenant and a.id = s.account
                where l.tenant = ? and l.statement = ? order by l.n
                """)) {
      select.setInt(1, tenant);
      select.setString(2, statement);
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          lines.add(
              new Line(
                  new LineKey(row.getString(1), row.getString(2), row.getBoolean(3)),
                  BigDecimal.valueOf(row.getLong(4), row.getInt(5)),
                  BigDecimal.valueOf(row.getLong(6), row.getInt(7)),
                  row.getString(8)));
        }
      }
    }
    return lines;
  }
}
