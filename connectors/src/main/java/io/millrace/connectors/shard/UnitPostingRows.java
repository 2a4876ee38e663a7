package io.millrace.connectors.shard;

import io.millrace.connectors.shard.Store.Part;
import io.millrace.connectors.store.CopyRows;
import io.millrace.processors.shard.Effects.UnitPosting;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** Writes what changed the units that accounts have bought, by account and allowance. */
final class UnitPostingRows {
  private UnitPostingRows() {}

  static void write(Connection c, int tenant, List<Part> parts) throws SQLException {
    CopyRows rows =
        new CopyRows("unit_posting", "tenant, shard, seq, n, account, allowance, name, quantity");
    for (Part part : parts) {
      int n = 0;
      for (UnitPosting p : part.effects().unitPostings) {
        rows.int4(tenant).int2(part.shard()).int8(part.seq()).int4(n++);
        rows.int4(p.account()).text(p.allowance()).text(p.name()).int8(p.quantity()).end();
      }
    }
    rows.flush(c);
  }
}
