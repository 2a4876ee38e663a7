package io.millrace.ops.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.catalog.CatalogFile;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A car that unlocks its navigation over HTTP, on nodes that follow each other. */
class UnlocksTest {
  private static final Duration MONTH = Duration.ofHours(720);

  @TempDir Path folder;

  private static Map<String, Object> post(TestNode node, String path, String key, String body)
      throws Exception {
    return TestNode.tree(node.postUnder(key, path, body));
  }

  private static Map<String, Object> navigation(TestNode node, String device) throws Exception {
    return TestNode.tree(node.get("/v1/accounts/anna/entitlements/navigation?device=" + device));
  }

  @Test
  void navigationThatIsPaidFor_isUnlockedForItsCarAlsoOnTheNextNodeUntilItsEnd() throws Exception {
    byte[] catalog = CatalogFile.template("connected-car.yaml");
    String database = TestNode.emptyDatabase();
    long start = TestNode.START;
    Instant until = Instant.ofEpochMilli(start).plus(MONTH);
    try (TestNode node = TestNode.rating(catalog, folder, database, start)) {
      post(node, "/v1/accounts", "open", "{\"account\":\"anna\",\"kind\":\"prepaid\"}");
      String csv = "subject,account,offer,from,to\n%s,anna,car,2026-11-01T22:00:00Z,\n";
      for (String car : new String[] {"car-1", "car-2"}) {
        HttpResponse<String> taken =
            node.send("/v1/devices", "POST", "text/csv", csv.formatted(car));
        assertEquals(200, taken.statusCode(), taken.body());
      }
      assertEquals(false, navigation(node, "car-1").get("unlocked"));
      String unlock = "{\"device\":\"car-1\",\"meter\":\"navigation-month\"}";
      assertEquals("blocked", post(node, "/v1/charges", "too-early", unlock).get("code"));
      post(node, "/v1/accounts/anna/top-up", "pay", "{\"amount\":\"6.00\"}");
      Map<String, Object> charged = post(node, "/v1/charges", "unlock", unlock);
      assertEquals("4.990000000", charged.get("amount"), charged.toString());
      assertEquals(until.toString(), charged.get("unlockedUntil"));
      assertEquals(charged, post(node, "/v1/charges", "unlock", unlock), "repeated");
      assertEquals(true, navigation(node, "car-1").get("unlocked"));
      assertEquals(until.toString(), navigation(node, "car-1").get("until"));
      assertEquals(false, navigation(node, "car-2").get("unlocked"));
      HttpResponse<String> unknown =
          node.get("/v1/accounts/anna/entitlements/heating?device=car-1");
      assertEquals("unknown-feature", TestNode.tree(unknown).get("code"));
      assertEquals(
          404, node.get("/v1/accounts/nobody/entitlements/navigation?device=car-1").statusCode());
      assertEquals(400, node.get("/v1/accounts/anna/entitlements/navigation").statusCode());
    }
    try (TestNode node = TestNode.rating(catalog, folder, database, start + 1)) {
      Awaitility.await().until(() -> node.get("/health/ready").statusCode() == 200);
      assertEquals(true, navigation(node, "car-1").get("unlocked"));
      node.time(until.toEpochMilli() - 1);
      assertEquals(true, navigation(node, "car-1").get("unlocked"));
      node.time(until.toEpochMilli());
      Awaitility.await().until(() -> navigation(node, "car-1").get("unlocked").equals(false));
      assertTrue(!navigation(node, "car-1").containsKey("until"));
    }
  }
}
