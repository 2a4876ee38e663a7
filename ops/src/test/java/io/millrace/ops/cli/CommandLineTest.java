package io.millrace.ops.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.ops.Millrace;
import io.millrace.ops.node.NodeConfigFile;
import io.millrace.ops.node.NodeFile;
import io.millrace.ops.node.TestNode;
import io.millrace.ops.rest.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandLineTest {

  @TempDir static Path folder;
  private static String database = "";
  private static TestNode node;
  private static String charge = "";

  private record Ran(int code, String out, String err) {}

  private static Ran run(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        Millrace.commandLine(new PrintWriter(out, true), new PrintWriter(err, true)).execute(args);
    return new Ran(code, out.toString(), err.toString());
  }

  private static Ran asked(String... args) {
    String[] all = java.util.Arrays.copyOf(args, args.length + 2);
    all[args.length] = "--url";
    all[args.length + 1] = node.running().url();
    return run(all);
  }

  @BeforeAll
  static void start() throws Exception {
    database = TestNode.emptyDatabase();
    node = TestNode.start(folder, database, 1);
    for (int minute = 0; minute < 5; minute++) {
      node.send(TestNode.report(1, minute, TestNode.START + minute * 60_000L, "0.412"));
    }
    node.send("{oops");
    node.time(TestNode.FIRST_SEALED);
    Awaitility.await()
        .until(
            () -> {
              charge =
                  node.get("/v1/charges?name=energy")
                      .body()
                      .replaceAll("(?s).*?\"id\" : \"([0-9-]+)\".*", "$1");
              return charge.matches("[0-9-]+");
            });
    Files.writeString(folder.resolve("catalog.yaml"), TestNode.CATALOG);
    Files.writeString(
        folder.resolve("node.yaml"),
        """
        node: test-node
        database: {url: '%s', user: postgres}
        catalog: catalog.yaml
        routes: routes
        http: {port: 1}
        """
            .formatted(database));
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @Test
  void explain_provesACharge() {
    Ran ran = asked("explain", charge);
    assertEquals(0, ran.code, ran.err);
    assertTrue(ran.out.endsWith("proven\n"), ran.out);
    assertTrue(ran.out.contains("\"subject\":\"lamp-000001\""), ran.out);
  }

  @Test
  void explain_worksOnTheDatabaseWhereNoNodeRuns() {
    Ran ran = run("explain", charge, "--config", folder.resolve("node.yaml").toString());
    assertEquals(0, ran.code, ran.err);
    assertTrue(ran.out.contains("proven"), ran.out);
  }

  @Test
  void explain_findsATamperedByteAndNamesIt() throws Exception {
    String copy = "copy_of_" + database.replaceAll(".*/", "");
    String admin = database.replaceAll("/[^/]*$", "/postgres");
    Path config = folder.resolve("tampered.yaml");
    Files.writeString(
        config,
        Files.readString(folder.resolve("node.yaml"))
            .replace(database, database.replaceAll("/[^/]*$", "/" + copy)));
    copyDatabase(admin, copy);
    for (String column : new String[] {"evidence", "rating"}) {
      long row = flip(database.replaceAll("/[^/]*$", "/" + copy), column);
      Ran ran = run("explain", charge, "--config", config.toString());
      assertEquals(1, ran.code, ran.out);
      assertTrue(ran.out.contains("NOT PROVEN"), ran.out);
      assertTrue(ran.out.contains("NOT  journal"), ran.out);
      assertTrue(ran.out.contains("journal row " + row + " "), ran.out);
      flip(database.replaceAll("/[^/]*$", "/" + copy), column);
    }
    assertEquals(0, run("explain", charge, "--config", config.toString()).code);
  }

  /** A copy of rows that a test may damage: the append-only tables are not its to change. */
  private static void copyDatabase(String admin, String copy) throws Exception {
    node.close();
    try (Connection c = DriverManager.getConnection(admin, "postgres", "");
        Statement s = c.createStatement()) {
      s.execute("create database " + copy + " template " + database.replaceAll(".*/", ""));
    } finally {
      node = TestNode.start(folder, database, 1);
    }
  }

  /** Flips one bit of the newest journal row with usage; again, and it is as before. */
  private static long flip(String url, String column) throws Exception {
    try (Connection c = DriverManager.getConnection(url, "postgres", "");
        Statement s = c.createStatement();
        ResultSet rs =
            s.executeQuery(
                "update journal set "
                    + column
                    + " = set_bit("
                    + column
                    + ", length("
                    + column
                    + ") * 4, 1 - get_bit("
                    + column
                    + ", length("
                    + column
                    + ") * 4)) where number = (select number from journal where tenant = 1"
                    + " order by length(evidence) desc, number limit 1) returning number")) {
      assertTrue(rs.next());
      return rs.getLong(1);
    }
  }

  @Test
  void files_areListedWithWhatBecameOfThem() throws Exception {
    assertEquals("no files", asked("files", "--source", "nothing").out.strip());
    try (Connection c = node.running().node().database().connection();
        Statement s = c.createStatement()) {
      s.executeUpdate(
          "insert into source_file (tenant, source, path, size, modified, state, reason, lines)"
              + " select id, 'in', 'in/a.csv', 5, 0, 'failed', 'cut-short: it ends', 7 from"
              + " tenant");
    }
    assertTrue(
        asked("files").out.matches("(?s).* in +failed .* in/a.csv .*cut-short: it ends\\s*"),
        () -> asked("files").out);
    String file = node.get("/ops/files?state=failed&source=in").body();
    assertTrue(file.contains("\"modified\" : \"1970-01-01T00:00:00Z\""), file);
    assertEquals("no files", asked("files", "--state", "done").out.strip());
    assertEquals(2, asked("files", "--state", "nope").code);
  }

  @Test
  void suspense_isListedShownAndRecycled() throws Exception {
    Ran list = asked("suspense", "list");
    assertEquals(0, list.code, list.err);
    assertTrue(list.out.contains("1 open  malformed"), list.out);
    Map<String, Object> tree =
        Json.readObject(asked("suspense", "list", "--json").out.getBytes(StandardCharsets.UTF_8));
    String hash = tree.get("events").toString().replaceAll(".*hash=([0-9a-f]{64}).*", "$1");
    assertTrue(asked("suspense", "show", hash).out.endsWith("{oops\n"));
    assertEquals(1, asked("suspense", "show", "00000000").code);
    Ran recycled = asked("suspense", "recycle", "--reason", "malformed");
    assertEquals("1 tried, 0 of them are charged or duplicates now\n", recycled.out);
    assertEquals(2, asked("suspense", "recycle", "--reason", "nope").code);
    assertEquals(
        3,
        run(
                "suspense",
                "recycle",
                "--reason",
                "malformed",
                "--config",
                folder.resolve("node.yaml").toString())
            .code);
  }

  @Test
  void statementOfAnOpenPeriod_saysHowToMakeIt() {
    Ran ran = asked("statement", "0");
    assertEquals(0, ran.code, ran.err);
    assertTrue(ran.out.contains("close 0"), ran.out);
  }

  @Test
  void closeOfALaterPeriod_isRefused() {
    Ran ran = asked("close", "7");
    assertEquals(1, ran.code);
    assertTrue(ran.err.startsWith("millrace: previous-open: "), ran.err);
    assertTrue(ran.err.contains("next: "), ran.err);
  }

  @Test
  void refusal_isJsonWhereAskedFor() throws Exception {
    Ran ran = asked("explain", "1-0-999-0", "--json");
    assertEquals(1, ran.code);
    Map<String, Object> tree = Json.readObject(ran.err.getBytes(StandardCharsets.UTF_8));
    assertEquals("unknown-charge", tree.get("code"));
  }

  @Test
  void unknownFlag_isMisuseWithAHint() {
    Ran ran = run("explain", charge, "--evnets", "3");
    assertEquals(2, ran.code);
    assertTrue(ran.err.contains("misuse"), ran.err);
    assertTrue(ran.err.contains("--events"), ran.err);
    assertEquals(2, run("exlpain").code);
    assertTrue(run("exlpain").err.startsWith("millrace: misuse: there is no 'exlpain'"));
    assertTrue(run("demo", "--lamps", "x").err.contains("'x' is not a whole number"));
    assertEquals(2, run("run").code);
    assertEquals(2, run("close", "soon").code);
    assertEquals(2, run("suspense").code);
    assertEquals(2, run("explain", charge, "--url", "ftp://x").code);
  }

  @Test
  void noNode_isUnavailable() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = free.getLocalPort();
      free.close();
      Ran ran = run("close", "0", "--url", "http://127.0.0.1:" + port);
      assertEquals(3, ran.code);
      assertTrue(ran.err.startsWith("millrace: no-node: "), ran.err);
    }
  }

  @Test
  void fileOfAKilledNode_isNotBelieved() throws Exception {
    Path data = Files.createDirectories(folder.resolve("killed"));
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    NodeFile.in(data).write("http://127.0.0.1:" + port);
    Ran ran =
        run(
            "explain",
            charge,
            "--data",
            data.toString(),
            "--config",
            folder.resolve("node.yaml").toString());
    assertEquals(0, ran.code, ran.err);
  }

  @Test
  void fileOfARunningNode_isWhereCommandsAskFirst() throws Exception {
    Path data = Files.createDirectories(folder.resolve("running"));
    NodeFile.in(data).write(node.running().url());
    Ran ran = run("suspense", "recycle", "--reason", "no-time", "--data", data.toString());
    assertEquals(0, ran.code, ran.err);
    NodeFile.in(data).remove();
  }

  @Test
  void demoWithAPortThatIsTaken_saysSoBeforeItStartsAnything() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      Path data = folder.resolve("demo");
      Ran ran = run("demo", "--port", "" + taken.getLocalPort(), "--data", data.toString());
      assertEquals(3, ran.code);
      assertTrue(ran.err.startsWith("millrace: port-taken: "), ran.err);
      assertTrue(ran.err.contains("--port"), ran.err);
      assertFalse(Files.exists(data));
    }
    assertEquals(2, run("demo", "--port", "70000").code);
    assertEquals(1, run("demo", "--summary", folder.resolve("no/such/file").toString()).code);
  }

  @Test
  void runWithAPortThatIsTaken_isOneClearLine() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      Path config = folder.resolve("taken.yaml");
      Files.writeString(
          config,
          Files.readString(folder.resolve("node.yaml"))
              .replace("port: 1", "port: " + taken.getLocalPort()));
      Ran ran = run("run", "--config", config.toString());
      assertEquals(3, ran.code);
      assertEquals(2, ran.err.lines().count(), ran.err);
      assertTrue(ran.err.startsWith("millrace: port-taken: "), ran.err);
    }
  }

  @Test
  void ratingGroupThatTheCatalogCannotRate_isRefusedBeforeAnythingStarts() throws Exception {
    Path config = folder.resolve("groups.yaml");
    String good = Files.readString(folder.resolve("node.yaml"));
    String groups = "nchf: {rating-groups: {7: {meter: energy, unit: %s, grant: 1}}}%n";
    for (String command : List.of("run", "check")) {
      Files.writeString(config, good + groups.formatted("totalVolume"));
      Ran ran = run(command, "--config", config.toString());
      assertEquals(1, ran.code, ran.err);
      assertTrue(ran.err.contains("`nchf.rating-groups` [7]: the catalog"), ran.err);
    }
    Files.writeString(config, good + groups.formatted("serviceSpecificUnits"));
    assertEquals(0, run("check", "--config", config.toString()).code);
  }

  @Test
  void runWithoutADatabase_isOneClearLine() throws Exception {
    Path config = folder.resolve("nodb.yaml");
    Files.writeString(
        config,
        Files.readString(folder.resolve("node.yaml"))
            .replace(database, "jdbc:postgresql://127.0.0.1:1/none")
            .replace("port: 1", "port: 0"));
    Ran ran = run("run", "--config", config.toString());
    assertEquals(3, ran.code, ran.err);
    assertEquals(2, ran.err.lines().count(), ran.err);
    assertTrue(ran.err.startsWith("millrace: database-unavailable: "), ran.err);
  }

  @Test
  void runWithABadConfiguration_isRefused() throws Exception {
    Ran none = run("run", "--config", folder.resolve("none.yaml").toString());
    assertEquals(1, none.code);
    assertTrue(none.err.contains("none.yaml: there is no such file"), none.err);
    Path config = folder.resolve("exposed.yaml");
    Files.writeString(
        config,
        Files.readString(folder.resolve("node.yaml"))
            .replace("{port: 1}", "{port: 0, host: 0.0.0.0}"));
    Ran ran = run("run", "--config", config.toString());
    assertEquals(1, ran.code);
    assertTrue(ran.err.contains("expose: true"), ran.err);
    Files.writeString(
        config,
        Files.readString(folder.resolve("node.yaml"))
            + "properties: {camel.server.static-enabled: true}\n");
    assertEquals(1, run("run", "--config", config.toString()).code);
  }

  @Test
  void routesOfAConfiguration_areAFolderOrAFolderToFollow() throws Exception {
    String good = Files.readString(folder.resolve("node.yaml"));
    Path config = folder.resolve("follow.yaml");
    Files.writeString(
        config, good.replace("routes: routes", "routes: {folder: routes, reload: true}"));
    assertTrue(NodeConfigFile.read(config).reload());
    assertEquals(folder.resolve("routes"), NodeConfigFile.read(config).routes());
    assertFalse(NodeConfigFile.read(folder.resolve("node.yaml")).reload());
    Files.writeString(
        config, good.replace("routes: routes", "routes: {folder: routes, reload: 1}"));
    assertTrue(run("run", "--config", config.toString()).err.contains("`routes.reload`"));
    Files.writeString(config, good.replace("routes: routes", "routes: {reload: true}"));
    assertTrue(run("run", "--config", config.toString()).err.contains("`routes` is missing"));
  }
}
