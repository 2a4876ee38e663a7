package io.millrace.connectors.explain;

import io.millrace.connectors.shard.NodeShards;
import io.millrace.processors.explain.ChainProof;
import io.millrace.processors.explain.ChainProof.Point;
import io.millrace.processors.explain.Verdict;
import io.millrace.processors.journal.JournalCodec;
import io.millrace.processors.shard.ShardKey;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/**
 * Leads a {@link ChainProof} through the journal: for each journal row that is asked for, from the
 * nearest known point of the shard's chain before it to the nearest one after it. Known are the
 * beginning, what its owners noted ({@code chain_point}), and what the shard's row says.
 */
final class ChainWalk {
  /** Journal rows that take a fraction of a second. */
  static final int MOST_ROWS = 5_000;

  private static final int FETCH = 256;

  private final Connection connection;
  private final ShardKey shard;
  private final int most;
  private final ChainProof proof;

  /**
   * In this connection's snapshot.
   *
   * @param most journal rows that it reads unless all are wanted
   */
  ChainWalk(Connection connection, ShardKey shard, JournalCodec codec, int most) {
    this.connection = connection;
    this.shard = shard;
    this.most = most;
    this.proof = new ChainProof(shard, codec);
  }

  /**
   * Follows the chain through journal rows.
   *
   * @param numbers of them, ascending
   * @param whole whether through all of them, however many lie in between
   */
  Verdict through(List<Long> numbers, boolean whole) throws SQLException {
    int next = 0;
    while (next < numbers.size()) {
      Point from = before(numbers.get(next));
      Point to = after(numbers.get(next));
      if (!whole && size(from, to) > most - proof.rows()) {
        break;
      }
      proof.begin(from);
      follow(from, to);
      proof.end(to);
      for (; next < numbers.size() && numbers.get(next) <= to.number(); next++) {
        proof.mustBeLinked(numbers.get(next));
      }
    }
    return proof.verdict(numbers.size(), numbers.size() - next);
  }

  private void follow(Point from, Point to) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "select number, rules, rating, evidence_hash, digest from journal"
                + " where tenant = ? and number > ? and number <= ? order by number")) {
      select.setFetchSize(FETCH);
      select.setInt(1, shard.tenant());
      select.setLong(2, from.number());
      select.setLong(3, to.number());
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          proof.row(
              row.getLong(1), row.getInt(2), row.getBytes(3), row.getBytes(4), row.getBytes(5));
        }
      }
    }
  }

  private long size(Point from, Point to) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "select count(*) from (select 1 from journal where tenant = ? and number > ?"
                + " and number <= ? limit ?) counted")) {
      select.setInt(1, shard.tenant());
      select.setLong(2, from.number());
      select.setLong(3, to.number());
      select.setInt(4, most + 1);
      try (ResultSet row = select.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  private Point before(long number) throws SQLException {
    Point found =
        point(
            "select seq, number, chain from chain_point where tenant = ? and shard = ?"
                + " and number < ? order by number desc limit 1",
            number);
    return found.seq() > 0
        ? found
        : new Point(0, 0, NodeShards.genesis(shard.tenant(), shard.number()));
  }

  private Point after(long number) throws SQLException {
    Point found =
        point(
            "select seq, number, chain from chain_point where tenant = ? and shard = ?"
                + " and number >= ? order by number limit 1",
            number);
    if (found.seq() > 0) {
      return found;
    }
    Point last =
        point("select seq, 0, chain from shard where tenant = ? and number = ? and 0 <= ?", number);
    return new Point(last.seq(), Long.MAX_VALUE, last.chain());
  }

  private Point point(String sql, long number) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      select.setInt(1, shard.tenant());
      select.setInt(2, shard.number());
      select.setLong(3, number);
      try (ResultSet row = select.executeQuery()) {
        return row.next()
            ? new Point(row.getLong(1), row.getLong(2), row.getBytes(3))
            : new Point(0, 0, new byte[0]);
      }
    }
  }
}
