package io.millrace.connectors.shard;

import io.millrace.connectors.store.Database;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;
import org.postgresql.util.PSQLException;

/**
 * The {@link Store} of a tenant in PostgreSQL. Whatever locks several shard rows locks them in the
 * order of their numbers, so that no two transactions wait for each other in a circle.
 */
public final class PostgresStore implements Store {
  /** An update by itself locks rows as it comes by them, which is no order at all. */
  /** The rows of some of a tenant's shards, as they are once nothing is under way on them. */
  static final String LOCKED =
      """
      with locked as materialized (
        select number from shard where tenant = ? and number = any (?::smallint[])
        order by number for update)
      """;

  private static final String BEGIN =
      "select next_number, closings from begin_commit(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

  /** What {@code begin_commit} says where fences do not hold; its message lists their shards. */
  private static final String FENCED = "MF001";

  /**
   * The server ends a transaction that idles between statements by itself, but not one that waits
   * in the middle of a COPY or of a batch for a client that stands still.
   */
  private static final String END_STANDING =
      """
      select pg_terminate_backend(pid, 1000) from pg_stat_activity a
      where exists (select from shard where tenant = ? and lease_until < now())
        and datname = current_database() and application_name = ? and pid <> pg_backend_pid()
        and xact_start is not null and wait_event = 'ClientRead'
        and greatest(query_start, state_change)
            < clock_timestamp() - ? * interval '1 millisecond'
        and exists (select from pg_locks l where l.pid = a.pid
                    and l.relation = 'shard'::regclass and l.mode like 'Row%')
      """;

  private static final String ROW = "number, epoch, seq, rules, closing, chain";
  private static final String LEASE = "now() + ? * interval '1 millisecond'";

  private final DataSource database;
  private final Queries queries;
  private final int tenant;
  private final long leaseMillis;
  private final CrashPoints crash;
  private final CheckpointTable table;

  /**
   * A tenant's store.
   *
   * @param leaseMillis how long a node keeps its shards without a sign of life
   */
  public PostgresStore(DataSource database, int tenant, long leaseMillis, CrashPoints crash) {
    this.database = database;
    this.queries = new Queries(database);
    this.tenant = tenant;
    this.leaseMillis = leaseMillis;
    this.crash = crash;
    this.table = new CheckpointTable(database, tenant, crash);
  }

  @Override
  public long nextNumber() {
    return queries.ask(
        "draw a commit number",
        "select nextval('commit_number')",
        ps -> {},
        rs -> {
          rs.next();
          return rs.getLong(1);
        });
  }

  @Override
  public Outcome commit(Write write) {
    boolean committing = false;
    try (Connection c = database.getConnection()) {
      try {
        if (!EffectsWriter.hasRows(write.parts())) {
          crash.at(CrashPoints.INSIDE_COMMIT);
          committing = true; // The one statement is the transaction.
          return begin(c, write);
        }
        c.setAutoCommit(false);
        Outcome begun = begin(c, write);
        new EffectsWriter(c, tenant).write(write.parts());
        crash.at(CrashPoints.INSIDE_COMMIT);
        committing = true;
        c.commit();
        return begun;
      } catch (SQLException e) {
        if (committing && !refusedByServer(e)) {
          return new Outcome.Unknown(e);
        }
        rollback(c);
        if (FENCED.equals(e.getSQLState())) {
          return new Outcome.Fenced(lost(e));
        }
        return isAgainstItsRules(e) ? new Outcome.Refused(e) : new Outcome.Failed(e);
      }
    } catch (SQLException e) {
      return committing ? new Outcome.Unknown(e) : new Outcome.Failed(e);
    }
  }

  @Override
  public boolean refuses(Write write) {
    try (Connection c = database.getConnection()) {
      c.setAutoCommit(false);
      try (Statement s = c.createStatement()) {
        begin(c, write);
        new EffectsWriter(c, tenant).write(write.parts());
        s.execute("set constraints all immediate");
        return false;
      } catch (SQLException e) {
        if (FENCED.equals(e.getSQLState()) || isAgainstItsRules(e)) {
          return isAgainstItsRules(e);
        }
        throw e;
      } finally {
        rollback(c);
      }
    } catch (SQLException e) {
      throw new StoreUnavailable("try a commit", e);
    }
  }

