package io.millrace.ops.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.connectors.check.Books;
import io.millrace.ops.Millrace;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.management.ObjectName;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Units that an account buys, from the command line, JMX and HTTP to the explanation of what they
 * covered, on a node that is started anew in between.
 */
class UnitsTest {
  private static final long HOUR = 3_600_000;
  private static final String CATALOG =
      """
      catalog: addons
      effective: 2026-11-02
      currency: EUR
      zone: Europe/Madrid
      period: 24h
      meters:
        energy: {event: lamp.report, value: data.wh, unit: Wh, scale: 3, aggregate: sum}
      offers:
        lone:
          scope: device
          window: 1h
          allowances:
            - {allowance: extra, bought: true, unit: kWh, of: energy}
          charges:
            energy: {meter: energy, unit: kWh, per-unit: 1.00}
      """;

  @TempDir Path folder;
  private int keys;

  @Test
  void unitsThatAreBought_coverUseEndAndAreExplained() throws Exception {
    byte[] catalog = CATALOG.getBytes(StandardCharsets.UTF_8);
    String database = TestNode.emptyDatabase();
    long day = TestNode.START;
    try (TestNode node = TestNode.rating(catalog, folder, database, day)) {
      done(node, "/v1/accounts", "{\"account\":\"anna\",\"kind\":\"prepaid\"}");
      String csv = "subject,account,offer,from,to\nlamp-000001,anna,lone,2026-11-01T23:00:00Z,\n";
      assertEquals(200, node.send("/v1/devices", "POST", "text/csv", csv).statusCode());
      buy(node);
      assertEquals("weekend 1.5 kWh, extra 0.5 kWh", units(node));
      Map<String, Object> granted = done(node, "/v1/reservations", wanted("1000"));
      assertEquals("0.000000000", granted.get("amount"), "its units are there");
      assertEquals(
          "409 insufficient-balance",
          refused(node, "adjust", more("weekend", "-1.01", ",\"reason\":\"no\"")),
          "the grant needs what would be left");
      done(
          node,
          "/v1/reservations/" + granted.get("id") + "/commit",
          "{\"meter\":\"energy\",\"quantity\":\"800\",\"last\":true}");
      node.send(TestNode.report(1, 1, day, "400"));
      Awaitility.await().until(() -> units(node).equals("weekend 0.3 kWh, extra 0.5 kWh"));
      assertRefusals(node);
      String shown = cli(node, "account", "show", "anna");
      assertTrue(shown.contains("weekend") && shown.contains("kWh"), shown);
    }
    try (TestNode node = TestNode.rating(catalog, folder, database, day)) {
      Awaitility.await().until(() -> node.get("/health/ready").statusCode() == 200);
      assertEquals("weekend 0.3 kWh, extra 0.5 kWh", units(node), "after a restart");
      node.time(day + 25 * HOUR);
      Awaitility.await().until(() -> units(node).equals("extra 0.5 kWh"));
      node.send(TestNode.report(1, 2, day + 25 * HOUR, "600"));
      Awaitility.await().until(() -> units(node).equals("extra 0 kWh"));
      node.time(day + 50 * HOUR);
      Awaitility.await()
          .untilAsserted(() -> assertEquals(new BigDecimal("0.10"), provenSum(node), "charged"));
      String history = cli(node, "account", "history", "anna");
      assertTrue(history.contains("expired") && history.contains("-0.3"), history);
      assertEquals(
          List.of("topped-up 1.5", "topped-up 0.5", "bucket-expired 0.3"), told(node, "quantity"));
      for (Books.Finding f :
          new Books(node.running().node().database().pool())
              .check(node.running().node().tenant().id())) {
        assertTrue(f.holds(), f.toString());
      }
      assertEquals("0", one(node, "select sum(quantity)::text from unit_posting"));
    }
  }

  private static void buy(TestNode node) throws Exception {
    assertEquals(
        "0 anna: 1.5 kWh, 0.000000000 available",
        cli(
            node,
            "account",
            "top-up",
            "anna",
            "1.5",
            "--allowance",
            "extra",
            "--bucket",
            "weekend",
            "--expires",
            "2026-11-02T23:30:00Z"));
    for (int i = 0; i < 2; i++) { // Under one key it is done once.
      String told = jmx("topUpUnits", "anna", "0.5", "extra", "", "", "jmx-1");
      assertTrue(told.contains("0.5") && told.contains("kWh"), told);
    }
    String gift = jmx("topUpBucket", "anna", "0.30", "gift", "", "", "jmx-2");
    assertTrue(gift.contains("0.300000000"), gift);
    jmx("adjustUnits", "anna", "-0.1", "extra", "", "too many", "jmx-3");
    jmx("adjustUnits", "anna", "0.1", "extra", "", "not too many", "jmx-4");
    jmx("adjustBucket", "anna", "-0.10", "gift", "too much", "jmx-5");
  }

