package io.millrace.tests.badinput;

import io.millrace.catalog.CatalogFile;
import io.millrace.connectors.shard.CrashPoints;
import io.millrace.connectors.tenant.Device;
import io.millrace.ops.embedded.EmbeddedDatabase;
import io.millrace.ops.node.CamelNode;
import io.millrace.ops.node.Node;
import io.millrace.ops.node.NodeClock;
import io.millrace.ops.node.NodeConfig;
import io.millrace.ops.rest.Json;
import io.millrace.processors.shard.SourceCounts;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;

/** A node with the routes of all hostile sources, asked as an operator asks. */
final class House implements AutoCloseable {
  /** What became of all events so far. */
  record Counts(long received, long charged, long duplicate, long suspended) {}

  private final HttpClient http = HttpClient.newHttpClient();
  private final EmbeddedDatabase database;
  private final Node node;
  private final CamelNode camel;

  House(Path folder, List<Hostile> sources) throws Exception {
    Path routes = Files.createDirectories(folder.resolve("routes"));
    Map<String, String> properties = new HashMap<>();
    List<Device> devices = new ArrayList<>();
    for (Hostile each : sources) {
      Map<String, String> all = new HashMap<>(each.moreRoutes());
      all.put(each.name(), each.route());
      for (Map.Entry<String, String> route : all.entrySet()) {
        Files.writeString(routes.resolve(route.getKey() + ".camel.yaml"), route.getValue());
      }
      properties.putAll(each.properties());
      for (int i = 1; i < Lamps.EACH; i++) {
        String subject = Lamps.subject(each.lamps().lamp(i));
        devices.add(new Device(subject, "city", "lamp", Lamps.START, Optional.empty()));
      }
    }
    database = EmbeddedDatabase.start(folder.resolve("database"), 0);
    byte[] catalog;
    try (var in = CatalogFile.class.getResourceAsStream("templates/smart-city.yaml")) {
      catalog = in.readAllBytes();
    }
    node =
        Node.start(
            new NodeConfig(
                "bad-input",
                "default",
                4,
                new NodeConfig.DatabaseConfig(database.url(), EmbeddedDatabase.USER, ""),
                folder.resolve("catalog.yaml"),
                Optional.empty(),
                routes,
                "127.0.0.1",
                0,
                NodeConfig.IN_FLIGHT,
                NodeConfig.LEASE_MILLIS,
                NodeConfig.CHECKPOINT_MILLIS,
                properties),
            catalog,
            ((CatalogFile.Result.Accepted) CatalogFile.read("smart-city.yaml", catalog)).catalog(),
            NodeClock.simulated(() -> Lamps.NOW),
            CrashPoints.NONE);
    node.importDevices(devices, n -> {});
    camel = CamelNode.start(node);
    Awaitility.await().atMost(Duration.ofSeconds(60)).until(camel::isReady);
  }

  /** Where it listens. */
  String url() {
    return camel.url();
  }

  HttpResponse<String> send(HttpRequest request) throws Exception {
    return http.send(request, HttpResponse.BodyHandlers.ofString());
  }

  private HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(URI.create(url() + path));
  }

  void post(String path) throws Exception {
    HttpResponse<String> answer =
        send(
            to(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.noBody())
                .build());
    if (answer.statusCode() != 200) {
      throw new AssertionError(path + ": " + answer.body());
    }
  }

  /** What a GET answers. */
  Map<String, Object> get(String path) throws Exception {
    HttpResponse<String> answer = send(to(path).build());
    if (answer.statusCode() != 200) {
      throw new AssertionError(path + ": " + answer.statusCode() + ' ' + answer.body());
    }
    return Json.readObject(answer.body().getBytes(StandardCharsets.UTF_8));
  }

  /** The objects of a list in such an answer. */
  @SuppressWarnings("unchecked")
  static List<Map<String, Object>> list(Map<String, Object> tree, String member) {
    return (List<Map<String, Object>>) tree.getOrDefault(member, List.of());
  }

  /** Asked of the node itself: a row asks again and again. */
  Counts counts() throws Exception {
    SourceCounts all =
        camel.operator().counts().values().stream()
            .reduce(new SourceCounts(0, 0, 0, 0, 0, 0), SourceCounts::plus);
    return new Counts(all.received(), all.charged(), all.duplicate(), all.suspended());
  }

  /** How many events wait in suspense, by reason. */
  Map<String, Long> waiting() throws Exception {
    Map<String, Long> waiting = new HashMap<>();
    if (get("/ops/suspense?limit=1").get("open") instanceof Map<?, ?> open) {
      open.forEach((reason, count) -> waiting.put(String.valueOf(reason), (Long) count));
    }
    return waiting;
  }

  Map<String, Object> source(String name) throws Exception {
    return list(get("/ops/sources"), "sources").stream()
        .filter(s -> name.equals(s.get("name")))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no source " + name));
  }

  /** Whether it runs, with nothing that is not acknowledged. */
  boolean isIdle(String name) throws Exception {
    Map<String, Object> source = source(name);
    return "running".equals(source.get("state"))
        && list(source, "slots").stream().allMatch(s -> (long) s.get("inFlight") == 0);
  }

  /** The sum of one counter over a source's slots. */
  long sum(String source, String counter) throws Exception {
    return list(source(source), "slots").stream().mapToLong(s -> (long) s.get(counter)).sum();
  }

  /** The energy that the city's account has used, mWh. */
  long used() throws Exception {
    return list(get("/v1/accounts/city"), "usage").stream()
        .filter(line -> "energy".equals(line.get("name")))
        .mapToLong(
            line ->
                new java.math.BigDecimal(String.valueOf(line.get("quantity")))
                    .movePointRight(3)
                    .longValueExact())
        .sum();
  }

  @Override
  public void close() throws Exception {
    camel.close();
    node.close();
    database.close();
    http.close();
  }
}
