package io.millrace.ops.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.ops.Millrace;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Versions of the catalog over HTTP and on the command line. */
class CatalogsTest {
  /** Dearer energy from the second day on. */
  private static final String NEXT =
      TestNode.CATALOG
          .replaceFirst("effective: \\S+", "effective: 2026-11-03")
          .replaceFirst("per-unit: [0-9.]+", "per-unit: 0.00009");

  @TempDir Path folder;
  private TestNode node;

  @BeforeEach
  void start() throws Exception {
    node = TestNode.start(folder, 1);
  }

  @AfterEach
  void stop() {
    node.close();
  }

  private HttpResponse<String> post(String query, String text) throws Exception {
    return node.send("/v1/catalogs" + query, "POST", "application/yaml", text);
  }

  @SuppressWarnings("unchecked")
  private static List<Map<String, Object>> versions(HttpResponse<String> answer) throws Exception {
    return (List<Map<String, Object>>) TestNode.tree(answer).get("catalogs");
  }

  private int run(StringWriter out, String... line) {
    return Millrace.commandLine(new PrintWriter(out), new PrintWriter(out)).execute(line);
  }

  @Test
  void versionTriedActivatedTwiceAndTakenBack_isToldInWords() throws Exception {
    Map<String, Object> tried = TestNode.tree(post("?dryRun=true", NEXT));
    assertEquals("could", tried.get("outcome"));
    assertEquals(1, versions(node.get("/v1/catalogs")).size(), "nothing was changed");
    Map<String, Object> activated = TestNode.tree(post("", NEXT));
    assertEquals("activated", activated.get("outcome"));
    assertEquals(tried.get("changes"), activated.get("changes"));
    assertEquals(List.of(), activated.get("warnings"), "nobody loses anything");
    assertTrue(activated.get("changes").toString().contains("0.00009"), activated::toString);
    assertEquals("already", TestNode.tree(post("", NEXT)).get("outcome"));
    Awaitility.await("the shards commit under it")
        .until(() -> node.running().node().rules().version() == 2);
    List<Map<String, Object>> listed = versions(node.get("/v1/catalogs"));
    assertEquals("current", listed.get(0).get("state"));
    assertEquals("coming", listed.get(1).get("state"));
    assertEquals(activated.get("changes"), listed.get(1).get("changes"));
    String hash = (String) listed.get(1).get("hash");
    Map<String, Object> shown = TestNode.tree(node.get("/v1/catalogs/" + hash.substring(0, 12)));
    assertEquals(NEXT, shown.get("source"));
    String first = (String) listed.get(0).get("hash");
    Map<String, Object> back =
        TestNode.tree(node.get("/v1/catalogs/" + first + "?against=" + hash.substring(0, 12)));
    assertTrue(back.get("changes").toString().contains("0.00009 → 0.00005"), back::toString);
    assertEquals(404, node.get("/v1/catalogs/" + first + "?against=abcdef").statusCode());
    HttpResponse<String> withdrawn =
        node.send("/v1/catalogs/" + hash + "/withdraw", "POST", "application/json", "{}");
    assertEquals("withdrawn", TestNode.tree(withdrawn).get("outcome"), withdrawn::body);
    assertEquals(
        1, versions(node.get("/v1/catalogs?state=withdrawn")).size(), "it is kept, and told");
  }

  @Test
  void whatCantBeAVersion_isRefusedWithAllReasons() throws Exception {
    HttpResponse<String> broken = post("", NEXT.replace("meters:", "metres:"));
    assertEquals(400, broken.statusCode(), broken::body);
    assertEquals("bad-catalog", TestNode.tree(broken).get("code"));
    assertTrue(broken.body().contains("catalog:"), "file, line and column: " + broken.body());
    HttpResponse<String> other =
        post("", NEXT.replaceFirst("catalog: \\S+", "catalog: other").replace("EUR", "USD"));
    assertEquals(409, other.statusCode(), other::body);
    assertEquals("other-name", TestNode.tree(other).get("code"));
    assertTrue(other.body().contains("other-currency"), other.body());
    assertEquals(404, node.get("/v1/catalogs/abcdef").statusCode());
  }

  @Test
  void commandLine_asksBeforeItActivates_andTakesBack() throws Exception {
    Path file = Files.writeString(folder.resolve("next.yaml"), NEXT);
    String[] activate = {"catalog", "activate", file.toString(), "--url", node.running().url()};
    StringWriter out = new StringWriter();
    assertEquals(0, run(out, activate), out::toString);
    assertTrue(out.toString().contains("add --yes"), out.toString());
    String[] yes = Arrays.copyOf(activate, activate.length + 1);
    yes[activate.length] = "--yes";
    assertEquals(0, run(out, yes), out::toString);
    StringWriter list = new StringWriter();
    assertEquals(0, run(list, "catalog", "--state", "coming", "--url", node.running().url()));
    String hash = list.toString().substring(0, 12);
    assertTrue(list.toString().contains("0.00009"), list.toString());
    StringWriter show = new StringWriter();
    assertEquals(0, run(show, "catalog", "show", hash, "--url", node.running().url()));
    assertEquals(NEXT, show.toString());
    StringWriter same = new StringWriter();
    assertEquals(
        0, run(same, "catalog", "show", hash, "--against", hash, "--url", node.running().url()));
    assertTrue(same.toString().contains("the same"), same.toString());
    StringWriter back = new StringWriter();
    assertEquals(
        0, run(back, "catalog", "withdraw", hash, "--url", node.running().url()), back::toString);
    assertTrue(back.toString().contains("taken back"), back.toString());
    Files.writeString(file, NEXT.replace("meters:", "metres:"));
    StringWriter broken = new StringWriter();
    assertEquals(1, run(broken, yes), broken::toString);
    assertTrue(broken.toString().contains("next.yaml:"), broken.toString());
  }
}
