package io.millrace.ops.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.connectors.check.Books;
import io.millrace.ops.Millrace;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Uses that are asked for with what their events would say, beside the same uses mediated. */
class AskedBandsTest {
  private static final long HOUR = 3_600_000;

  private static final String CATALOG =
      """
      catalog: roaming
      effective: 2026-11-02
      currency: EUR
      zone: Europe/Madrid
      period: 24h
      meters:
        data: {event: sim.data, value: data.bytes, unit: MB, scale: 6, aggregate: sum}
        calls: {event: sim.call, aggregate: count}
        bulk: {event: sim.load, value: data.mb, unit: MB, aggregate: sum, where: {data.class: [bulk, spare]}}
        live: {event: sim.load, value: data.mb, unit: MB, aggregate: sum, where: {data.class: live}}
        spare: {event: sim.load, value: data.mb, unit: MB, aggregate: sum, where: {data.class: spare}}
        alarms: {event: sim.load, aggregate: count, where: {data.alarm: "true"}}
      offers:
        sim:
          scope: device
          window: 1h
          allowances:
            - {allowance: eu-plan, included: 2, unit: MB, of: data.eu}
          charges:
            data:
              meter: data
              unit: MB
              bands:
                - {band: eu-4g, when: {data.zone: [eu, uk], data.rat: "4"}, per-unit: 0.02}
                - band: eu
                  when: {data.zone: [eu, uk]}
                  graduated: [{to: 5, per-unit: 0.05}, {per-unit: 0.01}]
                - {band: world, per-unit: 0.40}
            bulk: {meter: bulk, unit: MB, per-unit: 0.01}
            live: {meter: live, unit: MB, per-unit: 0.10}
            spare: {meter: spare, unit: MB, per-unit: 0.001}
            alarms: {meter: alarms, unit: each, per-unit: 0.25}
            calls:
              meter: calls
              unit: each
              bands:
                - {band: paid, when: {data.premium: "true"}, per-unit: 1.50}
                - {band: plain, per-unit: 0.10}
      """;

  @TempDir static Path folder;
  private static TestNode node;
  private static int keys;

