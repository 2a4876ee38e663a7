package io.millrace.ops.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.ops.rest.Json;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What requests name: accounts, keys, meters. */
class BalanceNamesTest {
  @TempDir Path folder;
  private TestNode node;
  private int keys;

  @BeforeEach
  void start() throws Exception {
    node = TestNode.start(folder, 0);
  }

  @AfterEach
  void stop() throws Exception {
    node.close();
  }

  private HttpResponse<String> post(String path, String body) throws Exception {
    return post(path, "k-" + ++keys, body);
  }

  private HttpResponse<String> post(String path, String key, String body) throws Exception {
    return node.postUnder(key, path, body);
  }

  private HttpResponse<String> open(String name) throws Exception {
    return post("/v1/accounts", "{\"account\":\"%s\",\"kind\":\"prepaid\"}".formatted(name));
  }

  @Test
  void accountsWithBalances_areKnownBeforeTheyAreAskedFor() throws Exception {
    open("anna");
    AccountDesk desk = new AccountDesk(node.running().node());
    assertTrue(desk.known("anna").isEmpty());
    desk.lookUpAll();
    Awaitility.await().until(() -> desk.known("anna").isPresent());
    assertTrue(desk.known("anna").orElseThrow().rooted());
    assertTrue(desk.known("city").isEmpty(), "it has no balance: it is looked up each time");
  }

  private static String code(HttpResponse<String> answer) throws Exception {
    return answer.statusCode() + " " + TestNode.tree(answer).get("code");
  }

  @Test
  void namesThatAreNone_areRefused() throws Exception {
    Map<String, Object> victim = TestNode.tree(open("victim"));
    String id = String.valueOf(victim.get("id"));
    assertEquals("400 bad-name", code(open(id)), "what is paid in for that id would go there");
    HttpResponse<String> paid = post("/v1/accounts/" + id + "/top-up", "{\"amount\":\"50.00\"}");
    assertEquals("victim", TestNode.tree(paid).get("name"), paid.body());
    for (String name : new String[] {"\\u0000", "x\\ud800", " "}) {
      assertEquals("400 bad-name", code(open(name)), name);
    }
    assertEquals(201, open("4711-anna").statusCode());
  }

  @Test
  void keyOfOneAccount_isNoneOfAnother() throws Exception {
    Set<Integer> statuses = new LinkedHashSet<>();
    for (int i = 0; i < 12; i++) {
      open("s" + i); // With eight shards, some of them in the same.
      statuses.add(
          post("/v1/accounts/s" + i + "/top-up", "one-key", "{\"amount\":\"1.00\"}").statusCode());
    }
    assertEquals(Set.of(200), statuses);
    assertEquals(
        422, post("/v1/accounts/s0/top-up", "one-key", "{\"amount\":\"2.00\"}").statusCode());
    String id = String.valueOf(TestNode.tree(node.get("/v1/accounts/s1")).get("id"));
    assertEquals(
        422,
        post("/v1/accounts/" + id + "/top-up", "one-key", "{\"amount\":\"1.00\"}").statusCode(),
        "it is the same account by its id, and is not paid twice");
  }

  @Test
  void versionThatReadsAPeakOneDay_refusesNoCommitToday() throws Exception {
    open("anna");
    String csv = "subject,account,offer,from,to\nanna,anna,lamp,2026-11-01T23:00:00Z,\n";
    node.send("/v1/devices", "POST", "text/csv", csv);
    post("/v1/accounts/anna/top-up", "{\"amount\":\"5.00\"}");
    String some = "\"meter\":\"energy\",\"quantity\":\"10000000\"}";
    HttpResponse<String> held = post("/v1/reservations", "{\"device\":\"anna\"," + some);
    assertEquals(201, held.statusCode(), held::body);
    String next =
        TestNode.CATALOG
            .replaceFirst("effective: \\S+", "effective: 2026-11-10")
            .replace(
                "aggregate: sum}\n",
                "aggregate: sum}\n  peak: {event: lamp.report, value: data.w, unit: W, scale: 0,"
                    + " aggregate: max}\n")
            .replace(
                "offers:\n",
                "offers:\n  other:\n    scope: device\n    window: 1h\n    charges:\n"
                    + "      peak: {meter: peak, per-unit: 0.01, unit: W}\n");
    node.send("/v1/catalogs", "POST", "application/yaml", next);
    Awaitility.await().until(() -> node.running().node().rules().version() == 2);
    HttpResponse<String> used =
        post("/v1/reservations/" + TestNode.tree(held).get("id") + "/commit", "{" + some);
    assertEquals(200, used.statusCode(), used::body);
    HttpResponse<String> charged = post("/v1/charges", "{\"device\":\"anna\"," + some);
    assertEquals(200, charged.statusCode(), charged::body);
  }

  @Test
  @Timeout(30)
  void balanceOfStandingShards_isNotWaitedForWithoutEnd() throws Exception {
    open("anna");
    assertEquals(200, node.get("/v1/accounts/anna").statusCode());
    CountDownLatch go = new CountDownLatch(1);
    try {
      CompletableFuture<Boolean> standing =
          node.running()
              .node()
              .host()
              .ask(
                  shards -> {
                    try {
                      return go.await(25, TimeUnit.SECONDS);
                    } catch (InterruptedException e) {
                      Thread.currentThread().interrupt();
                      return false;
                    }
                  });
      HttpResponse<String> answer = node.get("/v1/accounts/anna");
      assertEquals("503 busy", code(answer));
      assertTrue(!standing.isDone(), Json.line(Map.of("answered", answer.body())));
    } finally {
      go.countDown();
    }
  }
}
