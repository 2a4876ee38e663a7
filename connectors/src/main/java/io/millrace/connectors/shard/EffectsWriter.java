package io.millrace.connectors.shard;

import io.millrace.connectors.shard.Store.Part;
import io.millrace.connectors.store.CopyRows;
import io.millrace.processors.journal.MessageCodec;
import io.millrace.processors.shard.Command;
import io.millrace.processors.shard.Effects;
import io.millrace.processors.shard.Effects.ChargeRow;
import io.millrace.processors.shard.Effects.MessageId;
import io.millrace.processors.shard.Effects.MessageRow;
import io.millrace.processors.shard.Effects.PostingRow;
import io.millrace.processors.shard.Effects.SubscriptionRow;
import io.millrace.processors.shard.Effects.SuspenseEnd;
import io.millrace.processors.shard.Effects.SuspenseRow;
import io.millrace.processors.shard.ShardMessage;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes the effects of a commit's shards as rows: what comes by the thousand with COPY, the rest
 * in batches that the driver folds into few statements.
 */
final class EffectsWriter {
  /** Bytes that wait for a COPY. */
  private static final int MOST_COPIED = 1 << 20;

  private final Connection c;
  private final int tenant;

  EffectsWriter(Connection c, int tenant) {
    this.c = c;
    this.tenant = tenant;
  }

  /** Whether there is anything to write. */
  static boolean hasRows(List<Part> parts) {
    return parts.stream()
        .map(Part::effects)
        .anyMatch(
            e ->
                !(e.subscriptions.isEmpty()
                    && e.charges.isEmpty()
                    && e.postings.isEmpty()
                    && e.accountChanges.isEmpty()
                    && e.unitPostings.isEmpty()
                    && e.suspended.isEmpty()
                    && e.ended.isEmpty()
                    && e.messages.isEmpty()
                    && e.lent.isEmpty()
                    && e.received.isEmpty()
                    && e.notices.isEmpty()));
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
    if (parts.stream().anyMatch(p -> !p.effects().accountChanges.isEmpty())) {
      new AccountChangeRows(c, tenant).write(parts);
    }
    if (parts.stream().anyMatch(p -> !p.effects().unitPostings.isEmpty())) {
      UnitPostingRows.write(c, tenant, parts);
    }
    if (parts.stream().anyMatch(p -> !p.effects().suspended.isEmpty())) {
      suspended(parts);
    }
    if (parts.stream().anyMatch(p -> !p.effects().ended.isEmpty())) {
      ended(parts);
    }
    if (parts.stream().anyMatch(p -> !p.effects().messages.isEmpty())) {
      sent(parts);
    }
    if (parts.stream().anyMatch(p -> !p.effects().lent.isEmpty())) {
      new LentRows(c, tenant).write(parts);
    }
    if (parts.stream().anyMatch(p -> !p.effects().received.isEmpty())) {
      received(parts);
    }
    NoticeRows notices = new NoticeRows(tenant);
    parts.forEach(p -> notices.add(p.shard(), p.seq(), p.time(), p.effects().notices));
    notices.write(c);
  }

