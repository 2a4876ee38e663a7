package io.millrace.connectors.explain;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/**
 * The shards that a charge's device has been in, one after the other. Its subscriptions tell: each
 * was taken in by the commit with which the device came to its shard.
 */
final class Stays {
  private static final String DEVICE =
      """
      with recursive device as (
        select id, takes_over, valid_from, shard, seq from subscription
        where tenant = ? and id = ?
        union
        select s.id, s.takes_over, s.valid_from, s.shard, s.seq
        from device d
        join subscription s on s.tenant = ? and (s.id = d.takes_over or s.takes_over = d.id))
      select shard, seq from device order by valid_from
      """;

  /** From a shard's commit on, until the next one begins. */
  private record Stay(int shard, long seq) {}

  private final List<Stay> stays;

  private Stays(List<Stay> stays) {
    this.stays = stays;
  }

  /** As the directory has them by now. */
  static Stays of(Connection connection, StoredCharge charge) throws SQLException {
    List<Stay> stays = new ArrayList<>();
    try (PreparedStatement select = connection.prepareStatement(DEVICE)) {
      select.setInt(1, charge.id().tenant());
      select.setLong(2, charge.subscription());
      select.setInt(3, charge.id().tenant());
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          stays.add(new Stay(row.getInt(1), row.getLong(2)));
        }
      }
    }
    return new Stays(stays);
  }

  /** The shards, with this one, ascending. */
  Collection<Integer> shardsAnd(int one) {
    TreeSet<Integer> shards = new TreeSet<>();
    shards.add(one);
    stays.forEach(stay -> shards.add(stay.shard));
    return shards;
  }

  /**
   * A place in one shard's order.
   *
   * @param seq the shard's commit
   * @param n which of that commit's charges
   */
  record Place(int shard, long seq, int n) {}

  /**
   * The order in which what time charges the device for was sealed: it is in one shard at a time.
   */
  Comparator<Place> order() {
    return Comparator.comparingInt((Place p) -> stay(p.shard, p.seq))
        .thenComparingLong(Place::seq)
        .thenComparingInt(Place::n);
  }

  private int stay(int shard, long seq) {
    int last = -1;
    for (int i = 0; i < stays.size(); i++) {
      if (stays.get(i).shard == shard && stays.get(i).seq <= seq) {
        last = i;
      }
    }
    return last;
  }
}
