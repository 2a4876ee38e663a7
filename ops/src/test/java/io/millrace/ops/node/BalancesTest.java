package io.millrace.ops.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.connectors.check.Books;
import io.millrace.ops.Millrace;
import io.millrace.ops.rest.Json;
import io.millrace.processors.shard.ShardKey;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.management.ManagementFactory;
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
import javax.management.RuntimeMBeanException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Accounts with balances over HTTP, on one node that is started anew in between. A lamp costs 0.10
 * a day from its first moment on, and 0.05 a GWh.
 */
class BalancesTest {
  private static final String FROM = "2026-11-01T23:00:00Z";

  /** 10 MWh: 0.50. */
  private static final String TEN_MWH = "10000000";

  @TempDir static Path folder;
  private static String database;
  private static TestNode node;
  private static int keys;

  @BeforeAll
  static void start() throws Exception {
    database = TestNode.emptyDatabase();
    node = TestNode.start(folder, database, 1);
  }

  @AfterAll
  static void stop() throws Exception {
    for (Books.Finding f :
        new Books(node.running().node().database().pool())
            .check(node.running().node().tenant().id())) {
      assertTrue(f.holds(), f.toString());
    }
    node.close();
  }

  private static HttpResponse<String> post(String path, String key, String body) throws Exception {
    return node.postUnder(key, path, body);
  }

  private static Map<String, Object> done(String path, String body) throws Exception {
    HttpResponse<String> answer = post(path, "key-" + ++keys, body);
    assertTrue(answer.statusCode() < 300, answer::body);
    return TestNode.tree(answer);
  }

  private static String refused(String path, String body) throws Exception {
    HttpResponse<String> answer = post(path, "key-" + ++keys, body);
    return answer.statusCode() + " " + TestNode.tree(answer).get("code");
  }

  /** An account with one lamp of its name, whose first day has been charged. */
  private static void account(String name, String terms) throws Exception {
    done("/v1/accounts", "{\"account\":\"%s\",%s}".formatted(name, terms));
    String csv = "subject,account,offer,from,to\n%s,%s,lamp,%s,\n".formatted(name, name, FROM);
    assertEquals(200, node.send("/v1/devices", "POST", "text/csv", csv).statusCode());
    Awaitility.await().until(() -> !TestNode.list(shown(name), "usage").isEmpty());
  }

