package io.millrace.ops.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.catalog.CatalogSchema;
import io.millrace.ops.Millrace;
import io.millrace.ops.node.TestNode;
import io.millrace.ops.rest.Json;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckCommandTest {
  @TempDir Path folder;

  private record Ran(int code, String out, String err) {}

  private static Ran run(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        Millrace.commandLine(new PrintWriter(out, true), new PrintWriter(err, true)).execute(args);
    return new Ran(code, out.toString(), err.toString());
  }

  @Test
  void schema_isThatOfTheReaders() throws Exception {
    Ran ran = run("check", "--schema");
    assertEquals(0, ran.code, ran.err);
    assertEquals(new String(Json.write(CatalogSchema.tree()), StandardCharsets.UTF_8), ran.out);
    assertEquals(
        "https://json-schema.org/draft/2020-12/schema",
        Json.readObject(ran.out.getBytes(StandardCharsets.UTF_8)).get("$schema"));
  }

  @Test
  void check_namesLineAndColumn() throws Exception {
    Path routes = Files.createDirectories(folder.resolve("bad"));
    Files.writeString(
        routes.resolve("x.camel.yaml"), "- route:\n    id: x\n    from: {id: y, uri: exec:rm}\n");
    Path catalog = routes.resolve("bad-catalog.yaml");
    Files.writeString(catalog, TestNode.CATALOG.replace("per-unit: 0.00005", "per-unit: cheap"));
    Ran ran = run("check", "--routes", routes.toString(), "--catalog", catalog.toString());
    assertEquals(1, ran.code);
    assertTrue(ran.out.contains("x.camel.yaml:3:24: scheme: "), ran.out);
    assertTrue(ran.out.contains("bad-catalog.yaml:26:"), ran.out);
    Path untested = Files.createDirectories(routes.resolve("deep/er")).resolve("y.camel.yaml");
    Files.copy(Path.of("../routes/sources/lamps.camel.yaml"), untested);
    ran = run("check", routes.toString());
    assertTrue(ran.out.contains("y.camel.yaml:1:1: no-test: "), ran.out);
    assertFalse(ran.out.contains("(warning)"), ran.out);
    assertEquals(1, run("check", untested.getParent().toString()).code);
    Files.writeString(folder.resolve("catalog.yaml"), TestNode.CATALOG);
    Files.createDirectories(folder.resolve("routes"));
    Path config = folder.resolve("node.yaml");
    Files.writeString(
        config,
        """
        node: test-node
        database: {url: 'jdbc:postgresql://127.0.0.1:1/none', user: postgres}
        catalog: catalog.yaml
        routes: routes
        http: {port: 1}
        """);
    Ran good = run("check", "--config", config.toString());
    assertEquals(0, good.code, good.out + good.err);
    assertFalse(good.out.contains("error:"), good.out);
  }

  @Test
  void check_runsTheTestsBesideACatalog() throws Exception {
    Path tariffs = Files.createDirectories(folder.resolve("tariffs"));
    Files.writeString(tariffs.resolve("city.yaml"), TestNode.CATALOG);
    Ran untested = run("check", "--catalog", tariffs.toString());
    assertEquals(0, untested.code, untested.out);
    assertTrue(untested.out.contains("city.yaml:1:1: no-test: "), untested.out);
    String name =
        TestNode.CATALOG
            .lines()
            .filter(line -> line.startsWith("catalog: "))
            .findFirst()
            .orElseThrow()
            .substring(9);
    String test =
        """
        tests: %s
        cases:
          - case: a kilowatt-hour
            offer: lamp
            from: 2030-01-01
            to: 2030-01-02
            until: 2030-01-03
            usage: [{at: 2030-01-01T10:00, wh: 1000}]
            expect:
              energy: {amount: 0.00005}
              lease: {amount: 0.10}
        """
            .formatted(name);
    Files.writeString(tariffs.resolve("city.test.yaml"), test);
    Ran good = run("check", "--catalog", tariffs.toString());
    assertEquals(0, good.code, good.out);
    assertTrue(good.out.contains("2 files checked: 0 errors, 0 warnings"), good.out);
    Files.writeString(tariffs.resolve("city.test.yaml"), test.replace("0.00005", "0.00006"));
    Ran bad = run("check", "--catalog", tariffs.toString());
    assertEquals(1, bad.code, bad.out);
    assertTrue(
        bad.out.contains("city.test.yaml:10:24: other-amount: energy comes to 0.00005. "), bad.out);
  }

  @Test
  void routesOfTheHouse_keepTheirTests() {
    Ran ran = run("check", "../routes");
    assertEquals(0, ran.code, ran.out + ran.err);
    assertFalse(ran.out.startsWith("0 files"), ran.out);
    assertEquals(1, run("check", "../nowhere").code);
  }

  @Test
  void exampleConfiguration_isAsItShouldBe() {
    Ran ran = run("check", "--config", "examples/node.yaml");
    assertEquals(0, ran.code, ran.out + ran.err);
    assertTrue(ran.out.contains(" 0 errors"), ran.out);
  }
}
