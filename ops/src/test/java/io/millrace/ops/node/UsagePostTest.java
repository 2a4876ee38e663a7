package io.millrace.ops.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One node for all of these, with a lamp for each. */
class UsagePostTest {
  private static final String ONE = "application/cloudevents+json";
  private static final String BATCH = "application/cloudevents-batch+json";
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  @TempDir static Path folder;
  private static TestNode node;

  @BeforeAll
  static void start() throws Exception {
    Path routes = Files.createDirectories(folder.resolve("routes"));
    Files.copy(Path.of("../routes/sources/http.camel.yaml"), routes.resolve("http.camel.yaml"));
    Files.writeString(
        routes.resolve("other.camel.yaml"),
        Files.readString(routes.resolve("http.camel.yaml"))
            .replace("http}", "meters-2}")
            .replace("id: http", "id: other"));
    node = TestNode.start(folder, 40);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static String report(int lamp, int id) {
    return TestNode.report(lamp, id, TestNode.START + id, "1");
  }

  private static Map<String, Object> posted(String type, String body) throws Exception {
    HttpResponse<String> answer = node.send("/v1/usage", "POST", type, body);
    assertEquals(200, answer.statusCode(), answer::body);
    return TestNode.tree(answer);
  }

  @SuppressWarnings("unchecked")
  private static List<Map<String, Object>> list(Map<String, Object> tree, String member) {
    return (List<Map<String, Object>>) tree.get(member);
  }

  private static String verdicts(Map<String, Object> tree) {
    return list(tree, "verdicts").stream()
        .map(v -> v.get("verdict") + (v.containsKey("reason") ? ":" + v.get("reason") : ""))
        .collect(Collectors.joining(" "));
  }

  @Test
  void event_isAnsweredOnceItIsCommitted() throws Exception {
    assertEquals("accepted", verdicts(posted(ONE, report(1, 1))));
    assertEquals("duplicate", verdicts(posted(ONE, report(1, 1))));
  }

  @Test
  void poisonInABatch_harmsNoOther() throws Exception {
    Map<String, Object> tree =
        posted(
            BATCH,
            "["
                + String.join(
                    ",",
                    report(2, 1),
                    report(999_999, 1),
                    report(2, 1),
                    "{\"id\":7}",
                    "[[\"x\",{}]]",
                    report(2, 2).replace("\"wh\":1", "\"wh\":\"much\""),
                    report(2, 3).replaceFirst("\"time\":\"[^\"]*\",", ""),
                    report(2, 4))
                + "]");
    assertEquals(
        "accepted suspended:unknown-device duplicate suspended:malformed suspended:malformed"
            + " suspended:bad-quantity suspended:no-time accepted",
        verdicts(tree));
    assertEquals(
        "8 2 1 5",
        tree.get("events")
            + " "
            + tree.get("accepted")
            + " "
            + tree.get("duplicate")
            + " "
            + tree.get("suspended"));
  }

  @Test
  void batchThatIsCutOrBroken_isTakenUpToThere() throws Exception {
    assertEquals(
        "accepted suspended:malformed",
        verdicts(posted(BATCH, "[" + report(3, 1) + "," + report(3, 2).substring(0, 40))));
    assertEquals("suspended:malformed", verdicts(posted(BATCH, "{}")));
    assertEquals("", verdicts(posted(BATCH, "[]")));
  }

  @Test
  void repeatedBatch_chargesNothingTwice() throws Exception {
    String batch =
        IntStream.range(0, 1_000)
            .mapToObj(i -> report(4, i))
            .collect(Collectors.joining(",", "[", "]"));
    assertEquals(1_000L, posted(BATCH, batch).get("accepted"));
    Map<String, Object> again = posted(BATCH, batch);
    assertEquals(0L, again.get("accepted"));
    assertEquals(1_000L, again.get("duplicate"));
  }

  @Test
  void sameBatchPostedByManyAtOnce_isChargedOnce() throws Exception {
    String batch =
        IntStream.range(0, 200)
            .mapToObj(i -> report(5, i))
            .collect(Collectors.joining(",", "[", "]"));
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      answers.add(
          HTTP.sendAsync(request(BATCH, batch).build(), HttpResponse.BodyHandlers.ofString()));
    }
    long accepted = 0;
    for (CompletableFuture<HttpResponse<String>> answer : answers) {
      assertEquals(200, answer.get().statusCode());
      accepted += (Long) TestNode.tree(answer.get()).get("accepted");
    }
    assertEquals(200, accepted);
  }