  @BeforeAll
  static void start() throws Exception {
    byte[] catalog = CATALOG.getBytes(StandardCharsets.UTF_8);
    node = TestNode.rating(catalog, folder, TestNode.emptyDatabase(), TestNode.START);
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

  private static Map<String, Object> done(String path, String body) throws Exception {
    HttpResponse<String> answer = node.postUnder("key-" + ++keys, path, body);
    assertTrue(answer.statusCode() < 300, answer::body);
    return TestNode.tree(answer);
  }

  private static String refused(String path, String body) throws Exception {
    HttpResponse<String> answer = node.postUnder("key-" + ++keys, path, body);
    return answer.statusCode() + " " + TestNode.tree(answer).get("code");
  }

  /** A prepaid account with a SIM of its name. */
  private static void sim(String name) throws Exception {
    done("/v1/accounts", "{\"account\":\"%s\",\"kind\":\"prepaid\"}".formatted(name));
    done("/v1/accounts/" + name + "/top-up", "{\"amount\":\"100\"}");
    String csv =
        "subject,account,offer,from,to\n%s,%s,sim,2026-11-01T23:00:00Z,\n".formatted(name, name);
    assertEquals(200, node.send("/v1/devices", "POST", "text/csv", csv).statusCode());
    AccountDesk desk = new AccountDesk(node.running().node());
    Awaitility.await().ignoreExceptions().until(() -> desk.device(name) != null);
  }

  private static String asked(String sim, String meter, String quantity, String attributes) {
    return "{\"device\":\"%s\",\"meter\":\"%s\",\"quantity\":\"%s\"%s}"
        .formatted(
            sim,
            meter,
            quantity,
            attributes.isEmpty() ? "" : ",\"attributes\":{" + attributes + "}");
  }

  private static void mediated(String sim, String type, String data) {
    node.send(
        """
        {"specversion":"1.0","id":"%d","source":"s","type":"%s","subject":"%s","time":"%s",\
        "data":{%s}}\
        """
            .formatted(++keys, type, sim, Instant.ofEpochMilli(TestNode.START), data));
  }

  /** Each charge of an account, once the window is sealed, each of them proven. */
  private static List<String> charges(String account) throws Exception {
    List<String> charges = new ArrayList<>();
    for (Map<String, Object> c :
        TestNode.list(TestNode.tree(node.get("/v1/charges?account=" + account)), "charges")) {
      charges.add(c.get("name") + " " + c.get("quantity") + " " + c.get("amount"));
      Map<String, Object> why = TestNode.tree(node.get("/v1/charges/" + c.get("id")));
      assertEquals(true, why.get("proven"), why::toString);
    }
    return charges.stream().sorted().toList();
  }

  private static void seal() throws Exception {
    node.time(TestNode.START + 2 * HOUR);
    for (String account : List.of("anna", "bert")) {
      Awaitility.await().until(() -> charges(account).size() == 5);
    }
  }

  @Test
  void useThatIsAsked_costsWhatItCostsMediated() throws Exception {
    sim("anna");
    sim("bert");
    String[][] uses = {
      {"data", "3", "\"zone\":\"eu\""},
      {"data", "4.5", "\"rat\":5,\"zone\":\"uk\""},
      {"data", "1.25", "\"zone\":\"eu\",\"rat\":4"},
      {"data", "0.5", "\"zone\":\"eu\",\"rat\":\"4\""},
      {"data", "2", "\"zone\":\"mars\""},
      {"data", "0.125", ""},
      {"calls", "1", "\"premium\":true"},
      {"calls", "1", "\"premium\":false"},
      {"calls", "1", ""},
    };
    List<String> amounts = new ArrayList<>();
    for (String[] use : uses) {
      Map<String, Object> charged = done("/v1/charges", asked("anna", use[0], use[1], use[2]));
      amounts.add(String.valueOf(charged.get("amount")).replaceAll("0*$", ""));
      assertEquals(use[1], String.valueOf(charged.get("quantity")).replaceAll("[.]?0*$", ""));
      String said = use[2].isEmpty() ? "" : use[2] + ",";
      String bytes = "\"bytes\":" + use[1];
      mediated(
          "bert",
          use[0].equals("data") ? "sim.data" : "sim.call",
          use[0].equals("data") ? said + bytes : said + "\"n\":1");
    }
    assertEquals(
        List.of("0.05", "0.205", "0.025", "0.01", "0.8", "0.05", "1.5", "0.1", "0.1"), amounts);
    seal();
    assertEquals(charges("bert"), charges("anna"));
    assertFalse(charges("anna").isEmpty());
  }

  private static Map<String, Object> commit(Object id, String quantity, String more)
      throws Exception {
    return done(
        "/v1/reservations/" + id + "/commit",
        "{\"meter\":\"data\",\"quantity\":\"%s\",\"last\":false%s}".formatted(quantity, more));
  }

  @Test
  void useThatIsReserved_isPricedByWhatItsReservationSaysOrItself() throws Exception {
    sim("emil");
    String fast = "\"zone\":\"uk\",\"rat\":4";
    String dry = asked("emil", "data", "10", fast).replace("}}", "},\"dryRun\":true}");
    assertEquals("0.200000000", done("/v1/reservations", dry).get("amount"));
    Map<String, Object> granted = done("/v1/reservations", asked("emil", "data", "10", fast));
    assertEquals("0.200000000", granted.get("amount"));
    Object id = granted.get("id");
    assertEquals(
        Map.of("zone", "uk", "rat", "4"),
        TestNode.tree(node.get("/v1/reservations/" + id)).get("attributes"));
    assertEquals("0.020000000", commit(id, "1", "").get("amount"));
    Map<String, Object> own = commit(id, "4", ",\"attributes\":{\"zone\":\"eu\"}");
    assertEquals("0.100000000", own.get("amount"), "2 of 4 are included");
    assertEquals("0.100000000", own.get("held"), "what is left is priced as it was granted");
    assertEquals("0.400000000", commit(id, "1", ",\"attributes\":{}").get("amount"));
    assertEquals("0.060000000", commit(id, "3", "").get("amount"));
    assertEquals(
        "400 unknown-attribute",
        refused(
            "/v1/reservations/" + id + "/commit",
            "{\"meter\":\"data\",\"quantity\":\"1\",\"attributes\":{\"premium\":1}}"));
    String reserved =
        cli("reserve", "emil", "data", "5", "--attribute", "zone=eu", "--attribute", "rat=4");
    assertTrue(reserved.startsWith("0 r-") && reserved.contains(" for 0.100000000 EUR"), reserved);
    String named = reserved.substring(2, reserved.indexOf(' ', 2));
    String used = cli("commit", named, "data", "1", "--attribute", "zone=mars");
    assertTrue(used.contains(" for 0.400000000 EUR"), used);
  }

  private static String cli(String... args) {
    StringWriter out = new StringWriter();
    List<String> all = new ArrayList<>(List.of(args));
    all.addAll(List.of("--url", node.running().url()));
    PrintWriter to = new PrintWriter(out, true);
    int code = Millrace.commandLine(to, to).execute(all.toArray(String[]::new));
    return code + " " + out.toString().strip();
  }

  @Test
  void meterOfSomeEvents_isAskedForByWhatTheySay() throws Exception {
    sim("fred");
    String live = "\"class\":\"live\"";
    Map<String, Object> granted = done("/v1/reservations", asked("fred", "live", "5", live));
    assertEquals("0.500000000", granted.get("amount"));
    String id = String.valueOf(granted.get("id"));
    Map<String, Object> used =
        done("/v1/reservations/" + id + "/commit", "{\"meter\":\"live\",\"quantity\":\"4\"}");
    assertEquals(
        List.of("4.000", "0.400000000"), List.of(used.get("quantity"), used.get("amount")));
    String both = "\"class\":\"bulk\",\"alarm\":true";
    assertEquals(
        "0.280000000", done("/v1/charges", asked("fred", "bulk", "3", both)).get("amount"));
    assertEquals(
        "409 priced-per-event", refused("/v1/reservations", asked("fred", "bulk", "3", both)));
    assertEquals(
        "0.250000000",
        done("/v1/charges", asked("fred", "alarms", "1", "\"alarm\":true")).get("amount"));
    String[] rows = {
      "live", "1", "", "400 not-read",
      "live", "1", "\"class\":\"bulk\"", "400 not-read",
      "alarms", "1", "", "400 not-read",
      "alarms", "2", "\"alarm\":true", "400 bad-quantity",
      "bulk", "1", "\"class\":\"spare\"", "400 read-twice",
      "live", "1", "\"zone\":\"eu\"", "400 unknown-attribute",
    };
    for (int i = 0; i < rows.length; i += 4) {
      String body = asked("fred", rows[i], rows[i + 1], rows[i + 2]);
      assertEquals(rows[i + 3], refused("/v1/charges", body), body);
    }
    String other =
        String.valueOf(done("/v1/reservations", asked("fred", "live", "5", live)).get("id"));
    assertEquals(
        "400 not-read",
        refused(
            "/v1/reservations/" + other + "/commit",
            "{\"meter\":\"live\",\"quantity\":\"1\",\"attributes\":{}}"));
  }

  @Test
  void attributesThatNoBandAsksFor_areRefused() throws Exception {
    sim("carl");
    assertEquals(
        "400 unknown-attribute",
        refused("/v1/charges", asked("carl", "data", "1", "\"premium\":true")));
    assertEquals(
        "400 unknown-attribute", refused("/v1/charges", asked("carl", "calls", "1", "\"zone\":1")));
    for (String wrong :
        List.of(
            "\"zone\":[\"eu\"]",
            "\"zone\":{\"is\":\"eu\"}",
            "\"zone\":\"\"",
            "\"zone\":\"" + "x".repeat(65) + "\"",
            "\"zone\":\"\\ud800\"",
            "\"data.zone\":\"eu\"")) {
      assertEquals(
          "400 bad-parameter", refused("/v1/charges", asked("carl", "data", "1", wrong)), wrong);
    }
    String told =
        node.postUnder("k", "/v1/charges", asked("carl", "data", "1", "\"zone\":[]")).body();
    assertTrue(told.contains("`zone` is a string, a whole number, or true or false"), told);
  }

  @Test
  void attributes_arePartOfWhatAKeyIsFor() throws Exception {
    sim("dora");
    String[] said = {
      "\"zone\":\"eu\",\"rat\":\"4\"", "\"rat\":\"4\",\"zone\":\"eu\"", "", "\"zone\":\"uk\""
    };
    List<Integer> answers = new ArrayList<>();
    for (String each : said) {
      answers.add(
          node.postUnder("one", "/v1/charges", asked("dora", "data", "1", each)).statusCode());
    }
    assertEquals(List.of(200, 200, 422, 422), answers);
  }

  /** Only what reads events now can read one twice. */
  @Test
  void meterOfAVersionToCome_refusesNothingYet() throws Exception {
    sim("gail");
    String next =
        CATALOG
            .replace("effective: 2026-11-02", "effective: 2027-01-01")
            .replace(
                "  alarms: {event",
                "  all: {event: sim.load, value: data.mb, unit: MB, aggregate: sum}\n"
                    + "  alarms: {event")
            .replace(
                "      alarms: {meter",
                "      all: {meter: all, unit: MB, per-unit: 0.02}\n      alarms: {meter");
    HttpResponse<String> taken = node.send("/v1/catalogs", "POST", "application/yaml", next);
    assertTrue(taken.statusCode() < 300, taken::body);
    Awaitility.await()
        .until(
            () ->
                node.running().node().rules().types().stream()
                    .flatMap(type -> type.meters().stream())
                    .anyMatch(meter -> meter.name().equals("all")));
    assertEquals(
        "0.100000000",
        done("/v1/charges", asked("gail", "live", "1", "\"class\":\"live\"")).get("amount"));
  }
}
