package io.millrace.connectors.tenant;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.connectors.devices.DeviceList;
import io.millrace.processors.codec.ByteWriter;
import io.millrace.processors.shard.SourceCounts;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Devices that move while they report, against a real PostgreSQL. */
class DeviceMovesTest extends MovingLamps {
  private static final int MINUTES = 120;

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
        follow.follow();
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      } catch (CompletionException e) {
        continue; // Another host has the shards by now.
      }
    }
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

  @Test
  void listWithBothOwnersAgain_changesNothing() throws Exception {
    Instant move = START.plusSeconds(3_600);
    List<Device> both = List.of(device(1, "city", START), device(1, "owner", move));
    assertEquals(List.of(DeviceVerdict.KNOWN, DeviceVerdict.CREATED), take(both));
    assertEquals(List.of(DeviceVerdict.KNOWN, DeviceVerdict.KNOWN), take(both));
    List<DeviceList.Row> rows = new DeviceList(database.pool()).of(tenant.id(), "lamp-1");
    assertEquals(
        List.of(Optional.of(move), Optional.empty()), rows.stream().map(r -> r.to()).toList());
  }
}
