package io.millrace.ops.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.connectors.check.Books;
import io.millrace.connectors.tenant.Device;
import java.math.BigDecimal;
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
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A maker pays for lamps in all shards, up to 3 cents each a day: ledger, views and invoices. */
class SponsorsTest {
  private static final int LAMPS = 12;
  private static final long HOUR = 3_600_000;
  private static final byte[] CATALOG =
      TestNode.CATALOG
          .replace("    share:", "    paid-by: {account: maker, up-to: 0.03}\n    share:")
          .getBytes(StandardCharsets.UTF_8);

  @Test
  void whatTheMakerPays_isItsInvoiceAndComesOffTheCitys(@TempDir Path folder) throws Exception {
    Path routes = Files.createDirectories(folder.resolve("routes"));
    Files.copy(Path.of("../routes/sources/http.camel.yaml"), routes.resolve("http.camel.yaml"));
    String database = TestNode.emptyDatabase();
    try (TestNode node = TestNode.rating(CATALOG, folder, database, TestNode.START)) {
      List<Device> lamps = new ArrayList<>();
      for (int i = 1; i <= LAMPS; i++) {
        String subject = "lamp-%06d".formatted(i);
        Instant from = Instant.ofEpochMilli(TestNode.START);
        lamps.add(new Device(subject, "city", "lamp", from, Optional.empty()));
      }
      node.running().node().importDevices(lamps, done -> {});
      for (int i = 1; i <= LAMPS; i++) {
        node.send(TestNode.report(i, 1, TestNode.START + 1, "2000"));
      }
      node.time(TestNode.FIRST_SEALED);
      // 12 leases of 0.10 and 12 × 2 kWh of 0.00005 each, of which the maker pays 0.03 a lamp.
      Awaitility.await().until(() -> posted(node, "maker").compareTo(new BigDecimal("0.36")) == 0);
      assertEquals(0, new BigDecimal("0.8412").compareTo(posted(node, "city")));
      assertHolds(node);
      assertEquals("sponsored:lamp lease 0.360000000", lines(node, "maker"));
      assertEquals(
          "lamp energy 0.001200000, lamp lease 1.200000000, sponsored:lamp lease -0.360000000",
          lines(node, "city"));
      assertTrue(explained(node) > LAMPS, "those of the city and of the maker");
      node.time(TestNode.START + 25 * HOUR);
      Awaitility.await().until(() -> node.post("/ops/periods/0/close", "").statusCode() == 200);
      Awaitility.await().until(() -> statements(node).contains("maker"));
      assertEquals("city 0.84, maker 0.36", statements(node));
      assertHolds(node);
    }
  }

  private static BigDecimal posted(TestNode node, String account) throws Exception {
    Object posted = TestNode.tree(node.get("/v1/accounts/" + account)).get("posted");
    return new BigDecimal(String.valueOf(posted));
  }

  private static String lines(TestNode node, String account) throws Exception {
    List<String> lines = new ArrayList<>();
    for (Map<String, Object> line :
        TestNode.list(TestNode.tree(node.get("/v1/accounts/" + account)), "usage")) {
      lines.add(line.get("offer") + " " + line.get("name") + " " + line.get("amount"));
    }
    return String.join(", ", lines);
  }

  private static void assertHolds(TestNode node) throws Exception {
    Node engine = node.running().node();
    for (Books.Finding f : new Books(engine.database().pool()).check(engine.tenant().id())) {
      assertTrue(f.holds(), f.toString());
    }
  }

  /** Has every charge explained, and gives how many of them another account pays or gets back. */
  private static int explained(TestNode node) throws Exception {
    int sponsored = 0;
    try (Connection c = node.running().node().database().pool().getConnection();
        Statement select = c.createStatement();
        ResultSet row =
            select.executeQuery(
                "select tenant || '-' || shard || '-' || seq || '-' || n, offer from charge")) {
      while (row.next()) {
        Map<String, Object> tree = TestNode.tree(node.get("/v1/charges/" + row.getString(1)));
        assertEquals(true, tree.get("proven"), tree.toString());
        sponsored += row.getString(2).startsWith("sponsored:") ? 1 : 0;
      }
    }
    return sponsored;
  }

  private static String statements(TestNode node) throws Exception {
    List<String> all = new ArrayList<>();
    try (Connection c = node.running().node().database().pool().getConnection();
        Statement select = c.createStatement();
        ResultSet row =
            select.executeQuery(
                "select a.name, s.total / 100.0 from statement s join account a"
                    + " on a.tenant = s.tenant and a.id = s.account where s.kind = 'invoice'"
                    + " order by a.name")) {
      while (row.next()) {
        all.add(row.getString(1) + " " + row.getBigDecimal(2).setScale(2));
      }
    }
    return String.join(", ", all);
  }
}
