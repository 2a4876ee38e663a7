package io.millrace.ops.node;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.CatalogFile;
import io.millrace.connectors.mediation.UsageProcessor;
import io.millrace.connectors.shard.CrashPoints;
import io.millrace.connectors.tenant.Device;
import io.millrace.ops.rest.Json;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.camel.ProducerTemplate;

/** A node on a real PostgreSQL with a database of its own, a clock that is told, and real HTTP. */
public final class TestNode implements AutoCloseable {
  /** The first moment of the catalog's first period. */
  public static final long START = Instant.parse("2026-11-01T23:00:00Z").toEpochMilli();

  /** When the first window and its grace are over. */
  public static final long FIRST_SEALED = START + 65 * 60_000L;

  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static final EmbeddedPostgres SERVER = server();
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  /** The catalog of these tests. */
  public static final String CATALOG =
      new String(CatalogFile.template("smart-city.yaml"), StandardCharsets.UTF_8);

  /** A source of lamps over MQTT, whose broker the property {@code mqtt.url} names. */
  public static final String ROUTE =
      """
      - route:
          id: lamps
          from:
            id: lamps-from
            uri: paho-mqtt5:lamps/+/report
            parameters:
              brokerUrl: "{{mqtt.url}}"
              source: lamps
              qos: 1
            steps:
              - to:
                  id: lamps-usage
                  uri: direct:usage
      """;

  private final AtomicLong clock;
  private final CamelNode running;

