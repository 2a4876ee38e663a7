package io.millrace.connectors.check;

import io.millrace.connectors.check.Books.Check;
import io.millrace.connectors.check.Books.Finding;
import io.millrace.processors.journal.JournalCodec;
import io.millrace.processors.journal.Section;
import io.millrace.processors.shard.AccountRequest;
import io.millrace.processors.shard.Command;
import io.millrace.processors.shard.ShardMessage;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Looks for changes of accounts that no command of the journal asked for: money at another account
 * than the one that was named leaves books that balance. Reads the whole journal, some of its
 * commits at a time; what was asked for and refused is none of its business.
 */
final class AskedChanges {
  /** Commits of a shard whose changes are read at once. */
  private static final int AT_ONCE = 1_000;

  private static final int FETCH = 256;

  private final Connection connection;
  private final int tenant;
  private final Map<Place, List<Change>> asked = new LinkedHashMap<>();
  private long found;
  private long violations;
  private String example = "";

  private record Place(int shard, long seq) {}

  private record Change(int account, String kind, String bucket, String allowance, long amount) {

    /** A change of money. */
    Change(int account, String kind, String bucket, long amount) {
      this(account, kind, bucket, "", amount);
    }
  }

  AskedChanges(Connection connection, int tenant) {
    this.connection = connection;
    this.tenant = tenant;
  }

  Finding check() throws SQLException {
    try (JournalCodec codec = new JournalCodec();
        PreparedStatement select =
            connection.prepareStatement(
                "select number, rules, rating from journal where tenant = ? order by number")) {
      select.setInt(1, tenant);
      select.setFetchSize(FETCH);
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          codec
              .decode(tenant, row.getLong(1), row.getInt(2), row.getBytes(3), null)
              .sections()
              .forEach(this::add);
          if (asked.size() >= AT_ONCE) {
            compare();
          }
        }
      }
    }
    compare();
    long all = changes();
    if (all > found) {
      violate(all - found, (all - found) + " changes are in commits that asked for none");
    }
    return new Finding(Check.CHANGES_ARE_ASKED_FOR, violations, example);
  }

  private void add(Section section) {
    List<Change> changes = new ArrayList<>();
    for (Command command : section.commands()) {
      switch (command) {
        case Command.Account a -> add(section.shard(), a.request(), changes);
        case Command.Received(_, _, _, ShardMessage.Money m) ->
            changes.add(new Change(m.account(), "transfer", "", m.amount()));
        default -> {} // Nothing else moves money but by use.
      }
    }
    if (!changes.isEmpty()) {
      asked.put(new Place(section.shard(), section.seq()), changes);
    }
  }

  private static void add(int shard, AccountRequest request, List<Change> to) {
    if (request instanceof AccountRequest.Pay r) {
      String kind = r.adjustment() ? "adjustment" : "top-up";
      AccountRequest.Into into = r.into();
      to.add(new Change(r.account(), kind, into == null ? "" : into.bucket(), r.amount()));
    } else if (request instanceof AccountRequest.Units r) {
      String kind = r.adjustment() ? "adjustment" : "top-up";
      to.add(new Change(r.account(), kind, r.bucket(), r.allowance(), r.quantity()));
    } else if (request instanceof AccountRequest.Transfer r) {
      to.add(new Change(r.account(), "transfer", "", -r.amount()));
      if (r.shard() == shard) { // Else a message brings it.
        to.add(new Change(r.to(), "transfer", "", r.amount()));
      }
    }
  }

  /** Takes off what was done of what was asked for. */
  private void compare() throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "select shard, seq, account, kind, bucket, allowance, amount from account_change"
                + " join unnest(?::int2[], ?::int8[]) as of (shard, seq) using (shard, seq)"
                + " where tenant = ? and kind <> 'expired' order by shard, seq, n")) {
      select.setArray(
          1, connection.createArrayOf("int2", asked.keySet().stream().map(Place::shard).toArray()));
      select.setArray(
          2, connection.createArrayOf("int8", asked.keySet().stream().map(Place::seq).toArray()));
      select.setInt(3, tenant);
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          found++;
          Place place = new Place(row.getInt(1), row.getLong(2));
          Change change =
              new Change(
                  row.getInt(3),
                  row.getString(4),
                  row.getString(5),
                  row.getString(6),
                  row.getLong(7));
          if (!asked.getOrDefault(place, new ArrayList<>()).remove(change)) {
            violate(1, "commit " + place.shard + "/" + place.seq + " was not asked for " + change);
          }
        }
      }
    }
    asked.clear();
  }

  private long changes() throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "select count(*) from account_change where tenant = ? and kind <> 'expired'")) {
      select.setInt(1, tenant);
      try (ResultSet row = select.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  private void violate(long rows, String what) {
    violations += rows;
    example = example.isEmpty() ? what : example;
  }
}
