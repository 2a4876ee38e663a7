package io.millrace.connectors.shard;

import io.millrace.connectors.shard.Store.ShardRow;
import io.millrace.processors.journal.JournalCodec;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.shard.Shard;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;

/** A shard's committed state, brought back beside its owner and without disturbing it. */
public final class ShardCopy {
  private ShardCopy() {}

  /**
   * Reads a shard as of its row, from its checkpoints and the journal after them.
   *
   * @throws IllegalStateException where its journal does not lead to what its row says
   * @throws StoreUnavailable where the database can't be reached
   */
  public static Shard read(DataSource database, int tenant, Rules rules, int shard)
      throws SQLException {
    PostgresStore store = new PostgresStore(database, tenant, 0, CrashPoints.NONE);
    try (JournalCodec codec = new JournalCodec()) {
      return new Recovery(tenant, store, rules, RuleBook.of(rules), codec)
          .recover(List.of(row(database, tenant, shard)))
          .iterator()
          .next()
          .shard;
    }
  }

  /** A shard's row as it is committed; unlike the store's, it locks nothing. */
  private static ShardRow row(DataSource database, int tenant, int shard) throws SQLException {
    try (Connection c = database.getConnection();
        PreparedStatement select =
            c.prepareStatement(
                "select epoch, seq, rules, closing, chain from shard"
                    + " where tenant = ? and number = ?")) {
      select.setInt(1, tenant);
      select.setInt(2, shard);
      try (ResultSet row = select.executeQuery()) {
        if (!row.next()) {
          throw new IllegalStateException("tenant " + tenant + " has no shard " + shard);
        }
        return new ShardRow(
            shard, row.getInt(1), row.getLong(2), row.getInt(3), row.getInt(4), row.getBytes(5));
      }
    }
  }
}
