package io.millrace.connectors.settlement;

import io.millrace.catalog.Catalog;
import io.millrace.connectors.store.CopyRows;
import io.millrace.processors.settlement.InvoicedShares;
import io.millrace.processors.settlement.LineKey;
import io.millrace.processors.settlement.MinorUnit;
import io.millrace.processors.settlement.Statement;
import io.millrace.processors.settlement.TaxCodes;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Currency;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The writing of one settlement, inside the transaction that marks its period closed: first the
 * parties' true-ups, then one pass over the customers in order, with a bounded number of rows in
 * memory, whatever their number, then the partners.
 */
final class SettlementRun {

  /** Rows fetched at a time, and statements written at a time. */
  private static final int CHUNK = 5_000;

  private final Connection connection;
  private final int tenant;
  private final int period;
  private final Catalog catalog;
  private final String endpoint;
  private final ClosingEntries entries;
  private final TaxCodes taxes;
  private final CopyRows statements =
      new CopyRows("statement", "tenant, id, period, kind, account, currency, digits, total");
  private final CopyRows lines =
      new CopyRows("statement_line", "tenant, statement, n, offer, name, late, exact, amount, tax");
  private final CopyRows outbox =
      new CopyRows("outbox", "tenant, endpoint, key, kind, payload, state");
  private int waiting;

  SettlementRun(Connection connection, int tenant, int period, Catalog catalog, String endpoint) {
    this.connection = connection;
    this.tenant = tenant;
    this.period = period;
    this.catalog = catalog;
    this.endpoint = endpoint;
    this.entries = new ClosingEntries(connection, tenant, period);
    this.taxes = new TaxCodes(catalog);
  }

  void run() throws SQLException {
    makeStatements(new Sharing(connection, tenant, period, catalog, entries).trueUp());
    try (PreparedStatement close =
        connection.prepareStatement(
            "update period set state = 'closed', closed_at = now()"
                + " where tenant = ? and number = ?")) {
      close.setInt(1, tenant);
      close.setInt(2, period);
      close.executeUpdate();
    }
  }

  /** Invoices first: what the partners get is a share of them. */
  private void makeStatements(Map<String, long[]> units) throws SQLException {
    String tenantName = tenantName();
    InvoicedShares invoiced = new InvoicedShares();
    entries.begin("rounding of period " + period);
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            select t.account, a.name, a.currency, a.scale, t.offer, t.name, t.late,
              sum(t.amount)::bigint
            from turnover t join account a on a.tenant = t.tenant and a.id = t.account
            where t.tenant = ? and t.period = ? and a.kind = 'customer'
            group by t.account, a.name, a.currency, a.scale, t.offer, t.name, t.late
            order by t.account
            """)) {
      select.setInt(1, tenant);
      select.setInt(2, period);
      select.setFetchSize(CHUNK);
      try (ResultSet rows = select.executeQuery()) {
        Party customer = null;
        while (rows.next()) {
          if (customer == null || customer.account != rows.getInt(1)) {
            invoice(customer, tenantName, invoiced);
            customer = Party.of(rows);
          }
          customer.add(rows);
        }
        invoice(customer, tenantName, invoiced);
      }
    }
    makePartners(tenantName, invoiced.share(catalog, units));
    flush();
    entries.end();
  }

  private void invoice(@Nullable Party customer, String tenantName, InvoicedShares invoiced)
      throws SQLException {
    if (customer != null) {
      Statement made = Statement.invoice(period, customer.account, customer.unit, customer.posted);
      invoiced.add(made);
      write(made, customer, tenantName);
    }
  }

  private void makePartners(String tenantName, Map<String, Map<LineKey, Long>> shares)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            select a.id, a.name, a.currency, a.scale, t.offer, t.name, t.late,
              coalesce(sum(t.amount), 0)::bigint
            from account a left join turnover t
              on t.tenant = a.tenant and t.account = a.id and t.period = ?
            where a.tenant = ? and a.kind = 'partner'
              and a.currency = ? and (t.account is not null or a.name = any (?))
            group by a.id, a.name, a.currency, a.scale, t.offer, t.name, t.late
            order by a.id
            """)) {
      select.setInt(1, period);
      select.setInt(2, tenant);
      select.setString(3, catalog.currency().getCurrencyCode());
      select.setArray(4, connection.createArrayOf("text", shares.keySet().toArray()));
      try (ResultSet rows = select.executeQuery()) {
        Party partner = null;
        while (rows.next()) {
          if (partner == null || partner.account != rows.getInt(1)) {
            makePartner(partner, tenantName, shares);
            partner = Party.of(rows);
          }
          partner.add(rows);
        }
        makePartner(partner, tenantName, shares);
      }
    }
  }

  private void makePartner(
      @Nullable Party partner, String tenantName, Map<String, Map<LineKey, Long>> shares)
      throws SQLException {
    if (partner != null) {
      Map<LineKey, Long> own = shares.getOrDefault(partner.name, Map.of());
      write(
          Statement.partner(period, partner.account, partner.unit, partner.posted, own),
          partner,
          tenantName);
    }
  }

  private void write(Statement made, Party party, String tenantName) throws SQLException {
    statements
        .int4(tenant)
        .text(made.id())
        .int4(period)
        .text(made.kind().code())
        .int4(made.account())
        .text(party.currency)
        .int2(party.unit.digits())
        .int8(made.total())
        .end();
    int n = 0;
    for (Statement.Line line : made.lines()) {
      lines.int4(tenant).text(made.id()).int4(n++);
      lines.text(line.key().offer()).text(line.key().name()).bool(line.key().late());
      lines.int8(line.exact()).int8(line.amount()).text(taxes.of(made.kind(), line.key())).end();
    }
    outbox
        .int4(tenant)
        .text(endpoint)
        .text(JournalEntryJson.key(tenant, made))
        .text(made.kind().code())
        .text(
            JournalEntryJson.write(
                tenant, tenantName, made, party.name, party.currency, party.unit, taxes))
        .text("queued")
        .end();
    entries.postRounding(made.account(), party.currency, made.residue());
    if (++waiting == CHUNK) {
      flush();
    }
  }

  private void flush() throws SQLException {
    statements.flush(connection);
    lines.flush(connection);
    outbox.flush(connection);
    entries.flush();
    waiting = 0;
  }

  private String tenantName() throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("select name from tenant where id = ?")) {
      select.setInt(1, tenant);
      try (ResultSet row = select.executeQuery()) {
        row.next();
        return row.getString(1);
      }
    }
  }

  /** The account that a statement is being gathered for. */
  private record Party(
      int account, String name, String currency, MinorUnit unit, Map<LineKey, Long> posted) {

    static Party of(ResultSet row) throws SQLException {
      String currency = row.getString(3);
      int digits = Currency.getInstance(currency).getDefaultFractionDigits();
      return new Party(
          row.getInt(1),
          row.getString(2),
          currency,
          MinorUnit.of(digits, row.getInt(4)),
          new HashMap<>());
    }

    /** Takes in a line of it; an account without turnover has one row without a line. */
    void add(ResultSet row) throws SQLException {
      String offer = row.getString(5);
      if (offer != null) {
        posted.put(new LineKey(offer, row.getString(6), row.getBoolean(7)), row.getLong(8));
      }
    }
  }
}
