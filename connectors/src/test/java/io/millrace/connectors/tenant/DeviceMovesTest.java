package io.millrace.connectors.tenant;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.CatalogFile;
import io.millrace.connectors.clock.CommitClock;
import io.millrace.connectors.directory.Directory;
import io.millrace.connectors.shard.CrashPoints;
import io.millrace.connectors.shard.Intake;
import io.millrace.connectors.shard.NodeShards;
import io.millrace.connectors.shard.PostgresStore;
import io.millrace.connectors.shard.ShardHost;
import io.millrace.connectors.shard.Ticket;
import io.millrace.connectors.store.Database;
import io.millrace.processors.codec.ByteWriter;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.shard.SourceCounts;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Devices that move while they report, against a real PostgreSQL. */
class DeviceMovesTest {
  private static final Instant START = Instant.parse("2026-11-01T23:00:00Z");
  private static final int LAMPS = 30;
  private static final int SHARDS = 8;
  private static final int MINUTES = 120;
  private static EmbeddedPostgres postgres;
  private static int tenants;

  private final AtomicLong clock = new AtomicLong(START.toEpochMilli());

  /** Where devices are, and where they were at first: one sender never hears of any move. */
  private final Directory fresh = new Directory();

  private final Directory stale = new Directory();
  private final ConcurrentLinkedQueue<Sent> again = new ConcurrentLinkedQueue<>();
  private final AtomicInteger open = new AtomicInteger();
  private final List<ShardHost> hosts = new ArrayList<>();
  private Database database;
  private Tenant tenant;
  private Rules rules;
  private DeviceImport devices;
  private volatile ShardHost host;
  private volatile Intake intake;

  private record Sent(int lamp, int minute, Directory by) {}

  @BeforeAll
  static void startPostgres() throws Exception {
    postgres = EmbeddedPostgres.builder().start();
  }

  @AfterAll
  static void stopPostgres() throws Exception {
    postgres.close();
  }

  @BeforeEach
  void open() throws Exception {
    database = Database.open(postgres.getJdbcUrl("postgres", "postgres"), "postgres", "", 8);
    Tenants all = new Tenants(database.pool());
    tenant = all.ensure("moves" + tenants++, SHARDS);
    byte[] text;
    try (var in = CatalogFile.class.getResourceAsStream("templates/smart-city.yaml")) {
      text = in.readAllBytes();
    }
    Catalog catalog =
        ((CatalogFile.Result.Accepted) CatalogFile.read("smart-city.yaml", text)).catalog();
    rules = all.activate(tenant, catalog, text, NodeShards::genesis);
    startHost();
    devices = new DeviceImport(database.pool(), all, tenant, rules);
    List<Device> lamps = new ArrayList<>();
    for (int i = 0; i < LAMPS; i++) {
      lamps.add(device(i, "city", START));
    }
    assertEquals(LAMPS, Collections.frequency(take(lamps), DeviceVerdict.CREATED));
    Subscriptions.load(database.pool(), tenant, rules, stale, -1);
    Subscriptions.load(database.pool(), tenant, rules, fresh, -1);
  }

  @AfterEach
  void close() {
    hosts.forEach(ShardHost::close);
    database.close();
  }

  private static Device device(int lamp, String account, Instant from) {
    return new Device("lamp-" + lamp, account, "lamp", from, Optional.empty());
  }

  private List<DeviceVerdict> take(List<Device> some) throws SQLException {
    return devices.take(some, (shard, command) -> host.submit(shard, command));
  }

  /** Takes over from the host that runs, as from a process that stands still. */
  private void startHost() {
    PostgresStore store = new PostgresStore(database.pool(), tenant.id(), 10_000, CrashPoints.NONE);
    NodeShards node = new NodeShards(tenant.id(), SHARDS, store, rules, "node", CrashPoints.NONE);
    ShardHost.Settings settings = new ShardHost.Settings(SHARDS, 1_000, 10_000, 100);
    ShardHost started =
        new ShardHost(node, store, settings, CommitClock.unchecked(clock::get), CrashPoints.NONE);
    started.start();
    hosts.add(started);
    intake = started.intake(10_000, 1 << 24);
    host = started;
  }

