package io.millrace.connectors.explain;

import io.millrace.connectors.explain.Stays.Place;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.rating.Sponsor;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.Comparator;

/** The lines that say whether one that no event moves is right. */
final class OtherLines {
  private final Rules rules;
  private final StoredCharge charge;

  OtherLines(Rules rules, StoredCharge charge) {
    this.rules = rules;
    this.charge = charge;
  }

  /**
   * What they come to, ledger units: of a line of a period's end those before it, of what another
   * account pays all that was given back and charged for the same window; nothing where a part of
   * that may be under way.
   */
  long sum(Connection snapshot) throws SQLException {
    return Sponsor.isLine(charge.offer()) ? sponsored(snapshot) : askedBefore(snapshot);
  }

  private long sponsored(Connection snapshot) throws SQLException {
    try (PreparedStatement select =
        snapshot.prepareStatement(
            "select coalesce(sum(amount), 0)::bigint from charge where tenant = ?"
                + " and subscription = ? and offer = ? and name = ? and window_start = ?"
                + " and not exists (select 1 from message m where m.tenant = charge.tenant"
                + " and m.amount <> 0)")) {
      select.setInt(1, charge.id().tenant());
      select.setLong(2, charge.subscription());
      select.setString(3, charge.offer());
      select.setString(4, charge.name());
      select.setTimestamp(5, Timestamp.from(charge.windowStart()));
      try (ResultSet row = select.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  /** What a charge that no event moves had been asked in the period before. */
  private long askedBefore(Connection snapshot) throws SQLException {
    int period = rules.periods().indexOf(charge.windowStart().toEpochMilli());
    Comparator<Place> order = Stays.of(snapshot, charge).order();
    Place own = new Place(charge.id().shard(), charge.id().seq(), charge.id().n());
    try (PreparedStatement select =
        snapshot.prepareStatement(
            "select shard, seq, n, amount from charge where tenant = ?"
                + " and subscription = ? and offer = ? and name = ? and catalog = ?"
                + " and window_start >= ? and window_start < ?")) {
      select.setInt(1, charge.id().tenant());
      select.setLong(2, charge.subscription());
      select.setString(3, charge.offer());
      select.setString(4, charge.name());
      select.setString(5, charge.catalog());
      select.setTimestamp(6, new Timestamp(rules.periods().startOf(period)));
      select.setTimestamp(7, new Timestamp(rules.periods().endOf(period)));
      long sum = 0;
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          Place other = new Place(row.getInt(1), row.getLong(2), row.getInt(3));
          if (order.compare(other, own) < 0) {
            sum = Math.addExact(sum, row.getLong(4));
          }
        }
      } catch (ArithmeticException e) {
        throw new SQLException("the lines of charge " + charge.id() + " add up to no number", e);
      }
      return sum;
    }
  }
}
