package io.millrace.tests.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.ops.demo.manifest.Proof;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Gateway A is stopped at work, as by a long pause of its machine, until B has taken over; then it
 * wakes up, believing to own all that it owned (I7).
 */
class PausedOwnerIT {
  private static final long SEED = Long.getLong("crash.seed", 20_261_124);
  private static final int LAMPS = 300;
  private static final int STEPS = 4;

  /**
   * A lease of the shards, one of the slots, and what the server waits for a transaction that
   * stands still.
   */
  private static final Duration TAKEOVER_WITHIN = Duration.ofSeconds(90);

  @Test
  @Timeout(300)
  void pausedOwnerWakesAfterTakeover_commitsCheckpointsAndReplacesNothing() throws Exception {
    try (City city = new City(Path.of("target/crash/paused"), LAMPS, 1, SEED, STEPS)) {
      try {
        run(city);
      } catch (Throwable e) {
        System.err.println("seed " + SEED + ", logs in target/crash/paused");
        System.err.println(city.complaints());
        throw e;
      }
    }
  }

  private static void run(City city) throws Exception {
    Gateway a = city.startGateway("a", "");
    a.awaitReady();
    Gateway b = city.startGateway("b", "");
    b.awaitLive();
    city.startLamps();
    city.pace().step();
    JournalAudit audit = city.audit();
    await("A charges", () -> audit.advance().counts().charged() > LAMPS);
    assertEquals(0, count(city, "select count(*) from shard where node is distinct from 'a'"));

    a.process().pause();
    city.pace().step();
    await("B owns all shards", () -> owns(city, "shard", "b"));
    await("B reads all slots", () -> owns(city, "slot", "b"));
    List<List<Long>> taken = rows(city, "select number, epoch, seq from shard order by number");
    long before = audit.advance().counts().charged();
    await("B charges", () -> audit.advance().counts().charged() > before);

    a.process().wake();
    city.pace().step();
    a.process().awaitLine(l -> l.contains("taken over by another node"), TAKEOVER_WITHIN);
    assertFalse(a.isReady(), "A owns nothing");
    city.pace().step();
    city.pace().free();
    city.lamps().await(Duration.ofMinutes(2));
    city.awaitDrained(audit, Duration.ofSeconds(20));
    assertEquals(200, b.close(0));
    await(
        "all is delivered",
        () -> count(city, "select count(*) from outbox where state <> 'acknowledged'") == 0);

    assertTrue(a.process().isAlive(), "A lives on");
    a.process().kill();
    b.process().kill();
    judge(city, audit, taken);
  }

  private static void judge(City city, JournalAudit audit, List<List<Long>> taken)
      throws Exception {
    audit.advance().judge();
    assertEquals(
        taken.stream().map(r -> r.subList(0, 2)).toList(),
        rows(city, "select number, epoch from shard order by number"),
        "the owner changed once");
    for (List<Long> shard : taken) {
      int epoch = shard.get(1).intValue();
      assertEquals(
          0,
          count(
              city,
              "select count(*) from checkpoint where shard = "
                  + shard.get(0)
                  + " and seq > "
                  + shard.get(2)
                  + " and epoch < "
                  + epoch),
          "a checkpoint of an earlier owner follows the takeover");
      assertEquals(
          epoch, audit.shards().get(shard.get(0).intValue()).epochs().last(), "the last commit's");
    }
    assertTrue(owns(city, "shard", "b") && owns(city, "slot", "b"), "B owns all at the end");
    // What A had in its hands when it stopped, and what was sent to it since, came to B again.
    Proof proof = city.proof(audit, city.lamps().progress().resent() + 2 * City.UNACKNOWLEDGED);
    assertTrue(proof.holds(), () -> "the proof does not hold: " + City.wrong(proof));
    assertEquals(List.of(), city.violations());
    judgeTheAudit(city);
  }

  /** An audit that can't fail proves nothing: it must see a flipped byte and a missing row. */
  private static void judgeTheAudit(City city) throws Exception {
    String middle =
        " where number = (select number from journal order by number desc offset 3 limit 1)";
    change(
        city, "update journal set rating = set_byte(rating, 9, get_byte(rating, 9) # 1)" + middle);
    assertThrows(AssertionError.class, () -> city.audit().advance());
    change(
        city, "update journal set rating = set_byte(rating, 9, get_byte(rating, 9) # 1)" + middle);
    city.audit().advance().judge();
    change(city, "delete from journal" + middle);
    assertThrows(AssertionError.class, () -> city.audit().advance().judge());
  }

  private static void change(City city, String sql) throws SQLException {
    try (Connection c = city.database().connection();
        Statement s = c.createStatement()) {
      assertEquals(1, s.executeUpdate(sql));
    }
  }

  private static boolean owns(City city, String table, String node) throws SQLException {
    return count(city, "select count(*) from " + table) > 0
        && count(
                city,
                "select count(*) from " + table + " where node is distinct from '" + node + "'")
            == 0;
  }

  private static void await(String what, Callable<Boolean> outcome) {
    Awaitility.await(what)
        .atMost(TAKEOVER_WITHIN)
        .pollInterval(Duration.ofMillis(100))
        .until(outcome);
  }

  private static long count(City city, String sql) throws SQLException {
    return rows(city, sql).getFirst().getFirst();
  }

  private static List<List<Long>> rows(City city, String sql) throws SQLException {
    try (Connection c = city.database().connection();
        Statement s = c.createStatement();
        ResultSet rs = s.executeQuery(sql)) {
      List<List<Long>> rows = new ArrayList<>();
      int columns = rs.getMetaData().getColumnCount();
      while (rs.next()) {
        List<Long> row = new ArrayList<>();
        for (int i = 1; i <= columns; i++) {
          row.add(rs.getLong(i));
        }
        rows.add(row);
      }
      return rows;
    }
  }
}
