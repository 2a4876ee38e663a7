package io.millrace.ops.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What a node has charged is proven to the unit, and what is damaged in its database is found and
 * named (I9). Its lamps are ahead of the shards' time by up to half an hour and out of order, so
 * that events of two windows come in between each other.
 */
class PlantedDamageTest {
  private static final long MINUTE = 60_000;
  private static final long HOUR = 60 * MINUTE;
  private static final int LAMPS = 9;

  @TempDir static Path folder;
  private static String database;
  private static TestNode node;

  /** Two charges of one shard: the damaged one, and one that shares its chain. */
  private static String charge;

  private static List<Long> held;
  private static List<Long> heldByTheOther;

  @BeforeAll
  static void start() throws Exception {
    database = TestNode.emptyDatabase();
    node = TestNode.start(folder, database, LAMPS);
    for (int minute = 0; minute < 90; minute += 15) {
      long now = TestNode.START + minute * MINUTE;
      node.time(now);
      for (int lamp = 1; lamp <= LAMPS; lamp++) {
        // Half units of the ledger: 0.05 nano-euro a mWh.
        node.send(TestNode.report(lamp, minute, now, "0." + (100 + 11 * lamp)));
        node.send(TestNode.report(lamp, 1_000 + minute, now + 30 * MINUTE, "0.013"));
      }
    }
    // The windows from 1 h on are open: their events came in between those of the first.
    Awaitility.await().until(() -> charges("name=energy").size() == LAMPS);
    Map<String, String> byShard = new HashMap<>();
    for (Map<String, Object> each : charges("name=energy")) {
      String id = String.valueOf(each.get("id"));
      String other = byShard.putIfAbsent(id.split("-")[1], id);
      if (other != null) {
        charge = other;
        held = commits(explained(other));
        heldByTheOther = commits(explained(id));
      }
    }
    heldByTheOther.removeAll(held);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static List<Map<String, Object>> charges(String query) throws Exception {
    return TestNode.list(TestNode.tree(node.get("/v1/charges?" + query)), "charges");
  }

  private static Map<String, Object> explained(String id) throws Exception {
    return TestNode.tree(node.get("/v1/charges/" + id));
  }

  private static List<Long> commits(Map<String, Object> explained) {
    return TestNode.list(explained, "events").stream()
        .map(e -> (Long) e.get("commit"))
        .collect(Collectors.toCollection(ArrayList::new));
  }

  private static Map<String, String> faults(Map<String, Object> explained) {
    Map<String, String> faults = new TreeMap<>();
    for (Map<String, Object> verdict : TestNode.list(explained, "verdicts")) {
      if (!Boolean.TRUE.equals(verdict.get("good"))) {
        faults.put(String.valueOf(verdict.get("check")), String.valueOf(verdict.get("says")));
      }
    }
    return faults;
  }

  private static String says(Map<String, Object> explained, String check) {
    return TestNode.list(explained, "verdicts").stream()
        .filter(v -> check.equals(v.get("check")))
        .map(v -> String.valueOf(v.get("says")))
        .findFirst()
        .orElseThrow();
  }

  private static void damage(String sql) throws SQLException {
    try (Connection c = DriverManager.getConnection(database, "postgres", "");
        Statement statement = c.createStatement()) {
      // Whoever damages a database does not ask its triggers.
      statement.execute("set session_replication_role = replica");
      assertEquals(1, statement.executeUpdate(sql), sql);
    }
  }

  private static long number(String sql) throws SQLException {
    try (Connection c = DriverManager.getConnection(database, "postgres", "");
        Statement statement = c.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }

  @Test
  void everyCharge_isProvenToTheUnitWhileLaterWindowsAreOpen() throws Exception {
    Set<String> amounts = new TreeSet<>();
    for (Map<String, Object> each : charges("name=energy")) {
      Map<String, Object> tree = explained(String.valueOf(each.get("id")));
      assertEquals(true, tree.get("proven"), tree::toString);
      assertEquals(
          "the amount is the price of its events from where the curve stood, to the unit",
          says(tree, "price"));
      assertTrue(says(tree, "chain").contains(held.size() + " of the " + held.size() + " rows"));
      amounts.add(String.valueOf(each.get("amount")));
    }
    assertTrue(amounts.size() > 5, "lamps use different amounts: " + amounts);
  }

  @Test
  void longJournal_isVerifiedFromTheNearestPoint() throws Exception {
    Awaitility.await().until(() -> number("select count(*) from chain_point") >= LAMPS - 1);
    Map<String, Object> tree = explained(charge);
    assertTrue(says(tree, "chain").contains("its beginning to "), says(tree, "chain"));
    assertEquals(true, tree.get("proven"), tree::toString);
  }

  /** {@code #} is a journal row that holds an event of the charge, {@code ~} one between them. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      textBlock =
          """
          update journal set rating = set_byte(rating, 9, get_byte(rating, 9) # 1) where number = # ; journal ; journal row # is not what its digest was made of
          update journal set rating = set_byte(rating, 9, get_byte(rating, 9) # 1) where number = # ; chain ; journal row # is not what its digest was made of
          update journal set evidence = set_byte(evidence, 9, get_byte(evidence, 9) # 1) where number = # ; journal ; the evidence of journal row # is not what its hash was made of
          delete from journal where number = # ; journal ; journal row # is not there
          delete from journal where number = # ; chain ; are missing
          delete from journal where number = ~ ; chain ; are missing
          update journal set evidence_hash = sha256('x'), digest = sha256(int8send(number) || int4send(tenant) || int4send(rules) || rating || sha256('x')) where number = ~ ; chain ; was replaced
          update charge set amount = amount + 1 where $ ; charge ; is not what its digest was made of
          update charge set amount = amount + 1 where $ ; price ; ledger units
          update charge set quantity = quantity + 1 where $ ; quantity ; the readings add up to
          update charge set evidence = set_byte(evidence, 1, 200) where $ ; charge ; is not what its digest was made of
          update charge set evidence = substr(evidence, 1, length(evidence) - 1) where $ ; journal ; the charge's list of events is damaged
          update charge set evidence = substr(evidence, 1, length(evidence) - 2) where $ ; events ; events are there, the charge is for
          """)
  void damage_isFoundAndNamed(String sql, String check, String says) throws Exception {
    String[] id = charge.split("-");
    String row = "tenant = %s and shard = %s and seq = %s and n = %s".formatted((Object[]) id);
    String own = String.valueOf(held.get(held.size() / 2));
    String other = String.valueOf(heldByTheOther.get(heldByTheOther.size() / 2));
    String table = sql.contains(" charge ") ? "charge" : "journal";
    keep(table, table.equals("charge") ? row : "number in (" + own + ", " + other + ")");
    try {
      damage(sql.replace("= #", "= " + own).replace("~", other).replace("$", row));
      Map<String, Object> tree = explained(charge);
      assertEquals(false, tree.get("proven"));
      String found = faults(tree).getOrDefault(check, "nothing; but " + faults(tree));
      assertTrue(found.contains(says.replace("#", own)), found);
    } finally {
      restore(table);
    }
    assertEquals(true, explained(charge).get("proven"));
  }

  private static void keep(String table, String where) throws SQLException {
    try (Connection c = DriverManager.getConnection(database, "postgres", "");
        Statement statement = c.createStatement()) {
      statement.execute("create table kept as select * from " + table + " where " + where);
    }
  }

  private static void restore(String table) throws SQLException {
    try (Connection c = DriverManager.getConnection(database, "postgres", "");
        Statement statement = c.createStatement()) {
      statement.execute("set session_replication_role = replica");
      String key = table.equals("charge") ? "shard, seq, n" : "number";
      statement.execute(
          "delete from %s where (%s) in (select %s from kept)".formatted(table, key, key));
      statement.execute("insert into " + table + " select * from kept");
      statement.execute("drop table kept");
    }
  }
}