  private static long at(int minute) {
    return START.toEpochMilli() + minute * 60_000L;
  }

  private void send(Sent e) {
    open.incrementAndGet();
    byte[] subject = subject(e.lamp);
    var view = e.by.view();
    int place = view.find(subject, 0, subject.length, at(e.minute));
    byte[] raw =
        ("{\"lamp\":" + e.lamp + ",\"id\":" + e.minute + "}").getBytes(StandardCharsets.UTF_8);
    Ticket ticket =
        new Ticket() {
          @Override
          public void done() {
            open.decrementAndGet();
          }

          @Override
          public void failed(Exception why) {
            again.add(e);
            open.decrementAndGet();
          }
        };
    while (!intake.add(
        usage ->
            usage.add(
                view.shard(place),
                view.subscription(place),
                1,
                e.minute,
                true,
                at(e.minute),
                clock.get(),
                0,
                new long[] {1_000_000},
                1,
                raw,
                0,
                raw.length),
        ticket)) {
      LockSupport.parkNanos(100_000);
    }
  }

  private static byte[] subject(int lamp) {
    return ("lamp-" + lamp).getBytes(StandardCharsets.UTF_8);
  }

  private void sendAgain() {
    for (Sent e = again.poll(); e != null; e = again.poll()) {
      send(e);
    }
  }