  private void assertRefusals(TestNode node) throws Exception {
    assertEquals(
        "400 unknown-allowance",
        refused(node, "top-up", "{\"units\":\"1\",\"allowance\":\"others\"}"));
    assertEquals("400 bad-quantity", refused(node, "top-up", more("weekend", "0.0000001", "")));
    assertEquals("400 bad-payment", refused(node, "top-up", "{\"units\":\"1\"}"));
    assertEquals("400 bad-payment", refused(node, "top-up", "{}"));
    assertEquals(
        "400 bad-payment", refused(node, "top-up", more("weekend", "1", ",\"amount\":\"1\"")));
    assertEquals(
        "400 bucket-terms",
        refused(node, "top-up", more("late", "1", ",\"expires\":\"2020-01-01T00:00:00Z\"")));
  }

  private static String more(String bucket, String units, String rest) {
    return "{\"units\":\"%s\",\"allowance\":\"extra\",\"bucket\":\"%s\"%s}"
        .formatted(units, bucket, rest);
  }

  private static String wanted(String quantity) {
    return "{\"device\":\"lamp-000001\",\"meter\":\"energy\",\"quantity\":\"%s\"}"
        .formatted(quantity);
  }

  /** What all charges come to, each of them proven, and what was bought among their lines. */
  private static BigDecimal provenSum(TestNode node) throws Exception {
    BigDecimal sum = BigDecimal.ZERO;
    BigDecimal covered = BigDecimal.ZERO;
    for (Map<String, Object> c :
        TestNode.list(TestNode.tree(node.get("/v1/charges?account=anna")), "charges")) {
      sum = sum.add(new BigDecimal(String.valueOf(c.get("amount"))));
      Map<String, Object> why = TestNode.tree(node.get("/v1/charges/" + c.get("id")));
      assertEquals(true, why.get("proven"), why::toString);
      for (Map<String, Object> line : TestNode.list(why, "lines")) {
        boolean isBought = "bought of extra".equals(line.get("what"));
        String quantity = String.valueOf(line.get("quantity"));
        covered = covered.add(isBought ? new BigDecimal(quantity) : BigDecimal.ZERO);
      }
    }
    assertEquals(0, covered.compareTo(new BigDecimal("1.7")), "covered: " + covered);
    return sum.setScale(2);
  }

  @SuppressWarnings("unchecked")
  private static String units(TestNode node) throws Exception {
    Map<String, Object> funds =
        (Map<String, Object>) TestNode.tree(node.get("/v1/accounts/anna")).get("funds");
    return String.join(
        ", ",
        TestNode.list(funds, "units").stream()
            .map(u -> u.get("name") + " " + u.get("left") + " " + u.get("unit"))
            .toList());
  }

  private static List<String> told(TestNode node, String fact) throws Exception {
    List<String> told = new ArrayList<>();
    try (Connection c = node.running().node().database().connection();
        Statement s = c.createStatement();
        ResultSet rs =
            s.executeQuery(
                "select kind || ' ' || (payload::jsonb ->> '%s') from outbox where payload::jsonb"
                        .formatted(fact)
                    + " ->> '%s' is not null order by id".formatted(fact))) {
      while (rs.next()) {
        told.add(rs.getString(1));
      }
    }
    return told;
  }

  private static String one(TestNode node, String query) throws Exception {
    try (Connection c = node.running().node().database().connection();
        Statement s = c.createStatement();
        ResultSet rs = s.executeQuery(query)) {
      rs.next();
      return rs.getString(1);
    }
  }

  private HttpResponse<String> post(TestNode node, String path, String body) throws Exception {
    return node.postUnder("key-" + ++keys, path, body);
  }

  private Map<String, Object> done(TestNode node, String path, String body) throws Exception {
    HttpResponse<String> answer = post(node, path, body);
    assertTrue(answer.statusCode() < 300, answer::body);
    return TestNode.tree(answer);
  }

  private String refused(TestNode node, String verb, String body) throws Exception {
    HttpResponse<String> answer = post(node, "/v1/accounts/anna/" + verb, body);
    return answer.statusCode() + " " + TestNode.tree(answer).get("code");
  }

  private static String jmx(String verb, String... arguments) throws Exception {
    String[] types = new String[arguments.length];
    Arrays.fill(types, "java.lang.String");
    return String.valueOf(
        ManagementFactory.getPlatformMBeanServer()
            .invoke(new ObjectName("io.millrace:type=Accounts"), verb, arguments, types));
  }

  private static String cli(TestNode node, String... args) {
    StringWriter out = new StringWriter();
    List<String> all = new ArrayList<>(List.of(args));
    all.addAll(List.of("--url", node.running().url()));
    PrintWriter to = new PrintWriter(out, true);
    int code = Millrace.commandLine(to, to).execute(all.toArray(String[]::new));
    return code + " " + out.toString().strip();
  }
}