  /** A value that it can't take, a constraint, or one of the schema's own rules. */
  private static boolean isAgainstItsRules(SQLException e) {
    String state = e.getSQLState();
    return state != null
        && (state.startsWith("22") || state.startsWith("23") || state.startsWith("MR"));
  }

  /** A server that answers with an error has rolled back; class 08 says that none answered. */
  private static boolean refusedByServer(SQLException e) {
    String state = e.getSQLState();
    return state != null && !state.startsWith("08") && !state.startsWith("57P");
  }

  static void rollback(Connection c) {
    try {
      c.rollback();
    } catch (SQLException e) {
      // The connection is gone, and with it the transaction.
    }
  }

  /** Moves the fences on and writes the journal row; fails with {@link #FENCED}, or it is begun. */
  private Outcome.Committed begin(Connection c, Write write) throws SQLException {
    List<Fence> fences =
        write.fences().stream().sorted(Comparator.comparingInt(Fence::shard)).toList();
    try (PreparedStatement ps = c.prepareStatement(BEGIN)) {
      ps.setInt(1, tenant);
      ps.setInt(2, write.rules());
      ps.setArray(3, c.createArrayOf("smallint", column(fences, f -> (short) f.shard())));
      ps.setArray(4, c.createArrayOf("int4", column(fences, Fence::epoch)));
      ps.setArray(5, c.createArrayOf("int8", column(fences, Fence::seq)));
      ps.setArray(
          6, c.createArrayOf("bytea", fences.stream().map(Fence::chain).toArray(byte[][]::new)));
      ps.setArray(7, c.createArrayOf("int4", column(fences, Fence::closed)));
      ps.setLong(8, write.number());
      ps.setBytes(9, write.journal().rating());
      ps.setBytes(10, write.journal().evidence());
      ps.setBytes(11, write.journal().evidenceHash());
      ps.setBytes(12, write.journal().digest());
      try (ResultSet rs = ps.executeQuery()) {
        rs.next();
        Integer[] asked = (Integer[]) rs.getArray(2).getArray();
        Map<Integer, Integer> closing = new HashMap<>();
        for (int i = 0; i < asked.length; i++) {
          closing.put(fences.get(i).shard(), asked[i]);
        }
        return new Outcome.Committed(rs.getLong(1), closing);
      }
    }
  }

  private static Set<Integer> lost(SQLException e) {
    Set<Integer> lost = new HashSet<>();
    if (e instanceof PSQLException p && p.getServerErrorMessage() != null) {
      String shards = p.getServerErrorMessage().getMessage();
      for (String shard : shards == null ? new String[0] : shards.split(",", -1)) {
        lost.add(Integer.valueOf(shard));
      }
    }
    return lost;
  }

  static <T> Object[] column(List<Fence> fences, java.util.function.Function<Fence, T> of) {
    return fences.stream().map(of).toArray();
  }

  @Override
  public List<ShardRow> settled(List<Integer> shards) {
    return queries.ask(
        "read the shard rows",
        "select "
            + ROW
            + " from shard where tenant = ? and number = any (?::int[]) order by number for update",
        ps -> {
          ps.setInt(1, tenant);
          ps.setArray(2, ps.getConnection().createArrayOf("int4", shards.toArray()));
        },
        PostgresStore::rows);
  }

  @Override
  public boolean renounce(String node, List<Fence> fences) {
    return new Renouncing(queries, tenant).renounce(node, fences);
  }

  @Override
  public List<ShardRow> take(String node, int most, boolean own) {
    if (!own) {
      endStanding();
    }
    return queries.ask(
        "take shards",
        "update shard set node = ?, epoch = epoch + 1, held_since = now(), lease_until = "
            + LEASE
            + " where tenant = ? and number in (select number from shard where tenant = ?"
            + " and (node is null or lease_until < now() or (? and node = ?))"
            + " order by number limit ? for update"
            + (own ? "" : " skip locked")
            + ") returning "
            + ROW,
        ps -> {
          ps.setString(1, node);
          ps.setLong(2, leaseMillis);
          ps.setInt(3, tenant);
          ps.setInt(4, tenant);
          ps.setBoolean(5, own);
          ps.setString(6, node);
          ps.setInt(7, most);
        },
        PostgresStore::rows);
  }

