package io.millrace.ops.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.connectors.check.Books;
import java.math.BigDecimal;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Devices that share, from their import to the explanation of a charge, on nodes that follow. */
class SharedUseTest {
  private static final long HOUR = 3_600_000;
  private static final String FROM = "2026-11-01T23:00:00Z";
  private static final String CATALOG =
      """
      catalog: fleet
      effective: 2026-11-02
      currency: EUR
      zone: Europe/Madrid
      period: 24h
      meters:
        energy: {event: lamp.report, value: data.wh, unit: Wh, scale: 3, aggregate: sum}
      offers:
        group:
          scope: group
          window: 1h
          grace: 5m
          charges:
            energy: {meter: energy, unit: kWh, graduated: [{to: 1, per-unit: 2.00}, {per-unit: 1.00}]}
            lease: {recurring: 0.10, every: day}
        fleet:
          scope: account
          window: 1h
          allowances:
            - {allowance: base, included: 1, unit: kWh, of: energy, tell: [100], rolls-over: {periods: 1}}
          charges:
            energy: {meter: energy, unit: kWh, per-unit: 1.00}
        lone:
          scope: device
          window: 1h
          charges:
            energy: {meter: energy, unit: kWh, per-unit: 1.00}
      """;

  private static Map<String, Object> devices(TestNode node, String lines) throws Exception {
    HttpResponse<String> taken =
        node.send(
            "/v1/devices", "POST", "text/csv", "subject,account,offer,from,to,group\n" + lines);
    assertEquals(200, taken.statusCode(), taken.body());
    return TestNode.tree(taken);
  }

  private static String line(int lamp, String account, String offer, String from, String group) {
    return "lamp-%06d,%s,%s,%s,,%s\n".formatted(lamp, account, offer, from, group);
  }

  private static TreeSet<String> refusals(Map<String, Object> report) {
    TreeSet<String> codes = new TreeSet<>();
    TestNode.list(report, "refusals").forEach(r -> codes.add(r.get("code") + " " + r.get("lines")));
    return codes;
  }

