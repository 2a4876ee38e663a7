package io.millrace.ops.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.connectors.check.Books;
import io.millrace.ops.Millrace;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Buckets of money over HTTP and the command line, on one node that is started anew in between. A
 * lamp costs 0.10 a day from its first moment on, and 0.05 a GWh.
 */
class BucketsTest {
  /** 10 MWh: 0.50. */
  private static final String CHARGE =
      "{\"device\":\"bert\",\"meter\":\"energy\",\"quantity\":\"10000000\"}";

  @TempDir Path folder;
  private int keys;

  @Test
  void buckets_areDrawnOnInTheirOrderEndAndAreTold() throws Exception {
    String database = TestNode.emptyDatabase();
    try (TestNode node = TestNode.start(folder, database, 1)) {
      done(node, "/v1/accounts", "{\"account\":\"bert\",\"kind\":\"prepaid\"}");
      assertEquals(
          "0 bert: 0.700000000 EUR, 0.700000000 available",
          cli(
              node,
              "account",
              "top-up",
              "bert",
              "0.70",
              "--bucket",
              "gift",
              "--expires",
              "2026-11-02T23:30:00Z"));
      String night = "{\"amount\":\"0.60\",\"bucket\":\"energy\",\"for\":\"lamp.report\"}";
      assertEquals("0.700000000", done(node, "/v1/accounts/bert/top-up", night).get("available"));
      done(node, "/v1/accounts/bert/top-up", "{\"amount\":\"1.00\"}");
      String csv = "subject,account,offer,from,to\nbert,bert,lamp,2026-11-01T23:00:00Z,\n";
      assertEquals(200, node.send("/v1/devices", "POST", "text/csv", csv).statusCode());
      Awaitility.await().until(() -> buckets(node).equals("energy 0.600000000 gift 0.600000000"));
      done(node, "/v1/charges", CHARGE);
      assertEquals("energy 0.100000000 gift 0.600000000", buckets(node), "its own use first");
      done(node, "/v1/charges", CHARGE);
      assertEquals("energy 0.000000000 gift 0.200000000", buckets(node));
      assertEquals(
          "400 bad-bucket", refused(node, "top-up", "{\"amount\":\"1\",\"for\":\"lamp.report\"}"));
      assertEquals(
          "400 unknown-type",
          refused(node, "top-up", "{\"amount\":\"1\",\"bucket\":\"x\",\"for\":\"x\"}"));
      assertEquals(
          "404 unknown-bucket",
          refused(node, "adjust", "{\"amount\":\"-1\",\"bucket\":\"x\",\"reason\":\"none\"}"));
      assertEquals(
          "400 bucket-terms",
          refused(
              node,
              "top-up",
              "{\"amount\":\"1\",\"bucket\":\"y\",\"expires\":\"2020-01-01T00:00:00Z\"}"));
      assertEquals(
          "409 insufficient-balance",
          refused(node, "adjust", "{\"amount\":\"-0.21\",\"bucket\":\"gift\",\"reason\":\"no\"}"));
      assertTrue(cli(node, "account", "show", "bert").contains("lamp.report"));
      done(node, "/v1/accounts/bert/adjust", "{\"amount\":\"-0.25\",\"reason\":\"paid twice\"}");
      String history = cli(node, "account", "history", "bert", "--limit", "2");
      assertTrue(history.contains("paid twice") && history.contains("top-up"), history);
      assertTrue(!history.contains("gift"), "the last two");
      assertTrue(history.contains("more: --cursor "), history);
      String cursor = history.substring(history.indexOf("--cursor ") + 9).strip();
      String before = cli(node, "account", "history", "bert", "--cursor", cursor);
      assertTrue(before.contains("gift") && !before.contains("paid twice"), before);
      assertTrue(!before.contains("more:"), before);
      assertTrue(cli(node, "account", "history", "bert", "--cursor", "x").contains("bad-cursor"));
      assertEquals(
          List.of("adjustment", "top-up"), kinds(node, "bucket="), "of the balance itself");
      assertEquals(List.of("top-up"), kinds(node, "bucket=gift&kind=top-up"));
      assertEquals(List.of(), kinds(node, "bucket=gift&kind=expired"));
      assertEquals(List.of(), kinds(node, "to=2026-11-01T22:59:59Z"));
      assertEquals(4, kinds(node, "from=2026-11-01T23:00:00Z").size());
      String locked = cli(node, "account", "entitlement", "bert", "navigation");
      assertTrue(locked.contains("unknown-feature"), locked);
    }
    try (TestNode node = TestNode.start(folder, database, 0)) {
      assertEquals("energy 0.000000000 gift 0.200000000", buckets(node), "after a restart");
      node.time(TestNode.START + 3_600_000);
      Awaitility.await().until(() -> told(node).contains("bucket-expires null"));
      node.time(TestNode.START + 24 * 3_600_000);
      Awaitility.await().until(() -> buckets(node).equals("energy 0.000000000 gift 0.100000000"));
      node.time(TestNode.START + 25 * 3_600_000);
      Awaitility.await().until(() -> buckets(node).equals("energy 0.000000000"));
      assertEquals(
          List.of(
              "topped-up 0.7",
              "topped-up 0.6",
              "topped-up 1",
              "bucket-expires null",
              "bucket-expired 0.1"),
          told(node));
      for (Books.Finding f :
          new Books(node.running().node().database().pool())
              .check(node.running().node().tenant().id())) {
        assertTrue(f.holds(), f.toString());
      }
    }
  }

  @SuppressWarnings("unchecked")
  private static String buckets(TestNode node) throws Exception {
    Map<String, Object> funds =
        (Map<String, Object>) TestNode.tree(node.get("/v1/accounts/bert")).get("funds");
    return String.join(
        " ",
        TestNode.list(funds, "buckets").stream()
            .map(b -> b.get("name") + " " + b.get("left"))
            .toList());
  }

  private static List<String> kinds(TestNode node, String filter) throws Exception {
    return TestNode.list(TestNode.tree(node.get("/v1/accounts/bert/history?" + filter)), "changes")
        .stream()
        .map(c -> String.valueOf(c.get("kind")))
        .toList();
  }

  private static List<String> told(TestNode node) throws Exception {
    List<String> told = new ArrayList<>();
    try (Connection c = node.running().node().database().connection();
        Statement s = c.createStatement();
        ResultSet rs =
            s.executeQuery(
                "select kind || ' ' || coalesce(payload::jsonb ->> 'amount', 'null') from outbox"
                    + " where topic = 'notice' and (kind like 'bucket%' or kind = 'topped-up')"
                    + " order by id")) {
      while (rs.next()) {
        told.add(rs.getString(1));
      }
    }
    return told;
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
    HttpResponse<String> answer = post(node, "/v1/accounts/bert/" + verb, body);
    return answer.statusCode() + " " + TestNode.tree(answer).get("code");
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