  private void subscriptions(List<Part> parts) throws SQLException {
    try (PreparedStatement ps =
        c.prepareStatement(
            "insert into subscription (tenant, id, subject, account, offer, valid_from, valid_to,"
                + " shard, seq, takes_over, pool, group_name)"
                + " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
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
          if (row.takesOver() == Effects.NOBODY) {
            ps.setNull(10, Types.BIGINT);
          } else {
            ps.setLong(10, row.takesOver());
          }
          Command.Share share = row.share();
          if (share == null) {
            ps.setNull(11, Types.BIGINT);
            ps.setNull(12, Types.VARCHAR);
          } else {
            ps.setLong(11, share.pool());
            ps.setString(12, share.group());
          }
          ps.addBatch();
        }
      }
      ps.executeBatch();
    }
  }

  private void charges(List<Part> parts) throws SQLException {
    CopyRows rows =
        new CopyRows(
            "charge",
            "tenant, shard, seq, n, subscription, account, catalog, offer, name, period, late,"
                + " window_start, window_end, delta, events, quantity, amount, first_at, last_at,"
                + " tiers, evidence, digest");
    for (Part part : parts) {
      for (ChargeRow row : part.effects().charges) {
        rows.int4(tenant).int2(part.shard()).int8(part.seq()).int4(row.n());
        rows.int8(row.subscription()).int4(row.account());
        rows.text(row.catalog()).text(row.offer()).text(row.name());
        rows.int4(row.period()).bool(row.late());
        rows.time(row.windowStart()).time(row.windowEnd()).bool(row.delta());
        rows.int4(row.events()).int8(row.quantity()).int8(row.amount());
        rows.time(row.firstAt()).time(row.lastAt());
        rows.bytea(row.tiers()).bytea(row.evidence()).bytea(row.digest()).end();
        if (rows.size() > MOST_COPIED) {
          rows.flush(c);
        }
      }
    }
    rows.flush(c);
  }

  private void entries(List<Part> parts) throws SQLException {
    CopyRows entries = new CopyRows("entry", "tenant, shard, seq, booked_at, what");
    CopyRows postings =
        new CopyRows(
            "posting", "tenant, shard, seq, n, account, period, offer, name, late, amount");
    List<Part> posting = parts.stream().filter(p -> !p.effects().postings.isEmpty()).toList();
    for (Part part : posting) {
      entries.int4(tenant).int2(part.shard()).int8(part.seq());
      entries.time(part.time()).text("usage").end();
    }
    entries.flush(c);
    for (Part part : posting) {
      int n = 0;
      for (PostingRow row : part.effects().postings) {
        postings.int4(tenant).int2(part.shard()).int8(part.seq()).int4(n++);
        postings.int4(row.account()).int4(row.period());
        postings.text(row.offer()).text(row.name()).bool(row.late()).int8(row.amount()).end();
        if (postings.size() > MOST_COPIED) {
          postings.flush(c);
        }
      }
    }
    postings.flush(c);
    turnover(posting);
  }

  /** Adds up what has just been posted, once a line and shard. */
  private void turnover(List<Part> parts) throws SQLException {
    try (PreparedStatement add =
        c.prepareStatement(
            """
            insert into turnover (tenant, period, account, shard, offer, name, late, amount)
            select p.tenant, p.period, p.account, p.shard, p.offer, p.name, p.late, p.amount
            from unnest(?::smallint[], ?::bigint[]) as e (shard, seq)
            join posting p on p.tenant = ? and p.shard = e.shard and p.seq = e.seq
            on conflict (tenant, period, account, shard, offer, name, late)
            do update set amount = turnover.amount + excluded.amount
            """)) {
      Object[] shards = parts.stream().map(p -> (short) p.shard()).toArray();
      Object[] seqs = parts.stream().map(Part::seq).toArray();
      add.setArray(1, c.createArrayOf("int2", shards));
      add.setArray(2, c.createArrayOf("int8", seqs));
      add.setInt(3, tenant);
      add.executeUpdate();
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

  private void sent(List<Part> parts) throws SQLException {
    try (PreparedStatement ps =
        c.prepareStatement(
            "insert into message (tenant, from_shard, seq, n, to_shard, body, amount, lender, lent)"
                + " values (?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
      for (Part part : parts) {
        for (MessageRow row : part.effects().messages) {
          ps.setInt(1, tenant);
          ps.setInt(2, part.shard());
          ps.setLong(3, part.seq());
          ps.setInt(4, row.n());
          ps.setInt(5, row.to());
          ps.setBytes(6, MessageCodec.encode(row.message()));
          ps.setLong(7, inTransit(row.message()));
          Effects.Lent lent = lent(row.message());
          if (lent == null) {
            ps.setNull(8, Types.INTEGER);
          } else {
            ps.setInt(8, lent.account());
          }
          ps.setLong(9, lent == null ? 0 : lent.amount());
          ps.addBatch();
        }
      }
      ps.executeBatch();
    }
  }

  /** What the ledger owes to whom a message is for; less than 0 where that owes the ledger. */
  private static long inTransit(ShardMessage message) {
    return switch (message) {
      case ShardMessage.Device m -> 0;
      case ShardMessage.Money m -> m.amount();
      case ShardMessage.Sponsored m -> -m.amount();
      case ShardMessage.QuotaAsk m -> 0; // What is lent stays where it is.
      case ShardMessage.QuotaSlice m -> 0;
      case ShardMessage.QuotaBack m -> 0;
    };
  }

  /** What of an account's balance is lent by what a message says, or comes back; null for none. */
  private static Effects.@Nullable Lent lent(ShardMessage message) {
    return switch (message) {
      case ShardMessage.Device m -> null;
      case ShardMessage.Money m -> null;
      case ShardMessage.Sponsored m ->
          m.lent() == 0 ? null : new Effects.Lent(m.account(), m.lent());
      case ShardMessage.QuotaAsk m -> null;
      case ShardMessage.QuotaSlice m -> new Effects.Lent(m.account(), m.amount());
      case ShardMessage.QuotaBack m -> new Effects.Lent(m.account(), m.amount());
    };
  }

  private void received(List<Part> parts) throws SQLException {
    try (PreparedStatement ps =
        c.prepareStatement(
            "delete from message where tenant = ? and from_shard = ? and seq = ? and n = ?")) {
      for (Part part : parts) {
        for (MessageId id : part.effects().received) {
          ps.setInt(1, tenant);
          ps.setInt(2, id.from());
          ps.setLong(3, id.seq());
          ps.setInt(4, id.n());
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
