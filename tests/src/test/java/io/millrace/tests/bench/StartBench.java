package io.millrace.tests.bench;

import io.millrace.ops.embedded.BrokerSafety;
import io.millrace.ops.embedded.EmbeddedBroker;
import io.millrace.ops.embedded.EmbeddedDatabase;
import io.millrace.ops.node.NodeFile;
import io.millrace.tests.house.Repository;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A node's start on a database where its devices and what they reported are, until it says that it
 * is ready: shards taken and brought back, sources connected. Started as a user does, by the
 * launcher.
 */
final class StartBench implements Step {
  private static final int FEW = 2_000;
  private static final int MINUTES = 5;

  /** The first start may build. */
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private static final long LOOK_NANOS = 10_000_000;

  @Override
  public String name() {
    return "start";
  }

  @Override
  public String what() {
    return "a node, from ./millrace run to ready, on an existing database";
  }

  @Override
  public void measure(Site site, Figures figures) throws Exception {
    int devices = site.scale().devices();
    if (devices > FEW) {
      measure(site, figures, FEW, 3);
    }
    measure(site, figures, devices, devices > FEW ? 10 : 3);
  }

  private static void measure(Site site, Figures figures, int devices, int goal) throws Exception {
    Path folder = site.folder("start-" + devices);
    try (Site.Scratch database = site.scratch("start");
        EmbeddedBroker broker =
            EmbeddedBroker.start(folder.resolve("broker"), 0, BrokerSafety.PROCESS_DEATH)) {
      LampEvents lamps = new LampEvents(devices, Instant.now().truncatedTo(ChronoUnit.HOURS), 5);
      try (Engine engine = Engine.start(database.url(), lamps, 1)) {
        engine.feed(lamps, Math.min(MINUTES, site.scale().minutes()), site.cpu());
      }
      Path config = config(folder, database.url(), broker.url());
      seconds(folder, config); // Builds what is not built, and archives the classes.
      for (int run = 0; run < site.scale().runs(); run++) {
        figures.note(
            Report.number(devices) + " devices: ready after",
            "s",
            Goal.atMost(goal),
            seconds(folder, config));
      }
    }
  }

  private static Path config(Path folder, String database, String broker) throws IOException {
    Path catalog = Files.write(folder.resolve("catalog.yaml"), Engine.catalog());
    return Files.writeString(
        folder.resolve("node.yaml"),
        """
        node: bench
        tenant: %s
        database: {url: '%s', user: %s}
        catalog: %s
        routes: %s
        http: {port: 0}
        properties: {mqtt.url: '%s'}
        """
            .formatted(
                Engine.TENANT,
                database,
                EmbeddedDatabase.USER,
                catalog.toAbsolutePath(),
                Repository.root().resolve("routes/sources"),
                broker));
  }

  private static double seconds(Path folder, Path config) throws Exception {
    Path data = folder.resolve("data");
    Path log = folder.resolve("node.log");
    ProcessBuilder launcher =
        new ProcessBuilder(
                Repository.root().resolve("millrace").toString(),
                "run",
                "--config",
                config.toString(),
                "--data",
                data.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    launcher.environment().put("MILLRACE_JAVA", System.getProperty("java.home"));
    launcher.environment().remove("JAVA_TOOL_OPTIONS");
    long begun = System.nanoTime();
    Process node = launcher.start();
    try (HttpClient client = HttpClient.newHttpClient()) {
      while (!isReady(client, data)) {
        if (!node.isAlive() || System.nanoTime() - begun > PATIENCE.toNanos()) {
          throw new IllegalStateException("the node did not start: " + Files.readString(log));
        }
        LockSupport.parkNanos(LOOK_NANOS);
      }
      return (System.nanoTime() - begun) / 1e9;
    } finally {
      node.destroy();
      if (!node.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        node.destroyForcibly();
      }
    }
  }

  private static boolean isReady(HttpClient client, Path data) throws InterruptedException {
    Optional<String> url = NodeFile.in(data).url();
    if (url.isEmpty()) {
      return false;
    }
    try {
      return client
              .send(
                  HttpRequest.newBuilder(URI.create(url.get() + "/health/ready")).build(),
                  HttpResponse.BodyHandlers.discarding())
              .statusCode()
          == 200;
    } catch (IOException e) {
      return false;
    }
  }
}