  private static Map<String, Object> shown(String name) throws Exception {
    return TestNode.tree(node.get("/v1/accounts/" + name));
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> funds(String name) throws Exception {
    return (Map<String, Object>) shown(name).get("funds");
  }

  private static String reservation(String device, String quantity, String more) {
    return "{\"device\":\"%s\",\"meter\":\"energy\",\"quantity\":\"%s\"%s}"
        .formatted(device, quantity, more);
  }

  private static String commit(String quantity, boolean last) {
    return "{\"meter\":\"energy\",\"quantity\":\"%s\",\"last\":%s}".formatted(quantity, last);
  }

  @Test
  void whatHappensToABalance_isInTheOutboxOnceInItsOrder() throws Exception {
    account("nora", "\"kind\":\"prepaid\",\"lowBalance\":\"0.50\"");
    assertEquals("0.500000000", funds("nora").get("lowBalance"));
    String key = "key-" + ++keys;
    for (int i = 0; i < 2; i++) {
      HttpResponse<String> paid = post("/v1/accounts/nora/top-up", key, "{\"amount\":\"1.00\"}");
      assertEquals(200, paid.statusCode());
    }
    String charge = "{\"device\":\"nora\",\"meter\":\"energy\",\"quantity\":\"%s\"}";
    done("/v1/charges", charge.formatted(TEN_MWH));
    assertEquals(
        "400 bad-amount",
        refused(
            "/v1/accounts",
            "{\"account\":\"nora\",\"kind\":\"prepaid\",\"lowBalance\":\"0.00000000001\"}"));
    List<Map<String, Object>> told = new ArrayList<>();
    try (Connection c = node.running().node().database().connection();
        Statement s = c.createStatement();
        ResultSet rs =
            s.executeQuery(
                "select payload from outbox where topic = 'notice'"
                    + " and payload::jsonb ->> 'account' = 'nora' order by id")) {
      while (rs.next()) {
        told.add(Json.readObject(rs.getString(1).getBytes(StandardCharsets.UTF_8)));
      }
    }
    assertEquals(
        List.of("topped-up 0.9", "unblocked 0.9", "low-balance 0.4"),
        told.stream().map(t -> t.get("kind") + " " + t.get("left")).toList());
    assertEquals("1", told.getFirst().get("amount"));
    assertEquals("EUR", told.getLast().get("currency"));
    assertEquals("0.5", told.getLast().get("threshold"));
  }

  @Test
  void prepaidAccount_grantsWhatItHasAndNoMore() throws Exception {
    account("anna", "\"kind\":\"prepaid\"");
    assertEquals("0.100000000", funds("anna").get("overrun"));
    assertEquals(true, funds("anna").get("blocked"));
    assertEquals("409 blocked", refused("/v1/reservations", reservation("anna", "1000", "")));

    Map<String, Object> paid = done("/v1/accounts/anna/top-up", "{\"amount\":\"1.00\"}");
    assertEquals("0.900000000", paid.get("available"));
    assertEquals("0.900000000", funds("anna").get("balance"));
    assertEquals("0.000000000", funds("anna").get("overrun"));

    Map<String, Object> granted = done("/v1/reservations", reservation("anna", TEN_MWH, ""));
    assertEquals("granted", granted.get("outcome"));
    assertEquals("0.500000000", granted.get("amount"));
    assertEquals("0.400000000", granted.get("available"));
    assertEquals(
        "409 insufficient-balance", refused("/v1/reservations", reservation("anna", TEN_MWH, "")));
    Map<String, Object> part =
        done("/v1/reservations", reservation("anna", TEN_MWH, ",\"partial\":true"));
    assertEquals("granted-in-part", part.get("outcome"));
    assertEquals("8000000.009", part.get("quantity")); // Half a unit of the ledger is free.
    assertEquals("0.400000000", part.get("amount"));

    String first = "/v1/reservations/" + granted.get("id");
    Map<String, Object> some = done(first + "/commit", commit("4000000", false));
    assertEquals("committed", some.get("outcome"));
    assertEquals("0.200000000", some.get("amount"));
    assertEquals("0.300000000", some.get("held"));
    Map<String, Object> rest = done(first + "/commit", commit("1000000", true));
    assertEquals("0.050000000", rest.get("amount"));
    assertEquals("0.250000000", rest.get("available"));
    assertEquals("committed", TestNode.tree(node.get(first)).get("state"));
    assertEquals(
        "0.650000000",
        done("/v1/reservations/" + part.get("id") + "/release", "{}").get("available"));
    assertEquals("0.250000000", funds("anna").get("accrued"));
    assertEquals("404 unknown-reservation", refused("/v1/reservations/r-1-0-999-0/release", "{}"));

    String charge = "{\"device\":\"anna\",\"meter\":\"energy\",\"quantity\":\"%s\"}";
    assertEquals("0.150000000", done("/v1/charges", charge.formatted(TEN_MWH)).get("available"));
    assertEquals("409 insufficient-balance", refused("/v1/charges", charge.formatted(TEN_MWH)));
    Map<String, Object> dry =
        done("/v1/reservations", reservation("anna", TEN_MWH, ",\"dryRun\":true"));
    assertEquals("priced 0.500000000", dry.get("outcome") + " " + dry.get("amount"));
    assertEquals("0.150000000", funds("anna").get("available"));
  }

  @Test
  void creditLimit_isGrantedDownToAndUsageIsChargedBeyond() throws Exception {
    account("bert", "\"kind\":\"postpaid\",\"creditLimit\":\"0.70\"");
    assertEquals("-0.700000000", funds("bert").get("floor"));
    Map<String, Object> granted = done("/v1/reservations", reservation("bert", TEN_MWH, ""));
    assertEquals("0.100000000", granted.get("available"));
    // Mediated usage takes it beyond its floor, within one commit.
    node.send(TestNode.report(1, 1, TestNode.START, TEN_MWH).replace("lamp-000001", "bert"));
    assertEquals("-0.400000000", funds("bert").get("available"));
    assertEquals(
        "409 insufficient-balance", refused("/v1/charges", reservation("bert", "1000000", "")));
    done("/v1/reservations/" + granted.get("id") + "/commit", commit(TEN_MWH, true));
    assertEquals("0.400000000", funds("bert").get("overrun"));
    assertEquals("409 blocked", refused("/v1/reservations", reservation("bert", "1000000", "")));
    assertEquals(
        "409 insufficient-balance",
        refused("/v1/accounts/bert/adjust", "{\"amount\":\"-1\",\"reason\":\"a\"}"));
    done("/v1/accounts/bert/adjust", "{\"amount\":\"0.6\",\"reason\":\"goodwill\"}");
    assertEquals("0.200000000", funds("bert").get("available"));
  }

  @Test
  void repeatedRequest_isAnsweredTheSameAlsoAfterARestart() throws Exception {
    account("carl", "\"kind\":\"prepaid\"");
    HttpResponse<String> paid = post("/v1/accounts/carl/top-up", "once", "{\"amount\":\"5\"}");
    HttpResponse<String> held =
        post("/v1/reservations", "held", reservation("carl", TEN_MWH, ",\"validFor\":60"));
    String id = String.valueOf(TestNode.tree(held).get("id"));
    node.close();
    node = TestNode.start(folder, database, 0);
    assertEquals(
        paid.body(), post("/v1/accounts/carl/top-up", "once", "{\"amount\":\"5\"}").body());
    assertEquals(
        held.body(),
        post("/v1/reservations", "held", reservation("carl", TEN_MWH, ",\"validFor\":60")).body());
    assertEquals(422, post("/v1/accounts/carl/top-up", "once", "{\"amount\":\"6\"}").statusCode());
    assertEquals(422, post("/v1/reservations", "held", reservation("carl", "1", "")).statusCode());
    assertEquals("4.400000000", funds("carl").get("available"));

    // It expires while nobody asks, and is billed as it was priced all the same.
    node.time(TestNode.START + 61_000);
    Awaitility.await().until(() -> "4.900000000".equals(funds("carl").get("available")));
    assertEquals("expired", TestNode.tree(node.get("/v1/reservations/" + id)).get("state"));
    Map<String, Object> late = done("/v1/reservations/" + id + "/commit", commit(TEN_MWH, true));
    assertEquals("late-commit 0.500000000", late.get("outcome") + " " + late.get("amount"));
    node.time(TestNode.FIRST_SEALED);
    Awaitility.await()
        .until(
            () ->
                TestNode.list(TestNode.tree(node.get("/v1/charges?account=carl")), "charges").size()
                    == 2);
    assertEquals("4.400000000", funds("carl").get("balance"));
    explained();
  }

  /** What was charged at once is proven as what came from a device is. */
  private static void explained() throws Exception {
    for (Map<String, Object> charge :
        TestNode.list(TestNode.tree(node.get("/v1/charges?account=carl")), "charges")) {
      Map<String, Object> why = TestNode.tree(node.get("/v1/charges/" + charge.get("id")));
      assertEquals(
          List.of(),
          TestNode.list(why, "verdicts").stream()
              .filter(v -> !v.get("good").equals(true))
              .toList());
      assertTrue(TestNode.list(why, "verdicts").size() > 5);
    }
  }

  @Test
  void devices_areWhereTheirAccountsBalanceIs() throws Exception {
    assertEquals(
        "409 account-in-use",
        refused("/v1/accounts", "{\"account\":\"city\",\"kind\":\"prepaid\"}"));
    account("dora", "\"kind\":\"prepaid\"");
    int id = ((Long) shown("dora").get("id")).intValue();
    String csv =
        "subject,account,offer,from,to\ndora-2,dora,lamp,%s,\ndora-3,dora,lamp,%s,\n"
            .formatted(FROM, FROM);
    node.send("/v1/devices", "POST", "text/csv", csv);
    int shard = ShardKey.of(id, node.running().node().tenant().shards());
    AccountDesk desk = new AccountDesk(node.running().node());
    for (String device : List.of("dora", "dora-2", "dora-3")) {
      assertEquals(shard, desk.device(device).shard());
    }
    String leaving = "subject,account,offer,from,to\ndora,city,lamp,2026-12-01T00:00:00Z,\n";
    Map<String, Object> report =
        TestNode.tree(node.send("/v1/devices", "POST", "text/csv", leaving));
    assertEquals("leaves-balance", TestNode.list(report, "refusals").getFirst().get("code"));
    assertEquals(400, node.post("/v1/reservations", reservation("dora", "1", "")).statusCode());
    assertEquals(
        "409 no-balance", refused("/v1/reservations", reservation("lamp-000001", "1000", "")));
    assertEquals(
        "404 unknown-device", refused("/v1/reservations", reservation("nobody", "1000", "")));
    assertEquals(
        "400 bad-quantity", refused("/v1/reservations", reservation("dora", "0.0001", "")));
  }

  private static String cli(String... args) {
    StringWriter out = new StringWriter();
    List<String> all = new ArrayList<>(List.of(args));
    int end = all.contains("--") ? all.indexOf("--") : all.size();
    all.addAll(end, List.of("--url", node.running().url()));
    PrintWriter to = new PrintWriter(out, true);
    int code = Millrace.commandLine(to, to).execute(all.toArray(String[]::new));
    return code + " " + out.toString().strip();
  }

  private static String jmx(String verb, String... arguments) throws Exception {
    String[] types = new String[arguments.length];
    Arrays.fill(types, "java.lang.String");
    return String.valueOf(
        ManagementFactory.getPlatformMBeanServer()
            .invoke(new ObjectName("io.millrace:type=Accounts"), verb, arguments, types));
  }

  @Test
  void mxBean_doesTheSame() throws Exception {
    account("john", "\"kind\":\"prepaid\"");
    assertTrue(jmx("topUp", "john", "2.00", "jmx-1").contains("1.900000000"));
    assertTrue(jmx("topUp", "john", "2.00", "jmx-1").contains("1.900000000"), "once");
    assertTrue(jmx("adjust", "john", "-0.40", "a mistake", "jmx-2").contains("1.500000000"));
    assertTrue(jmx("show", "john").contains("1.500000000"));
    RuntimeMBeanException refused =
        assertThrows(
            RuntimeMBeanException.class, () -> jmx("adjust", "john", "-9", "too much", "jmx-3"));
    String said = refused.getCause().getMessage();
    assertTrue(said.startsWith("insufficient-balance: "), said);
  }

  @Test
  void commandLine_doesTheSame() throws Exception {
    assertEquals(
        "0 ella is open, prepaid down to -1.000000000 EUR; 1.000000000 available",
        cli("account", "open", "ella", "--prepaid", "--floor", "-1"));
    String csv = "subject,account,offer,from,to\nella,ella,lamp,%s,\n".formatted(FROM);
    assertEquals(200, node.send("/v1/devices", "POST", "text/csv", csv).statusCode());
    Awaitility.await().until(() -> !TestNode.list(shown("ella"), "usage").isEmpty());
    String paid = "0 ella: 2.000000000 EUR, 2.900000000 available";
    assertEquals(paid, cli("account", "top-up", "ella", "2.00", "--key", "cli-1"));
    assertEquals(paid, cli("account", "top-up", "ella", "2.00", "--key", "cli-1"));
    assertEquals(
        "0 ella: -0.500000000 EUR, 2.400000000 available",
        cli("account", "adjust", "--reason", "too much", "--", "ella", "-0.5"));
    String reserved = cli("reserve", "ella", "energy", TEN_MWH);
    assertTrue(
        reserved.endsWith("granted: 10000000.000 Wh for 0.500000000 EUR, 1.900000000 available"),
        reserved);
    String id = reserved.split(" ", 3)[1];
    assertEquals(
        "0 "
            + id
            + " committed: 2000000.000 Wh for 0.100000000 EUR, 0.400000000 held, 1.900000000"
            + " available",
        cli("commit", id, "energy", "2000000", "--more"));
    assertEquals(
        "0 " + id + " released: 0.400000000 EUR were held, 2.300000000 available",
        cli("release", id));
    assertTrue(cli("account", "show", "ella").contains("reservations 0"));
    assertTrue(cli("release", "r-9-9-9-9").startsWith("1 "), "of another tenant");
  }
}