  /**
   * Ends the transactions in which nodes whose leases have run out have stood still for a lease.
   */
  private void endStanding() {
    queries.ask(
        "free the shards of nodes that stand still",
        END_STANDING,
        ps -> {
          ps.setInt(1, tenant);
          ps.setString(2, Database.APPLICATION);
          ps.setLong(3, leaseMillis);
        },
        rs -> true);
  }

  @Override
  public List<ShardRow> renew(String node, Map<Integer, Integer> epochs) {
    List<Map.Entry<Integer, Integer>> held = List.copyOf(epochs.entrySet());
    return queries.ask(
        "prolong the leases",
        LOCKED
            + "update shard s set lease_until = "
            + LEASE
            + " from unnest(?::smallint[], ?::int[]) as u (number, epoch) join locked using"
            + " (number) where s.tenant = ? and s.node = ? and s.number = u.number and s.epoch ="
            + " u.epoch returning s.number, s.epoch, s.seq, s.rules, s.closing, s.chain",
        ps -> {
          Connection c = ps.getConnection();
          Array numbers =
              c.createArrayOf("smallint", held.stream().map(Map.Entry::getKey).toArray());
          ps.setInt(1, tenant);
          ps.setArray(2, numbers);
          ps.setLong(3, leaseMillis);
          ps.setArray(4, numbers);
          ps.setArray(5, c.createArrayOf("int4", held.stream().map(Map.Entry::getValue).toArray()));
          ps.setInt(6, tenant);
          ps.setString(7, node);
        },
        PostgresStore::rows);
  }

  @Override
  public void release(String node) {
    queries.ask(
        "give the shards back",
        "update shard set node = null, lease_until = null where tenant = ? and number in (select"
            + " number from shard where tenant = ? and node = ? order by number for update)"
            + " returning 1",
        ps -> {
          ps.setInt(1, tenant);
          ps.setInt(2, tenant);
          ps.setString(3, node);
        },
        rs -> true);
  }

  @Override
  public Set<Integer> checkpoint(List<Checkpoint> checkpoints) {
    return table.store(checkpoints);
  }

  @Override
  public void note(List<ChainPoint> points) {
    try (Connection c = database.getConnection()) {
      ChainPoints.note(c, tenant, points);
    } catch (SQLException e) {
      throw new StoreUnavailable("note points of the shards' chains", e);
    }
  }

  @Override
  public List<Checkpoint> checkpoints(int shard) {
    return table.latest(shard);
  }

  @Override
  public List<Letter> letters(Collection<Integer> to, Collection<Pair> held, int most) {
    return queries.ask(
        "read the messages between shards",
        "select from_shard, seq, n, to_shard, body from message where tenant = ?"
            + " and to_shard = any (?::smallint[]) and (from_shard::int, to_shard::int) not in"
            + " (select f, t from unnest(?::int[], ?::int[]) as held (f, t))"
            + " order by from_shard, seq, n limit ?",
        ps -> {
          Connection c = ps.getConnection();
          ps.setInt(1, tenant);
          ps.setArray(2, c.createArrayOf("int4", to.toArray()));
          ps.setArray(3, c.createArrayOf("int4", held.stream().map(Pair::from).toArray()));
          ps.setArray(4, c.createArrayOf("int4", held.stream().map(Pair::to).toArray()));
          ps.setInt(5, most);
        },
        Letter::all);
  }

  @Override
  public List<JournalRow> journal(long after, int most) {
    return queries.ask(
        "read the journal",
        "select number, rules, rating, evidence_hash, digest from journal"
            + " where tenant = ? and number > ? order by number limit ?",
        ps -> {
          ps.setInt(1, tenant);
          ps.setLong(2, after);
          ps.setInt(3, most);
        },
        rs -> {
          List<JournalRow> some = new ArrayList<>();
          while (rs.next()) {
            some.add(
                new JournalRow(
                    rs.getLong(1), rs.getInt(2), rs.getBytes(3), rs.getBytes(4), rs.getBytes(5)));
          }
          return some;
        });
  }

  private static List<ShardRow> rows(ResultSet rs) throws SQLException {
    List<ShardRow> rows = new ArrayList<>();
    while (rs.next()) {
      rows.add(
          new ShardRow(
              rs.getInt(1),
              rs.getInt(2),
              rs.getLong(3),
              rs.getInt(4),
              rs.getInt(5),
              rs.getBytes(6)));
    }
    return rows;
  }
}
