package io.millrace.ops.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.connectors.check.Books;
import io.millrace.connectors.tenant.Device;
import io.millrace.ops.Millrace;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A maker pays for lamps in all shards as far as its balance reaches: it is lent to them, and comes
 * back, over a restart too; the books of a real database agree all the while.
 */
class LentTest {
  private static final int LAMPS = 12;
  private static final long HOUR = 3_600_000;
  private static final byte[] CATALOG =
      TestNode.CATALOG
          .replace("    share:", "    paid-by: {account: maker, within: balance}\n    share:")
          .getBytes(StandardCharsets.UTF_8);

  /** 12 leases of 0.10 and 12 × 2 kWh of 0.00005 each. */
  private static final BigDecimal ALL = new BigDecimal("1.2012");

  @Test
  void theMakerPaysWhatItHas_andTheCityTheRest(@TempDir Path folder) throws Exception {
    Path routes = Files.createDirectories(folder.resolve("routes"));
    Files.copy(Path.of("../routes/sources/http.camel.yaml"), routes.resolve("http.camel.yaml"));
    String database = TestNode.emptyDatabase();
    try (TestNode node = TestNode.rating(CATALOG, folder, database, TestNode.START)) {
      post(node, "/v1/accounts", "{\"account\":\"maker\",\"kind\":\"prepaid\"}");
      post(node, "/v1/accounts/maker/top-up", "{\"amount\":\"0.50\"}");
      List<Device> lamps = new ArrayList<>();
      for (int i = 1; i <= LAMPS; i++) {
        Instant from = Instant.ofEpochMilli(TestNode.START);
        lamps.add(new Device("lamp-%06d".formatted(i), "city", "lamp", from, Optional.empty()));
      }
      node.running().node().importDevices(lamps, done -> {});
      for (int i = 1; i <= LAMPS; i++) {
        node.send(TestNode.report(i, 1, TestNode.START + 1, "2000"));
      }
      node.time(TestNode.START + 2);
      Awaitility.await().until(() -> used(node).compareTo(ALL) == 0 && messages(node) == 0);
      assertHolds(node);
      assertTrue(
          owed(node, "maker").compareTo(new BigDecimal("0.50")) <= 0, "not more than it has");
      assertTrue(owed(node, "maker").compareTo(new BigDecimal("0.40")) > 0, "most of it");
      assertTrue(funds(node, "available").signum() >= 0);
      assertEquals(
          funds(node, "lent"), number(node, "select sum(amount) from lent where amount > 0"));
      StringWriter shown = new StringWriter();
      int code =
          Millrace.commandLine(new PrintWriter(shown), new PrintWriter(shown))
              .execute("account", "show", "maker", "--url", node.running().url());
      assertEquals(0, code, shown::toString);
      String lent = "lent         " + funds(node, "lent").toPlainString();
      String words = "  for devices of others that it pays for; what is not used comes back";
      assertTrue(funds(node, "lent").signum() > 0, "some is at work");
      assertTrue(shown.toString().contains(lent + words), shown::toString);
    }
    try (TestNode node = TestNode.rating(CATALOG, folder, database, TestNode.FIRST_SEALED)) {
      Awaitility.await()
          .until(
              () -> {
                node.time(TestNode.FIRST_SEALED + 3 * HOUR);
                return funds(node, "lent").signum() == 0 && messages(node) == 0;
              });
      assertEquals(0, used(node).compareTo(ALL));
      BigDecimal paid = owed(node, "maker");
      assertTrue(paid.compareTo(new BigDecimal("0.40")) > 0, "paid " + paid);
      assertEquals(
          0,
          new BigDecimal("0.50").subtract(paid).compareTo(funds(node, "available")),
          "what was not used came back");
      assertEquals(0, funds(node, "overrun").signum());
      assertHolds(node);
    }
  }

  private static BigDecimal owed(TestNode node, String account) throws Exception {
    Object owed = TestNode.tree(node.get("/v1/accounts/" + account)).get("balance");
    return new BigDecimal(String.valueOf(owed));
  }

  private static BigDecimal used(TestNode node) throws Exception {
    return owed(node, "city").add(owed(node, "maker"));
  }

  @SuppressWarnings("unchecked")
  private static BigDecimal funds(TestNode node, String what) throws Exception {
    Map<String, Object> tree = TestNode.tree(node.get("/v1/accounts/maker"));
    return new BigDecimal(String.valueOf(((Map<String, Object>) tree.get("funds")).get(what)));
  }

  private static int messages(TestNode node) throws Exception {
    return number(node, "select count(*) * 1000000000 from message").intValueExact();
  }

  /** Ledger units as an amount. */
  private static BigDecimal number(TestNode node, String query) throws Exception {
    try (Connection c = node.running().node().database().pool().getConnection();
        Statement select = c.createStatement();
        ResultSet row = select.executeQuery(query)) {
      row.next();
      return BigDecimal.valueOf(row.getLong(1), 9);
    }
  }

  private static void assertHolds(TestNode node) throws Exception {
    Node engine = node.running().node();
    for (Books.Finding f : new Books(engine.database().pool()).check(engine.tenant().id())) {
      assertTrue(f.holds(), f.toString());
    }
  }

  private static void post(TestNode node, String path, String body) throws Exception {
    HttpResponse<String> answer = node.postUnder(UUID.randomUUID().toString(), path, body);
    assertTrue(answer.statusCode() < 300, answer.body());
  }
}
