package io.millrace.ops.cli;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.ops.Millrace;
import io.millrace.ops.node.TestNode;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What an operator gets wrong, in the real process: the documented exit code, one line that says
 * what and where, one that says what to do about it, and nothing else.
 */
class OperatorMistakesTest {
  private static final String CONFIG =
      """
      database: {url: '%s', user: postgres}
      catalog: catalog.yaml
      routes: routes
      http: {port: 0}
      """;

  @TempDir static Path folder;
  private static ServerSocket taken;

  @BeforeAll
  static void files() throws Exception {
    taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
    String database = TestNode.emptyDatabase();
    String good = CONFIG.formatted(database);
    Files.createDirectories(folder.resolve("routes"));
    Path broken = Files.createDirectories(folder.resolve("broken-routes"));
    Files.writeString(
        broken.resolve("x.camel.yaml"), "- route:\n    id: x\n    from: {id: y, uri: exec:rm}\n");
    write("catalog.yaml", TestNode.CATALOG);
    write("bad-catalog.yaml", TestNode.CATALOG.replace("per-unit: 0.00005", "per-unit: cheap"));
    write("no-yaml.txt", "catalog: [");
    write("devices.csv", "subject,account,offer,from,to\nlamp-1,city,lamp,yesterday,\n");
    write(
        "unknown-offer.csv", "subject,account,offer,from,to\nl,city,bulb,2026-11-02T00:00:00Z,\n");
    write("good.yaml", good);
    write("no-database.yaml", CONFIG.formatted("jdbc:postgresql://127.0.0.1:1/none"));
    write("other-database.yaml", CONFIG.formatted(database + "_not_there"));
    write("no-postgres.yaml", CONFIG.formatted("jdbc:mysql://127.0.0.1:1/none"));
    write("taken-port.yaml", good.replace("port: 0", "port: " + taken.getLocalPort()));
    write("bad-port.yaml", good.replace("port: 0", "port: 70000"));
    write("typo.yaml", good.replace("catalog:", "catalogue:"));
    write("twice.yaml", good + "routes: routes\n");
    write("tab.yaml", good.replace("{port: 0}", "\n\tport: 0"));
    write("no-catalog.yaml", good.replace("catalog.yaml", "nowhere.yaml"));
    write("broken-catalog.yaml", good.replace("catalog.yaml", "bad-catalog.yaml"));
    write("catalog-no-yaml.yaml", good.replace("catalog.yaml", "no-yaml.txt"));
    write("no-routes.yaml", good.replace("routes: routes", "routes: nowhere"));
    write("broken-routes.yaml", good.replace("routes: routes", "routes: broken-routes"));
    write("no-devices.yaml", good + "devices: nowhere.csv\n");
    write("bad-devices.yaml", good + "devices: devices.csv\n");
    write("other-offer.yaml", good + "devices: unknown-offer.csv\n");
    Files.write(
        folder.resolve("latin1.yaml"),
        "catalog: caf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1));
  }

  private static void write(String name, String text) throws Exception {
    Files.writeString(folder.resolve(name), text);
  }

  @AfterAll
  static void free() throws Exception {
    taken.close();
  }

  @ParameterizedTest
  @Timeout(120)
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          run --confg good.yaml                    | 2 | misuse               | --config=FILE
          run                                      | 2 | misuse               | --config
          rnu                                      | 2 | misuse               | rnu
          demo --lamps many                        | 2 | misuse               | many
          demo --hours -1                          | 2 | misuse               | hours are
          explain 1-2-3-4 --url http://127.0.0.1:1 | 3 | no-node              | 127.0.0.1:1
          run --config nowhere.yaml                | 1 | config-refused       | nowhere.yaml: there is no such file
          run --config routes                      | 1 | config-refused       | Name a file with
          run --config latin1.yaml                 | 1 | config-refused       | latin1.yaml: not UTF-8
          run --config typo.yaml                   | 1 | config-refused       | typo.yaml:2:1
          run --config twice.yaml                  | 1 | config-refused       | twice.yaml:5:1
          run --config tab.yaml                    | 1 | config-refused       | tab.yaml:5:1
          run --config bad-port.yaml               | 1 | config-refused       | bad-port.yaml:4:8
          run --config no-postgres.yaml            | 1 | config-refused       | no-postgres.yaml:1:12
          run --config no-catalog.yaml             | 1 | catalog-unreadable   | nowhere.yaml
          run --config broken-catalog.yaml         | 1 | catalog-refused      | bad-catalog.yaml:26
          run --config catalog-no-yaml.yaml        | 1 | catalog-refused      | no-yaml.txt:1
          run --config no-routes.yaml              | 1 | routes-unreadable    | nowhere
          run --config broken-routes.yaml          | 1 | routes-refused       | x.camel.yaml:3:24
          run --config no-devices.yaml             | 1 | devices-unreadable   | nowhere.csv
          run --config bad-devices.yaml            | 1 | devices-refused      | devices.csv:2
          run --config other-offer.yaml            | 1 | devices-refused      | bulb
          run --config no-database.yaml            | 3 | database-unavailable | 127.0.0.1:1
          run --config other-database.yaml         | 3 | database-unavailable | _not_there
          run --config taken-port.yaml             | 3 | port-taken           | 127.0.0.1
          close 0 --config no-database.yaml        | 3 | database-unavailable | 127.0.0.1:1
          """)
  void mistake_isToldInOneClearLine(String arguments, int exit, String code, String where)
      throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "@" + Path.of("jvm.options").toAbsolutePath(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Millrace.class.getName()));
    command.addAll(List.of(arguments.split(" ")));
    if (arguments.startsWith("run ")) {
      command.addAll(List.of("--data", folder.resolve("data").toString()));
    }
    Process process = new ProcessBuilder(command).directory(folder.toFile()).start();
    try {
      String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(process.waitFor(60, TimeUnit.SECONDS));
      List<String> lines = err.lines().toList();
      assertAll(
          err + out,
          () -> assertEquals(exit, process.exitValue()),
          () -> assertTrue(lines.getFirst().startsWith("millrace: " + code + ": ")),
          () -> assertTrue(err.contains(where), "says where"),
          () ->
              assertTrue(lines.stream().anyMatch(l -> l.startsWith("  next: ")), "says what to do"),
          () -> assertTrue(lines.size() <= 3, "one clear line"),
          () -> assertTrue(!err.contains("Exception") && !err.contains("\tat "), "no trace"));
    } finally {
      process.destroyForcibly();
    }
  }
}
