package io.millrace.connectors.shard;

import com.github.luben.zstd.Zstd;
import io.millrace.connectors.shard.Store.Checkpoint;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;

/** A tenant's checkpoints in PostgreSQL. */
final class CheckpointTable {
  private static final String INSERT =
      """
      insert into checkpoint (tenant, shard, seq, epoch, number, base, chain, body)
      values (?, ?, ?, ?, ?, ?, ?, ?) on conflict (tenant, shard, seq) do update
      set epoch = excluded.epoch, number = excluded.number, base = excluded.base,
          chain = excluded.chain, body = excluded.body
      """;
  private static final String INSERT_PART =
      "insert into checkpoint_part (tenant, shard, seq, n, body) values (?, ?, ?, ?, ?)";
  private static final String DROP_PARTS =
      "delete from checkpoint_part where tenant = ? and shard = ? and seq = ?";
  private static final String TRIM =
      "delete from checkpoint where tenant = ? and shard = ? and seq < ? and seq > ?";
  private static final String FENCE =
      """
      select number, epoch from shard where tenant = ? and number = any (?::smallint[])
      order by number for share
      """;
  private static final String LATEST =
      """
      select seq, epoch, number, base, chain, body || coalesce((
          select string_agg(p.body, ''::bytea order by p.n) from checkpoint_part p
          where p.tenant = c.tenant and p.shard = c.shard and p.seq = c.seq), ''::bytea)
      from checkpoint c
      where tenant = ? and shard = ? and seq >= (
        select max(seq) from checkpoint where tenant = ? and shard = ? and base = 0)
      order by seq
      """;

  /** Bytes that one statement writes: commits have one log with it, and wait for all before. */
  static final int PART = 1 << 15;

  /** So many times as long as a statement took, the next one waits, and not longer. */
  private static final long PAUSES = 3;

  private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(3);

  private final DataSource database;
  private final int tenant;
  private final CrashPoints crash;

  CheckpointTable(DataSource database, int tenant, CrashPoints crash) {
    this.database = database;
    this.tenant = tenant;
    this.crash = crash;
  }

  /** As {@link Store#checkpoint}. */
  Set<Integer> store(List<Checkpoint> checkpoints) {
    List<Checkpoint> some = checkpoints;
    while (!some.isEmpty()) {
      Set<Integer> ours = storeAll(some);
      if (ours.size() == some.size()) {
        return ours;
      }
      some = some.stream().filter(c -> ours.contains(c.shard())).toList();
    }
    return Set.of();
  }

  /**
   * Stores them all, or none where a shard is another's by now. Takes its time: what commits write
   * beside it goes first. Asks whose they are last: a commit of these shards waits while their rows
   * are locked, and must not wait for megabytes.
   *
   * @return the shards that are ours
   */
  private Set<Integer> storeAll(List<Checkpoint> checkpoints) {
    try (Connection c = database.getConnection()) {
      c.setAutoCommit(false);
      try {
        for (Checkpoint cp : checkpoints) {
          store(c, cp);
        }
        ChainPoints.note(c, tenant, checkpoints.stream().map(Checkpoint::point).toList());
        Set<Integer> ours = ours(c, checkpoints);
        crash.at(CrashPoints.INSIDE_CHECKPOINT);
        if (ours.size() == checkpoints.size()) {
          c.commit();
        } else {
          c.rollback();
        }
        return ours;
      } catch (SQLException e) {
        PostgresStore.rollback(c);
        throw e;
      }
    } catch (SQLException e) {
      throw new StoreUnavailable("store a checkpoint", e);
    }
  }

  private void store(Connection c, Checkpoint cp) throws SQLException {
    byte[] body = Zstd.compress(cp.body());
    try (PreparedStatement drop = c.prepareStatement(DROP_PARTS);
        PreparedStatement insert = c.prepareStatement(INSERT);
        PreparedStatement trim = c.prepareStatement(TRIM)) {
      of(drop, cp).executeUpdate();
      of(insert, cp);
      insert.setInt(4, cp.epoch());
      insert.setLong(5, cp.number());
      insert.setLong(6, cp.base());
      insert.setBytes(7, cp.chain());
      insert.setBytes(8, Arrays.copyOf(body, Math.min(PART, body.length)));
      gently(insert);
      of(trim, cp).setLong(4, cp.base());
      trim.executeUpdate();
    }
    try (PreparedStatement insert = of(c.prepareStatement(INSERT_PART), cp)) {
      int n = 1;
      for (int from = PART; from < body.length; from += PART) {
        insert.setInt(4, n++);
        insert.setBytes(5, Arrays.copyOfRange(body, from, Math.min(from + PART, body.length)));
        gently(insert);
      }
    }
  }

  /** Says which one a statement is of, with which it begins. */
  private PreparedStatement of(PreparedStatement ps, Checkpoint cp) throws SQLException {
    ps.setInt(1, tenant);
    ps.setInt(2, cp.shard());
    ps.setLong(3, cp.seq());
    return ps;
  }

  private static void gently(PreparedStatement insert) throws SQLException {
    long begun = System.nanoTime();
    insert.executeUpdate();
    LockSupport.parkNanos(Math.min(PAUSES * (System.nanoTime() - begun), LONGEST_PAUSE_NANOS));
  }

  private Set<Integer> ours(Connection c, List<Checkpoint> checkpoints) throws SQLException {
    Map<Integer, Integer> epochs = new HashMap<>();
    checkpoints.forEach(cp -> epochs.put(cp.shard(), cp.epoch()));
    try (PreparedStatement fence = c.prepareStatement(FENCE)) {
      fence.setInt(1, tenant);
      fence.setArray(2, c.createArrayOf("int4", epochs.keySet().toArray()));
      Set<Integer> ours = new HashSet<>();
      try (ResultSet rs = fence.executeQuery()) {
        while (rs.next()) {
          if (Integer.valueOf(rs.getInt(2)).equals(epochs.get(rs.getInt(1)))) {
            ours.add(rs.getInt(1));
          }
        }
      }
      return ours;
    }
  }

  /** As {@link Store#checkpoints}. */
  List<Checkpoint> latest(int shard) {
    try (Connection c = database.getConnection();
        PreparedStatement ps = c.prepareStatement(LATEST)) {
      ps.setInt(1, tenant);
      ps.setInt(2, shard);
      ps.setInt(3, tenant);
      ps.setInt(4, shard);
      List<Checkpoint> all = new ArrayList<>();
      try (ResultSet rs = ps.executeQuery()) {
        while (rs.next()) {
          byte[] body = rs.getBytes(6);
          all.add(
              new Checkpoint(
                  shard,
                  rs.getLong(1),
                  rs.getInt(2),
                  rs.getLong(3),
                  rs.getLong(4),
                  rs.getBytes(5),
                  Zstd.decompress(body, Math.toIntExact(Zstd.getFrameContentSize(body)))));
        }
      }
      return all;
    } catch (SQLException e) {
      throw new StoreUnavailable("read the checkpoints", e);
    }
  }
}
