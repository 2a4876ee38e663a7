package io.millrace.tests.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.millrace.connectors.store.Database;
import io.millrace.ops.rest.Json;
import java.io.IOException;
import java.math.BigDecimal;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;

/**
 * Whoever is told of accounts: it keeps what it is sent in the order in which it comes, each time
 * it comes, can be asked for a key, and now and then hangs up instead of answering.
 */
final class NoticeReceiver implements AutoCloseable {
  private final HttpServer server;
  private final Map<String, List<Map<String, Object>>> taken = new LinkedHashMap<>();
  private int calls;

  NoticeReceiver() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/notices", this::handle);
    server.start();
  }

  /** What has a gateway tell this one. */
  Map<String, String> properties() {
    return Map.of(
        "camel.kamelet.notice-http-sink.url",
        "http://127.0.0.1:" + server.getAddress().getPort() + "/notices",
        "camel.kamelet.notice-http-sink.token",
        "none",
        "millrace.notices.poll",
        "20");
  }

  private void handle(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    try (exchange) {
      int status;
      String key;
      synchronized (this) {
        if (exchange.getRequestMethod().equals("POST")) {
          key = exchange.getRequestHeaders().getFirst("Idempotency-Key");
          taken.computeIfAbsent(key, k -> new ArrayList<>()).add(Json.readObject(body));
          status = 202;
        } else {
          String path = exchange.getRequestURI().getRawPath();
          key =
              URLDecoder.decode(path.substring(path.lastIndexOf('/') + 1), StandardCharsets.UTF_8);
          boolean known = taken.containsKey(key);
          status = known ? 200 : 404;
        }
        if (++calls % 23 == 0) {
          return; // It has it, and does not say so.
        }
      }
      byte[] answer = key.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(status, answer.length);
      exchange.getResponseBody().write(answer);
    }
  }

  /** Once all is told: each is here once, an account's in the order of its commits. */
  private synchronized int judge(Database database) throws SQLException {
    Map<String, List<String>> told = new TreeMap<>();
    try (Connection c = database.connection();
        Statement s = c.createStatement();
        ResultSet rs =
            s.executeQuery(
                "select a.name, o.key from outbox o join account a on a.tenant = o.tenant"
                    + " and a.id = o.account where o.topic = 'notice' order by o.id")) {
      while (rs.next()) {
        told.computeIfAbsent(rs.getString(1), n -> new ArrayList<>()).add(rs.getString(2));
      }
    }
    taken.forEach((key, times) -> assertEquals(1, times.size(), () -> key + " came again"));
    Map<String, List<String>> came =
        taken.entrySet().stream()
            .collect(
                Collectors.groupingBy(
                    e -> String.valueOf(e.getValue().getFirst().get("account")),
                    TreeMap::new,
                    Collectors.mapping(Map.Entry::getKey, Collectors.toList())));
    assertEquals(told, came);
    return taken.size();
  }

  /**
   * Waits until nothing is left to be told, while reservations go on to expire.
   *
   * @return how many were told
   */
  int awaitAllTold(Database database) {
    AtomicInteger told = new AtomicInteger();
    Awaitility.await("all notices are told")
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> told.set(judge(database)));
    return told.get();
  }

  /** What was told as paid into an account. */
  synchronized BigDecimal toppedUp(String account) {
    return taken.values().stream()
        .map(List::getFirst)
        .filter(n -> n.get("account").equals(account) && n.get("kind").equals("topped-up"))
        .map(n -> new BigDecimal(String.valueOf(n.get("amount"))))
        .reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  /** How many were told of a kind. */
  synchronized long count(String kind) {
    return taken.values().stream().filter(n -> n.getFirst().get("kind").equals(kind)).count();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
