package io.millrace.routes;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.millrace.connectors.settlement.Outbox;
import io.millrace.connectors.settlement.OutboxSteps;
import io.millrace.connectors.shard.CrashPoints;
import io.millrace.connectors.store.Database;
import io.millrace.processors.settlement.DeliveryPolicy;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The route and the Kamelet as they ship, a real database, an ERP over real HTTP. */
class ErpDeliveryTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private EmbeddedPostgres server;
  private Database database;
  private HttpServer erp;
  private CamelContext camel;
  private final Map<String, String> stored = Collections.synchronizedMap(new HashMap<>());
  private final List<String> requests = Collections.synchronizedList(new ArrayList<>());

  @BeforeEach
  void open() throws IOException {
    server = EmbeddedPostgres.builder().setServerConfig("fsync", "on").start();
    database =
        Database.open(
            "jdbc:postgresql://127.0.0.1:" + server.getPort() + "/postgres", "postgres", "", 4);
    erp = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    erp.createContext("/journal", this::handle);
    erp.createContext("/notices", this::handle);
    erp.start();
  }

  @AfterEach
  void close() throws Exception {
    if (camel != null) {
      camel.close();
    }
    erp.stop(0);
    database.close();
    server.close();
  }

  @Test
  void everyEntry_isInTheErpOnceWhateverItAnswersFirst() throws Exception {
    queue("fine", "fails-after", "drops-after", "fails-before", "busy", "refused");
    run(
        "insert into outbox (tenant, endpoint, key, kind, payload, state, attempts)"
            + " values (1, 'erp', 'crashed', 'invoice', '{\"total\":\"1.00\"}', 'sent', 1)");
    stored.put("crashed", "{\"total\":\"1.00\"}");
    start();
    await()
        .atMost(PATIENCE)
        .until(() -> rows("select 1 from outbox where state in ('queued','sent','unknown')") == 0);
    assertEquals(6, rows("select 1 from outbox where state = 'acknowledged'"));
    assertEquals(
        1,
        rows(
            "select 1 from outbox where key = 'refused' and state = 'refused'"
                + " and reason = 'status-422'"));
    assertEquals(6, stored.size());
    assertEquals(List.of("POST", "GET"), asked("fails-after"));
    assertEquals(List.of("POST", "GET"), asked("drops-after"));
    assertEquals(List.of("POST", "GET", "POST"), asked("fails-before"));
    assertEquals(List.of("POST", "POST"), asked("busy"));
    assertEquals(List.of("POST"), asked("refused"));
    assertEquals(List.of("GET"), asked("crashed"));
  }

  @Test
  void everyNotice_isTakenOnceInItsOrderByAReceiverThatCannotBeAsked() throws Exception {
    for (String key : List.of("n-1", "n-2", "n-3")) {
      run(
          "insert into outbox (tenant, endpoint, topic, account, key, kind, payload) values (1,"
              + " 'notices', 'notice', 7, '"
              + key
              + "', 'blocked', '{\"kind\":\"blocked\"}')");
    }
    run(
        "insert into outbox (tenant, endpoint, topic, account, key, kind, payload, state, attempts)"
            + " values (1, 'notices', 'notice', 8, 'n-crashed', 'blocked', '{}', 'sent', 1)");
    start();
    await()
        .atMost(PATIENCE)
        .until(() -> rows("select 1 from outbox where state <> 'acknowledged'") == 0);
    assertEquals(List.of("GET", "POST"), asked("n-crashed"));
    assertEquals(List.of("POST", "GET", "POST"), asked("n-1"));
    synchronized (requests) {
      assertEquals(
          List.of("POST n-1", "GET n-1", "POST n-1", "POST n-2", "POST n-3"),
          requests.stream().filter(r -> !r.endsWith("n-crashed")).toList());
    }
    assertEquals("{\"kind\":\"blocked\"}", stored.get("n-3"));
  }

  @Test
  void shippedRoute_hasIdsAndNoSecretInItsUris() throws Exception {
    start();
    for (Route route : camel.getRoutes()) {
      assertFalse(route.getEndpoint().getEndpointUri().contains("s3cret"));
    }
    assertTrue(camel.getEndpoints().stream().noneMatch(e -> e.getEndpointUri().contains("s3cret")));
    assertEquals(
        "timer://erp-delivery", camel.getRoute("erp-delivery").getEndpoint().getEndpointBaseUri());
  }

  private void start() throws Exception {
    camel = new DefaultCamelContext();
    Properties properties = new Properties();
    properties.put(
        "camel.kamelet.erp-http-sink.url",
        "http://127.0.0.1:" + erp.getAddress().getPort() + "/journal");
    properties.put("camel.kamelet.erp-http-sink.token", "s3cret");
    properties.put("millrace.erp.poll", "20");
    properties.put(
        "camel.kamelet.notice-http-sink.url",
        "http://127.0.0.1:" + erp.getAddress().getPort() + "/notices");
    properties.put("camel.kamelet.notice-http-sink.token", "s3cret");
    properties.put("millrace.notices.poll", "20");
    camel.getPropertiesComponent().setInitialProperties(properties);
    DeliveryPolicy quick = new DeliveryPolicy(Duration.ofMillis(20), Duration.ofMillis(50), 20);
    for (String[] each :
        new String[][] {
          {"outbox", "erp", "erp-delivery"}, {"notices", "notices", "notice-delivery"}
        }) {
      Outbox outbox = new Outbox(database.pool(), each[1], quick, () -> 500);
      camel.getRegistry().bind(each[0], new OutboxSteps(outbox, CrashPoints.NONE));
      PluginHelper.getRoutesLoader(camel)
          .loadRoutes(
              PluginHelper.getResourceLoader(camel)
                  .resolveResource("classpath:routes/core/" + each[2] + ".camel.yaml"));
    }
    camel.start();
  }

  private void handle(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    String method = exchange.getRequestMethod();
    String path = exchange.getRequestURI().getRawPath();
    String key =
        method.equals("POST")
            ? exchange.getRequestHeaders().getFirst("Idempotency-Key")
            : URLDecoder.decode(path.substring(path.indexOf('/', 1) + 1), StandardCharsets.UTF_8);
    boolean first = asked(key).isEmpty();
    requests.add(method + " " + key);
    if (!"Bearer s3cret".equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
      answer(exchange, 401, "{}");
    } else if (path.startsWith("/notices")) {
      notice(exchange, key, first, new String(body, StandardCharsets.UTF_8));
    } else if (method.equals("GET")) {
      String entry = stored.get(key);
      answer(
          exchange,
          entry == null ? 404 : 200,
          "{\"id\":\"JE-" + key + "\",\"key\":\"" + key + "\",\"entry\":" + entry + "}");
    } else if (first && key.equals("busy")) {
      exchange.getResponseHeaders().set("Retry-After", "0");
      answer(exchange, 429, "{}");
    } else if (key.equals("refused")) {
      answer(exchange, 422, "{}");
    } else if (first && key.equals("fails-before")) {
      answer(exchange, 503, "{}");
    } else {
      stored.put(key, new String(body, StandardCharsets.UTF_8));
      if (first && key.equals("drops-after")) {
        exchange.close();
      } else {
        boolean fails = first && key.equals("fails-after");
        answer(exchange, fails ? 500 : 201, "{\"id\":\"JE-" + key + "\"}");
      }
    }
  }

  /** A receiver that takes notices, and greets whoever asks; the first time it is out. */
  private void notice(HttpExchange exchange, String key, boolean first, String body)
      throws IOException {
    if (exchange.getRequestMethod().equals("GET")) {
      answer(exchange, 200, "welcome");
    } else if (first && key.equals("n-1")) {
      exchange.close();
    } else {
      stored.put(key, body);
      answer(exchange, 202, "thank you");
    }
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private List<String> asked(String key) {
    synchronized (requests) {
      return requests.stream()
          .filter(r -> r.endsWith(" " + key))
          .map(r -> r.substring(0, r.indexOf(' ')))
          .toList();
    }
  }

  private void queue(String... keys) throws SQLException {
    for (String key : keys) {
      run(
          "insert into outbox (tenant, endpoint, key, kind, payload) values (1, 'erp', '"
              + key
              + "', 'invoice', '{\"total\":\"1.00\"}')");
    }
  }

  private void run(String sql) throws SQLException {
    try (Connection connection = database.connection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private int rows(String sql) throws SQLException {
    try (Connection connection = database.connection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select count(*) from (" + sql + ") r")) {
      row.next();
      return row.getInt(1);
    }
  }
}
