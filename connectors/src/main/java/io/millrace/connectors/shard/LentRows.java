package io.millrace.connectors.shard;

import io.millrace.connectors.shard.Store.Part;
import io.millrace.processors.shard.Effects.Lent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/** Writes how much of accounts' balances shards have lent, or have been lent, as of a commit. */
final class LentRows {
  private final Connection c;
  private final int tenant;

  LentRows(Connection c, int tenant) {
    this.c = c;
    this.tenant = tenant;
  }

  void write(List<Part> parts) throws SQLException {
    try (PreparedStatement ps =
        c.prepareStatement(
            "insert into lent (tenant, account, shard, amount) values (?, ?, ?, ?)"
                + " on conflict (tenant, account, shard) do update set amount = excluded.amount")) {
      for (Part part : parts) {
        for (Lent lent : part.effects().lent) {
          ps.setInt(1, tenant);
          ps.setInt(2, lent.account());
          ps.setInt(3, part.shard());
          ps.setLong(4, lent.amount());
          ps.addBatch();
        }
      }
      ps.executeBatch();
    }
  }
}