  private static EmbeddedPostgres server() {
    try {
      return EmbeddedPostgres.builder()
          .setServerConfig("fsync", "on")
          .setServerConfig("synchronous_commit", "on")
          .setServerConfig("full_page_writes", "on")
          .setServerConfig("listen_addresses", "127.0.0.1")
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The URL of a database that is empty. */
  public static String emptyDatabase() throws SQLException {
    String name = "ops_" + NUMBER.incrementAndGet();
    try (Connection connection = SERVER.getPostgresDatabase().getConnection();
        Statement create = connection.createStatement()) {
      create.execute("create database " + name);
    }
    return "jdbc:postgresql://127.0.0.1:" + SERVER.getPort() + "/" + name;
  }

  private TestNode(CamelNode running, AtomicLong clock) {
    this.running = running;
    this.clock = clock;
  }

  /** A node with these devices on one account, in an empty database. */
  public static TestNode start(Path folder, int devices) throws Exception {
    return start(folder, emptyDatabase(), devices);
  }

  /** A node on this database. */
  public static TestNode start(Path folder, String database, int devices) throws Exception {
    return start(folder, database, devices, Map.of());
  }

  /** A node whose routes have these properties. */
  public static TestNode start(
      Path folder, String database, int devices, Map<String, String> properties) throws Exception {
    AtomicLong clock = new AtomicLong(START);
    return start(
        config(folder, database, properties), devices, NodeClock.simulated(clock::get), clock);
  }

  /** A node of that name, beside another on the same database. */
  static TestNode beside(String name, Path folder, String database) throws Exception {
    AtomicLong clock = new AtomicLong(START);
    return start(
        config(name, folder, database, Map.of()), 0, NodeClock.simulated(clock::get), clock);
  }

  /** A node whose source routes follow their files. */
  static TestNode reloading(
      Path folder, String database, int devices, Map<String, String> properties) throws Exception {
    AtomicLong clock = new AtomicLong(START);
    return start(
        config(folder, database, properties).withReload(),
        devices,
        NodeClock.simulated(clock::get),
        clock);
  }

  /** A node on this database with a catalog of its own, and no device. */
  static TestNode rating(byte[] catalog, Path folder, String database, long time) throws Exception {
    AtomicLong clock = new AtomicLong(time);
    NodeConfig config = config(folder, database, Map.of());
    return start(config, catalog, 0, NodeClock.simulated(clock::get), clock);
  }

  /** A node with a catalog of its own that answers network functions, and no device. */
  static TestNode charging(
      String name, byte[] catalog, Path folder, String database, NchfConfig nchf) throws Exception {
    AtomicLong clock = new AtomicLong(START);
    NodeConfig config = config(name, folder, database, Map.of()).withNchf(nchf);
    return start(config, catalog, 0, NodeClock.simulated(clock::get), clock);
  }

  /** A node by this clock. */
  static TestNode start(Path folder, String database, int devices, NodeClock clock)
      throws Exception {
    return start(config(folder, database, Map.of()), devices, clock, new AtomicLong());
  }

  private static TestNode start(NodeConfig config, int devices, NodeClock time, AtomicLong clock)
      throws Exception {
    return start(config, CATALOG.getBytes(StandardCharsets.UTF_8), devices, time, clock);
  }

  private static TestNode start(
      NodeConfig config, byte[] text, int devices, NodeClock time, AtomicLong clock)
      throws Exception {
    Catalog catalog =
        switch (CatalogFile.read("test.yaml", text)) {
          case CatalogFile.Result.Accepted a -> a.catalog();
          case CatalogFile.Result.Rejected r ->
              throw new IllegalStateException(r.problems().toString());
        };
    Node engine = Node.start(config, text, catalog, time, CrashPoints.NONE);
    TestNode node = new TestNode(CamelNode.start(engine), clock);
    List<Device> all = new ArrayList<>();
    for (int i = 1; i <= devices; i++) {
      all.add(
          new Device(
              "lamp-%06d".formatted(i),
              "city",
              "lamp",
              Instant.ofEpochMilli(START),
              Optional.empty()));
    }
    engine.importDevices(all, done -> {});
    return node;
  }

  /** Its configuration. */
  private static NodeConfig config(Path folder, String database, Map<String, String> properties)
      throws IOException {
    return config("test-node", folder, database, properties);
  }

  private static NodeConfig config(
      String name, Path folder, String database, Map<String, String> properties)
      throws IOException {
    Path routes = Files.createDirectories(folder.resolve("routes"));
    return new NodeConfig(
        name,
        "default",
        8,
        new NodeConfig.DatabaseConfig(database, "postgres", ""),
        folder.resolve("catalog.yaml"),
        Optional.empty(),
        routes,
        "127.0.0.1",
        0,
        NodeConfig.IN_FLIGHT,
        NodeConfig.LEASE_MILLIS,
        NodeConfig.CHECKPOINT_MILLIS,
        properties);
  }

  /** The node. */
  public CamelNode running() {
    return running;
  }

  /** Moves the shards' time. */
  public void time(long millis) {
    clock.set(millis);
    running.node().host().nudge();
  }

  /** Sends a payload as a source would, and waits for its commit. */
  public void send(String payload) {
    try (ProducerTemplate template = running.routes().context().createProducerTemplate()) {
      template.send(
          "direct:usage",
          exchange -> {
            exchange.setProperty(UsageProcessor.SOURCE, "lamps");
            exchange.getIn().setBody(payload.getBytes(StandardCharsets.UTF_8));
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A lamp's report. */
  public static String report(int lamp, int id, long at, String wh) {
    return """
    {"specversion":"1.0","id":"%d","source":"/city/lamps","type":"lamp.report",\
    "subject":"lamp-%06d","time":"%s","datacontenttype":"application/json",\
    "data":{"wh":%s,"lux":130,"fault":0}}\
    """
        .formatted(id, lamp, Instant.ofEpochMilli(at), wh);
  }

  /** GET, as an application would. */
  public HttpResponse<String> get(String path) throws Exception {
    return HTTP.send(
        HttpRequest.newBuilder(URI.create(running.url() + path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /** POST with a JSON body. */
  public HttpResponse<String> post(String path, String body) throws Exception {
    return send(path, "POST", "application/json", body);
  }

  /** Posts JSON under an idempotency key. */
  public HttpResponse<String> postUnder(String key, String path, String body) throws Exception {
    HttpRequest.Builder request = request(path, "POST", "application/json", body);
    return HTTP.send(
        request.header("Idempotency-Key", key).build(), HttpResponse.BodyHandlers.ofString());
  }

  /** Any request. */
  public HttpResponse<String> send(String path, String method, String type, String body)
      throws Exception {
    return HTTP.send(
        request(path, method, type, body).build(), HttpResponse.BodyHandlers.ofString());
  }

  private HttpRequest.Builder request(String path, String method, String type, String body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(running.url() + path))
            .method(method, HttpRequest.BodyPublishers.ofString(body));
    return type.isEmpty() ? request : request.header("Content-Type", type);
  }

  /** The tree of a JSON answer. */
  public static Map<String, Object> tree(HttpResponse<String> answer) throws IOException {
    return Json.readObject(answer.body().getBytes(StandardCharsets.UTF_8));
  }

  /** The objects of a list in such a tree. */
  @SuppressWarnings("unchecked")
  public static List<Map<String, Object>> list(Map<String, Object> tree, String member) {
    return (List<Map<String, Object>>) tree.getOrDefault(member, List.of());
  }

  @Override
  public void close() {
    running.close();
    running.node().close();
  }
}
