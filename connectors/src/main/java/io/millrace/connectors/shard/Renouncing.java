package io.millrace.connectors.shard;

import io.millrace.connectors.shard.Store.Fence;
import java.sql.Array;
import java.sql.Connection;
import java.sql.ResultSet;
import java.util.List;

/**
 * Ends the epochs of a commit that was not made. Done again by who got no answer it does nothing
 * more and says the same: an epoch one higher, of the same node, is what it was raised to.
 */
final class Renouncing {
  private final Queries queries;
  private final int tenant;

  Renouncing(Queries queries, int tenant) {
    this.queries = queries;
    this.tenant = tenant;
  }

  /** As {@link Store#renounce}. */
  boolean renounce(String node, List<Fence> fences) {
    return queries.ask(
        "end the epochs of a commit that was not made",
        PostgresStore.LOCKED
            + ", held as materialized (select s.number, f.epoch from shard s"
            + " join locked using (number)"
            + " join unnest(?::smallint[], ?::int[], ?::bigint[]) as f (number, epoch, seq)"
            + " using (number) where s.tenant = ? and s.seq = f.seq - 1 and (s.epoch = f.epoch"
            + " or s.epoch = f.epoch + 1 and s.node = ?))"
            + " update shard s set epoch = h.epoch + 1 from held h where s.tenant = ?"
            + " and s.number = h.number and (select count(*) from held) = ? returning 1",
        ps -> {
          Connection c = ps.getConnection();
          Array numbers =
              c.createArrayOf("smallint", PostgresStore.column(fences, f -> (short) f.shard()));
          ps.setInt(1, tenant);
          ps.setArray(2, numbers);
          ps.setArray(3, numbers);
          ps.setArray(4, c.createArrayOf("int4", PostgresStore.column(fences, Fence::epoch)));
          ps.setArray(5, c.createArrayOf("int8", PostgresStore.column(fences, Fence::seq)));
          ps.setInt(6, tenant);
          ps.setString(7, node);
          ps.setInt(8, tenant);
          ps.setInt(9, fences.size());
        },
        ResultSet::next);
  }
}
