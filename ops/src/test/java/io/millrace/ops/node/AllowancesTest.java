package io.millrace.ops.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.ops.Millrace;
import io.millrace.ops.rest.Json;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
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

/** What is included, as care and customers see it: over HTTP and on the command line. */
class AllowancesTest {
  private static final long HOUR = 3_600_000;

  /** From the second day on 2 kWh of a lamp's day are included. */
  private static final String INCLUDING =
      TestNode.CATALOG
          .replaceFirst("effective: \\S+", "effective: 2026-11-03")
          .replaceFirst(
              "    charges:",
              "    allowances:\n"
                  + "      - {allowance: base, included: 2, unit: kWh, of: energy, tell: [80,"
                  + " 100]}\n"
                  + "    charges:");

  @Test
  void account_tellsWhatIsIncludedUsedAndLeft(@TempDir Path folder) throws Exception {
    Path routes = Files.createDirectories(folder.resolve("routes"));
    Files.copy(Path.of("../routes/sources/http.camel.yaml"), routes.resolve("http.camel.yaml"));
    try (TestNode node = TestNode.start(folder, 3)) {
      node.send(TestNode.report(1, 1, TestNode.START, "500"));
      assertEquals(List.of(), allowances(node), "nothing is included yet");
      assertTrue(
          node.send("/v1/catalogs", "POST", "application/yaml", INCLUDING).statusCode() < 300);
      Awaitility.await().until(() -> node.running().node().rules().version() == 2);
      long day = TestNode.START + 24 * HOUR;
      node.time(day + 6 * HOUR);
      node.send(TestNode.report(1, 2, day + HOUR, "2500"));
      node.send(TestNode.report(2, 1, day + HOUR, "500"));
      Map<String, Object> base = allowances(node).getFirst();
      assertEquals(
          "[lamp, base, energy, 1, 3, 6000.000, 2500.000, 3500.000, 1, 3000.000, 12000.000, Wh]",
          base.values().toString());
      StringWriter shown = new StringWriter();
      PrintWriter out = new PrintWriter(shown);
      String[] line = {"account", "show", "city", "--url", node.running().url()};
      assertEquals(0, Millrace.commandLine(out, out).execute(line), shown::toString);
      assertTrue(
          shown.toString().replaceAll(" +", " ").contains("3 6000.000 2500.000 3500.000 1"),
          shown::toString);
      assertEquals(List.of("80 of 2 kWh", "100 of 2 kWh"), told(node));
      node.send(TestNode.report(1, 3, day + HOUR, "-2000"));
      node.send(TestNode.report(1, 4, day + HOUR, "1900"));
      assertEquals(List.of("80 of 2 kWh", "100 of 2 kWh"), told(node), "told once each");
      assertEquals("2900.000", allowances(node).getFirst().get("total"));
      String batch =
          "[%s,%s,%s]"
              .formatted(
                  TestNode.report(3, 1, day + HOUR, "1700"),
                  TestNode.report(3, 2, day + HOUR, "-1000"),
                  TestNode.report(3, 3, day + HOUR, "900"));
      String type = "application/cloudevents-batch+json";
      assertEquals(200, node.send("/v1/usage", "POST", type, batch).statusCode());
      assertEquals("4500.000", allowances(node).getFirst().get("total"), "one commit took all");
      assertEquals(3, told(node).size(), "told once in one commit, too");
    }
  }

  @Test
  void account_tellsItsTiersAndWhatIsLeftToTheNext(@TempDir Path folder) throws Exception {
    Path routes = Files.createDirectories(folder.resolve("routes"));
    Files.copy(Path.of("../routes/sources/http.camel.yaml"), routes.resolve("http.camel.yaml"));
    String graduated =
        TestNode.CATALOG
            .replaceFirst("effective: \\S+", "effective: 2026-11-03")
            .replaceFirst(
                "per-unit: 0.00005",
                "graduated: [{to: 2, per-unit: 0.00005}, {per-unit: 0.00004}]");
    try (TestNode node = TestNode.start(folder, 3)) {
      assertEquals(List.of(), TestNode.list(TestNode.tree(node.get("/v1/accounts/city")), "tiers"));
      assertTrue(
          node.send("/v1/catalogs", "POST", "application/yaml", graduated).statusCode() < 300);
      Awaitility.await().until(() -> node.running().node().rules().version() == 2);
      long day = TestNode.START + 24 * HOUR;
      node.time(day + 6 * HOUR);
      node.send(TestNode.report(1, 1, day + HOUR, "2500"));
      node.send(TestNode.report(2, 1, day + HOUR, "500"));
      Map<String, Object> tiers =
          TestNode.list(TestNode.tree(node.get("/v1/accounts/city")), "tiers").getFirst();
      assertEquals(
          "[lamp, energy, 1, [2, 1], 3000.000, 12000.000, 1500.001, Wh]",
          tiers.values().toString());
    }
  }

  /** What is in the outbox of allowances. */
  private static List<String> told(TestNode node) throws Exception {
    List<String> all = new ArrayList<>();
    try (Connection c = node.running().node().database().pool().getConnection();
        Statement select = c.createStatement();
        ResultSet rows =
            select.executeQuery("select payload from outbox where topic = 'notice' order by id")) {
      while (rows.next()) {
        Map<String, Object> told =
            Json.readObject(rows.getString(1).getBytes(StandardCharsets.UTF_8));
        assertEquals("allowance-used", told.get("kind"));
        assertEquals("city", told.get("account"));
        all.add(told.get("percent") + " of " + told.get("included") + " " + told.get("unit"));
      }
    }
    return all;
  }

  private static List<Map<String, Object>> allowances(TestNode node) throws Exception {
    return TestNode.list(TestNode.tree(node.get("/v1/accounts/city")), "allowances");
  }
}
