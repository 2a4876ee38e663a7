package io.millrace.ops.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.ops.Millrace;
import io.millrace.ops.node.NodeFile;
import io.millrace.ops.node.TestNode;
import java.io.BufferedReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code run} as a process of its own. */
class RunTest {
  @TempDir Path folder;

  @Test
  @Timeout(120)
  void run_servesUntilItIsTold_thenGivesItsShardsBackAndLeavesWithNothingWrong() throws Exception {
    Files.createDirectories(folder.resolve("routes"));
    Files.writeString(folder.resolve("catalog.yaml"), TestNode.CATALOG);
    StringBuilder devices = new StringBuilder("subject,account,offer,from,to\n");
    for (int i = 0; i < 2_000; i++) {
      devices.append("lamp-%06d,city,lamp,2026-11-02T00:00:00Z,%n".formatted(i));
    }
    Files.writeString(folder.resolve("devices.csv"), devices);
    Files.writeString(
        folder.resolve("node.yaml"),
        """
        database: {url: '%s', user: postgres}
        catalog: catalog.yaml
        devices: devices.csv
        routes: routes
        http: {port: 0}
        """
            .formatted(TestNode.emptyDatabase()));
    for (int round = 0; round < 2; round++) {
      Process process = start();
      try (BufferedReader out = process.inputReader()) {
        String ready =
            out.lines().filter(line -> line.startsWith("millrace: ")).findFirst().orElse("ended");
        System.out.println(ready);
        assertTrue(ready.matches("millrace: .* is ready at http://.*: 2000 devices.*"), ready);
        String url = NodeFile.in(folder.resolve("data")).url().orElseThrow();
        assertEquals(200, get(url + "/health/ready"));
        process.destroy();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        assertEquals(0, process.exitValue());
        assertFalse(Files.exists(folder.resolve("data/node.json")));
      } finally {
        process.destroyForcibly();
      }
    }
  }

  private Process start() throws Exception {
    return new ProcessBuilder(
            ProcessHandle.current().info().command().orElseThrow(),
            "@" + Path.of("jvm.options").toAbsolutePath(),
            "-Xmx512m",
            "-cp",
            System.getProperty("java.class.path"),
            Millrace.class.getName(),
            "run",
            "--config",
            folder.resolve("node.yaml").toString(),
            "--data",
            folder.resolve("data").toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static int get(String url) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
              HttpRequest.newBuilder(URI.create(url)).build(),
              HttpResponse.BodyHandlers.discarding())
          .statusCode();
    }
  }
}
