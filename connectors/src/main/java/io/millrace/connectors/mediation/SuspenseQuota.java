package io.millrace.connectors.mediation;

import io.millrace.connectors.shard.ShardHost;
import io.millrace.connectors.shard.ShardMoved;
import io.millrace.connectors.tenant.Sources;
import io.millrace.connectors.tenant.Tenant;
import io.millrace.processors.shard.Command;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what waits in suspense within a quota for each source, and raises an alarm well before: a
 * flood of poison must not fill the disk. Beyond it, what can never be charged is discarded before
 * what waits for its device, and the newest before the oldest; a shard journals that and counts it
 * (I3), and the bytes stay in the journal's evidence. Each node sees to the shards that it owns.
 */
public final class SuspenseQuota implements AutoCloseable {
  /** Events of a source that wait at most, where a node's configuration says nothing. */
  public static final long MOST = 1_000_000;

  /**
   * Discarded by one command, and in one sweep of a source: some ten milliseconds, and a second.
   */
  private static final int AT_ONCE = 1_000;

  private static final int MOST_A_SWEEP = 50_000;
  private static final Duration PAUSE = Duration.ofSeconds(5);
  private static final Logger LOG = LoggerFactory.getLogger(SuspenseQuota.class);

  private static final String OPEN =
      "select source, count(*) from suspense where tenant = ? and state = 'open' group by source";

  private static final String EXCESS =
      """
      select hash, shard from suspense where tenant = ? and source = ? and state = 'open'
      order by reason not in ('unknown-device', 'no-offer', 'unknown-alias'), received_at, hash
      offset ? limit ?
      """;

  private static final String FORGET =
      "delete from suspense where tenant = ? and hash = any (?) and state = 'discarded'";

  private final DataSource pool;
  private final Tenant tenant;
  private final Sources sources;
  private final ShardHost host;
  private final Recycler recycler;
  private final long most;
  private final AtomicLong discarded = new AtomicLong();
  private final Set<Integer> told = new HashSet<>();
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("millrace-suspense").factory());
  private volatile List<Alarm> alarms = List.of();

  /**
   * A source that has used four fifths of its quota, or more.
   *
   * @param source its name
   * @param open events of it that wait
   * @param most that may
   */
  public record Alarm(String source, long open, long most) {}

  /**
   * One that has not started.
   *
   * @param most events of a source that may wait, 1 or more
   */
  public SuspenseQuota(
      DataSource pool,
      Tenant tenant,
      Sources sources,
      ShardHost host,
      Recycler recycler,
      long most) {
    if (most < 1) {
      throw new IllegalArgumentException("suspense.quota=" + most + " must be 1 or more");
    }
    this.pool = pool;
    this.tenant = tenant;
    this.sources = sources;
    this.host = host;
    this.recycler = recycler;
    this.most = most;
  }

  /** Begins to look. */
  public void start() {
    var unused =
        thread.scheduleWithFixedDelay(
            this::round, PAUSE.toMillis(), PAUSE.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void round() {
    try {
      sweep();
    } catch (SQLException | RuntimeException e) {
      LOG.debug("suspense is kept within its quota later: {}", e.getMessage());
    }
  }

  /** Looks once, and discards what is too much, up to a bound. Returns how many. */
  public synchronized int sweep() throws SQLException {
    Map<Integer, Long> open = open();
    raise(open);
    int gone = 0;
    for (Map.Entry<Integer, Long> each : open.entrySet()) {
      if (each.getValue() > most) {
        gone += discard(each.getKey());
      }
    }
    return gone;
  }

  private Map<Integer, Long> open() throws SQLException {
    Map<Integer, Long> open = new TreeMap<>();
    try (Connection c = pool.getConnection();
        PreparedStatement ps = c.prepareStatement(OPEN)) {
      ps.setInt(1, tenant.id());
      try (ResultSet rs = ps.executeQuery()) {
        while (rs.next()) {
          open.put(rs.getInt(1), rs.getLong(2));
        }
      }
    }
    return open;
  }

  private void raise(Map<Integer, Long> open) {
    Map<Integer, String> names = sources.names();
    List<Alarm> found = new ArrayList<>();
    open.forEach(
        (source, count) -> {
          if (count < most / 5 * 4) {
            if (count < most / 5 * 3) {
              told.remove(source);
            }
            return;
          }
          String name = names.getOrDefault(source, Integer.toString(source));
          found.add(new Alarm(name, count, most));
          if (told.add(source)) {
            LOG.warn(
                "source {}: {} of its events wait in suspense, of {} that are kept; beyond that"
                    + " they are discarded. See `millrace suspense list --source`, mend the cause,"
                    + " and recycle",
                name,
                count,
                most);
          }
        });
    told.retainAll(open.keySet());
    alarms = List.copyOf(found);
  }

  private record Row(byte[] hash, int shard) {}

  private int discard(int source) throws SQLException {
    // One that is tried again meanwhile would leave its count twice.
    synchronized (recycler) {
      Map<Integer, List<byte[]>> byShard = new TreeMap<>();
      for (Row row : excess(source)) {
        byShard.computeIfAbsent(row.shard, s -> new ArrayList<>()).add(row.hash);
      }
      List<List<byte[]>> parts = new ArrayList<>();
      List<CompletableFuture<Void>> answers = new ArrayList<>();
      byShard.forEach(
          (shard, hashes) -> {
            for (int i = 0; i < hashes.size(); i += AT_ONCE) {
              List<byte[]> some = hashes.subList(i, Math.min(hashes.size(), i + AT_ONCE));
              parts.add(some);
              answers.add(host.submit(shard, new Command.Discard(source, some)));
            }
          });
      int gone = 0;
      for (int i = 0; i < parts.size(); i++) {
        if (isDone(answers.get(i))) {
          forget(parts.get(i));
          gone += parts.get(i).size();
        }
      }
      discarded.addAndGet(gone);
      return gone;
    }
  }

  private static boolean isDone(CompletableFuture<Void> answer) {
    try {
      answer.join();
      return true;
    } catch (CompletionException e) {
      if (!(e.getCause() instanceof ShardMoved)) {
        LOG.debug("events are discarded later", e.getCause());
      }
      return false; // Another node's, or looked at again.
    }
  }

  private List<Row> excess(int source) throws SQLException {
    List<Row> rows = new ArrayList<>();
    try (Connection c = pool.getConnection();
        PreparedStatement ps = c.prepareStatement(EXCESS)) {
      ps.setInt(1, tenant.id());
      ps.setInt(2, source);
      ps.setLong(3, most);
      ps.setInt(4, MOST_A_SWEEP);
      try (ResultSet rs = ps.executeQuery()) {
        while (rs.next()) {
          rows.add(new Row(rs.getBytes(1), rs.getInt(2)));
        }
      }
    }
    return rows;
  }

  private void forget(List<byte[]> hashes) throws SQLException {
    try (Connection c = pool.getConnection();
        PreparedStatement ps = c.prepareStatement(FORGET)) {
      ps.setInt(1, tenant.id());
      ps.setArray(2, c.createArrayOf("bytea", hashes.toArray(byte[][]::new)));
      ps.executeUpdate();
      if (!c.getAutoCommit()) {
        c.commit();
      }
    }
  }

  /** Sources that the last look found to have used four fifths of their quota or more. */
  public List<Alarm> alarms() {
    return alarms;
  }

  /** Events that this node has had discarded since it started. */
  public long discarded() {
    return discarded.get();
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
