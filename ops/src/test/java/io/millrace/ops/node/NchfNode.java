package io.millrace.ops.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.ops.node.NchfConfig.Group;
import io.millrace.ops.node.NchfConfig.Identifier;
import io.millrace.ops.node.NchfConfig.Measured;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * A node that answers network functions, and one of those, over HTTP/2. 0.01 a MB up to 100 MB,
 * 0.02 from there; 0.06 a minute; 0.10 a message.
 */
final class NchfNode implements AutoCloseable {
  static final String PATH = "/nchf-convergedcharging/v3/chargingdata";
  static final long MB = 1_000_000;

  static final String CATALOG =
      """
      catalog: mobile
      effective: 2026-11-01
      currency: EUR
      zone: Europe/Madrid
      meters:
        data: {event: sim.data, value: data.bytes, unit: MB, scale: 6, aggregate: sum}
        talk: {event: sim.talk, value: data.seconds, unit: s, scale: 0, aggregate: sum}
        messages: {event: sim.message, aggregate: count}
      offers:
        sim:
          scope: device
          window: 1h
          charges:
            data:
              meter: data
              unit: MB
              graduated:
                - {to: 100, per-unit: 0.01}
                - {per-unit: 0.02}
            talk: {meter: talk, unit: min, per-unit: 0.06}
            messages: {meter: messages, unit: each, per-unit: 0.10}
      """;

  /** 10 is data, 20 talk, 30 messages, 40 a meter that there is none of. */
  static final NchfConfig TERMS =
      new NchfConfig(
          "",
          Identifier.SUPI,
          "imsi-",
          600,
          Map.of(
              10L, new Group("data", Measured.TOTAL_VOLUME, 50 * MB, 300, 5 * MB),
              20L, new Group("talk", Measured.TIME, 600, 0, 60),
              30L, new Group("messages", Measured.SERVICE_SPECIFIC_UNITS, 1, 0, 0),
              40L, new Group("nothing", Measured.TIME, 600, 0, 0)));

  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();

  private final Path folder;
  private final String database;
  private TestNode node;
  private @Nullable TestNode before;
  private int keys;

  NchfNode(Path folder) throws Exception {
    this.folder = folder;
    this.database = TestNode.emptyDatabase();
    this.node = started(TERMS);
  }

  private TestNode started(NchfConfig terms) throws Exception {
    return started("test-node", terms);
  }

  private TestNode started(String name, NchfConfig terms) throws Exception {
    byte[] catalog = CATALOG.getBytes(StandardCharsets.UTF_8);
    return TestNode.charging(name, catalog, folder, database, terms);
  }

  /**
   * Has another node take over, as if this one had ended without a word: nothing is put down, no
   * shard given back.
   */
  void taken() throws Exception {
    try (Connection c = node.running().node().database().connection();
        Statement s = c.createStatement()) {
      s.executeUpdate(
          "update shard set node = 'nobody', epoch = epoch + 1,"
              + " lease_until = clock_timestamp() - interval '1 second'");
      if (!c.getAutoCommit()) {
        c.commit();
      }
    }
    before = node;
    node = started("another-node", TERMS);
  }

  /** POST to the node that was before. */
  HttpResponse<String> askBefore(String path, String body) throws Exception {
    TestNode left = before;
    return left == null ? ask(path, body) : later(left, path, body).get();
  }

  TestNode node() {
    return node;
  }

  /** Stops it and starts it anew. */
  void restart() throws Exception {
    restart(TERMS);
  }

  /** Stops it and starts it anew under other terms. */
  void restart(NchfConfig terms) throws Exception {
    node.close();
    node = started(terms);
  }

  /** Opens a prepaid account with a SIM of its name, and pays into it. */
  void sim(String name, String amount) throws Exception {
    String open = "{\"account\":\"%s\",\"kind\":\"prepaid\"}".formatted(name);
    assertEquals(201, post("/v1/accounts", open).statusCode());
    String csv =
        "subject,account,offer,from,to\n%s,%s,sim,2026-11-01T23:00:00Z,\n".formatted(name, name);
    assertEquals(200, node.send("/v1/devices", "POST", "text/csv", csv).statusCode());
    HttpResponse<String> paid =
        post("/v1/accounts/" + name + "/top-up", "{\"amount\":\"" + amount + "\"}");
    assertEquals(200, paid.statusCode(), paid::body);
    AccountDesk desk = new AccountDesk(node.running().node());
    Awaitility.await().ignoreExceptions().until(() -> desk.device(name) != null);
  }

