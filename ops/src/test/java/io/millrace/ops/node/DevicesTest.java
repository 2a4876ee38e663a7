package io.millrace.ops.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One node for all of these; each has devices of its own. */
class DevicesTest {
  private static final String HEADER = "subject,account,offer,from,to\n";
  private static final String FROM = "2026-11-01T23:00:00Z";
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  @TempDir static Path folder;
  private static TestNode node;

  @BeforeAll
  static void start() throws Exception {
    node = TestNode.start(folder, 1);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static Map<String, Object> imported(String type, String body) throws Exception {
    HttpResponse<String> answer = node.send("/v1/devices", "POST", type, body);
    assertEquals(200, answer.statusCode(), answer::body);
    return TestNode.tree(answer);
  }

  private static String counts(Map<String, Object> report) {
    return report.get("devices")
        + " "
        + report.get("created")
        + " "
        + report.get("known")
        + " "
        + report.get("refused");
  }

  @SuppressWarnings("unchecked")
  private static List<Map<String, Object>> list(Map<String, Object> tree, String member) {
    return (List<Map<String, Object>>) tree.get(member);
  }

  private static String csv(String prefix, int count) {
    StringBuilder csv = new StringBuilder(HEADER);
    for (int i = 0; i < count; i++) {
      csv.append(prefix).append(i).append(",city,lamp,").append(FROM).append(",\n");
    }
    return csv.toString();
  }

  @Test
  void listSentTwice_changesNothing() throws Exception {
    String list = csv("twice-", 30);
    assertEquals("30 30 0 0", counts(imported("text/csv", list)));
    assertEquals("30 0 30 0", counts(imported("text/csv", list)));
    assertEquals(1, list(TestNode.tree(node.get("/v1/devices/twice-7")), "subscriptions").size());
  }

  @Test
  void eachLine_isRefusedForItsOwnReason() throws Exception {
    String line = "why-%d,city,%s,%s,%s\n";
    Map<String, Object> report =
        imported(
            "text/csv; charset=utf-8",
            HEADER
                + line.formatted(1, "lamp", FROM, "2026-12-01T00:00:00Z") // 2
                + line.formatted(1, "lamp", FROM, "2026-12-01T00:00:00Z") // 3: known
                + line.formatted(1, "lamp", "2026-12-01T00:00:00Z", "") // 4: the next one
                + line.formatted(1, "lamp", "2026-12-02T00:00:00Z", "") // 5: overlap
                + line.formatted(1, "lamp", FROM, "") // 6: other terms
                + line.formatted(2, "lantern", FROM, "") // 7: unknown offer
                + line.formatted(3, "lamp", "2026-10-01T00:00:00Z", "") // 8: too early
                + "x\n" // 9
                + line.formatted(4, "lamp", FROM, "")); // 10
    assertEquals("9 3 1 5", counts(report));
    assertEquals(
        List.of(
            "malformed [9]",
            "too-early [8]",
            "unknown-offer [7]",
            "other-terms [6]",
            "overlap [5]"),
        list(report, "refusals").stream().map(r -> r.get("code") + " " + r.get("lines")).toList());
    assertEquals(2, list(TestNode.tree(node.get("/v1/devices/why-1")), "subscriptions").size());
  }

  @Test
  void jsonAndLinesOfJson_areTakenToo() throws Exception {
    String one =
        "{\"subject\":\"json/%d\",\"account\":\"acme, inc.\",\"offer\":\"lamp\",\"from\":\""
            + FROM
            + "\"}";
    assertEquals(
        "2 2 0 0",
        counts(
            imported("application/json", "[" + one.formatted(1) + "," + one.formatted(2) + "]")));
    assertEquals(
        "3 1 1 1",
        counts(
            imported(
                "application/x-ndjson", one.formatted(1) + "\n{oops\n" + one.formatted(3) + "\n")));
    Map<String, Object> shown = TestNode.tree(node.get("/v1/devices/json%2F3"));
    assertEquals("json/3", shown.get("subject"));
    assertEquals("acme, inc.", list(shown, "subscriptions").getFirst().get("account"));
  }

  @Test
  void list_isFilteredAndPaged() throws Exception {
    imported(
        "text/csv",
        HEADER
            + "page-1,pages,lamp,2026-11-01T23:00:00Z,2026-11-10T00:00:00Z\n"
            + "page-2,pages,lamp,2026-11-10T00:00:00Z,\n"
            + "page-3,pages,lamp,2026-11-01T23:00:00Z,\n");
    Map<String, Object> first = TestNode.tree(node.get("/v1/devices?account=pages&limit=2"));
    assertEquals(2, list(first, "devices").size());
    Map<String, Object> second =
        TestNode.tree(node.get("/v1/devices?account=pages&limit=2&cursor=" + first.get("next")));
    assertEquals("page-3", list(second, "devices").getFirst().get("subject"));
    assertFalse(second.containsKey("next"));
    assertEquals(
        List.of("page-2", "page-3"),
        list(
                TestNode.tree(node.get("/v1/devices?account=pages&at=2026-11-10T00:00:00Z")),
                "devices")
            .stream()
            .map(d -> d.get("subject"))
            .toList());
    assertEquals(0, list(TestNode.tree(node.get("/v1/devices?account=nobody")), "devices").size());
    assertEquals(404, node.get("/v1/devices/nobody").statusCode());
  }

  @Test
  void listWithoutHeader_isAProblem() throws Exception {
    HttpResponse<String> answer = node.send("/v1/devices", "POST", "text/csv", "lamp,city\n");
    assertEquals(400, answer.statusCode());
    assertEquals("devices-unreadable", TestNode.tree(answer).get("code"));
    assertEquals(1L, TestNode.tree(answer).get("line"));
  }

  @Test
  void brokenArray_keepsWhatCameBefore() throws Exception {
    String one =
        "{\"subject\":\"broken-1\",\"account\":\"city\",\"offer\":\"lamp\",\"from\":\""
            + FROM
            + "\"}";
    HttpResponse<String> answer =
        node.send("/v1/devices", "POST", "application/json", "[" + one + ",{]");
    assertEquals(400, answer.statusCode());
    assertEquals("1 1 0 0", counts(TestNode.tree(answer)));
    assertEquals(200, node.get("/v1/devices/broken-1").statusCode());
  }

  @Test
  void otherTypesAndNames_areRefused() throws Exception {
    assertEquals(415, node.send("/v1/devices", "POST", "text/plain", "x").statusCode());
    assertEquals(415, node.send("/v1/devices", "POST", "", "x").statusCode());
    assertEquals(405, node.send("/v1/devices", "PUT", "text/csv", "x").statusCode());
    assertEquals(404, node.send("/v1/devices/", "POST", "text/csv", "x").statusCode());
    try (Raw raw = new Raw()) {
      raw.send("POST /v1/devices HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 0\r\n\r\n");
      assertTrue(raw.answer().startsWith("HTTP/1.1 421 "));
    }
  }

  private static HttpResponse<String> keyed(String key, String body) throws Exception {
    return HTTP.send(
        HttpRequest.newBuilder(URI.create(node.running().url() + "/v1/devices"))
            .header("Content-Type", "text/csv")
            .header("Idempotency-Key", key)
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void repeatedKey_getsTheFirstAnswer() throws Exception {
    String list = csv("key-", 3);
    HttpResponse<String> first = keyed("\"a-1\"", list);
    assertEquals("3 3 0 0", counts(TestNode.tree(first)));
    assertEquals(first.body(), keyed("\"a-1\"", list).body());
    HttpResponse<String> other = keyed("\"a-1\"", csv("other-", 1));
    assertEquals(422, other.statusCode());
    assertEquals("key-of-another-request", TestNode.tree(other).get("code"));
    assertEquals(404, node.get("/v1/devices/other-0").statusCode());
    assertEquals("3 0 3 0", counts(TestNode.tree(keyed("\"a-2\"", list))));
    assertEquals(400, keyed("x".repeat(200), list).statusCode());
  }

  @Test
  void failedRequest_isDoneAgainUnderItsKey() throws Exception {
    assertEquals(400, keyed("failed", "no header").statusCode());
    assertEquals("1 1 0 0", counts(TestNode.tree(keyed("failed", csv("failed-", 1)))));
  }

  @Test
  void keyWhoseRequestIsUnderWay_is409() throws Exception {
    try (Raw slow = new Raw()) {
      slow.begin("Idempotency-Key: under-way\r\n", 10_000);
      slow.send(HEADER);
      Awaitility.await()
          .untilAsserted(() -> assertEquals(409, keyed("under-way", HEADER).statusCode()));
    }
    Awaitility.await()
        .untilAsserted(() -> assertEquals(200, keyed("under-way", HEADER).statusCode()));
  }

  /** A client that sends byte by byte holds up none of the others, and is answered. */
  @Test
  void slowClient_isTakenInAtItsOwnPace() throws Exception {
    String list = csv("slow-", 40);
    try (Raw slow = new Raw()) {
      slow.begin("Connection: close\r\n", list.length());
      for (int i = 0; i < list.length(); i += 7) {
        slow.send(list.substring(i, Math.min(i + 7, list.length())));
        if (i % 700 == 0) {
          assertEquals("0 0 0 0", counts(imported("text/csv", HEADER)));
        }
      }
      String answer = slow.answer();
      assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
      assertTrue(answer.contains("\"created\" : 40"), answer);
    }
  }

  @Test
  void bodyCutInTheMiddle_isRepeatedWithoutHarm() throws Exception {
    String list = csv("cut-", 12_000);
    try (Raw cut = new Raw()) {
      cut.begin("", list.length());
      cut.send(list.substring(0, list.length() - 1_000));
      Awaitility.await().until(() -> node.get("/v1/devices/cut-0").statusCode() == 200);
    }
    Map<String, Object> report = imported("text/csv", list);
    long created = (Long) report.get("created");
    assertEquals(12_000L, created + (Long) report.get("known"));
    assertTrue(created > 0 && created < 12_000, report::toString);
    assertEquals(1, list(TestNode.tree(node.get("/v1/devices/cut-0")), "subscriptions").size());
  }

  @Test
  void moreListsThanAreReadAtOnce_are429() throws Exception {
    Raw[] slow = new Raw[4];
    try {
      for (int i = 0; i < slow.length; i++) {
        slow[i] = new Raw();
        slow[i].begin("", 10_000);
        slow[i].send(HEADER);
      }
      Awaitility.await()
          .untilAsserted(
              () -> {
                HttpResponse<String> answer = node.send("/v1/devices", "POST", "text/csv", HEADER);
                assertEquals(429, answer.statusCode());
                assertEquals("5", answer.headers().firstValue("Retry-After").orElse(""));
              });
    } finally {
      for (Raw each : slow) {
        each.close();
      }
    }
    Awaitility.await()
        .until(() -> node.send("/v1/devices", "POST", "text/csv", HEADER).statusCode() == 200);
  }

  @Test
  void clientThatAsksFirst_isToldToGoOn() throws Exception {
    try (Raw raw = new Raw()) {
      raw.begin("Expect: 100-continue\r\nConnection: close\r\n", HEADER.length());
      assertEquals("HTTP/1.1 100 Continue", raw.line());
      raw.send(HEADER);
      assertTrue(raw.answer().contains("HTTP/1.1 200 OK"));
    }
  }

  @Test
  void eventsOfAnUnknownDevice_waitAndAreChargedOnceItIsKnown() throws Exception {
    for (int id = 0; id < 3; id++) {
      node.send(TestNode.report(777, id, TestNode.START + id, "1000"));
    }
    node.send(TestNode.report(777, 1, TestNode.START + 1, "1000")); // Delivered twice.
    assertEquals(3L, openUnknown());
    assertEquals(
        "1 1 0 0",
        counts(imported("text/csv", HEADER + "lamp-000777,late-city,lamp," + FROM + ",\n")));
    Map<String, Object> came =
        TestNode.tree(node.post("/ops/suspense/recycle", "{\"reason\":\"unknown-device\"}"));
    assertEquals(3L, came.get("ended"));
    assertEquals(0L, openUnknown());
    node.send(TestNode.report(777, 2, TestNode.START + 2, "1000")); // And a third time.
    Map<String, Object> account = TestNode.tree(node.get("/v1/accounts/late-city"));
    // 3 kWh at 0.00005, and 0.10 of lease for the day.
    assertEquals("0.100150000", account.get("balance"));
    assertEquals(
        0L,
        TestNode.tree(node.post("/ops/suspense/recycle", "{\"reason\":\"unknown-device\"}"))
            .get("ended"));
  }

  private static long openUnknown() throws Exception {
    Object open = TestNode.tree(node.get("/ops/suspense?reason=unknown-device")).get("open");
    Object count = open instanceof Map<?, ?> map ? map.get("unknown-device") : null;
    return count instanceof Long n ? n : 0;
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
          "POST /v1/devices HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/csv\r\n"
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
