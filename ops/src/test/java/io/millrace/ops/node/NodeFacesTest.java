package io.millrace.ops.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.ops.rest.Contract;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One node for all of these; each looks at something of its own. */
class NodeFacesTest {
  private static final long MINUTE = 60_000;

  @TempDir static Path folder;
  private static TestNode node;

  @BeforeAll
  static void start() throws Exception {
    node = TestNode.start(folder, 3);
    for (int minute = 0; minute < 60; minute++) {
      long at = TestNode.START + minute * MINUTE;
      node.time(at);
      node.send(TestNode.report(1, minute, at, "0.412"));
    }
    node.send(TestNode.report(1, 0, TestNode.START, "0.412"));
    node.send("{oops");
    node.send(TestNode.report(99, 1, TestNode.START, "1"));
    node.time(TestNode.FIRST_SEALED);
    Awaitility.await().until(() -> !charges("name=energy").isEmpty());
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static List<Map<String, Object>> charges(String query) throws Exception {
    return TestNode.list(TestNode.tree(node.get("/v1/charges?" + query)), "charges");
  }

  @Test
  void contract_hasAHandlerForEachOperationAndNoOtherOnes() throws IOException {
    Set<String> contract = new TreeSet<>();
    // Those of sources are answered by the routes that take them in.
    Contract.read().operations().stream()
        .filter(o -> !o.isSource())
        .forEach(o -> contract.add(o.id()));
    assertEquals(contract, new TreeSet<>(node.running().api().implemented()));
  }

  @Test
  void health_saysLiveAndReady() throws Exception {
    assertEquals(200, node.get("/health/live").statusCode());
    HttpResponse<String> ready = node.get("/health/ready");
    assertEquals(200, ready.statusCode());
    assertEquals(true, TestNode.tree(ready).get("up"));
  }

  @Test
  void account_isFoundByNameAndById() throws Exception {
    Map<String, Object> city = TestNode.tree(node.get("/v1/accounts/city"));
    assertEquals(city, TestNode.tree(node.get("/v1/accounts/" + city.get("id"))));
    assertEquals("EUR", city.get("currency"));
    // 3 lamps at 0.10 a day, and 60 × 0.412 Wh at 0.00005 a kWh.
    assertEquals("0.300001236", city.get("balance"));
    assertEquals("0.300001236", city.get("posted"));
    assertEquals("0.000000000", city.get("accrued"));
    Map<String, Object> energy = TestNode.list(city, "usage").getFirst();
    assertEquals("energy", energy.get("name"));
    assertEquals("24.720", energy.get("quantity"));
    assertEquals("Wh", energy.get("unit"));
    assertEquals("0.000001236", energy.get("amount"));
  }

  @Test
  void unknownAccount_is404() throws Exception {
    HttpResponse<String> answer = node.get("/v1/accounts/nobody");
    assertEquals(404, answer.statusCode());
    assertEquals("unknown-account", TestNode.tree(answer).get("code"));
  }

  @Test
  void charges_areFilteredAndPaged() throws Exception {
    assertEquals(1, charges("name=energy").size());
    assertEquals(3, charges("name=lease&account=city").size());
    assertEquals(2, charges("subject=lamp-000001").size());
    assertEquals(0, charges("period=1").size());
    assertEquals(0, charges("from=2026-11-02T23:00:00Z").size());
    assertEquals(4, charges("to=2026-11-02T23:00:00Z&offer=lamp").size());
    Map<String, Object> first = TestNode.tree(node.get("/v1/charges?limit=3"));
    assertEquals(3, TestNode.list(first, "charges").size());
    Map<String, Object> second =
        TestNode.tree(node.get("/v1/charges?limit=3&cursor=" + first.get("next")));
    assertEquals(1, TestNode.list(second, "charges").size());
    assertFalse(second.containsKey("next"));
    assertEquals(400, node.get("/v1/charges?cursor=x").statusCode());
    assertEquals(404, node.get("/v1/charges?account=nobody").statusCode());
  }

  @Test
  void charge_isExplainedDownToItsRawEvents() throws Exception {
    Object id = charges("name=energy").getFirst().get("id");
    Map<String, Object> tree = TestNode.tree(node.get("/v1/charges/" + id + "?events=7"));
    assertEquals(true, tree.get("proven"), tree::toString);
    assertEquals(7, TestNode.list(tree, "events").size());
    Map<String, Object> event = TestNode.list(tree, "events").getFirst();
    assertEquals("2026-11-01T23:00:00Z", event.get("time"));
    assertEquals("0.412", event.get("quantity"));
    assertEquals(TestNode.report(1, 0, TestNode.START, "0.412"), event.get("raw"));
    assertEquals(404, node.get("/v1/charges/1-0-999-0").statusCode());
    assertEquals(404, node.get("/v1/charges/999-0-1-0").statusCode());
    assertEquals(400, node.get("/v1/charges/x").statusCode());
  }

  @Test
  void recurringCharge_isProvenWithoutEvents() throws Exception {
    Object id = charges("name=lease").getFirst().get("id");
    Map<String, Object> tree = TestNode.tree(node.get("/v1/charges/" + id));
    assertEquals(true, tree.get("proven"), tree::toString);
    assertEquals(0, TestNode.list(tree, "events").size());
  }

  @Test
  void sources_tellWhatBecameOfTheEvents() throws Exception {
    Map<String, Object> lamps =
        TestNode.list(TestNode.tree(node.get("/ops/sources")), "events").stream()
            .filter(c -> "/city/lamps".equals(c.get("source")))
            .findFirst()
            .orElseThrow();
    assertEquals(61L, lamps.get("received"));
    assertEquals(60L, lamps.get("charged"));
    assertEquals(1L, lamps.get("duplicate"));
    HttpResponse<String> unknown = node.post("/ops/sources/nope/suspend", "");
    assertEquals(404, unknown.statusCode());
    assertEquals("unknown-source", TestNode.tree(unknown).get("code"));
  }

  @Test
  void suspense_isListedShownAndRecycled() throws Exception {
    Map<String, Object> page = TestNode.tree(node.get("/ops/suspense?reason=malformed"));
    Map<String, Object> event = TestNode.list(page, "events").getFirst();
    assertEquals("{oops", event.get("text"));
    String hash = String.valueOf(event.get("hash"));
    Map<String, Object> shown = TestNode.tree(node.get("/ops/suspense/" + hash.substring(0, 12)));
    assertEquals(hash, shown.get("hash"));
    assertEquals("e29vcHM=", shown.get("raw"));
    assertEquals(404, node.get("/ops/suspense/00000000").statusCode());
    Map<String, Object> came =
        TestNode.tree(node.post("/ops/suspense/recycle", "{\"reason\":\"malformed\"}"));
    assertEquals(1L, came.get("tried"));
    assertEquals(0L, came.get("ended"));
  }

  @Test
  void close_isAskedForAndWaitsForThePeriodsEnd() throws Exception {
    HttpResponse<String> early = node.post("/ops/periods/3/close", "");
    assertEquals(409, early.statusCode());
    assertEquals("previous-open", TestNode.tree(early).get("code"));
    assertEquals(400, node.post("/ops/periods/x/close", "").statusCode());
    assertEquals(400, node.post("/ops/periods/0/close", "{\"now\":true}").statusCode());
  }

  @Test
  void tooLargeBody_isAProblem() throws Exception {
    HttpResponse<String> answer = node.post("/ops/suspense/recycle", "x".repeat(100_000));
    assertEquals(413, answer.statusCode());
    assertEquals("too-large", TestNode.tree(answer).get("code"));
  }

  @Test
  void requestHeaders_neverComeBack() throws Exception {
    HttpResponse<String> answer = node.get("/v1/charges?limit=1");
    Set<String> names = new TreeSet<>(answer.headers().map().keySet());
    names.remove(":status");
    assertEquals(
        Set.of("cache-control", "content-length", "content-type", "x-content-type-options"), names);
    assertEquals(
        "application/problem+json", node.get("/x").headers().firstValue("content-type").orElse(""));
  }

  @Test
  void metrics_countWhatHappened() throws Exception {
    String metrics = node.get("/metrics").body();
    for (String line :
        List.of(
            "millrace_events_total{outcome=\"charged\",source=\"/city/lamps\"} 60.0",
            "millrace_events_total{outcome=\"duplicate\",source=\"/city/lamps\"} 1.0",
            "millrace_suspense_open{reason=\"malformed\"} 1.0",
            "millrace_outbox_deliveries{state=\"queued\"} 0.0",
            "millrace_shards_owned 8.0",
            "millrace_ready 1.0")) {
      assertTrue(metrics.contains(line + "\n"), () -> line + " is not in\n" + metrics);
    }
    assertFalse(metrics.contains("lamp-0000"), "a device is no label");
  }

  @Test
  void mxBeans_tellTheSame() throws Exception {
    MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    ObjectName bean = new ObjectName("io.millrace:type=Node");
    assertEquals(true, server.getAttribute(bean, "Ready"));
    assertEquals(true, server.getAttribute(bean, "Live"));
    CompositeData[] counts = (CompositeData[]) server.getAttribute(bean, "Counts");
    assertEquals("/city/lamps", counts[0].get("source"));
    assertEquals(60L, counts[0].get("charged"));
    ObjectName suspense = new ObjectName("io.millrace:type=Suspense");
    CompositeData came =
        (CompositeData)
            server.invoke(
                suspense,
                "recycle",
                new Object[] {"unknown-device"},
                new String[] {"java.lang.String"});
    assertEquals(1, came.get("tried"));
    assertEquals(0, came.get("ended"));
  }
}
