package io.millrace.connectors.settlement;

import io.millrace.catalog.Agreement;
import io.millrace.catalog.Catalog;
import io.millrace.catalog.Offer;
import io.millrace.processors.ledger.Split;
import io.millrace.processors.settlement.LineKey;
import io.millrace.processors.settlement.TrueUp;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The part of a close that makes each agreement's shares those of the whole period. */
final class Sharing {

  private final Connection connection;
  private final int tenant;
  private final int period;
  private final Catalog catalog;
  private final ClosingEntries entries;

  Sharing(Connection connection, int tenant, int period, Catalog catalog, ClosingEntries entries) {
    this.connection = connection;
    this.tenant = tenant;
    this.period = period;
    this.catalog = catalog;
    this.entries = entries;
  }

  /**
   * Posts the differences of all agreements, if there are any.
   *
   * @return what parties were posted for units, by the agreement's name and in its order, ledger
   *     units
   */
  Map<String, long[]> trueUp() throws SQLException {
    Map<String, long[]> units = new HashMap<>();
    Map<String, Shared> agreements = new TreeMap<>();
    for (Offer offer : catalog.offers().values()) {
      offer
          .agreements()
          .forEach(
              (line, agreement) ->
                  agreements
                      .computeIfAbsent(
                          agreement.name(), n -> new Shared(agreement, line, new ArrayList<>()))
                      .offers
                      .add(offer.name()));
    }
    boolean begun = false;
    for (Shared shared : agreements.values()) {
      TrueUp trueUp = of(shared, units);
      if (trueUp.isNothing()) {
        continue;
      }
      if (!begun) {
        entries.begin("shares of period " + period);
        begun = true;
      }
      for (int i = 0; i < trueUp.owed().size(); i++) {
        long owed = trueUp.owed().get(i);
        if (owed != 0) {
          String party = shared.agreement.shares().get(i).party();
          entries.post(
              entries.account("partner", party, currency()), trueUp.line(), Math.negateExact(owed));
        }
      }
    }
    if (begun) {
      entries.end();
    }
    return units;
  }

  /**
   * What an agreement shares.
   *
   * @param line what its lines are called
   * @param offers whose it is
   */
  private record Shared(Agreement agreement, String line, List<String> offers) {}

  private TrueUp of(Shared what, Map<String, long[]> units) throws SQLException {
    Agreement agreement = what.agreement;
    Map<LineKey, Long> shared = new HashMap<>();
    Map<String, Long> paid = new HashMap<>();
    long sharings = 0;
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            select a.kind, a.name, t.offer, t.name, t.late, sum(t.amount)::bigint, count(*)
            from turnover t join account a on a.tenant = t.tenant and a.id = t.account
            where t.tenant = ? and t.period = ? and t.offer = any (?) and t.name = ?
              and a.kind in ('shared', 'partner') and a.currency = ?
            group by a.kind, a.name, t.offer, t.name, t.late
            """)) {
      Array names = connection.createArrayOf("text", what.offers.toArray());
      select.setInt(1, tenant);
      select.setInt(2, period);
      select.setArray(3, names);
      select.setString(4, what.line);
      select.setString(5, currency());
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          long amount = row.getLong(6);
          if (row.getString(1).equals("shared")) {
            LineKey line = new LineKey(row.getString(3), row.getString(4), row.getBoolean(5));
            shared.merge(line, amount, Math::addExact);
            sharings += row.getLong(7);
          } else {
            paid.merge(row.getString(2), Math.negateExact(amount), Math::addExact);
          }
        }
      }
    }
    long[] byParty = new long[agreement.shares().size()];
    for (int i = 0; i < byParty.length; i++) {
      byParty[i] = paid.getOrDefault(agreement.shares().get(i).party(), 0L);
    }
    Split split = Split.of(agreement, catalog.ledgerScale());
    if (agreement.isPerUnit()) {
      units.put(agreement.name(), split.units(byParty));
    }
    try {
      return TrueUp.of(
          split, new LineKey(what.offers.getFirst(), what.line, false), shared, byParty, sharings);
    } catch (IllegalStateException e) {
      throw new IllegalStateException(
          "agreement %s of tenant %d in period %d: %s; nothing was settled, look into its postings"
              .formatted(agreement.name(), tenant, period, e.getMessage()),
          e);
    }
  }

  private String currency() {
    return catalog.currency().getCurrencyCode();
  }
}
