package io.millrace.connectors.shard;

import io.millrace.connectors.shard.Store.Part;
import io.millrace.processors.shard.Effects.AccountChange;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;

/** Writes what accounts' balances and buckets were changed by other than use, with the reasons. */
final class AccountChangeRows {
  private final Connection c;
  private final int tenant;

  AccountChangeRows(Connection c, int tenant) {
    this.c = c;
    this.tenant = tenant;
  }

  void write(List<Part> parts) throws SQLException {
    try (PreparedStatement ps =
        c.prepareStatement(
            "insert into account_change (tenant, shard, seq, n, account, kind, bucket,"
                + " allowance, amount, reason, at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
      for (Part part : parts) {
        int n = 0;
        for (AccountChange change : part.effects().accountChanges) {
          ps.setInt(1, tenant);
          ps.setInt(2, part.shard());
          ps.setLong(3, part.seq());
          ps.setInt(4, n++);
          ps.setInt(5, change.account());
          ps.setString(6, change.kind());
          ps.setString(7, change.bucket());
          ps.setString(8, change.allowance());
          ps.setLong(9, change.amount());
          ps.setString(10, change.reason());
          ps.setObject(11, Instant.ofEpochMilli(part.time()).atOffset(ZoneOffset.UTC));
          ps.addBatch();
        }
      }
      ps.executeBatch();
    }
  }
}