  @Test
  void devicesOfAGroup_arePricedTogether_andEachChargeIsProven(@TempDir Path folder)
      throws Exception {
    byte[] catalog = CATALOG.getBytes(StandardCharsets.UTF_8);
    String database = TestNode.emptyDatabase();
    long day = TestNode.START;
    try (TestNode node = TestNode.rating(catalog, folder, database, day)) {
      Map<String, Object> report =
          devices(
              node,
              line(1, "acme", "group", FROM, "north")
                  + line(2, "acme", "group", FROM, "north")
                  + line(3, "acme", "group", FROM, "south")
                  + line(4, "acme", "lone", FROM, "")
                  + line(5, "acme", "group", FROM, "")
                  + line(6, "acme", "fleet", FROM, "north")
                  + line(7, "spread", "lone", FROM, "")
                  + line(8, "bulk", "fleet", FROM, "")
                  + line(9, "bulk", "fleet", FROM, ""));
      assertEquals(7L, report.get("created"));
      assertEquals(
          new TreeSet<>(List.of("no-group [6]", "group-of-nothing [7]")).toString(),
          refusals(report).toString());
      assertEquals(
          "[account-spread [2]]",
          refusals(devices(node, line(10, "spread", "fleet", FROM, ""))).toString());
      assertEquals(1L, devices(node, line(1, "acme", "group", FROM, "north")).get("known"));
      assertEquals(
          "[other-terms [2]]",
          refusals(devices(node, line(1, "acme", "group", FROM, "south"))).toString());
      for (int lamp = 1; lamp <= 4; lamp++) {
        node.send(TestNode.report(lamp, 1, day, "800"));
      }
      node.send(TestNode.report(8, 1, day, "700"));
      node.send(TestNode.report(9, 1, day, "700"));
      Map<String, Object> base =
          TestNode.list(TestNode.tree(node.get("/v1/accounts/bulk")), "allowances").getFirst();
      assertEquals(
          List.of(2L, "1000.000", "1000.000", 2L),
          List.of(base.get("devices"), base.get("included"), base.get("used"), base.get("usedUp")));
      node.time(day + HOUR / 2);
      String at = Instant.ofEpochMilli(day + HOUR).toString();
      assertEquals(
          "[leaves-balance [2]]",
          refusals(devices(node, line(1, "bulk", "fleet", at, ""))).toString());
      assertEquals(1L, devices(node, line(2, "acme", "group", at, "south")).get("created"));
      assertEquals(2, shards(node, "acme").size() + 1, "all devices of acme are in one shard");
    }
    try (TestNode node = TestNode.rating(catalog, folder, database, day + HOUR)) {
      Awaitility.await().until(() -> node.get("/health/ready").statusCode() == 200);
      node.send(TestNode.report(2, 2, day + HOUR - 1, "100")); // late: north's
      node.send(TestNode.report(2, 3, day + HOUR, "300")); // south's
      node.send(TestNode.report(1, 2, day + HOUR, "200"));
      node.time(day + 3 * HOUR);
      // north: 0.8 + 0.8 + 0.1 + 0.2; south: 0.8 + 0.3.
      Awaitility.await()
          .untilAsserted(() -> assertEquals(new BigDecimal("5.00"), sum(node, "acme", "group")));
      Awaitility.await()
          .untilAsserted(() -> assertEquals(new BigDecimal("0.40"), sum(node, "bulk", "fleet")));
      // The next day brings 1 kWh; the day after has it and what is left of it.
      node.time(day + 25 * HOUR);
      node.send(TestNode.report(8, 2, day + 25 * HOUR, "300"));
      node.time(day + 49 * HOUR);
      node.send(TestNode.report(9, 2, day + 49 * HOUR, "1500"));
      Map<String, Object> base =
          TestNode.list(TestNode.tree(node.get("/v1/accounts/bulk")), "allowances").getFirst();
      assertEquals(
          List.of("1700.000", "1500.000", "200.000"),
          List.of(base.get("included"), base.get("used"), base.get("left")));
      node.send(TestNode.report(8, 3, day + 26 * HOUR, "100")); // late: of the day before's
      node.send(TestNode.report(8, 4, day + 49 * HOUR, "350"));
      node.time(day + 52 * HOUR);
      Awaitility.await()
          .untilAsserted(() -> assertEquals(new BigDecimal("0.65"), sum(node, "bulk", "fleet")));
      int proven = 0;
      for (Map<String, Object> charge :
          TestNode.list(TestNode.tree(node.get("/v1/charges?limit=100")), "charges")) {
        Map<String, Object> why = TestNode.tree(node.get("/v1/charges/" + charge.get("id")));
        assertEquals(true, why.get("proven"), why::toString);
        proven++;
      }
      assertTrue(proven >= 10, "few charges: " + proven);
      assertEquals(
          4,
          TestNode.list(
                  TestNode.tree(node.get("/v1/charges?subject=lamp-000002&name=energy")), "charges")
              .size(),
          "those of north and of south");
      for (Books.Finding f :
          new Books(node.running().node().database().pool())
              .check(node.running().node().tenant().id())) {
        assertTrue(f.holds(), f.toString());
      }
    }
  }

  private static TreeSet<String> shards(TestNode node, String account) throws Exception {
    TreeSet<String> shards = new TreeSet<>();
    TestNode.list(TestNode.tree(node.get("/v1/devices?account=" + account)), "devices")
        .forEach(d -> shards.add(String.valueOf(d.get("shard"))));
    return shards;
  }

  private static BigDecimal sum(TestNode node, String account, String offer) throws Exception {
    BigDecimal sum = BigDecimal.ZERO;
    for (Map<String, Object> c :
        TestNode.list(
            TestNode.tree(
                node.get("/v1/charges?name=energy&account=" + account + "&offer=" + offer)),
            "charges")) {
      sum = sum.add(new BigDecimal(String.valueOf(c.get("amount"))));
    }
    return sum.setScale(2);
  }
}