  @Test
  void movesUnderLoad_chargeEachEventOnceToWhoHadTheDeviceThen() throws Exception {
    CompletableFuture<Void> moves = CompletableFuture.completedFuture(null);
    for (int minute = 0; minute < MINUTES; minute++) {
      clock.set(at(minute));
      for (int lamp = 0; lamp < LAMPS; lamp++) {
        send(new Sent(lamp, minute, stale));
        send(new Sent(lamp, minute, fresh));
        if (minute > 10 && lamp % 5 == 0) {
          send(new Sent(lamp, minute - 10, lamp % 10 == 0 ? stale : fresh));
        }
      }
      sendAgain();
      if (minute == 60) {
        startHost(); // What the one before has under way is lost to it, and comes again.
      }
      if (minute % 20 == 10) {
        int round = minute / 20;
        moves = moves.thenRunAsync(() -> moveSome(round));
      }
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(5))
          .until(() -> open.get() < 200);
    }
    moves.join();
    Awaitility.await("everything is disposed of")
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              sendAgain();
              return open.get() == 0 && again.isEmpty();
            });
    clock.set(at(MINUTES + 120));
    host.nudge();
    Awaitility.await("all windows are sealed")
        .atMost(Duration.ofSeconds(30))
        .until(() -> number("select sum(events) from charge where tenant = $") >= LAMPS * MINUTES);

    assertTrue(
        number("select count(*) from subscription where tenant = $ and takes_over > 0") > 40);
    assertEquals(expected(), charged());
    SourceCounts counts = counts();
    assertEquals((long) LAMPS * MINUTES, counts.charged());
    assertEquals(0, counts.suspended());
    assertEquals(counts.received(), counts.charged() + counts.duplicate());
    assertEquals(0, number("select count(*) from message where tenant = $"));
    byte[] before = state();
    startHost();
    assertArrayEquals(before, state(), "what comes back is what was there");
  }

  /** A third of the lamps, to another account each time; asked again where the clock was faster. */
  private void moveSome(int round) {
    Set<Integer> left = new TreeSet<>();
    for (int lamp = round % 3; lamp < LAMPS; lamp += 3) {
      left.add(lamp);
    }
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!left.isEmpty() && System.nanoTime() < deadline) {
      Instant from = Instant.ofEpochMilli(clock.get()).plus(Duration.ofSeconds(150));
      List<Device> some = new ArrayList<>();
      left.forEach(lamp -> some.add(device(lamp, "owner-" + round, from)));
      try {
        List<DeviceVerdict> verdicts = take(some);
        for (int i = 0; i < some.size(); i++) {
          if (!verdicts.get(i).isRefusal()) {
            left.remove(Integer.valueOf(some.get(i).subject().substring("lamp-".length())));
          }
        }
        Subscriptions.load(database.pool(), tenant, rules, fresh, highest());
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      } catch (CompletionException e) {
        continue; // Another host has the shards by now.
      }
    }
  }

  private long highest() {
    long highest = -1;
    for (int lamp = 0; lamp < LAMPS; lamp++) {
      byte[] subject = subject(lamp);
      highest = Math.max(highest, fresh.lookup(subject, 0, subject.length, Long.MAX_VALUE - 1));
    }
    return highest;
  }

  /** How many minutes of its lamp each subscription has, by the rows of the directory alone. */
  private Map<Long, Long> expected() throws SQLException {
    return byId(
        """
        select s.id, count(*)
        from subscription s
        left join subscription n on n.tenant = s.tenant and n.takes_over = s.id
        cross join lateral (
          select timestamptz '%s' + m * interval '1 minute' as at from generate_series(0, %d) m) t
        where s.tenant = $ and t.at >= s.valid_from and (n.id is null or t.at < n.valid_from)
        group by s.id
        """
            .formatted(START, MINUTES - 1));
  }

  private Map<Long, Long> charged() throws SQLException {
    return byId(
        """
        select c.subscription, sum(c.events)
        from charge c
        join subscription s
          on s.tenant = c.tenant and s.id = c.subscription and s.account = c.account
        where c.tenant = $ and c.events > 0 group by c.subscription
        """);
  }

  private Map<Long, Long> byId(String sql) throws SQLException {
    try (Connection c = database.pool().getConnection();
        ResultSet rs = c.createStatement().executeQuery(sql.replace("$", "" + tenant.id()))) {
      Map<Long, Long> all = new TreeMap<>();
      while (rs.next()) {
        all.put(rs.getLong(1), rs.getLong(2));
      }
      return all;
    }
  }

  private long number(String sql) throws SQLException {
    try (Connection c = database.pool().getConnection();
        ResultSet rs = c.createStatement().executeQuery(sql.replace("$", "" + tenant.id()))) {
      rs.next();
      return rs.getLong(1);
    }
  }

  private SourceCounts counts() {
    return host.ask(
            shards ->
                shards.stream()
                    .flatMap(s -> s.counts().stream())
                    .reduce(new SourceCounts(1, 0, 0, 0, 0, 0), SourceCounts::plus))
        .join();
  }

  private byte[] state() {
    return host.ask(
            shards -> {
              ByteWriter out = new ByteWriter();
              shards.forEach(shard -> shard.encode(out, 0));
              return out.toByteArray();
            })
        .join();
  }

  @Test
  void moveOfThePast_isRefused() throws Exception {
    clock.set(at(30));
    send(new Sent(1, 30, fresh)); // The shard's time is that of its last commit.
    Awaitility.await().until(() -> open.get() == 0);
    assertEquals(
        List.of(DeviceVerdict.MOVE_IN_THE_PAST),
        take(List.of(device(1, "owner", START.plusSeconds(60)))));
  }

  @Test
  void sameMoveAgain_changesNothing() throws Exception {
    List<Device> move = List.of(device(1, "owner", START.plusSeconds(3_600)));
    assertEquals(List.of(DeviceVerdict.CREATED), take(move));
    assertEquals(List.of(DeviceVerdict.KNOWN), take(move));
    assertEquals(
        1, number("select count(*) from subscription where tenant = $ and takes_over > 0"));
  }
}