  /** POST to another face, under a key of its own. */
  HttpResponse<String> post(String path, String body) throws Exception {
    return HTTP.send(
        HttpRequest.newBuilder(URI.create(node.running().url() + path))
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", "key-" + ++keys)
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /** POST as a network function does. */
  HttpResponse<String> ask(String path, String body) throws Exception {
    return later(path, body).get();
  }

  /** The same without waiting for the answer. */
  CompletableFuture<HttpResponse<String>> later(String path, String body) {
    return later(node, path, body);
  }

  private static CompletableFuture<HttpResponse<String>> later(
      TestNode to, String path, String body) {
    return HTTP.sendAsync(
        HttpRequest.newBuilder(URI.create(to.running().url() + path))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /** A request of a SIM; {@code more} begins with a comma where it is not empty. */
  static String request(String sim, int number, String more) {
    return """
    {"subscriberIdentifier":"imsi-%s","nfConsumerIdentification":{"nodeFunctionality":"SMF",\
    "nFName":"smf-1"},"invocationTimeStamp":"2026-11-02T00:00:%02d.5Z",\
    "invocationSequenceNumber":%d%s}\
    """
        .formatted(sim, number % 60, number, more);
  }

  /** The units of rating groups, as a member of a request. */
  static String units(String... groups) {
    return ",\"multipleUnitUsage\":[" + String.join(",", groups) + "]";
  }

  /** What one rating group asks for and has used; empty where it does not. */
  static String group(int number, String asks, String used) {
    return "{\"ratingGroup\":"
        + number
        + (asks.isEmpty() ? "" : ",\"requestedUnit\":{" + asks + "}")
        + (used.isEmpty()
            ? ""
            : ",\"usedUnitContainer\":[{\"localSequenceNumber\":1," + used + "}]")
        + "}";
  }

  static String volume(long bytes) {
    return "\"totalVolume\":" + bytes;
  }

  /** Begins a session; gives where it is. */
  String begun(HttpResponse<String> answer) {
    assertEquals(201, answer.statusCode(), answer::body);
    String where = answer.headers().firstValue("Location").orElseThrow();
    assertTrue(where.startsWith(PATH + "/s-"), where);
    return where;
  }

  /** Each rating group of an answer as {@code 10 SUCCESS 50000000}. */
  static List<String> told(HttpResponse<String> answer) throws Exception {
    return TestNode.list(TestNode.tree(answer), "multipleUnitInformation").stream()
        .map(
            g ->
                g.get("ratingGroup")
                    + " "
                    + g.get("resultCode")
                    + (g.get("grantedUnit") instanceof Map<?, ?> units
                        ? " " + units.values().iterator().next()
                        : "")
                    + (g.containsKey("finalUnitIndication") ? " final" : ""))
        .toList();
  }

  /** A status and the cause of a problem. */
  static String cause(HttpResponse<String> answer) throws Exception {
    String type = answer.headers().firstValue("Content-Type").orElse("");
    assertEquals("application/problem+json", type, answer::body);
    return answer.statusCode() + " " + TestNode.tree(answer).get("cause");
  }

  @SuppressWarnings("unchecked")
  private Map<String, Object> funds(String name) throws Exception {
    return (Map<String, Object>) TestNode.tree(node.get("/v1/accounts/" + name)).get("funds");
  }

  /** What an account can be granted and what is held, in euro. */
  String left(String name) throws Exception {
    Map<String, Object> funds = funds(name);
    return plain(funds.get("available")) + " held " + plain(funds.get("reserved"));
  }

  private static String plain(Object amount) {
    return new BigDecimal(String.valueOf(amount)).stripTrailingZeros().toPlainString();
  }

  @Override
  public void close() {
    node.close();
    TestNode left = before;
    if (left != null) {
      left.close();
    }
  }
}
