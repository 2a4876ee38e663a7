package io.millrace.ops.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a charge's quantity comes from, as a node explains it. */
class ExplainedPartsTest {
  private static final long HOUR = 3_600_000;
  private static final String CATALOG =
      """
      catalog: lamps
      effective: 2026-11-02
      currency: EUR
      zone: Europe/Madrid
      period: 24h
      meters:
        energy: {event: lamp.report, value: data.wh, unit: Wh, scale: 3, aggregate: sum}
        reports: {event: lamp.report, aggregate: count}
      offers:
        lamp:
          scope: device
          window: 1h
          allowances:
            - {allowance: gift, included: 100, unit: Wh, of: energy, valid-for: 72h}
            - {allowance: base, included: 1, unit: kWh, of: energy, rolls-over: {periods: 2, most: 0.5}}
          charges:
            energy: {meter: energy, unit: kWh, package: {of: 1, price: 2.00}}
            all: {meters: {energy: 0.01, reports: 2}, graduated: [{to: 7, per-unit: 0.10}, {per-unit: 0.05}]}
      """;

  @Test
  void bundlesMeters_andWhichPeriodBroughtWhatWasDrawn(@TempDir Path folder) throws Exception {
    long day = TestNode.START;
    try (TestNode node =
        TestNode.rating(
            CATALOG.getBytes(StandardCharsets.UTF_8), folder, TestNode.emptyDatabase(), day)) {
      assertEquals(
          200,
          node.send(
                  "/v1/devices",
                  "POST",
                  "text/csv",
                  "subject,account,offer,from,to,group\n"
                      + "lamp-000001,acme,lamp,2026-11-01T23:00:00Z,,\n")
              .statusCode());
      node.send(TestNode.report(1, 1, day, "700"));
      node.time(day + 24 * HOUR);
      node.send(TestNode.report(1, 2, day + 24 * HOUR, "1800.5"));
      node.send(TestNode.report(1, 3, day + 24 * HOUR + 1, "-100"));
      node.time(day + 27 * HOUR);
      Awaitility.await().untilAsserted(() -> assertEquals(4, charges(node, "").size()));

      // 100 of the gift and 600 of the first day's, which leaves 400 to the second: 300.5 are over.
      assertEquals(
          List.of(
              "gift since null: 100 Wh for 0.1",
              "base since 2026-11-01T23:00:00Z: 0.6 kWh for 0.6"),
          parts(node, charges(node, "&name=energy").getFirst()));
      assertEquals(
          List.of(
              "base since 2026-11-01T23:00:00Z: 0.4 kWh for 0.4",
              "base since 2026-11-02T23:00:00Z: 1 kWh for 1",
              "beyond what is included since null: 0.3005 kWh for 0.3005"),
          parts(node, charges(node, "&name=energy").getLast()));
      assertEquals(
          List.of("energy since null: 1700.5 Wh for 17.005", "reports since null: 2 each for 4"),
          parts(node, charges(node, "&name=all").getLast()));
    }
  }

  private static List<Map<String, Object>> charges(TestNode node, String more) throws Exception {
    return TestNode.list(TestNode.tree(node.get("/v1/charges?limit=10" + more)), "charges");
  }

  private static List<String> parts(TestNode node, Map<String, Object> charge) throws Exception {
    Map<String, Object> why = TestNode.tree(node.get("/v1/charges/" + charge.get("id")));
    assertEquals(true, why.get("proven"), why::toString);
    assertEquals("parts", TestNode.list(why, "verdicts").getLast().get("check"));
    return TestNode.list(why, "parts").stream()
        .map(
            p ->
                p.get("what")
                    + " since "
                    + p.get("since")
                    + ": "
                    + p.get("quantity")
                    + " "
                    + p.get("unit")
                    + " for "
                    + p.get("counts"))
        .toList();
  }
}
