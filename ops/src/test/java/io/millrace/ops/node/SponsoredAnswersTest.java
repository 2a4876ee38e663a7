package io.millrace.ops.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.connectors.check.Books;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Requests of SIMs whose maker pays up to 1 euro a day, and of one that is given money for them.
 */
class SponsoredAnswersTest {
  private static final long HOUR = 3_600_000;
  private static final String DATA =
      """
          scope: device
          window: 1h
          charges:
            data:
              meter: data
              unit: MB
              bands:
                - {band: eu, when: {data.zone: eu}, per-unit: 0.05}
                - {band: world, per-unit: 0.40}
      """;

  private static final String CATALOG =
      """
      catalog: roaming
      effective: 2026-11-02
      currency: EUR
      zone: Europe/Madrid
      period: 24h
      meters:
        data: {event: sim.data, value: data.mb, unit: MB, aggregate: sum}
      offers:
        plain:
      """
          + DATA
          + "  sim:\n"
          + DATA
          + "    paid-by: {account: maker, up-to: 1}\n";

  @TempDir static Path folder;
  private static TestNode node;
  private static int keys;
  private static long now = TestNode.START;

  @BeforeAll
  static void start() throws Exception {
    byte[] catalog = CATALOG.getBytes(StandardCharsets.UTF_8);
    node = TestNode.rating(catalog, folder, TestNode.emptyDatabase(), now);
  }

  @AfterAll
  static void stop() throws Exception {
    Node engine = node.running().node();
    for (Books.Finding f : new Books(engine.database().pool()).check(engine.tenant().id())) {
      assertTrue(f.holds(), f.toString());
    }
    node.close();
  }

  private static Map<String, Object> done(String path, String body) throws Exception {
    HttpResponse<String> answer = node.postUnder("key-" + ++keys, path, body);
    assertTrue(answer.statusCode() < 300, answer::body);
    return TestNode.tree(answer);
  }

  private static void later(long millis) {
    now += millis;
    node.time(now);
  }

  /** A prepaid account with a SIM of its name. */
  private static void sim(String name, String offer) throws Exception {
    done("/v1/accounts", "{\"account\":\"%s\",\"kind\":\"prepaid\"}".formatted(name));
    String csv =
        "subject,account,offer,from,to\n%s,%s,%s,2026-11-01T23:00:00Z,\n"
            .formatted(name, name, offer);
    assertEquals(200, node.send("/v1/devices", "POST", "text/csv", csv).statusCode());
    AccountDesk desk = new AccountDesk(node.running().node());
    Awaitility.await().ignoreExceptions().until(() -> desk.device(name) != null);
  }

  private static String asked(String sim, String quantity, String more) {
    return "{\"device\":\"%s\",\"meter\":\"data\",\"quantity\":\"%s\"%s}"
        .formatted(sim, quantity, more);
  }

  private static String used(String quantity, String more) {
    return "{\"meter\":\"data\",\"quantity\":\"%s\"%s}".formatted(quantity, more);
  }

  /** Members of a tree, as they are written; {@code -} for one that is not there. */
  private static String said(Map<String, Object> tree, String... members) {
    return String.join(
        " ",
        Stream.of(members)
            .map(m -> tree.get(m) == null ? "-" : String.valueOf(tree.get(m)))
            .map(v -> v.replaceAll("([.][0-9]*?)0+$", "$1").replaceAll("[.]$", ""))
            .toList());
  }

  private static String paid(Map<String, Object> answer) {
    return said(answer, "outcome", "amount", "sponsored");
  }

  private static final String EU = ",\"attributes\":{\"zone\":\"eu\"}";

  @Test
  void whatASponsorPays_isBesideTheAmountInEachAnswer() throws Exception {
    sim("anna", "sim");
    done("/v1/accounts/anna/top-up", "{\"amount\":\"2\"}");
    assertEquals(
        "priced 0 0.5",
        paid(done("/v1/reservations", asked("anna", "10", EU + ",\"dryRun\":true"))));
    Map<String, Object> granted = done("/v1/reservations", asked("anna", "30", EU));
    assertEquals("granted 0.5 1", paid(granted));
    assertEquals("1.5", said(granted, "available"));
    String commit = "/v1/reservations/" + granted.get("id") + "/commit";
    assertEquals("committed 0 0.5", paid(done(commit, used("10", ",\"last\":false"))));
    assertEquals("committed 0.5 0.5", paid(done(commit, used("20", ""))));
    assertEquals("charged 0.4 -", paid(done("/v1/charges", asked("anna", "1", ""))));
    sim("bert", "sim");
    done("/v1/accounts/bert/top-up", "{\"amount\":\"2\"}");
    assertEquals("charged 0.2 1", paid(done("/v1/charges", asked("bert", "3", ""))));
    sim("carl", "plain");
    done("/v1/accounts/carl/top-up", "{\"amount\":\"2\"}");
    assertEquals("charged 1.2 -", paid(done("/v1/charges", asked("carl", "3", ""))));
  }

