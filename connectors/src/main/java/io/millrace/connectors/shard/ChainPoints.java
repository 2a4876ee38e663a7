package io.millrace.connectors.shard;

import io.millrace.connectors.shard.Store.Checkpoint;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/**
 * Points of the shards' chains that outlive their checkpoints, so that a part of a long journal can
 * be verified by itself. A checkpoint's chain was led there from the shard's beginning, commit by
 * commit, by the owners that wrote them.
 */
final class ChainPoints {
  /** A shard has at most one in so many commit numbers. */
  private static final long EVERY = 1_024;

  private ChainPoints() {}

  /** Notes those checkpoints that come long enough after their shard's last point. */
  static void note(Connection c, int tenant, List<Checkpoint> checkpoints) throws SQLException {
    try (PreparedStatement insert =
        c.prepareStatement(
            """
            insert into chain_point (tenant, shard, seq, number, chain)
            select ?, u.shard, u.seq, u.number, u.chain
            from unnest(?::smallint[], ?::bigint[], ?::bigint[], ?::bytea[])
              as u (shard, seq, number, chain)
            where not exists (select 1 from chain_point p
              where p.tenant = ? and p.shard = u.shard and p.number > u.number - ?)
            on conflict do nothing
            """)) {
      insert.setInt(1, tenant);
      insert.setArray(
          2, c.createArrayOf("int2", checkpoints.stream().map(p -> (short) p.shard()).toArray()));
      insert.setArray(
          3, c.createArrayOf("int8", checkpoints.stream().map(Checkpoint::seq).toArray()));
      insert.setArray(
          4, c.createArrayOf("int8", checkpoints.stream().map(Checkpoint::number).toArray()));
      insert.setArray(
          5,
          c.createArrayOf(
              "bytea", checkpoints.stream().map(Checkpoint::chain).toArray(byte[][]::new)));
      insert.setInt(6, tenant);
      insert.setLong(7, EVERY);
      insert.executeUpdate();
    }
  }
}
