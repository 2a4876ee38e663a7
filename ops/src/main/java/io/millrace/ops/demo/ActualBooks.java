package io.millrace.ops.demo;

import io.millrace.connectors.settlement.StatementReport;
import io.millrace.connectors.shard.ShardHost;
import io.millrace.ops.demo.manifest.Books;
import io.millrace.ops.demo.manifest.Figures;
import io.millrace.ops.demo.manifest.Manifest;
import io.millrace.ops.node.Node;
import io.millrace.processors.shard.SourceCounts;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import javax.sql.DataSource;

/** What the gateway's shards and database say a run came to: the other side of the proof. */
public final class ActualBooks {
  private final DataSource database;
  private final int tenant;
  private final Supplier<SourceCounts> counts;
  private final int lamps;
  private final int periods;

  /** Of a node in this process, which owns all shards. */
  ActualBooks(Node node, int lamps, int periods) {
    this(node.database().pool(), node.tenant().id(), () -> counts(node.host()), lamps, periods);
  }

  /**
   * Of any installation.
   *
   * @param counts what became of all events, over all sources and shards
   */
  public ActualBooks(
      DataSource database, int tenant, Supplier<SourceCounts> counts, int lamps, int periods) {
    this.database = database;
    this.tenant = tenant;
    this.counts = counts;
    this.lamps = lamps;
    this.periods = periods;
  }

  private static SourceCounts counts(ShardHost host) {
    return host.ask(
            shards ->
                shards.stream()
                    .flatMap(s -> s.counts().stream())
                    .reduce(new SourceCounts(0, 0, 0, 0, 0, 0), SourceCounts::plus))
        .join();
  }

  /** What became of all events, over all sources and shards. */
  SourceCounts counts() {
    return counts.get();
  }

  /**
   * All figures.
   *
   * @param manifest judges the lamps one by one
   * @param erp what the ERP holds, by {@link Figures#erpKey}
   */
  public Figures read(Manifest manifest, SortedMap<String, BigDecimal> erp) throws SQLException {
    SourceCounts counts = counts();
    return new Figures(
        counts.received(),
        counts.charged(),
        counts.duplicate(),
        suspended(),
        sum("coalesce(sum(quantity), 0)", "energy"),
        sum("count(*)", "lease"),
        manifest.rightLamps(charges()),
        books(),
        erp);
  }

  private SortedMap<String, Long> suspended() throws SQLException {
    try (Connection c = database.getConnection();
        PreparedStatement ps =
            c.prepareStatement(
                "select reason, count(*) from suspense where tenant = ? and state = 'open'"
                    + " group by reason")) {
      ps.setInt(1, tenant);
      try (ResultSet rs = ps.executeQuery()) {
        SortedMap<String, Long> reasons = new TreeMap<>();
        while (rs.next()) {
          reasons.put(rs.getString(1), rs.getLong(2));
        }
        return reasons;
      }
    }
  }

  private long sum(String what, String charge) throws SQLException {
    try (Connection c = database.getConnection();
        PreparedStatement ps =
            c.prepareStatement(
                "select " + what + " from charge where tenant = ? and name = ? and period < ?")) {
      ps.setInt(1, tenant);
      ps.setString(2, charge);
      ps.setInt(3, periods);
      try (ResultSet rs = ps.executeQuery()) {
        rs.next();
        return rs.getLong(1);
      }
    }
  }

  private List<Manifest.LampCharges> charges() throws SQLException {
    List<Manifest.LampCharges> all = new ArrayList<>();
    for (int period = 0; period < periods; period++) {
      all.add(charges(period));
    }
    return all;
  }

  private Manifest.LampCharges charges(int period) throws SQLException {
    long[] quantities = new long[lamps + 1];
    long[] energy = new long[lamps + 1];
    long[] lease = new long[lamps + 1];
    try (Connection c = database.getConnection();
        PreparedStatement ps =
            c.prepareStatement(
                "select s.subject, c.name, sum(c.quantity), sum(c.amount) from charge c"
                    + " join subscription s on s.tenant = c.tenant and s.id = c.subscription"
                    + " where c.tenant = ? and c.period = ? group by s.subject, c.name")) {
      ps.setInt(1, tenant);
      ps.setInt(2, period);
      try (ResultSet rs = ps.executeQuery()) {
        while (rs.next()) {
          int lamp = Integer.parseInt(rs.getString(1).substring("lamp-".length()));
          if (rs.getString(2).equals("lease")) {
            lease[lamp] = rs.getLong(4);
          } else {
            quantities[lamp] = rs.getLong(3);
            energy[lamp] = rs.getLong(4);
          }
        }
      }
    }
    return new Manifest.LampCharges(l -> quantities[l], l -> energy[l], l -> lease[l]);
  }

  private List<Books> books() throws SQLException {
    StatementReport report = new StatementReport(database);
    List<Books> all = new ArrayList<>();
    for (int period = 0; period < periods; period++) {
      Books.Statement invoice = new Books.Statement("", List.of(), BigDecimal.ZERO);
      List<Books.Statement> partners = new ArrayList<>();
      for (StatementReport.Row row : report.of(tenant, period, "")) {
        Books.Statement statement = statement(report, row);
        if (row.kind().equals("invoice")) {
          invoice = statement;
        } else {
          partners.add(statement);
        }
      }
      partners.sort((a, b) -> a.account().compareTo(b.account()));
      all.add(new Books(period, invoice, partners));
    }
    return all;
  }

  private Books.Statement statement(StatementReport report, StatementReport.Row row)
      throws SQLException {
    List<Books.Line> lines =
        report.lines(tenant, row.id()).stream()
            .map(l -> new Books.Line(l.key().offer(), l.key().name(), l.exact(), l.amount()))
            .toList();
    return new Books.Statement(row.account(), lines, row.total());
  }

  /** What was sent to the ERP and how that stands. */
  List<Outcome.Delivery> deliveries() throws SQLException {
    try (Connection c = database.getConnection();
        PreparedStatement ps =
            c.prepareStatement(
                "select key, state, coalesce(reference, '') from outbox where tenant = ? order by"
                    + " id")) {
      ps.setInt(1, tenant);
      try (ResultSet rs = ps.executeQuery()) {
        List<Outcome.Delivery> all = new ArrayList<>();
        while (rs.next()) {
          all.add(new Outcome.Delivery(rs.getString(1), rs.getString(2), rs.getString(3)));
        }
        return all;
      }
    }
  }

  /** The id of a charge to explain; empty where there is none. */
  String charge() throws SQLException {
    try (Connection c = database.getConnection();
        PreparedStatement ps =
            c.prepareStatement(
                "select tenant || '-' || shard || '-' || seq || '-' || n from charge where tenant ="
                    + " ? and name = 'energy' order by amount desc, shard, seq, n limit 1")) {
      ps.setInt(1, tenant);
      try (ResultSet rs = ps.executeQuery()) {
        return rs.next() ? rs.getString(1) : "";
      }
    }
  }
}
