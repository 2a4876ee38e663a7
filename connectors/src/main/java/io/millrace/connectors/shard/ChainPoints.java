package io.millrace.connectors.shard;

import io.millrace.connectors.shard.Store.ChainPoint;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/**
 * Points of the shards' chains, kept for ever, so that a part of a long journal can be verified by
 * itself. Each was led there from the shard's beginning, commit by commit, by the owners that wrote
 * them.
 */
final class ChainPoints {
  /** A shard has at most one in so many commit numbers. */
  static final long EVERY = 1_024;

  private ChainPoints() {}

  /**
   * Notes those that come long enough after their shard's last one, where their epochs hold: who
   * takes a shard after this was seen draws higher numbers.
   */
  static void note(Connection c, int tenant, List<ChainPoint> points) throws SQLException {
    try (PreparedStatement insert =
        c.prepareStatement(
            """
            insert into chain_point (tenant, shard, seq, number, chain)
            select s.tenant, u.shard, u.seq, u.number, u.chain
            from unnest(?::smallint[], ?::int[], ?::bigint[], ?::bigint[], ?::bytea[])
              as u (shard, epoch, seq, number, chain)
            join shard s on s.tenant = ? and s.number = u.shard and s.epoch = u.epoch
            where not exists (select 1 from chain_point p
              where p.tenant = s.tenant and p.shard = u.shard and p.number > u.number - ?)
            on conflict do nothing
            """)) {
      insert.setArray(
          1, c.createArrayOf("int2", points.stream().map(p -> (short) p.shard()).toArray()));
      insert.setArray(2, c.createArrayOf("int4", points.stream().map(ChainPoint::epoch).toArray()));
      insert.setArray(3, c.createArrayOf("int8", points.stream().map(ChainPoint::seq).toArray()));
      insert.setArray(
          4, c.createArrayOf("int8", points.stream().map(ChainPoint::number).toArray()));
      insert.setArray(
          5,
          c.createArrayOf("bytea", points.stream().map(ChainPoint::chain).toArray(byte[][]::new)));
      insert.setInt(6, tenant);
      insert.setLong(7, EVERY);
      insert.executeUpdate();
    }
  }
}
