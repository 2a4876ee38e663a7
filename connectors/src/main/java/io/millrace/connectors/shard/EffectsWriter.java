package io.millrace.connectors.shard;

import io.millrace.connectors.shard.Store.Part;
import io.millrace.processors.shard.Effects.ChargeRow;
import io.millrace.processors.shard.Effects.PostingRow;
import io.millrace.processors.shard.Effects.SubscriptionRow;
import io.millrace.processors.shard.Effects.SuspenseEnd;
import io.millrace.processors.shard.Effects.SuspenseRow;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;

/**
 * Writes the effects of a commit's shards as rows, in batches the driver folds into few statements.
 */
final class EffectsWriter {
  private final Connection c;
  private final int tenant;

  EffectsWriter(Connection c, int tenant) {
    this.c = c;
    this.tenant = tenant;
  }

  void write(List<Part> parts) throws SQLException {
    if (parts.stream().anyMatch(p -> !p.effects().subscriptions.isEmpty())) {
      subscriptions(parts);
    }
    if (parts.stream().anyMatch(p -> !p.effects().charges.isEmpty())) {
      charges(parts);
    }
    if (parts.stream().anyMatch(p -> !p.effects().postings.isEmpty())) {
      entries(parts);
    }
    if (parts.stream().anyMatch(p -> !p.effects().suspended.isEmpty())) {
      suspended(parts);
    }
    if (parts.stream().anyMatch(p -> !p.effects().ended.isEmpty())) {
      ended(parts);
    }
  }

  private void subscriptions(List<Part> parts) throws SQLException {
    try (PreparedStatement ps =
        c.prepareStatement(
            "insert into subscription (tenant, id, subject, account, offer, valid_from, valid_to,"
                + " shard, seq) values (?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
      for (Part part : parts) {
        for (SubscriptionRow row : part.effects().subscriptions) {
          ps.setInt(1, tenant);
          ps.setLong(2, row.id());
          ps.setString(3, row.subject());
          ps.setInt(4, row.account());
          ps.setString(5, row.offer());
          ps.setObject(6, at(row.from()));
          if (row.to() == Long.MAX_VALUE) {
            ps.setNull(7, Types.TIMESTAMP_WITH_TIMEZONE);
          } else {
            ps.setObject(7, at(row.to()));
          }
          ps.setInt(8, part.shard());
          ps.setLong(9, part.seq());
          ps.addBatch();
        }
      }
      ps.executeBatch();
    }
  }

  private void charges(List<Part> parts) throws SQLException {
    try (PreparedStatement ps =
        c.prepareStatement(
            "insert into charge (tenant, shard, seq, n, subscription, account, catalog, offer,"
                + " name, period, late, window_start, window_end, delta, events, quantity, amount,"
                + " first_at, last_at, evidence, digest) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
                + " ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
      for (Part part : parts) {
        for (ChargeRow row : part.effects().charges) {
          ps.setInt(1, tenant);
          ps.setInt(2, part.shard());
          ps.setLong(3, part.seq());
          ps.setInt(4, row.n());
          ps.setLong(5, row.subscription());
          ps.setInt(6, row.account());
          ps.setString(7, row.catalog());
          ps.setString(8, row.offer());
          ps.setString(9, row.name());
          ps.setInt(10, row.period());
          ps.setBoolean(11, row.late());
          ps.setObject(12, at(row.windowStart()));
          ps.setObject(13, at(row.windowEnd()));
          ps.setBoolean(14, row.delta());
          ps.setInt(15, row.events());
          ps.setLong(16, row.quantity());
          ps.setLong(17, row.amount());
          ps.setObject(18, at(row.firstAt()));
          ps.setObject(19, at(row.lastAt()));
          ps.setBytes(20, row.evidence());
          ps.setBytes(21, row.digest());
          ps.addBatch();
        }
      }
      ps.executeBatch();
    }
  }

  private void entries(List<Part> parts) throws SQLException {
    try (PreparedStatement entry =
            c.prepareStatement(
                "insert into entry (tenant, shard, seq, booked_at, what) values (?, ?, ?, ?,"
                    + " 'usage')");
        PreparedStatement posting =
            c.prepareStatement(
                "insert into posting (tenant, shard, seq, n, account, period, offer, name, late,"
                    + " amount) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
        PreparedStatement turnover =
            c.prepareStatement(
                "insert into turnover (tenant, period, account, shard, offer, name, late, amount)"
                    + " values (?, ?, ?, ?, ?, ?, ?, ?)"
                    + " on conflict (tenant, period, account, shard, offer, name, late)"
                    + " do update set amount = turnover.amount + excluded.amount")) {
      for (Part part : parts) {
        List<PostingRow> rows = part.effects().postings;
        if (rows.isEmpty()) {
          continue;
        }
        entry.setInt(1, tenant);
        entry.setInt(2, part.shard());
        entry.setLong(3, part.seq());
        entry.setObject(4, at(part.time()));
        entry.addBatch();
        for (int n = 0; n < rows.size(); n++) {
          PostingRow row = rows.get(n);
          posting.setInt(1, tenant);
          posting.setInt(2, part.shard());
          posting.setLong(3, part.seq());
          posting.setInt(4, n);
          posting.setInt(5, row.account());
          posting.setInt(6, row.period());
          posting.setString(7, row.offer());
          posting.setString(8, row.name());
          posting.setBoolean(9, row.late());
          posting.setLong(10, row.amount());
          posting.addBatch();
          turnover.setInt(1, tenant);
          turnover.setInt(2, row.period());
          turnover.setInt(3, row.account());
          turnover.setInt(4, part.shard());
          turnover.setString(5, row.offer());
          turnover.setString(6, row.name());
          turnover.setBoolean(7, row.late());
          turnover.setLong(8, row.amount());
          turnover.addBatch();
        }
      }
      entry.executeBatch();
      posting.executeBatch();
      turnover.executeBatch();
    }
  }

  private void suspended(List<Part> parts) throws SQLException {
    try (PreparedStatement ps =
        c.prepareStatement(
            "insert into suspense (tenant, hash, shard, seq, source, reason, raw, raw_size,"
                + " received_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (tenant, hash) do"
                + " nothing")) {
      for (Part part : parts) {
        for (SuspenseRow row : part.effects().suspended) {
          ps.setInt(1, tenant);
          ps.setBytes(2, row.hash());
          ps.setInt(3, part.shard());
          ps.setLong(4, part.seq());
          ps.setInt(5, row.source());
          ps.setString(6, row.reason().code());
          ps.setBytes(7, row.raw());
          ps.setInt(8, row.rawSize());
          ps.setObject(9, at(row.receivedAt()));
          ps.addBatch();
        }
      }
      ps.executeBatch();
    }
  }

  private void ended(List<Part> parts) throws SQLException {
    try (PreparedStatement ps =
        c.prepareStatement(
            "update suspense set state = ?, ended_at = ? where tenant = ? and hash = ? and state ="
                + " 'open'")) {
      for (Part part : parts) {
        for (SuspenseEnd end : part.effects().ended) {
          ps.setString(1, end.state());
          ps.setObject(2, at(part.time()));
          ps.setInt(3, tenant);
          ps.setBytes(4, end.hash());
          ps.addBatch();
        }
      }
      ps.executeBatch();
    }
  }

  private static OffsetDateTime at(long millis) {
    return Instant.ofEpochMilli(millis).atOffset(ZoneOffset.UTC);
  }
}
