package io.millrace.ops.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.connectors.check.Books;
import io.millrace.ops.Millrace;
import io.millrace.processors.shard.ShardKey;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Money between accounts over HTTP, in one shard and in several. */
class PaymentsTest {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final int ACCOUNTS = 8;
  private static final int SHARDS = 8;

  /** Far more than threads that answer. */
  private static final int WAITING = 64;

  @TempDir Path folder;

  private static HttpResponse<String> post(TestNode node, String path, String key, String body)
      throws Exception {
    return HTTP.send(request(node, path, key, body), HttpResponse.BodyHandlers.ofString());
  }

  private static HttpRequest request(TestNode node, String path, String key, String body) {
    return HttpRequest.newBuilder(URI.create(node.running().url() + path))
        .header("Content-Type", "application/json")
        .header("Idempotency-Key", key)
        .POST(HttpRequest.BodyPublishers.ofString(body))
        .build();
  }

  private static String transfer(String from, String to, String amount) {
    return "{\"from\":\"%s\",\"to\":\"%s\",\"amount\":\"%s\"}".formatted(from, to, amount);
  }

  @SuppressWarnings("unchecked")
  private static BigDecimal available(TestNode node, String name) throws Exception {
    Map<String, Object> account = TestNode.tree(node.get("/v1/accounts/" + name));
    return new BigDecimal(
        String.valueOf(((Map<String, Object>) account.get("funds")).get("available")));
  }

  @Test
  void money_isTakenOffOnceAndArrivesOnceWhereverTheAccountsAre() throws Exception {
    try (TestNode node = TestNode.start(folder, 1)) {
      Set<Integer> shards = new HashSet<>();
      List<String> names = new ArrayList<>();
      for (int n = 0; n < ACCOUNTS; n++) {
        String name = "a-" + n;
        names.add(name);
        HttpResponse<String> opened =
            post(
                node,
                "/v1/accounts",
                "open-" + n,
                "{\"account\":\"%s\",\"kind\":\"prepaid\"}".formatted(name));
        assertEquals(201, opened.statusCode(), opened.body());
        shards.add(ShardKey.of(((Number) TestNode.tree(opened).get("id")).longValue(), SHARDS));
      }
      assertTrue(shards.size() > 2, "several shards");
      post(node, "/v1/accounts/a-0/top-up", "pay", "{\"amount\":\"8.00\"}");
      for (int n = 1; n < ACCOUNTS; n++) {
        String body = transfer("a-0", "a-" + n, "1.00");
        HttpResponse<String> sent = post(node, "/v1/transfers", "send-" + n, body);
        assertEquals(200, sent.statusCode(), sent.body());
        assertEquals(sent.body(), post(node, "/v1/transfers", "send-" + n, body).body());
        assertEquals(
            422,
            post(node, "/v1/transfers", "send-" + n, transfer("a-0", "a-" + n, "0.50"))
                .statusCode());
      }
      for (String name : names) {
        Awaitility.await(name).until(() -> available(node, name).compareTo(BigDecimal.ONE) == 0);
      }
      assertEquals(
          "409 insufficient-balance", refused(node, transfer("a-0", "a-1", "1.000000001")));
      assertEquals("400 bad-transfer", refused(node, transfer("a-0", "a-0", "1")));
      assertEquals("400 bad-amount", refused(node, transfer("a-0", "a-1", "0")));
      assertEquals("404 unknown-account", refused(node, transfer("a-0", "nobody", "1")));
      assertEquals("409 no-balance", refused(node, transfer("a-0", "city", "1")));
      StringWriter said = new StringWriter();
      int code =
          Millrace.commandLine(new PrintWriter(said), new PrintWriter(said))
              .execute("account", "transfer", "a-1", "a-2", "0.25", "--url", node.running().url());
      assertEquals(0, code, said::toString);
      assertTrue(said.toString().contains("0.750000000 available"), said::toString);
      Awaitility.await().until(() -> available(node, "a-2").compareTo(new BigDecimal("1.25")) == 0);
      for (Books.Finding f :
          new Books(node.running().node().database().pool())
              .check(node.running().node().tenant().id())) {
        assertTrue(f.holds(), f.toString());
      }
    }
  }

  @Test
  void topUpsThatWaitForTheirCommit_letOthersBeAnswered() throws Exception {
    String database = TestNode.emptyDatabase();
    try (TestNode node = TestNode.start(folder, database, 1)) {
      assertEquals(
          201,
          post(node, "/v1/accounts", "open", "{\"account\":\"anna\",\"kind\":\"prepaid\"}")
              .statusCode());
      List<CompletableFuture<HttpResponse<String>>> paid = new ArrayList<>();
      try (Connection c = DriverManager.getConnection(database, "postgres", "");
          Statement held = c.createStatement()) {
        c.setAutoCommit(false);
        held.execute("select from shard for update");
        for (int n = 0; n < WAITING; n++) {
          paid.add(
              HTTP.sendAsync(
                  request(node, "/v1/accounts/anna/top-up", "pay-" + n, "{\"amount\":\"1.00\"}"),
                  HttpResponse.BodyHandlers.ofString()));
        }
        assertEquals(
            200,
            HTTP.sendAsync(
                    HttpRequest.newBuilder(URI.create(node.running().url() + "/health/live"))
                        .build(),
                    HttpResponse.BodyHandlers.ofString())
                .get(2, TimeUnit.SECONDS)
                .statusCode());
        assertTrue(paid.stream().noneMatch(CompletableFuture::isDone), "they wait");
        c.rollback();
      }
      for (CompletableFuture<HttpResponse<String>> each : paid) {
        assertEquals(200, each.get(10, TimeUnit.SECONDS).statusCode());
      }
      assertEquals(new BigDecimal("64.000000000"), available(node, "anna"));
    }
  }

  private static String refused(TestNode node, String body) throws Exception {
    HttpResponse<String> answer = post(node, "/v1/transfers", "refused-" + body.hashCode(), body);
    return answer.statusCode() + " " + TestNode.tree(answer).get("code");
  }
}
