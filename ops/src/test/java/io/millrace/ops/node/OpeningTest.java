package io.millrace.ops.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.millrace.connectors.tenant.BalanceAccounts;
import io.millrace.processors.shard.AccountRequest;
import io.millrace.processors.shard.ShardKey;
import io.millrace.processors.shard.WalletTerms;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Accounts are opened side by side with whatever else goes on, and cut short anywhere. */
class OpeningTest {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final String FROM = "2026-11-01T23:00:00Z";

  @TempDir static Path folder;
  private static TestNode node;
  private static int keys;

  @BeforeAll
  static void start() throws Exception {
    node = TestNode.start(folder, 0);
  }

  @AfterAll
  static void stop() throws Exception {
    node.close();
  }

  private static HttpRequest request(String path, String type, String body) {
    return HttpRequest.newBuilder(URI.create(node.running().url() + path))
        .header("Content-Type", type)
        .header("Idempotency-Key", "k-" + ++keys)
        .POST(HttpRequest.BodyPublishers.ofString(body))
        .build();
  }

  private static HttpRequest open(String name) {
    return request(
        "/v1/accounts",
        "application/json",
        "{\"account\":\"%s\",\"kind\":\"prepaid\"}".formatted(name));
  }

  private static HttpRequest device(String name, String account) {
    return request(
        "/v1/devices",
        "text/csv",
        "subject,account,offer,from,to\n%s,%s,lamp,%s,\n".formatted(name, account, FROM));
  }

  private static HttpResponse<String> sent(HttpRequest request) throws Exception {
    return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
  }

  private static String code(HttpResponse<String> answer) throws Exception {
    return answer.statusCode() + " " + TestNode.tree(answer).get("code");
  }

  /** They once waited for each other with all connections in hand that their commits needed. */
  @Test
  @Timeout(30)
  void opensAndImportsSideBySide_doNotWaitForEachOther() throws Exception {
    List<CompletableFuture<HttpResponse<String>>> all = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      all.add(HTTP.sendAsync(open("many-" + i), HttpResponse.BodyHandlers.ofString()));
      if (i % 4 == 0) {
        all.add(
            HTTP.sendAsync(device("d-" + i, "other-" + i), HttpResponse.BodyHandlers.ofString()));
      }
    }
    for (CompletableFuture<HttpResponse<String>> each : all) {
      HttpResponse<String> answer = each.get(8, TimeUnit.SECONDS);
      assertEquals(2, answer.statusCode() / 100, answer::body);
    }
  }

  @Test
  void openingCutShort_takesNeitherMoneyNorDevicesUntilItIsAskedForAgain() throws Exception {
    Node engine = node.running().node();
    BalanceAccounts accounts =
        new BalanceAccounts(engine.database().pool(), engine.tenant(), engine.rules().catalog());
    assertThrows(
        TimeoutException.class,
        () ->
            accounts.open(
                "cut",
                rows -> {
                  engine
                      .host()
                      .callers()
                      .ask(
                          ShardKey.of(rows.account(), engine.tenant().shards()),
                          new AccountRequest.Open(
                              new AccountRequest.Key(1, 1, 1, 1),
                              rows.account(),
                              new WalletTerms(true, 0, Long.MIN_VALUE, rows.ledger())))
                      .get();
                  throw new TimeoutException("the node ends here");
                },
                a -> true));
    HttpRequest topUp =
        request("/v1/accounts/cut/top-up", "application/json", "{\"amount\":\"5.00\"}");
    assertEquals("409 no-balance", code(sent(topUp)));
    HttpResponse<String> refused = sent(device("cut", "cut"));
    assertEquals(
        "account-opening",
        TestNode.list(TestNode.tree(refused), "refusals").getFirst().get("code"),
        refused::body);
    assertEquals(201, sent(open("cut")).statusCode());
    assertEquals(200, sent(topUp).statusCode());
    assertEquals(List.of(), TestNode.list(TestNode.tree(sent(device("cut", "cut"))), "refusals"));
    HttpResponse<String> held =
        sent(
            request(
                "/v1/reservations",
                "application/json",
                "{\"device\":\"cut\",\"meter\":\"energy\",\"quantity\":\"10000000\"}"));
    assertEquals(201, held.statusCode(), held::body);
  }
}