  private static HttpRequest.Builder request(String type, String body) {
    return HttpRequest.newBuilder(URI.create(node.running().url() + "/v1/usage"))
        .header("Content-Type", type)
        .POST(HttpRequest.BodyPublishers.ofString(body));
  }

  @Test
  void binaryEvent_hasItsAttributesInHeaders() throws Exception {
    HttpRequest event =
        request("application/json", "{\"wh\":1}")
            .header("ce-specversion", "1.0")
            .header("ce-id", "77")
            .header("ce-source", "/city/l%61mps")
            .header("ce-type", "lamp.report")
            .header("ce-subject", "lamp-000006")
            .header("ce-time", "2026-11-01T23:00:01Z")
            .header("ce-camelhttpuri", "http://evil.example")
            .build();
    HttpResponse<String> first = HTTP.send(event, HttpResponse.BodyHandlers.ofString());
    assertEquals("accepted", verdicts(TestNode.tree(first)));
    // The same identity, structured.
    assertEquals(
        "duplicate", verdicts(posted(ONE, TestNode.report(6, 77, TestNode.START + 1_000, "1"))));
  }

  @Test
  void otherSource_isPostedToByItsName() throws Exception {
    HttpResponse<String> answer = node.send("/v1/usage/meters-2", "POST", ONE, report(7, 1));
    assertEquals("accepted", verdicts(TestNode.tree(answer)));
    assertEquals(404, node.send("/v1/usage/nobody", "POST", ONE, report(7, 2)).statusCode());
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/usage, text/plain, 415",
    "/v1/usage, '', 415",
    "/v1/usage, application/x-www-form-urlencoded, 415",
    "/v1/usage/, application/json, 404",
    "/v1/usage?x=1, application/json, 404",
    "/v1/usage/http/x, application/json, 404"
  })
  void otherRequests_areProblems(String path, String type, int status) throws Exception {
    HttpResponse<String> answer = node.send(path, "POST", type, report(8, 1));
    assertEquals(status, answer.statusCode(), answer::body);
    assertEquals((long) status, TestNode.tree(answer).get("status"));
  }

  @Test
  void webPage_reachesNothing() throws Exception {
    try (Raw raw = new Raw()) {
      raw.send("POST /v1/usage HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 0\r\n\r\n");
      assertTrue(raw.line().startsWith("HTTP/1.1 421 "));
    }
  }

  @Test
  void tooLargeBody_is413AndSaysWhatToDo() throws Exception {
    HttpResponse<String> answer =
        node.send("/v1/usage", "POST", BATCH, "[" + " ".repeat(5 << 20) + "]");
    assertEquals(413, answer.statusCode());
    assertEquals("too-large", TestNode.tree(answer).get("code"));
  }

  @Test
  void tooLargeBodyWithoutALength_is413() throws Exception {
    try (Raw raw = new Raw()) {
      raw.send(
          "POST /v1/usage HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
              + BATCH
              + "\r\nTransfer-Encoding: chunked\r\n\r\n");
      String chunk = "10000\r\n" + " ".repeat(0x10000) + "\r\n";
      for (int i = 0; i < 65; i++) {
        raw.send(chunk);
      }
      assertTrue(raw.line().startsWith("HTTP/1.1 413 "));
    }
  }

  @Test
  void tooManyEvents_are413AndNoneIsTaken() throws Exception {
    String batch =
        "["
            + report(9, 1)
            + IntStream.range(0, 10_000).mapToObj(i -> ",7").collect(Collectors.joining())
            + "]";
    HttpResponse<String> answer = node.send("/v1/usage", "POST", BATCH, batch);
    assertEquals(413, answer.statusCode());
    assertEquals("too-many-events", TestNode.tree(answer).get("code"));
    assertEquals("accepted", verdicts(posted(ONE, report(9, 1))));
  }

  @Test
  void bodyCutInTheMiddle_hasDoneNothing() throws Exception {
    String batch = "[" + report(10, 1) + "," + report(10, 2) + "]";
    try (Raw cut = new Raw()) {
      cut.begin("", batch.length());
      cut.send(batch.substring(0, batch.length() - 5));
    }
    assertEquals("accepted accepted", verdicts(posted(BATCH, batch)));
  }

  @Test
  void slowClient_isAnsweredAndHoldsNobodyUp() throws Exception {
    String batch = "[" + report(11, 1) + "," + report(11, 2) + "]";
    try (Raw slow = new Raw()) {
      slow.begin("Connection: close\r\n", batch.length());
      for (int i = 0; i < batch.length(); i += 5) {
        slow.send(batch.substring(i, Math.min(i + 5, batch.length())));
        if (i == 100) {
          assertEquals("accepted", verdicts(posted(ONE, report(11, 3))));
        }
      }
      String answer = slow.answer();
      assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
      assertTrue(answer.contains("\"accepted\":2"), answer);
    }
  }

  /** Many bodies over one connection, the next before the last is answered. */
  @Test
  void pipelinedPosts_areAnsweredInTheirOrder() throws Exception {
    try (Raw raw = new Raw()) {
      for (int i = 0; i < 20; i++) {
        String body = i % 2 == 0 ? report(12, i) : report(999_998, i);
        raw.send(
            "POST /v1/usage HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
                + ONE
                + (i == 19 ? "\r\nConnection: close" : "")
                + "\r\nContent-Length: "
                + body.length()
                + "\r\n\r\n"
                + body);
      }
      List<String> outcomes =
          raw.answer().lines().filter(l -> l.startsWith("{\"events\"")).toList();
      assertEquals(20, outcomes.size());
      for (int i = 0; i < 20; i++) {
        assertTrue(outcomes.get(i).contains(i % 2 == 0 ? "accepted\"" : "unknown-device"));
      }
    }
  }

  @Test
  void clientThatAsksFirst_isToldToGoOn() throws Exception {
    String body = report(13, 1);
    try (Raw raw = new Raw()) {
      raw.begin("Expect: 100-continue\r\nConnection: close\r\n", body.length() + 2);
      assertEquals("HTTP/1.1 100 Continue", raw.line());
      raw.send("[" + body + "]");
      assertTrue(raw.answer().contains("\"accepted\":1"));
    }
  }

  @Test
  void suspendedSource_answers503AndGoesOn() throws Exception {
    assertEquals(200, node.post("/ops/sources/meters-2/suspend", "").statusCode());
    HttpResponse<String> answer = node.send("/v1/usage/meters-2", "POST", ONE, report(14, 1));
    assertEquals(503, answer.statusCode());
    assertEquals("source-suspended", TestNode.tree(answer).get("code"));
    assertEquals(200, node.post("/ops/sources/meters-2/resume", "").statusCode());
    assertEquals(
        "accepted",
        verdicts(TestNode.tree(node.send("/v1/usage/meters-2", "POST", ONE, report(14, 1)))));
  }

  @Test
  void source_isCountedLikeEveryOther() throws Exception {
    posted(ONE, report(15, 1));
    Map<String, Object> tree = TestNode.tree(node.get("/ops/sources"));
    Map<String, Object> http =
        list(tree, "sources").stream()
            .filter(s -> "http".equals(s.get("name")))
            .findFirst()
            .orElseThrow();
    assertEquals("running", http.get("state"));
    assertTrue(String.valueOf(http.get("lag")).contains("unit=requests"), http::toString);
    Awaitility.await()
        .untilAsserted(
            () -> {
              Map<String, Object> slot =
                  list(
                          list(TestNode.tree(node.get("/ops/sources")), "sources").stream()
                              .filter(s -> "http".equals(s.get("name")))
                              .findFirst()
                              .orElseThrow(),
                          "slots")
                      .getFirst();
              assertEquals(0L, slot.get("inFlight"));
              assertEquals(slot.get("received"), slot.get("acknowledged"));
            });
    assertTrue(list(tree, "events").stream().anyMatch(c -> "/city/lamps".equals(c.get("source"))));
  }

  /** A client that can be as slow and as rude as it likes. */
  private static final class Raw implements AutoCloseable {
    private final Socket socket;

    Raw() throws IOException {
      URI uri = URI.create(node.running().url());
      socket = new Socket(uri.getHost(), uri.getPort());
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(20_000);
    }

    void begin(String headers, int length) throws IOException {
      send(
          "POST /v1/usage HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
              + BATCH
              + "\r\n"
              + headers
              + "Content-Length: "
              + length
              + "\r\n\r\n");
    }

    void send(String text) throws IOException {
      OutputStream out = socket.getOutputStream();
      out.write(text.getBytes(StandardCharsets.UTF_8));
      out.flush();
    }

    String line() throws IOException {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      int b;
      while ((b = socket.getInputStream().read()) >= 0 && b != '\n') {
        line.write(b);
      }
      return line.toString(StandardCharsets.UTF_8).strip();
    }

    /** All that comes until the node closes the connection. */
    String answer() throws IOException {
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