  @Test
  void commitThatComesTooLate_isPricedByItsReservationOrByWhatItSays() throws Exception {
    sim("dora", "plain");
    done("/v1/accounts/dora/top-up", "{\"amount\":\"20\"}");
    String body = asked("dora", "10", EU + ",\"validFor\":60");
    String late = "/v1/reservations/" + done("/v1/reservations", body).get("id") + "/commit";
    later(2 * 60_000);
    assertEquals("late-commit 0.05 -", paid(done(late, used("1", ",\"last\":false"))));
    assertEquals(
        "late-commit 0.4 -",
        paid(done(late, used("1", ",\"last\":false,\"attributes\":{}"))),
        "what nobody says anything of");
    assertEquals("late-commit 0.05 -", paid(done(late, used("1", EU))));
    HttpResponse<String> wrong =
        node.postUnder("wrong", late, used("1", ",\"attributes\":{\"zne\":\"eu\"}"));
    assertEquals(
        "400 unknown-attribute", wrong.statusCode() + " " + TestNode.tree(wrong).get("code"));
    assertEquals("19.5", said(funds("dora"), "available"));
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> funds(String account) throws Exception {
    return (Map<String, Object>)
        TestNode.tree(node.get("/v1/accounts/" + account)).getOrDefault("funds", Map.of());
  }

  private static String gift(String account) throws Exception {
    return said(TestNode.list(funds(account), "buckets").getFirst(), "left");
  }

  private static String stands(String account) throws Exception {
    return said(funds(account), "balance", "accrued", "available", "overrun", "blocked");
  }

  /** What its ledger account of a kind has been posted, as a customer sees it. */
  private static String ledger(String kind, String account) throws Exception {
    try (Connection c = node.running().node().database().pool().getConnection();
        PreparedStatement select =
            c.prepareStatement(
                "select coalesce(sum(p.amount), 0) / 1e9 from posting p join account a"
                    + " on a.tenant = p.tenant and a.id = p.account"
                    + " where a.kind = ? and a.name = ?")) {
      select.setString(1, kind);
      select.setString(2, account);
      try (ResultSet row = select.executeQuery()) {
        row.next();
        return row.getBigDecimal(1).stripTrailingZeros().toPlainString();
      }
    }
  }

  private static void takenBack(String sim, long usedAt, String open, String sealed)
      throws Exception {
    node.send(
        """
        {"specversion":"1.0","id":"%d","source":"s","type":"sim.data","subject":"%s",\
        "time":"%s","data":{"mb":-0.5}}\
        """
            .formatted(++keys, sim, Instant.ofEpochMilli(usedAt)));
    Awaitility.await().until(() -> gift(sim).equals("4.8"));
    assertEquals(open, stands(sim) + " " + ledger("overrun", sim));
    later(2 * HOUR);
    Awaitility.await().until(() -> said(funds(sim), "accrued").equals("0"));
    assertEquals(sealed, stands(sim) + " " + ledger("overrun", sim));
    assertEquals("4.8", gift(sim));
  }

  /** As ops/CHARGING.md says: the main account's part in it ends as the window is sealed. */
  @Test
  void whatABucketPaidAndIsTakenBackOnceSealed_isInTheBucketAtOnce() throws Exception {
    sim("emil", "plain");
    sim("fred", "plain");
    done("/v1/accounts/emil/top-up", "{\"amount\":\"1\"}");
    long at = now;
    for (String name : List.of("emil", "fred")) {
      done("/v1/accounts/" + name + "/top-up", "{\"amount\":\"5\",\"bucket\":\"gift\"}");
      assertEquals("charged 0.4 -", paid(done("/v1/charges", asked(name, "1", ""))));
    }
    later(2 * HOUR);
    Awaitility.await().until(() -> said(funds("fred"), "accrued").equals("0"));
    takenBack("emil", at, "0.8 -0.2 5.8 0 false 0", "1 0 5.8 0 false 0");
    takenBack("fred", at, "0 -0.2 4.8 0 false 0.2", "0 0 4.8 0 false 0");
  }
}
